#!/usr/bin/env python3
"""Checks that translations are whole: check_po.py FILE.po [TEMPLATE.pot]

No entry may be untranslated or fuzzy, and none of the template's may be missing.
"""

import sys

import polib


def problems(po, template=None):
    """
    >>> po, template = polib.POFile(), polib.POFile()
    >>> po.append(polib.POEntry(msgid="Won", msgstr="Ganada"))
    >>> po.append(polib.POEntry(msgid="Lost"))
    >>> template.append(polib.POEntry(msgid="Open"))
    >>> list(problems(po, template))
    [('untranslated', 'Lost'), ('missing', 'Open')]
    """
    for entry in po:
        if entry.obsolete:
            yield "obsolete", entry.msgid
        elif entry.fuzzy:
            yield "fuzzy", entry.msgid
        elif not entry.translated():
            yield "untranslated", entry.msgid
    known = {entry.msgid for entry in po}
    for entry in template or ():
        if entry.msgid not in known:
            yield "missing", entry.msgid


if __name__ == "__main__":
    files = [polib.pofile(name) for name in sys.argv[1:]]
    found = list(problems(*files))
    for what, text in found:
        print(f"{sys.argv[1]}: {what}: {text!r}")
    sys.exit(1 if found else 0)
