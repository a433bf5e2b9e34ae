import base64
import binascii
import json

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..engine import pipeline_terms as terms
from ..engine.pipeline_file import FileError, read_table
from ..engine.pipeline_rows import Layout
from ..engine.pipeline_values import (
    COMMA,
    DATE_EXAMPLES,
    DMY,
    ISO,
    MDY,
    NUMBER_EXAMPLES,
    POINT,
)


class CrmsolOpportunityImport(models.TransientModel):
    """Brings in the pipeline of another system: a file, what its columns and values mean, a dry
    run that writes nothing, and the import, which can be repeated.

    This file holds the steps and what the user chooses, ``…_proposal`` what is proposed; ``…_row``
    turns rows into values, ``…_run`` writes them, and ``…_report`` says what became of them.
    """

    _name = "crmsol.opportunity.import"
    _description = "Import a Pipeline"
    _transient_max_hours = 12.0

    state = fields.Selection(
        [
            ("file", "File"),
            ("columns", "Columns"),
            ("options", "Values"),
            ("check", "Dry Run"),
            ("done", "Result"),
        ],
        required=True,
        default="file",
        readonly=True,
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, default=lambda self: self.env.company
    )
    file = fields.Binary(attachment=False, help="CSV or XLSX, with the names of the columns first.")
    file_name = fields.Char()
    source = fields.Char(
        "Comes from",
        required=True,
        default=lambda self: self._default_source(),
        help="The name of the other system. Together with the key of each row it tells what has "
        "been imported before: give the same name when you import again.",
    )
    table = fields.Text(prefetch=False, readonly=True)
    row_count = fields.Integer("Rows", readonly=True)

    # What the columns and the values mean
    column_ids = fields.One2many("crmsol.opportunity.import.column", "import_id")
    has_entered = fields.Boolean(compute="_compute_has_entered")
    phase_value_ids = fields.One2many(
        "crmsol.opportunity.import.value",
        "import_id",
        string="Phases in the File",
        domain=[("target", "=", terms.PHASE)],
    )
    outcome_value_ids = fields.One2many(
        "crmsol.opportunity.import.value",
        "import_id",
        string="Outcomes in the File",
        domain=[("target", "=", terms.OUTCOME)],
    )
    date_format = fields.Selection(
        [
            (ISO, "Year-Month-Day (2026-12-31)"),
            (DMY, "Day/Month/Year (31/12/2026)"),
            (MDY, "Month/Day/Year (12/31/2026)"),
        ],
        help="How the file writes dates.",
    )
    decimal_separator = fields.Selection(
        [(COMMA, "12.345,67"), (POINT, "12,345.67")],
        string="Number Format",
        help="How the file writes amounts.",
    )
    question = fields.Char(readonly=True)

    # What to do with what is missing
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer of Rows without One",
        help="Rows without a customer are skipped unless you choose one.",
    )
    is_creating_partners = fields.Boolean("Create Missing Customers", default=True)
    is_creating_loss_reasons = fields.Boolean("Create Missing Loss Reasons", default=True)
    is_skipping_unknown_sellers = fields.Boolean(
        "Skip Rows of Unknown Salespeople",
        help="Otherwise they are imported without a salesperson.",
    )
    is_taking_product_price = fields.Boolean(
        "Product's Price as Amount",
        help="Open opportunities without an amount take the price of their product, if it is in "
        "the catalog. Otherwise their amount is 0.",
    )
    is_updating = fields.Boolean(
        "Update Existing Opportunities",
        default=True,
        help="What was imported before is given the file's values where they differ.",
    )

    # === DEFAULTS === #

    @api.model
    def _default_source(self):
        """Propose the origin of the last import, so that repeating it finds what is there."""
        last = self.env["crmsol.opportunity"].search_fetch(
            [("import_source", "!=", False), ("company_id", "=", self.env.company.id)],
            ["import_source"],
            order="id desc",
            limit=1,
        )
        return last.import_source or "CRM"

    # === COMPUTE METHODS === #

    @api.depends("column_ids.target")
    def _compute_has_entered(self):
        for wizard in self:
            wizard.has_entered = terms.ENTERED in wizard.column_ids.mapped("target")

    # === ACTION METHODS === #

    def action_read_file(self):
        """Read the file and propose what its columns mean."""
        self.ensure_one()
        header, rows = self._read_file()
        self.column_ids.unlink()
        self.env["crmsol.opportunity.import.column"].create(self._propose_columns(header, rows))
        self.write(
            {
                "table": json.dumps([header, rows]),
                "row_count": len(rows),
                "state": "columns",
                "source": self.source.strip() or "CRM",
            }
        )
        return self._reopen()

    def action_read_columns(self):
        """Check what the columns mean, and propose what the values in them mean."""
        self.ensure_one()
        self._check_columns()
        header, rows = self._get_table()
        columns = {column.target: column.index for column in self.column_ids if column.target}
        self._propose_values(columns, rows)
        self._propose_formats(columns, rows)
        self.state = "options"
        return self._reopen()

    def action_back(self):
        """Return to the step before."""
        self.ensure_one()
        steps = [value for value, _label in self._fields["state"].selection]
        self.state = steps[max(steps.index(self.state) - 1, 0)]
        return self._reopen()

    def action_check(self):
        """Show what the import would do."""
        return self._start("check")

    def action_import(self):
        """Import the file, and show what became of its rows."""
        return self._start("done")

    # === BUSINESS METHODS === #

    def _reopen(self):
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "crmsol_opportunity.crmsol_opportunity_import_action"
            ),
            "res_id": self.id,
        }

    def _start(self, state):
        """Begin a run at the first row; the web client then has it done batch by batch."""
        self.ensure_one()
        self._check_columns()
        self._check_formats()
        self._reset_run(state)
        return {
            "type": "ir.actions.client",
            "tag": "crmsol_opportunity_import_run",
            "params": {"wizard_id": self.id, "total": self.row_count},
        }

    def _read_file(self):
        """Return the header and the rows of the file.

        :raise UserError: with a sentence that says what is wrong with the file
        """
        try:
            # the client sends base64; size alone would come with the context key bin_size
            data = base64.b64decode(self.with_context(bin_size=False).file or b"", validate=True)
            return read_table(data)
        except binascii.Error:
            raise UserError(self._get_file_sentence(FileError("binary"))) from None
        except FileError as error:
            raise UserError(self._get_file_sentence(error)) from error

    def _get_table(self):
        if not self.table:
            raise UserError(self.env._("Choose the file first."))
        return json.loads(self.table)

    def _check_columns(self):
        """Refuse a meaning given to two columns, and none for what has to be given.

        :raise UserError: with a sentence that says what to choose
        """
        labels = dict(self.column_ids._fields["target"]._description_selection(self.env))
        seen = {}
        for column in self.column_ids.filtered("target"):
            if column.target == terms.ENTERED and not column.phase_id:
                raise UserError(
                    self.env._(
                        "Choose the phase whose date of entry the column “%(column)s” holds.",
                        column=column.name,
                    )
                )
            meaning = (column.target, column.phase_id.id)
            if meaning in seen:
                raise UserError(
                    self.env._(
                        "“%(first)s” and “%(second)s” cannot both be “%(target)s”. "
                        "Leave one of them out.",
                        first=seen[meaning],
                        second=column.name,
                        target=labels[column.target],
                    )
                )
            seen[meaning] = column.name
        if terms.KEY not in self.column_ids.mapped("target"):
            raise UserError(
                self.env._(
                    "Say which column is the “%(key)s”: what identifies each opportunity in the "
                    "other system. Without it, importing again would make everything twice.",
                    key=labels[terms.KEY],
                )
            )
        if terms.CUSTOMER not in self.column_ids.mapped("target") and self.state != "columns":
            self._check_partner()

    def _check_partner(self):
        if not self.partner_id:
            raise UserError(
                self.env._(
                    "No column holds the customer. Go back and say which one does, or choose the "
                    "“%(field)s”.",
                    field=self._fields["partner_id"]._description_string(self.env),
                )
            )

    def _check_formats(self):
        """Refuse to guess how dates and amounts are written."""
        for fname in ("date_format", "decimal_separator"):
            if not self[fname]:
                raise UserError(
                    self.env._(
                        "%(question)s Choose the “%(field)s” of the file.",
                        question=self.question or "",
                        field=self._fields[fname]._description_string(self.env),
                    ).strip()
                )

    def _get_layout(self, header):
        """Return what the columns hold, for the reading of rows."""
        used = self.column_ids.filtered("target")
        return Layout(
            header,
            {column.target: column.index for column in used if column.target != terms.ENTERED},
            {column.phase_id.id: column.index for column in used if column.target == terms.ENTERED},
            self.decimal_separator,
            self.date_format,
        )

    def _get_examples(self):
        """Return how dates and numbers are expected to look."""
        return {
            "date": DATE_EXAMPLES[self.date_format or ISO],
            "number": NUMBER_EXAMPLES[self.decimal_separator or POINT],
        }

    def _check_company(self):
        """A dialog serves the company in which it was opened, and who may still work there."""
        if self.company_id not in self.env.companies:
            # sudo: the name of the company in which the user opened the dialog
            raise AccessError(
                self.env._(
                    "This import was begun in %(company)s. Switch to that company to go on.",
                    company=self.company_id.sudo().name,
                )
            )
