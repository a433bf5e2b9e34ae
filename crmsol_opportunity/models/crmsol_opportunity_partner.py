from odoo import fields, models


class CrmsolOpportunityPartner(models.Model):
    """A supplier, or simply support, that helps to close the sale."""

    _name = "crmsol.opportunity.partner"
    _description = "Partner of an Opportunity"
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
        help="The person or company that helps you in this opportunity.",
    )
    kind_id = fields.Many2one("crmsol.partner.kind", index="btree_not_null", ondelete="restrict")
