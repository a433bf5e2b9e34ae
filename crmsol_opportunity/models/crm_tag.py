from odoo import models


class CrmTag(models.Model):
    # who may write tags is for the host to say: its salesmen create them while they work
    _name = "crm.tag"
    _inherit = ["crm.tag", "crmsol.usage.mixin"]

    # === BUSINESS METHODS === #

    def _count_using_opportunities(self):
        return self._count_by("crmsol.opportunity", "tag_ids")

    def _get_in_use_message(self, count):
        self.ensure_one()
        # the host's tags cannot be archived
        return self.env._(
            "The tag “%(name)s” is in use (opportunities: %(count)s) and cannot be deleted. "
            "Rename it if only its name is wrong. Otherwise take it off the opportunities first: "
            "search them by the tag in CRM › Opportunities, archived ones too.",
            name=self.display_name,
            count=count,
        )
