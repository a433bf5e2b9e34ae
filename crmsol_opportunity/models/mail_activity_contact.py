from odoo import models

from ..const import OPPORTUNITY_MODEL


class MailActivity(models.Model):
    """A done action may be the last contact of its opportunity."""

    _name = "mail.activity"
    _inherit = ["crmsol.contact.mixin", "mail.activity"]

    _crmsol_contact_fields = frozenset(
        {
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
    )

    # === BUSINESS METHODS === #

    def _crmsol_get_contact_opportunities(self):
        ids = self._crmsol_actions().mapped("res_id")
        # sudo: the last contact follows from actions of opportunities that their owner may not read
        return self.env[OPPORTUNITY_MODEL].sudo().browse(set(ids))

    def _crmsol_get_contact_opportunities_of_new(self, vals_list):
        """A planned one changes nothing, unless its meeting is over."""
        done = self.filtered(lambda a: not a.active or a.calendar_event_id)
        return done._crmsol_get_contact_opportunities()
