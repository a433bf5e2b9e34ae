from odoo import fields, models


class CrmsolOpportunityCompetitor(models.Model):
    """A company with similar products in which the customer is interested."""

    _name = "crmsol.opportunity.competitor"
    _description = "Competitor in an Opportunity"
    _order = "opportunity_id, sequence, id"
    _check_company_auto = True

    opportunity_id = fields.Many2one(
        "crmsol.opportunity", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="opportunity_id.company_id", store=True, index=True, precompute=True
    )
    sequence = fields.Integer(default=10)
    partner_id = fields.Many2one(
        "res.partner",
        required=True,
        check_company=True,
        index=True,
        ondelete="restrict",
        help="The company whose offer the customer compares with yours.",
    )
