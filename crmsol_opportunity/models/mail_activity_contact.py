from odoo import api, models

from ..const import OPPORTUNITY_MODEL

#: What of an action decides whether, when and for which opportunity it is a contact.
_CONTACT_FIELDS = {
    "active",
    "activity_type_id",
    "calendar_event_id",
    "crmsol_cancelled",
    "crmsol_contact_id",
    "crmsol_date_start",
    "date_done",
    "res_id",
    "res_model_id",
}


class MailActivity(models.Model):
    """A done action may be the last contact of its opportunity."""

    _inherit = "mail.activity"  # pylint: disable=consider-merging-classes-inherited

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        activities = super().create(vals_list)
        # a planned one changes nothing, unless its meeting is over
        activities.filtered(
            lambda a: not a.active or a.calendar_event_id
        )._crmsol_contact_opportunities()._renew_last_contact()
        return activities

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
        ids = self._crmsol_actions().mapped("res_id")
        # sudo: the last contact follows from actions of opportunities that their owner may not read
        return self.env[OPPORTUNITY_MODEL].sudo().browse(set(ids))
