from odoo import fields, models


class CrmsolOpportunityReference(models.Model):
    """A contact person for one negotiation and the part they have in the decision."""

    _name = "crmsol.opportunity.reference"
    _description = "Reference of an Opportunity"
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
        help="The person with whom you talk about this opportunity.",
    )
    role_id = fields.Many2one("crmsol.reference.role", index="btree_not_null", ondelete="restrict")
