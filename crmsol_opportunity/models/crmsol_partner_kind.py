from odoo import fields, models


class CrmsolPartnerKind(models.Model):
    """In which way a partner helps to close a sale."""

    _name = "crmsol.partner.kind"
    _description = "Kind of Partner"
    _order = "sequence, name, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)

    _name_uniq = models.Constraint("UNIQUE(name)", "This kind of partner already exists.")
