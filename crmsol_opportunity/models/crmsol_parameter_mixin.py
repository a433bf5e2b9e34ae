from odoo import fields, models


class CrmsolParameterMixin(models.AbstractModel):
    """A list that the sales managers own: its values are named, ordered and archived."""

    _name = "crmsol.parameter.mixin"
    _description = "Parameter of Opportunities"
    _inherit = ["crmsol.usage.mixin"]
    _order = "sequence, name, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
