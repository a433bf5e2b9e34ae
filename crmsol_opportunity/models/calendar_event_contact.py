from odoo import models

from ..const import OPPORTUNITY_MODEL


class CalendarEvent(models.Model):
    """A meeting that is over may be the last contact of its opportunity."""

    _name = "calendar.event"
    _inherit = ["crmsol.contact.mixin", "calendar.event"]

    _crmsol_contact_fields = frozenset(
        {"active", "partner_ids", "res_id", "res_model_id", "start", "stop"}
    )

    # for what is asked of the meetings of some opportunities; partial, so that others cost nothing
    _crmsol_opportunity_idx = models.Index(f"(res_id) WHERE res_model = '{OPPORTUNITY_MODEL}'")

    # === BUSINESS METHODS === #

    def _crmsol_get_contact_opportunities(self):
        # sudo: the meeting of a colleague is a contact too, a private one as well
        events = self.sudo().filtered(lambda e: e.res_model == OPPORTUNITY_MODEL and e.res_id)
        return self.env[OPPORTUNITY_MODEL].sudo().browse(set(events.mapped("res_id")))
