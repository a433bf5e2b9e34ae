from odoo import api, fields, models


class CrmsolThresholdSettings(models.TransientModel):
    """The thresholds of the company, for sales managers.

    The host keeps its settings page and the companies for system administrators. A sales manager
    gets this dialog instead, which reaches these values of their own company and no others.
    """

    _name = "crmsol.threshold.settings"
    _description = "Thresholds of Opportunities"

    company_id = fields.Many2one("res.company", compute="_compute_company_id")
    amount_drift_percent = fields.Float(
        "Amount Drift Tolerance (%)",
        default=lambda self: self.env.company.crmsol_amount_drift_percent,
        help="How far the amount may be from its source, in percent, before this is shown. "
        "0: any difference is shown.",
    )
    quotation_expiry_days = fields.Integer(
        "Quotation Expiry Warning (days)",
        default=lambda self: self.env.company.crmsol_quotation_expiry_days,
        help="How many days before a quotation expires the salesperson is warned.",
    )
    big_deal_amount = fields.Monetary(
        "Big Deal From",
        default=lambda self: self.env.company.crmsol_big_deal_amount,
        help="The leader of the sales team is notified of deals from this amount on: when they "
        "are created, raised to it or lost. 0: no notifications.",
    )
    currency_id = fields.Many2one(related="company_id.currency_id")

    silence_days = fields.Integer(
        "Silence Warning (days)",
        default=lambda self: self.env.company.crmsol_silence_days,
        help="How many days after the last contact with the customer an opportunity is shown as "
        "silent. 0: never.",
    )
    far_action_days = fields.Integer(
        "Far Action Warning (days)",
        default=lambda self: self.env.company.crmsol_far_action_days,
        help="From how many days ahead the next action is shown as far away. 0: never.",
    )
    contact_days = fields.Integer(
        "Recent Contact (days)",
        default=lambda self: self.env.company.crmsol_contact_days,
        help="How many days after the last contact a person of the references counts as recently "
        "contacted.",
    )

    loss_reason_required = fields.Boolean(
        default=lambda self: self.env.company.crmsol_loss_reason_required,
        help="No opportunity is lost without a reason, whichever way it is closed.",
    )

    # === COMPUTE METHODS === #

    @api.depends_context("company")
    def _compute_company_id(self):
        self.company_id = self.env.company

    # === ACTION METHODS === #

    def action_save(self):
        """Write the thresholds to the company in which the manager works."""
        self.check_access("write")
        self.ensure_one()
        # sudo: sales managers may not write companies, and these values are theirs to set
        self.env.company.sudo().write(
            {
                "crmsol_amount_drift_percent": self.amount_drift_percent,
                "crmsol_quotation_expiry_days": self.quotation_expiry_days,
                "crmsol_silence_days": self.silence_days,
                "crmsol_far_action_days": self.far_action_days,
                "crmsol_contact_days": self.contact_days,
                "crmsol_big_deal_amount": self.big_deal_amount,
                "crmsol_loss_reason_required": self.loss_reason_required,
            }
        )
        return {"type": "ir.actions.act_window_close"}
