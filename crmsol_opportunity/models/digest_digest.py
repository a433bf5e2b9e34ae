from odoo import fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

from ..const import OPEN, OPPORTUNITY_MODEL, WON


class DigestDigest(models.Model):
    """The figures of the opportunities in the host's periodic mail.

    Each recipient gets the figures of the opportunities that they may see.
    """

    _inherit = "digest.digest"

    kpi_crmsol_new_opportunities = fields.Boolean("New Opportunities")
    kpi_crmsol_new_opportunities_value = fields.Integer(
        compute="_compute_kpi_crmsol_new_opportunities_value"
    )
    kpi_crmsol_won_amount = fields.Boolean("Won Amount")
    kpi_crmsol_won_amount_value = fields.Monetary(compute="_compute_kpi_crmsol_won_amount_value")
    kpi_crmsol_open_pipeline = fields.Boolean("Open Pipeline")
    kpi_crmsol_open_pipeline_value = fields.Monetary(
        compute="_compute_kpi_crmsol_open_pipeline_value"
    )

    # === COMPUTE METHODS === #

    def _compute_kpi_crmsol_new_opportunities_value(self):
        self._crmsol_require_salesperson()
        self._calculate_company_based_kpi(OPPORTUNITY_MODEL, "kpi_crmsol_new_opportunities_value")

    def _compute_kpi_crmsol_won_amount_value(self):
        """By the moment at which somebody closed the deal here: imported ones are no news."""
        self._crmsol_require_salesperson()
        self._calculate_company_based_kpi(
            OPPORTUNITY_MODEL,
            "kpi_crmsol_won_amount_value",
            date_field="date_closing_recorded",
            additional_domain=[("outcome", "=", WON)],
            sum_field="amount_company",
        )

    def _compute_kpi_crmsol_open_pipeline_value(self):
        """What is open at the end of the period, so that the margin says how it changed."""
        self._crmsol_require_salesperson()
        _start, end, companies = self._get_kpi_compute_parameters()
        end = end or fields.Datetime.now()
        domain = (
            Domain("company_id", "in", companies.ids)
            & Domain("outcome", "=", OPEN)
            & Domain("active", "=", True)
            & Domain("date_from", "<=", end)
            & (Domain("date_to", "=", False) | Domain("date_to", ">", end))
        )
        amounts = dict(
            self.env["crmsol.opportunity.history"]._read_group(
                domain, ["company_id"], ["amount_company:sum"]
            )
        )
        for digest in self:
            company = digest.company_id or self.env.company
            digest.kpi_crmsol_open_pipeline_value = amounts.get(company, 0)

    # === BUSINESS METHODS === #

    def _compute_kpis_actions(self, company, user):
        actions = super()._compute_kpis_actions(company, user)
        menu = self.env.ref("crmsol_opportunity.menu_root")
        action = f"crmsol_opportunity.crmsol_opportunity_action?menu_id={menu.id}"
        return actions | {
            "kpi_crmsol_new_opportunities": action,
            "kpi_crmsol_won_amount": action,
            "kpi_crmsol_open_pipeline": action,
        }

    def _crmsol_require_salesperson(self):
        """The host leaves a figure out of the mail of whoever may not read it."""
        if not self.env.user.has_group("sales_team.group_sale_salesman"):
            raise AccessError(self.env._("The figures of the opportunities are for salespeople."))
