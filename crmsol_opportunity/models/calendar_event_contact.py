from odoo import api, models

from ..const import OPPORTUNITY_MODEL

#: What of a meeting decides whether, when and for which opportunity it is a contact.
_CONTACT_FIELDS = {"active", "partner_ids", "res_id", "res_model_id", "start", "stop"}


class CalendarEvent(models.Model):
    """A meeting that is over may be the last contact of its opportunity."""

    _inherit = "calendar.event"  # pylint: disable=consider-merging-classes-inherited

    # for what is asked of the meetings of some opportunities; partial, so that others cost nothing
    _crmsol_opportunity_idx = models.Index(f"(res_id) WHERE res_model = '{OPPORTUNITY_MODEL}'")

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        events = super().create(vals_list)
        events._crmsol_contact_opportunities()._renew_last_contact()
        return events

    def write(self, vals):
        if not _CONTACT_FIELDS & vals.keys():
            return super().write(vals)
        before = self._crmsol_contact_opportunities()
        result = super().write(vals)
        (before | self._crmsol_contact_opportunities())._renew_last_contact()
        return result

    def unlink(self):
        before = self._crmsol_contact_opportunities()
        result = super().unlink()
        before._renew_last_contact()
        return result

    # === BUSINESS METHODS === #

    def _crmsol_contact_opportunities(self):
        """Return the opportunities whose last contact may be one of these."""
        # sudo: the meeting of a colleague is a contact too, a private one as well
        events = self.sudo().filtered(lambda e: e.res_model == OPPORTUNITY_MODEL and e.res_id)
        ids = events.mapped("res_id")
        return self.env[OPPORTUNITY_MODEL].sudo().browse(set(ids))
