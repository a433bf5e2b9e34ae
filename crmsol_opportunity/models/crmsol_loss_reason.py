from odoo import fields, models


class CrmsolLossReason(models.Model):
    _name = "crmsol.loss.reason"
    _description = "Loss Reason of an Opportunity"
    _order = "sequence, name, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)

    _name_uniq = models.Constraint("UNIQUE(name)", "This loss reason already exists.")
