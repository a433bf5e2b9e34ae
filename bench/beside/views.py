"""What the web client asks of a view: derived from its arch, the same way for both sides."""

import re

from lxml import etree

#: What the widgets of the next action read besides, as the web client's own code says.
_ACTIVITY_FIELDS = (
    "activity_exception_decoration",
    "activity_exception_icon",
    "activity_state",
    "activity_summary",
    "activity_type_icon",
    "activity_type_id",
)
#: Bars of phases that show how long the record was in each.
_PHASE_BARS = ("crmsol_phase_statusbar", "rotting_statusbar_duration", "statusbar_duration")
_SUBVIEWS = ("list", "kanban")
#: Of the list whose hidden columns are read when they are shown; see its hidden_columns.js, and
#: what of a node is no expression there.
_SHOWN_ONLY = "crmsol_opportunity_list"
_TEXTS = ("name", "string", "help", "title", "sum", "avg")


def _get_arch(Model, view_type, xmlid):
    view_id = Model.env.ref(xmlid).id
    return etree.fromstring(Model.get_views([(view_id, view_type)])["views"][view_type]["arch"])


def card_limit(client, model, xmlid):
    """Return how many cards of a column the web client reads: the view's number, or its own."""
    return int(_get_arch(client.env[model], "kanban", xmlid).get("limit", 80))


def specification(client, model, view_type, xmlid):
    """Return the specification of the fields that the web client reads for a view."""
    Model = client.env[model].with_context(**client.context)
    arch = _get_arch(Model, view_type, xmlid)
    if arch.get("js_class") == _SHOWN_ONLY:
        _remove_hidden_columns(Model, arch)
    found = _of_arch(Model, arch)
    if "activity_ids" in found:
        found["activity_ids"] = {"fields": {}}
        found.update({name: _of_field(Model, name) for name in _ACTIVITY_FIELDS})
    for node in arch.iter("progressbar"):  # what is summed above the columns
        found.setdefault(node.get("sum_field"), {})
    if view_type == "form":
        found["display_name"] = {}
    return found


def _remove_hidden_columns(Model, arch):
    """Leave columns out that the user has yet to show, unless something shown depends on them."""
    domains = Model.fields_get(attributes=["domain"])
    columns = arch.findall("field")
    shown = [
        node.get("name")
        for node in columns
        if node.get("optional") != "hide" and not node.get("data-used-by")
    ]
    hidden = {node.get("name") for node in columns} - set(shown)
    size = None
    while len(hidden) != size:
        size, texts = len(hidden), []
        for node in arch.iter(etree.Element):
            name = node.get("name")
            if node.tag == "field" and name in hidden:
                continue
            texts += [
                text
                for key, text in node.attrib.items()
                if key not in _TEXTS and not key.startswith("data-")
            ]
            texts.append(node.tag == "field" and domains.get(name, {}).get("domain"))
        text = " ".join(text for text in texts if isinstance(text, str))
        hidden -= set(re.findall(r"\w+", text))
    for node in columns:
        if node.get("name") in hidden:
            arch.remove(node)


def _of_field(Model, name):
    return {"fields": {"display_name": {}}} if Model._fields[name].relational else {}


def _of_arch(Model, arch):
    found = {}
    level = arch.xpath("count(ancestor-or-self::field)")
    for node in arch.xpath(f".//field[count(ancestor::field) = {level}]"):
        name = node.get("name")
        found[name] = _of_field(Model, name)
        if node.get("widget") in _PHASE_BARS:
            found["duration_tracking"] = {}
        if "color_field" in node.get("options", ""):
            found[name]["fields"]["color"] = {}
        subview = next((node.find(kind) for kind in _SUBVIEWS if node.find(kind) is not None), None)
        if subview is not None:
            comodel = Model.env[Model._fields[name].comodel_name]
            found[name]["fields"] = _of_arch(comodel, subview)
    return found
