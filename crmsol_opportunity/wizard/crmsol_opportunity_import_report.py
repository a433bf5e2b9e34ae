import base64
import csv
import io
from collections import Counter
from decimal import Decimal

from odoo import api, fields, models
from odoo.tools import format_amount, formatLang

from ..engine.pipeline_file import MAX_BYTES, MAX_COLUMNS, MAX_ROWS
from ..engine.pipeline_rows import KEY_MAX_LENGTH, TEXT_MAX_LENGTH
from .crmsol_opportunity_import_run import COUNTED, CREATED, NOTE, SKIPPED, UNCHANGED, UPDATED
from .crmsol_opportunity_import_totals import iter_totals

#: Rows that the page shows; all of them are in the file of rows left out.
SHOWN = 100


class CrmsolOpportunityImport(models.TransientModel):
    """Says what is wrong with a file or a row, and what became, or would become, of it."""

    _inherit = "crmsol.opportunity.import"  # pylint: disable=consider-merging-classes-inherited

    report = fields.Html(compute="_compute_report", sanitize=False)
    has_issues = fields.Boolean(compute="_compute_report")
    skipped_file = fields.Binary(compute="_compute_skipped_file")

    # === COMPUTE METHODS === #

    @api.depends("result", "state", "position")
    def _compute_report(self):
        for wizard in self:
            result = wizard.result or {}
            wizard.has_issues = bool(result.get("issues"))
            wizard.report = self.env["ir.qweb"]._render(
                "crmsol_opportunity.crmsol_opportunity_import_report",
                wizard._get_report_values(result) if result else {"counts": []},
            )

    @api.depends("result")
    def _compute_skipped_file(self):
        for wizard in self:
            wizard.skipped_file = base64.b64encode(wizard._get_issues_csv().encode("utf-8-sig"))

    # === ACTION METHODS === #

    def action_download_issues(self):
        """Download all the rows that were left out, or imported with a note, with the reason."""
        self.ensure_one()
        name = self.env._("rows.csv")
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self._name}/{self.id}/skipped_file/{name}?download=true",
            "target": "download",
        }

    def action_open_opportunities(self):
        """Open what has been imported from this source."""
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "crmsol_opportunity.crmsol_opportunity_action"
            ),
            "name": self.env._("Imported from %(origin)s", origin=self.source),
            "domain": [("import_source", "=", self.source)],
            "context": {},
            "views": [(False, "list"), (False, "kanban"), (False, "form")],
            "target": "main",
        }

    # === BUSINESS METHODS === #

    def _get_report_values(self, result):
        """Return what the report's template shows."""
        is_dry = self.state == "check"
        counts = result["counts"]
        return {
            "is_dry": is_dry,
            "counts": [
                (
                    self._format_count(counts.get(status, 0)),
                    status if counts.get(status) else "none",
                    self._get_status_label(status, is_dry),
                )
                for status in COUNTED
            ],
            "partners": result["created"]["partner_id"],
            "partner_count": self._format_count(len(result["created"]["partner_id"])),
            "reasons": result["created"]["loss_reason_id"],
            "totals": self._get_total_rows(result["totals"]),
            "groups": self._get_issue_groups(result["issues"]),
            "has_more": len(result["issues"]) > SHOWN,
        }

    @api.model
    def _get_status_label(self, status, is_dry):
        if is_dry:
            return {
                CREATED: self.env._("to create"),
                UPDATED: self.env._("to update"),
                UNCHANGED: self.env._("unchanged"),
                SKIPPED: self.env._("to skip"),
            }[status]
        return {
            CREATED: self.env._("created"),
            UPDATED: self.env._("updated"),
            UNCHANGED: self.env._("unchanged"),
            SKIPPED: self.env._("skipped"),
        }[status]

    def _get_total_rows(self, totals):
        """Return a row for each outcome and currency: the file against the database."""
        rows, nothing = [], (0, Decimal(0))
        for label, currency, sums in iter_totals(self.env, totals):
            (in_file, amount), (skipped, lost), (_n, priced), (held, held_amount) = (
                sums.get(kind, nothing) for kind in ("file", "skipped", "priced", "database")
            )

            def show(value, currency=currency):
                return format_amount(self.env, float(value), currency)

            rows.append(
                {
                    "outcome": label,
                    "file": (self._format_count(in_file), show(amount)),
                    "skipped": (self._format_count(skipped), show(lost)) if skipped else None,
                    "priced": show(priced) if priced else None,
                    "database": (self._format_count(held), show(held_amount)),
                    "is_equal": in_file - skipped == held and amount - lost + priced == held_amount,
                }
            )
        return rows

    def _get_issue_groups(self, issues):
        """Return the first issues by reason, the most frequent first, skipped rows before notes.

        What is unknown is told once a value, with the number of its rows.
        """
        groups = {}
        for kind, code, column, line, key, value in issues:
            groups.setdefault((kind, code, column), []).append((line, key, value))
        shown, result = 0, []
        for (kind, code, column), lines in sorted(
            groups.items(), key=lambda group: (group[0][0] == NOTE, -len(group[1]))
        ):
            of_values = code.startswith("unknown_")
            some = self._count_values(lines) if of_values else lines
            some = some[: SHOWN - shown]
            shown += len(some)
            result.append(
                {
                    "is_note": kind == NOTE,
                    "reason": self._get_reason(code, column),
                    "count": self._format_count(len(lines)),
                    "lines": some,
                    "of_values": of_values,
                    "has_values": any(value for _line, _key, value in some),
                }
            )
        return result

    def _count_values(self, lines):
        """Return (first line, number of rows, value) of every value, the most frequent first."""
        counts = Counter(value for _line, _key, value in lines)
        first = {}
        for line, _key, value in lines:
            first.setdefault(value, line)
        return [
            (first[value], self._format_count(count), value)
            for value, count in counts.most_common()
        ]

    @api.model
    def _format_count(self, number):
        return formatLang(self.env, number, digits=0)

    def _get_issues_csv(self):
        """Return all the issues as a table for a spreadsheet, with the header of the columns."""
        out = io.StringIO()
        writer = csv.writer(out)
        writer.writerow(
            [self.env._("Line"), self.env._("Key"), self.env._("Value"), self.env._("Reason")]
        )
        for _kind, code, column, line, key, value in (self.result or {}).get("issues", []):
            cells = [line, key, value, self._get_reason(code, column)]
            # a spreadsheet would take them for formulas
            writer.writerow(
                [f"'{c}" if str(c).startswith(("=", "+", "-", "@")) else c for c in cells]
            )
        return out.getvalue()

    def _get_file_sentence(self, error):
        """Return what is wrong with a file, and what to do.

        :param FileError error: why the file cannot be used
        """
        sentences = {
            "empty": self.env._("The file is empty. Choose the one with the opportunities."),
            "no_rows": self.env._(
                "The file has the names of the columns and no rows below. Export it again."
            ),
            "too_large": self.env._(
                "The file has more than %(size)s MB. Split it and import the parts.",
                size=MAX_BYTES // 1024 // 1024,
            ),
            "too_many_rows": self.env._(
                "The file has more than %(count)s rows. Split it and import the parts.",
                count=MAX_ROWS,
            ),
            "too_many_columns": self.env._(
                "The file has more than %(count)s columns. Remove those that are not needed.",
                count=MAX_COLUMNS,
            ),
            "no_header": self.env._(
                "The first row of the file, “%(row)s”, does not name the columns. "
                "Put a row with their names above it.",
                row=error.detail,
            ),
            "column_twice": self.env._(
                "Two columns of the file are named “%(column)s”. Give one of them another name.",
                column=error.detail,
            ),
            "binary": self.env._(
                "This is not a CSV or XLSX file, whatever its name says. "
                "Save the table as CSV or XLSX and choose that file."
            ),
            "damaged": self.env._(
                "The workbook is damaged. Open it in your spreadsheet, save it again as XLSX and "
                "choose that file."
            ),
        }
        return sentences[error.code]

    def _get_reason(self, code, column):
        """Return why a row is skipped, or what is missing of one that is not."""
        examples = self._get_examples()
        of_column = {"column": column}
        return {
            "date": lambda: self.env._(
                "“%(column)s” is not a date like %(example)s.",
                example=examples["date"],
                **of_column,
            ),
            "number": lambda: self.env._(
                "“%(column)s” is not a number like %(example)s.",
                example=examples["number"],
                **of_column,
            ),
            "negative": lambda: self.env._("“%(column)s” is negative.", **of_column),
            "too_large": lambda: self.env._("The amount is too large."),
            "formula": lambda: self.env._(
                "“%(column)s” holds a formula. Put its value there.", **of_column
            ),
            "too_long": lambda: self.env._(
                "“%(column)s” is too long: %(key)s characters for a key, %(text)s for a text.",
                key=KEY_MAX_LENGTH,
                text=TEXT_MAX_LENGTH,
                **of_column,
            ),
            "width": lambda: self.env._("The row has more cells than there are columns."),
            "no_key": lambda: self.env._("The row has no external key."),
            "twice": lambda: self.env._("The key is in an earlier row already."),
            "unknown_phase": lambda: self.env._(
                "There is no phase for this value. Go back and choose one."
            ),
            "unknown_outcome": lambda: self.env._(
                "Whether this value means open, won or lost was not said. Go back and choose."
            ),
            "no_outcome": lambda: self.env._(
                "In the closing phase it has to be said whether it is won or lost."
            ),
            "no_phase": lambda: self.env._("The phase says that it is closed, the outcome open."),
            "no_closing_date": lambda: self.env._("It is won or lost, but has no closing date."),
            "after_closing": lambda: self.env._("It was created or moved after it was closed."),
            "future": lambda: self.env._("What is past has a date in the future."),
            "no_customer": lambda: self.env._(
                "The row has no customer. Go back to choose one for such rows."
            ),
            "unknown_customer": lambda: self.env._("There is no such customer."),
            "unknown_currency": lambda: self.env._(
                "There is no such currency, or it is not active."
            ),
            "unknown_loss_reason": lambda: self.env._("There is no such loss reason."),
            "unknown_seller": lambda: self.env._(
                "No user is such a salesperson: neither by login, e-mail nor name."
            ),
            "unknown_team": lambda: self.env._("There is no such sales team."),
            "unknown_product": lambda: self.env._(
                "The catalog has no such product: imported without a line for it."
            ),
            "rounded": lambda: self.env._("The amount was rounded to the cent."),
            "refused": lambda: self.env._("It was refused, with this message."),
        }[code]()
