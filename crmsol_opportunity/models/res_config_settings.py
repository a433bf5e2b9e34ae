from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    crmsol_amount_drift_percent = fields.Float(
        related="company_id.crmsol_amount_drift_percent", readonly=False
    )
    crmsol_quotation_expiry_days = fields.Integer(
        related="company_id.crmsol_quotation_expiry_days", readonly=False
    )
    crmsol_silence_days = fields.Integer(related="company_id.crmsol_silence_days", readonly=False)
    crmsol_far_action_days = fields.Integer(
        related="company_id.crmsol_far_action_days", readonly=False
    )
    crmsol_loss_reason_required = fields.Boolean(
        related="company_id.crmsol_loss_reason_required", readonly=False
    )
