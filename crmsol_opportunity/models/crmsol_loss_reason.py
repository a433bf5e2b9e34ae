from odoo import fields, models


class CrmsolLossReason(models.Model):
    """Why an opportunity was lost."""

    _name = "crmsol.loss.reason"
    _description = "Loss Reason of an Opportunity"
    _inherit = ["crmsol.usage.mixin"]
    _order = "sequence, name, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)

    _name_uniq = models.Constraint(
        "UNIQUE(name)", "This loss reason already exists. If you do not see it, it is archived."
    )

    # === BUSINESS METHODS === #

    def _count_using_opportunities(self):
        return self._count_by("crmsol.opportunity", "loss_reason_id")
