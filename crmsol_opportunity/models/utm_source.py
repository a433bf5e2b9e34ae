from odoo import models


class UtmSource(models.Model):
    _name = "utm.source"
    _inherit = ["utm.source", "crmsol.usage.mixin"]

    # === BUSINESS METHODS === #

    def _count_using_opportunities(self):
        return self._count_by("crmsol.opportunity", "source_id")

    def _get_in_use_message(self, count):
        self.ensure_one()
        # the host's sources cannot be archived
        return self.env._(
            "The source “%(name)s” is in use (opportunities: %(count)s) and cannot be deleted. "
            "Rename it if only its name is wrong. Otherwise give the opportunities another source "
            "first: search them by the source in CRM › Opportunities, archived ones too.",
            name=self.display_name,
            count=count,
        )
