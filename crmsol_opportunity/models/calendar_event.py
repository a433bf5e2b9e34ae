from odoo import api, models

from ..const import OPPORTUNITY_MODEL


class CalendarEvent(models.Model):
    """A meeting of an opportunity is an event and its activity, which say the same."""

    _inherit = "calendar.event"

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        events = super().create(vals_list)
        events._crmsol_check_opportunity_access()
        events._crmsol_link_actions()
        events._crmsol_update_actions()
        if contact_id := self.env.context.get("default_crmsol_contact_id"):
            events._crmsol_planned_actions().write({"crmsol_contact_id": contact_id})
        else:
            events._crmsol_address_actions()
        return events

    def write(self, vals):
        keys = set(vals)
        res = super().write(vals)
        if keys & {"res_id", "res_model_id"}:
            self._crmsol_check_opportunity_access()
            self._crmsol_link_actions()
            self._crmsol_update_actions()
        if "active" in keys and not vals.get("active", True):
            self._crmsol_planned_actions().with_context(
                crmsol_event_is_leaving=True
            )._crmsol_cancel()
        return res

    def unlink(self):
        """Keep the actions, the planned ones as cancelled: the host's cascade would delete them."""
        # sudo: whoever may delete the event ends its action too
        actions = self.sudo().with_context(active_test=False).activity_ids._crmsol_actions()
        planned = actions.filtered("active").with_context(crmsol_event_is_leaving=True)
        planned._crmsol_cancel()
        actions._crmsol_write_host({"calendar_event_id": False})
        return super().unlink()

    # === BUSINESS METHODS === #

    def _sync_activities(self, fields):
        # Without the key the host writes the start back to the event, which then keeps its former
        # duration although its end was moved too.
        syncing = self.with_context(calendar_event_meeting_update=True)
        res = super(CalendarEvent, syncing)._sync_activities(fields)
        if set(fields) & {"start", "stop", "duration", "allday", "start_date", "stop_date"}:
            self._crmsol_update_actions()
        return res

    def _crmsol_check_opportunity_access(self):
        """Refuse meetings on opportunities of others: the host asks for no right on the document.

        :raise AccessError: where the user may not write the opportunity
        """
        linked = self.filtered(lambda event: event.res_model == OPPORTUNITY_MODEL and event.res_id)
        self.env[OPPORTUNITY_MODEL].browse(set(linked.mapped("res_id"))).check_access("write")

    def _crmsol_planned_actions(self):
        # sudo: the owner of the action follows its event, whoever moved it
        return self.sudo().activity_ids._crmsol_actions().filtered("active")

    def _crmsol_address_actions(self):
        """Let the actions address whom the events invite, unless they do so already."""
        for action in self._crmsol_planned_actions():
            # sudo (of the planned actions): only to tell colleagues from customers
            guests = action.calendar_event_id.partner_ids.filtered(
                lambda partner: not any(user._is_internal() for user in partner.user_ids)
            )
            if guests and action.crmsol_contact_id not in guests:
                action.crmsol_contact_id = guests[0]

    def _crmsol_update_actions(self):
        """Give the actions the start and the duration of their events."""
        for action in self._crmsol_planned_actions():
            event = action.calendar_event_id
            values = {
                "crmsol_date_start": not event.allday and event.start,
                "crmsol_duration": event.duration,
            }
            if event.allday:
                values["date_deadline"] = event.start_date
            if any(action[fname] != value for fname, value in values.items()):
                action.with_context(calendar_event_meeting_update=True).write(values)

    def _crmsol_link_actions(self):
        """Plan an action for events that were linked to an opportunity and have none yet."""
        # sudo: the action of a colleague is one, too
        events = self.filtered(
            lambda e: (
                e.active
                and e.res_model == OPPORTUNITY_MODEL
                and e.res_id
                and not e.sudo().with_context(active_test=False).activity_ids
            )
        )
        if not events:
            return
        meeting_type = self.env["mail.activity.type"].search(
            [("category", "=", "meeting"), ("res_model", "in", [False, OPPORTUNITY_MODEL])], limit=1
        )
        if not meeting_type:
            return
        self.env["mail.activity"].create(
            [
                {
                    "res_model_id": event.res_model_id.id,
                    "res_id": event.res_id,
                    "activity_type_id": meeting_type.id,
                    "summary": event.name,
                    "user_id": event.user_id.id or self.env.uid,
                    "calendar_event_id": event.id,
                }
                for event in events
            ]
        )
