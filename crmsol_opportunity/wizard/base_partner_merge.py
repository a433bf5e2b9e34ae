from odoo import models

_PARTS = (
    "crmsol.opportunity.reference",
    "crmsol.opportunity.partner",
    "crmsol.opportunity.competitor",
)


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    """Merging contacts that both take part in one opportunity.

    The host writes the contacts' tables in SQL. Where a unique constraint refuses that, it deletes
    all the rows of the merged contact, those of other opportunities too; of a unique index it does
    not know, and fails.
    """

    _inherit = "base.partner.merge.automatic.wizard"

    # === BUSINESS METHODS === #

    def _update_foreign_keys(self, src_partners, dst_partner):
        for model in _PARTS:
            # sudo: contacts are merged in the opportunities of everybody
            rows = self.env[model].sudo()
            rows = rows.search([("partner_id", "in", (src_partners | dst_partner).ids)])
            rows._merge_rows(partner_id=dst_partner.id)
        self.env.flush_all()  # the host goes on in SQL
        return super()._update_foreign_keys(src_partners, dst_partner)
