from odoo import fields, models


class SaleOrder(models.Model):
    _inherit = "sale.order"

    crmsol_opportunity_id = fields.Many2one(
        "crmsol.opportunity",
        # not "Opportunity", which is sale_crm's label where Odoo's own CRM is installed too
        string="Sales Opportunity",
        check_company=True,
        index="btree_not_null",
        copy=True,
        ondelete="set null",
        help="The negotiation in which this quotation is proposed to the customer.",
    )
