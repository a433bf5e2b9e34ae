from odoo import fields, models


class CrmsolOpportunityLine(models.Model):
    """A product that is offered in a negotiation, or a section or a note between them."""

    _name = "crmsol.opportunity.line"
    _description = "Product of an Opportunity"
    _order = "opportunity_id, sequence, id"
    _check_company_auto = True

    opportunity_id = fields.Many2one(
        "crmsol.opportunity", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="opportunity_id.company_id", store=True, index=True, precompute=True
    )
    sequence = fields.Integer(default=10)
    name = fields.Text("Description", required=True)
