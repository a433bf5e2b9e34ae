from odoo import models


class CrmTag(models.Model):
    _inherit = "crm.tag"
