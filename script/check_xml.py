#!/usr/bin/env python3
"""Finds what Odoo 19 accepts in XML files but no longer heeds: no error tells of it.

Every construct below was loaded into Odoo 19.0, which accepted it without a warning, and is used
nowhere in its source. What Odoo refuses itself (attrs=, states=, <tree> as a view's root, string=
on a search group, groups_id, numbercall...) is not listed: the installation fails on it.

    check_xml.py FILE_OR_FOLDER...    prints findings, exits with 1 if there are any
    check_xml.py --self-test          checks that each construct is found, its replacement not
"""

import sys
from pathlib import Path

from lxml import etree

HAS_CLASS = "contains(concat(' ', normalize-space(@class), ' '), ' {} ')"

# (XPath, what to know, sample that is found, sample that takes its place)
DROPPED = [
    (
        f"//div[{HAS_CLASS.format('oe_chatter')}]",
        "The web client no longer makes a chatter of this class: use <chatter/>.",
        "<form><div class='oe_chatter'/></form>",
        "<form><chatter/></form>",
    ),
    (
        "//field[@widget='mail_thread' or @widget='mail_followers']",
        "There is no such widget, a plain field is shown: <chatter/> brings thread and followers.",
        "<form><field name='message_ids' widget='mail_thread'/></form>",
        "<form><field name='activity_ids' widget='kanban_activity'/></form>",
    ),
    (
        "//kanban//*[@t-name='kanban-box' or @t-name='kanban-tooltip']",
        "The template of a kanban card is named 'card', tooltips are gone.",
        "<kanban><templates><t t-name='kanban-box'/></templates></kanban>",
        "<kanban><templates><t t-name='card'/></templates></kanban>",
    ),
    (
        "//kanban//*[@t-name='kanban-menu']",
        "The template of a kanban card's menu is named 'menu'.",
        "<kanban><templates><t t-name='kanban-menu'/></templates></kanban>",
        "<kanban><templates><t t-name='menu'/></templates></kanban>",
    ),
    (
        " | ".join(
            f"//kanban//@*[contains(., '{name}(')]/.."
            for name in ("kanban_getcolor", "kanban_color", "kanban_image")
        ),
        "The function is gone: use highlight_color=, or the image widget.",
        "<kanban><div t-attf-class='a#{kanban_getcolor(1)}'/></kanban>",
        "<kanban highlight_color='color'/>",
    ),
    (
        " | ".join(
            f"//kanban//*[{HAS_CLASS.format(name)}]"
            for name in ("oe_kanban_global_click", "oe_kanban_details", "oe_kanban_colorpicker")
        ),
        "No style or script knows the class: the card opens the record, a widget picks colours.",
        "<kanban><div class='mt-2 oe_kanban_global_click'/></kanban>",
        "<kanban><field name='color' widget='kanban_color_picker'/></kanban>",
    ),
    (
        "//field//tree",
        "An inline list is written <list>; <tree> is not taken for one.",
        "<form><field name='child_ids'><tree/></field></form>",
        "<form><field name='child_ids'><list/></field></form>",
    ),
    (
        "//field[@name='view_mode'][contains(concat(',', translate(., ' ', ''), ','), ',tree,')]",
        "The view type is 'list'; the web client does not know 'tree'.",
        "<record model='ir.actions.act_window'><field name='view_mode'>tree,form</field></record>",
        "<record model='ir.actions.act_window'><field name='view_mode'>list,form</field></record>",
    ),
    (
        "//*[@t-esc]",
        "Deprecated, and warned of in development mode: t-out escapes as well.",
        "<t t-name='a'><span t-esc='b'/></t>",
        "<t t-name='a'><span t-out='b'/></t>",
    ),
    (
        "//form[@version]",
        "Forms have had no version since Odoo 8.",
        "<form version='7.0'/>",
        "<form/>",
    ),
    (
        "//field[@modifiers]",
        "Modifiers are no longer written by hand: use invisible=, readonly=, required=.",
        "<form><field name='a' modifiers='{}'/></form>",
        "<form><field name='a' readonly='True'/></form>",
    ),
    (
        "//field[@select][not(ancestor::searchpanel)]",
        "The search view makes a field searchable; select= means something in a search panel only.",
        "<form><field name='a' select='1'/></form>",
        "<search><searchpanel><field name='a' select='multi'/></searchpanel></search>",
    ),
]


def findings(tree):
    """(line, what to know, element) of each dropped construct in the tree."""
    return sorted(
        (node.sourceline, advice, node.tag)
        for xpath, advice, _bad, _good in DROPPED
        for node in tree.xpath(xpath)
    )


def self_test():
    failures = 0
    for xpath, advice, bad, good in DROPPED:
        for sample, expected in ((bad, [advice]), (good, [])):
            found = [text for _line, text, _tag in findings(etree.fromstring(sample).getroottree())]
            if found != expected:
                failures += 1
                print(f"{xpath}: {sample} gives {found}")
    return failures


def main(arguments):
    if arguments == ["--self-test"]:
        return min(self_test(), 1)
    found = 0
    for argument in map(Path, arguments):
        for path in sorted(argument.rglob("*.xml")) if argument.is_dir() else [argument]:
            try:
                tree = etree.parse(path)
            except etree.XMLSyntaxError as error:
                print(f"{path}: {error}")
                found += 1
                continue
            for line, advice, tag in findings(tree):
                print(f"{path}:{line}: <{tag}>: {advice}")
                found += 1
    return min(found, 1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
