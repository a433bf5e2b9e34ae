from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..const import LOST, OPEN, WON
from .period import get_end


class CrmsolPipelineAsof(models.Model):
    """The pipeline as it was at the end of a day.

    A row is a state that an opportunity was in, with the history's id; its columns do not depend on
    the day, so that reading, exporting and opening rows need none. The day is a criterion of the
    search like any other, ``("date", "=", day)``, and so stays with groups, sums, drill-down and
    exports. A search without it finds the present.
    """

    _name = "crmsol.pipeline.asof"
    _description = "Pipeline on a Date"
    _auto = False
    _rec_name = "name"
    _order = "amount_company desc, id desc"
    _depends = {
        "crmsol.opportunity": ["name", "partner_id"],
        "crmsol.opportunity.history": [
            "opportunity_id",
            "date_from",
            "date_to",
            "phase_id",
            "phase_date_from",
            "outcome",
            "active",
            "currency_id",
            "amount_company",
            "probability",
            "date_deadline",
            "user_id",
            "team_id",
            "company_id",
        ],
        "res.currency": ["rounding"],
    }

    date = fields.Date(
        store=False,
        search="_search_date",
        exportable=False,
        help="The day at the end of which the pipeline is looked at, in your time zone.",
    )
    opportunity_id = fields.Many2one("crmsol.opportunity", readonly=True)
    name = fields.Char("Opportunity Name", readonly=True, help="As it is today.")
    partner_id = fields.Many2one(
        "res.partner", string="Customer", readonly=True, help="As it is today."
    )
    date_from = fields.Datetime(
        "Since", readonly=True, help="Since when the opportunity was as it is shown."
    )
    date_to = fields.Datetime(
        "Until",
        readonly=True,
        help="When it was changed. Empty: it is as it was.",
    )
    phase_id = fields.Many2one(
        "crmsol.phase", readonly=True, group_expand="_read_group_expand_phase"
    )
    phase_date_from = fields.Datetime("In the Phase Since", readonly=True)
    outcome = fields.Selection([(OPEN, "Open"), (WON, "Won"), (LOST, "Lost")], readonly=True)
    active = fields.Boolean(readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    amount_company = fields.Monetary("Amount", readonly=True)
    probability = fields.Float("Probability (%)", readonly=True, aggregator="avg")
    weighted_amount = fields.Monetary(
        readonly=True, help="Amount in company currency × probability."
    )
    date_deadline = fields.Date("Expected Close", readonly=True)
    user_id = fields.Many2one("res.users", string="Salesperson", readonly=True)
    team_id = fields.Many2one("crm.team", string="Sales Team", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)

    @property
    def _table_query(self):
        """Every row has both; PostgreSQL leaves out the join of what is not asked for."""
        return SQL(
            """
            SELECT h.id, h.opportunity_id, o.name, o.partner_id, h.date_from, h.date_to,
                   h.phase_id, h.phase_date_from, h.outcome, h.active, h.currency_id,
                   h.amount_company, h.probability,
                   ROUND(h.amount_company * h.probability::numeric / 100 / c.rounding) * c.rounding
                       AS weighted_amount,
                   h.date_deadline, h.user_id, h.team_id, h.company_id
              FROM crmsol_opportunity_history h
         LEFT JOIN crmsol_opportunity o ON o.id = h.opportunity_id
         LEFT JOIN res_currency c ON c.id = h.currency_id
            """
        )

    # === SEARCH METHODS === #

    @api.model
    def _search_date(self, operator, value):
        """Find what was in force at the end of the day: up to the midnight that follows it."""
        if operator != "in":
            return NotImplemented
        days = [day for day in value if day]
        if len(days) != 1:
            raise UserError(self.env._("Choose the one day on which to look at the pipeline."))
        moment = get_end(self.env, days[0])
        return Domain("date_from", "<", moment) & (
            Domain("date_to", "=", False) | Domain("date_to", ">=", moment)
        )

    @api.model
    def _search(self, domain, *args, **kwargs):
        """Find the present rows where neither a day nor certain rows are asked for."""
        domain = Domain(domain)
        asked_for = {leaf.field_expr for leaf in domain.iter_conditions()}
        if asked_for.isdisjoint(("date", "id")):
            domain &= Domain("date_to", "=", False)
        # history follows its opportunities with every flush
        self.env["crmsol.opportunity"].flush_model()
        return super()._search(domain, *args, **kwargs)

    @api.model
    def _read_group_expand_phase(self, phases, domain):
        """Show the columns of the pipeline, and those of phases that have been given up since."""
        return self.env["crmsol.opportunity"]._read_group_expand_phase(phases, domain)

    # === ACTION METHODS === #

    def action_open_opportunity(self):
        """Open the opportunity as it is now."""
        self.ensure_one()
        return self.opportunity_id.get_formview_action()

    # === BUSINESS METHODS === #

    @api.model
    @api.readonly
    def get_beginning(self):
        """Return the first day of which the user can see anything, or False.

        :rtype: str
        """
        [[first]] = self.env["crmsol.opportunity.history"]._read_group([], [], ["date_from:min"])
        return first and fields.Date.to_string(
            fields.Datetime.context_timestamp(self, first).date()
        )
