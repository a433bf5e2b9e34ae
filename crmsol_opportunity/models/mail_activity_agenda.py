from datetime import datetime, time, timedelta

import pytz

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..client_input import is_id, to_day

#: More engagements than anybody has in a day; a guard against an endless list.
AGENDA_LIMIT = 100


class MailActivity(models.Model):
    """What else somebody has to do on a day, for whoever plans an action for them."""

    _inherit = "mail.activity"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    @api.readonly
    def crmsol_get_day_agenda(self, user_id, day, activity_id=False):
        """Return the engagements of a user on a day of the reader's calendar.

        Of what the reader may not read only the hours are told, with the word “Busy”.

        :param int user_id: whose engagements
        :param str day: the date, in the reader's time zone
        :param int activity_id: the action that is being planned, which is left out
        :raise UserError: if no user or day can be meant
        :return: list of dicts with key, kind (``event`` or ``activity``), name, icon, busy, and
            start and stop in UTC (both false where there is no hour)
        """
        self.check_access("read")
        day = to_day(day)
        if not day or not is_id(user_id) or (activity_id and not is_id(activity_id)):
            raise UserError(self.env._("Choose the user and the day in the form, and try again."))
        owner = self.env["res.users"].browse(user_id)
        owner.check_access("read")
        zone = self.env.tz
        begin = self._crmsol_to_utc(zone, day)
        end = self._crmsol_to_utc(zone, day + timedelta(days=1))
        # sudo: what is left out of the answer needs no right
        this = self.sudo().browse(activity_id or [])
        events = self._crmsol_get_agenda_events(owner, day, begin, end) - this.calendar_event_id
        activities = self._crmsol_get_agenda_activities(owner, day, begin, end) - this
        activities = activities.filtered(lambda a: a.calendar_event_id not in events)
        rows = [self._crmsol_format_agenda_event(event) for event in events]
        readable = self.search([("id", "in", activities.ids)])
        rows += [
            self._crmsol_format_agenda_activity(activity, activity in readable)
            for activity in activities
        ]
        return sorted(rows, key=lambda r: (r["start"] or "", r["key"]))

    @api.model
    def _crmsol_to_utc(self, zone, day):
        midnight = zone.localize(datetime.combine(day, time.min))
        return midnight.astimezone(pytz.utc).replace(tzinfo=None)

    @api.model
    def _crmsol_get_agenda_events(self, owner, day, begin, end):
        # sudo: the hours of private events are shown, their contents are not
        Event = self.env["calendar.event"].sudo()
        attendance = Domain("partner_id", "=", owner.sudo().partner_id.id) & Domain(
            "state", "!=", "declined"
        )
        timed = (
            Domain("allday", "=", False) & Domain("start", "<", end) & Domain("stop", ">", begin)
        )
        whole = (
            Domain("allday", "=", True)
            & Domain("start_date", "<=", day)
            & Domain("stop_date", ">=", day)
        )
        domain = Domain("attendee_ids", "any", attendance) & Domain("show_as", "=", "busy")
        return Event.search(domain & (timed | whole), order="start, id", limit=AGENDA_LIMIT)

    @api.model
    def _crmsol_get_agenda_activities(self, owner, day, begin, end):
        # sudo: see above; what the reader may read is found out below
        timed = Domain("crmsol_date_start", ">=", begin) & Domain("crmsol_date_start", "<", end)
        whole = Domain("crmsol_date_start", "=", False) & Domain("date_deadline", "=", day)
        domain = Domain("user_id", "=", owner.id) & Domain("active", "=", True)
        return self.sudo().search(domain & (timed | whole), limit=AGENDA_LIMIT)

    @api.model
    def _crmsol_format_agenda_event(self, event):
        hidden = event.with_env(self.env)._check_private_event_conditions()
        return {
            "key": f"event,{event.id}",
            "kind": "event",
            "name": self.env._("Busy") if hidden else event.name,
            "icon": "fa-calendar",
            "busy": hidden,
            "start": not event.allday and fields.Datetime.to_string(event.start),
            "stop": not event.allday and fields.Datetime.to_string(event.stop),
        }

    @api.model
    def _crmsol_format_agenda_activity(self, activity, readable):
        start = activity.crmsol_date_start
        stop = start and start + timedelta(hours=activity.crmsol_duration)
        return {
            "key": f"activity,{activity.id}",
            "kind": "activity",
            "name": activity.display_name if readable else self.env._("Busy"),
            "icon": readable and activity.icon or "fa-clock-o",
            "busy": not readable,
            "start": start and fields.Datetime.to_string(start),
            "stop": stop and fields.Datetime.to_string(stop),
        }
