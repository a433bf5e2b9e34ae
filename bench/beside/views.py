"""What the web client asks of a view: derived from its arch, the same way for both sides."""

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
_SUBVIEWS = ("list", "kanban")


def _get_arch(Model, view_type, xmlid):
    view_id = Model.env.ref(xmlid).id
    return etree.fromstring(Model.get_views([(view_id, view_type)])["views"][view_type]["arch"])


def card_limit(client, model, xmlid):
    """Return how many cards of a column the web client reads: the view's number, or its own."""
    return int(_get_arch(client.env[model], "kanban", xmlid).get("limit", 80))


def specification(client, model, view_type, xmlid):
    """Return the specification of the fields that the web client reads for a view."""
    Model = client.env[model].with_context(**client.context)
    found = _of_arch(Model, _get_arch(Model, view_type, xmlid))
    if "activity_ids" in found:
        found["activity_ids"] = {"fields": {}}
        found.update({name: _of_field(Model, name) for name in _ACTIVITY_FIELDS})
    return found


def _of_field(Model, name):
    return {"fields": {"display_name": {}}} if Model._fields[name].relational else {}


def _of_arch(Model, arch):
    found = {}
    level = arch.xpath("count(ancestor-or-self::field)")
    for node in arch.xpath(f".//field[count(ancestor::field) = {level}]"):
        name = node.get("name")
        found[name] = _of_field(Model, name)
        subview = next((node.find(kind) for kind in _SUBVIEWS if node.find(kind) is not None), None)
        if subview is not None:
            comodel = Model.env[Model._fields[name].comodel_name]
            found[name]["fields"] = _of_arch(comodel, subview)
    return found
