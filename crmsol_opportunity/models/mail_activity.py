from odoo import fields, models


class MailActivity(models.Model):
    _inherit = "mail.activity"

    crmsol_contact_id = fields.Many2one(
        "res.partner", string="Contact", index="btree_not_null", ondelete="set null"
    )
    crmsol_date_start = fields.Datetime("Start")
    crmsol_cancelled = fields.Boolean("Cancelled", readonly=True, copy=False)
    crmsol_date_cancelled = fields.Datetime("Cancelled On", readonly=True, copy=False)
    crmsol_cancel_reason = fields.Char("Reason for Cancelling", readonly=True, copy=False)
