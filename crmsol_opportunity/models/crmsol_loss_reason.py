from odoo import models


class CrmsolLossReason(models.Model):
    """Why an opportunity was lost."""

    _name = "crmsol.loss.reason"
    _description = "Loss Reason of an Opportunity"
    _inherit = ["crmsol.parameter.mixin"]

    _name_uniq = models.Constraint(
        "UNIQUE(name)", "This loss reason already exists. If you do not see it, it is archived."
    )

    # === BUSINESS METHODS === #

    def _count_using_opportunities(self):
        return self._count_by("crmsol.opportunity", "loss_reason_id")
