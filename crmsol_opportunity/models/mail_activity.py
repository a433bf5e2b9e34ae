from odoo import fields, models


class MailActivity(models.Model):
    _inherit = "mail.activity"

    crmsol_contact_id = fields.Many2one(
        "res.partner", string="Contact", index="btree_not_null", ondelete="set null"
    )
    crmsol_cancelled = fields.Boolean("Cancelled", readonly=True)
