from odoo import fields, models


class CrmLead(models.Model):
    _inherit = "crm.lead"

    crmsol_opportunity_ids = fields.One2many(
        "crmsol.opportunity", "crm_lead_id", string="Sales Opportunities"
    )
