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
    crmsol_contact_days = fields.Integer(related="company_id.crmsol_contact_days", readonly=False)
    crmsol_loss_reason_required = fields.Boolean(
        related="company_id.crmsol_loss_reason_required", readonly=False
    )
    crmsol_big_deal_amount = fields.Monetary(
        related="company_id.crmsol_big_deal_amount",
        readonly=False,
        currency_field="crmsol_currency_id",
    )
    crmsol_currency_id = fields.Many2one(
        "res.currency", related="company_id.currency_id", string="Currency of Opportunities"
    )
