import json

from odoo.addons.web.controllers import export
from odoo.http import request

#: With what text begins that a spreadsheet reckons, besides what the host makes inert itself
CSV_FORMULAS = ("@", "\t", "\r")
XLSX_FORMULAS = ("=", "{=")


def is_ours():
    """Tell whether the request exports a model of this addon: others stay the host's."""
    return json.loads(request.params["data"])["model"].startswith("crmsol.")


def make_inert(value, formulas):
    """Return text that would be taken for a formula after an apostrophe, as the host does it."""
    return f"'{value}" if isinstance(value, str) and value.startswith(formulas) else value


class CSVExport(export.CSVExport):
    """The host leaves alone a cell that begins with an at sign, which Excel reckons."""

    def from_data(self, fields, columns_headers, rows):
        if is_ours():
            rows = [[make_inert(value, CSV_FORMULAS) for value in row] for row in rows]
        return super().from_data(fields, columns_headers, rows)


class ExcelExport(export.ExcelExport):
    """The host writes text that begins with an equals sign as a formula."""

    def from_data(self, fields, columns_headers, rows):
        if is_ours():
            rows = [[make_inert(value, XLSX_FORMULAS) for value in row] for row in rows]
        return super().from_data(fields, columns_headers, rows)

    def from_group_data(self, fields, columns_headers, groups):
        if is_ours():
            self._make_group_inert(groups)
        return super().from_group_data(fields, columns_headers, groups)

    def _make_group_inert(self, node):
        """Make the rows and the titles of a tree of groups inert."""
        node.data = [[make_inert(value, XLSX_FORMULAS) for value in row] for row in node.data]
        children = list(node.children.items())
        node.children.clear()
        for key, child in children:
            self._make_group_inert(child)
            if isinstance(key, tuple) and len(key) > 1:
                key = (key[0], make_inert(key[1], XLSX_FORMULAS), *key[2:])
            node.children[make_inert(key, XLSX_FORMULAS)] = child
