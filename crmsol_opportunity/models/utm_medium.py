from odoo import models


class UtmMedium(models.Model):
    _name = "utm.medium"
    _inherit = ["utm.medium", "crmsol.usage.mixin"]

    # === BUSINESS METHODS === #

    def _count_using_opportunities(self):
        return self._count_by("crmsol.opportunity", "medium_id")
