from odoo import api, fields, models

from ..const import LOST, OPEN, WON


class CrmsolOpportunity(models.Model):
    """Who takes part in the negotiation: references, partners and competitors."""

    _inherit = "crmsol.opportunity"  # pylint: disable=consider-merging-classes-inherited

    reference_ids = fields.One2many(
        "crmsol.opportunity.reference", "opportunity_id", string="References", copy=True
    )
    partner_line_ids = fields.One2many(
        "crmsol.opportunity.partner", "opportunity_id", string="Partners", copy=True
    )
    competitor_ids = fields.One2many(
        "crmsol.opportunity.competitor", "opportunity_id", string="Competitors", copy=True
    )
    reference_count = fields.Integer(compute="_compute_relation_counts")
    partner_line_count = fields.Integer(compute="_compute_relation_counts")
    competitor_count = fields.Integer(compute="_compute_relation_counts")

    # === COMPUTE METHODS === #

    @api.depends("reference_ids", "partner_line_ids", "competitor_ids")
    def _compute_relation_counts(self):
        for opportunity in self:
            opportunity.reference_count = len(opportunity.reference_ids)
            opportunity.partner_line_count = len(opportunity.partner_line_ids)
            opportunity.competitor_count = len(opportunity.competitor_ids)

    # === CONSTRAINT METHODS === #

    @api.constrains("partner_id")
    def _check_customer_is_on_no_other_side(self):
        self.partner_line_ids._check_not_customer()
        self.competitor_ids._check_not_customer()

    @api.constrains("company_id")
    def _check_company_of_relations(self):
        for relations in (self.reference_ids, self.partner_line_ids, self.competitor_ids):
            relations._check_company()

    # === CRUD METHODS === #

    def write(self, vals):
        result = super().write(vals)
        if "outcome" in vals:
            self._set_competitor_results(vals["outcome"])
        return result

    # === BUSINESS METHODS === #

    def _set_competitor_results(self, outcome):
        """Write what the outcome of the opportunities says of their competitors, and no more.

        Who won a lost deal is for the salesperson to say.
        """
        if outcome == WON:
            self.competitor_ids.filtered(lambda c: c.result == "pending").result = "lost"
        elif outcome == OPEN:
            decided = (WON, LOST)
            self.competitor_ids.filtered(lambda c: c.result in decided).result = "pending"
