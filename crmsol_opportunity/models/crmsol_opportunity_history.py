from odoo import api, fields, models
from odoo.exceptions import AccessError

from ..const import LOST, OPEN, WON

#: What of an opportunity's state is kept: columns of both tables with the same name.
STATE_FIELDS = (
    "phase_id",
    "outcome",
    "active",
    "amount_company",
    "probability",
    "date_deadline",
    "user_id",
    "team_id",
    "company_id",
)


class CrmsolOpportunityHistory(models.Model):
    """The state of an opportunity during one half-open interval ``[date_from, date_to)``.

    The intervals of an opportunity tile its life without gap or overlap; the present one has no
    end. They are written by the opportunity itself, in the transaction of the change and one row a
    transaction, and by nobody else: not even the superuser. What a later transaction changes never
    alters a row but for the end of the present one.
    """

    _name = "crmsol.opportunity.history"
    _description = "History of an Opportunity"
    _order = "date_from desc, id desc"
    _rec_name = "opportunity_id"
    _log_access = False

    opportunity_id = fields.Many2one(
        "crmsol.opportunity", required=True, readonly=True, ondelete="cascade"
    )
    date_from = fields.Datetime("From", required=True, readonly=True)
    date_to = fields.Datetime("Until", readonly=True, help="Not included. Empty: up to now.")

    phase_id = fields.Many2one(
        "crmsol.phase", required=True, readonly=True, index=True, ondelete="restrict"
    )
    phase_date_from = fields.Datetime(
        "In the Phase Since",
        required=True,
        readonly=True,
        help="When the opportunity entered the phase which it has not left since.",
    )
    outcome = fields.Selection(
        [(OPEN, "Open"), (WON, "Won"), (LOST, "Lost")], required=True, readonly=True
    )
    active = fields.Boolean(readonly=True)
    currency_id = fields.Many2one(
        "res.currency", required=True, readonly=True, help="The company's currency."
    )
    amount_company = fields.Monetary("Amount in Company Currency", readonly=True)
    probability = fields.Float("Probability (%)", readonly=True, aggregator="avg")
    date_deadline = fields.Date("Expected Close", readonly=True)
    user_id = fields.Many2one(
        "res.users", string="Salesperson", readonly=True, index="btree_not_null"
    )
    team_id = fields.Many2one(
        "crm.team", string="Sales Team", readonly=True, index="btree_not_null", ondelete="set null"
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)

    _interval = models.Constraint(
        "CHECK(date_from < date_to)", "An interval of the history ends after it begins."
    )
    _begin_uniq = models.UniqueIndex("(opportunity_id, date_from)")
    _present_uniq = models.UniqueIndex("(opportunity_id) WHERE date_to IS NULL")
    _end_idx = models.Index("(opportunity_id, date_to)")
    _date_from_idx = models.Index("(date_from)")

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        self._refuse_change()
        return super().create(vals_list)

    def write(self, vals):
        self._refuse_change()
        return super().write(vals)

    def unlink(self):
        self._refuse_change()
        return super().unlink()

    @api.model
    def _search(self, domain, *args, **kwargs):
        """What is yet to be written of opportunities is history already."""
        self.env["crmsol.opportunity"].flush_model(STATE_FIELDS)
        # archived opportunities have a history, too
        return super(CrmsolOpportunityHistory, self.with_context(active_test=False))._search(
            domain, *args, **kwargs
        )

    # === ACTION METHODS === #

    def action_open_opportunity(self):
        self.ensure_one()
        return self.opportunity_id._get_records_action()

    # === BUSINESS METHODS === #

    @api.model
    def _refuse_change(self):
        raise AccessError(
            self.env._("The history of an opportunity is recorded by itself. Nobody changes it.")
        )
