from odoo import models


class MailActivityPlan(models.Model):
    _inherit = "mail.activity.plan"
