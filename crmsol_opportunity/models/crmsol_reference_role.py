from odoo import fields, models


class CrmsolReferenceRole(models.Model):
    """The part that a contact person has in the customer's decision."""

    _name = "crmsol.reference.role"
    _description = "Role of a Reference"
    _order = "sequence, name, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)

    _name_uniq = models.Constraint("UNIQUE(name)", "This role already exists.")
