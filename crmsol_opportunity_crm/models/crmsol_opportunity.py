from odoo import fields, models


class CrmsolOpportunity(models.Model):
    """From which opportunity of Odoo's CRM it was copied, if from any."""

    _inherit = "crmsol.opportunity"

    crm_lead_id = fields.Many2one(
        "crm.lead",
        string="Original in Odoo's CRM",
        copy=False,
        readonly=True,
        ondelete="set null",
        help="The opportunity of Odoo's CRM from which this one was copied.",
    )
    crm_migration_id = fields.Many2one(
        "crmsol.crm.migration",
        string="Migration from Odoo's CRM",
        copy=False,
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        groups="sales_team.group_sale_manager",
    )
    crm_date_copied = fields.Datetime("Copied from Odoo's CRM On", copy=False, readonly=True)

    _crm_lead_uniq = models.UniqueIndex(
        "(crm_lead_id) WHERE crm_lead_id IS NOT NULL",
        "This opportunity of Odoo's CRM was copied already.",
    )
