import logging
from collections import defaultdict
from datetime import datetime, timedelta

import pytz

from odoo import api, fields, models
from odoo.tools import format_datetime

_logger = logging.getLogger(__name__)

#: A reminder that could not be sent in time still goes out this long after the start.
REMINDER_GRACE = timedelta(hours=1)
REMINDER_BATCH = 100


class MailActivity(models.Model):
    """When an action takes place: its start, its day, its calendar event and its reminder.

    ``crmsol_date_start`` is in UTC. The host's ``date_deadline`` is its day where the owner lives.
    """

    _inherit = "mail.activity"  # pylint: disable=consider-merging-classes-inherited

    # === DAY AND HOUR === #

    @api.model
    def _crmsol_zone(self, owner):
        # sudo: colleagues' time zones are no secret, their user records may be
        zone = owner.sudo().tz
        return pytz.timezone(zone) if zone else self.env.tz

    @api.model
    def _crmsol_day_of(self, start, owner):
        """Return the date of the UTC datetime ``start`` where ``owner`` lives."""
        return pytz.utc.localize(start).astimezone(self._crmsol_zone(owner)).date()

    @api.model
    def _crmsol_move_to_day(self, start, day, owner):
        """Return ``start`` (UTC) moved to ``day``, at the same hour of the owner's clock."""
        zone = self._crmsol_zone(owner)
        hour = pytz.utc.localize(start).astimezone(zone).time()
        local = zone.localize(datetime.combine(day, hour))
        return local.astimezone(pytz.utc).replace(tzinfo=None)

    def _crmsol_hour_of_day(self):
        """Return the start for sorting within a day; what has no hour comes last."""
        self.ensure_one()
        return self.crmsol_date_start or datetime.max

    def _crmsol_write_start(self, vals):
        """Write values with a start, and with it the due date of each owner's time zone."""
        start = fields.Datetime.to_datetime(vals["crmsol_date_start"])
        by_day = defaultdict(self.browse)
        given = self.env["res.users"].browse(vals.get("user_id") or [])
        for activity in self:
            by_day[self._crmsol_day_of(start, given or activity.user_id)] |= activity
        for day, activities in by_day.items():
            # the event gets day and hour at once below, instead of the day from the host first
            activities.with_context(calendar_event_meeting_update=True)._crmsol_write_host(
                {**vals, "date_deadline": day}
            )
        self._crmsol_update_events()

    def _crmsol_realign(self, day_changed):
        """Bring start and due date together again after one of them, or the owner, changed.

        :param bool day_changed: whether the day leads and the start follows
        """
        for activity in self.filtered("crmsol_date_start"):
            start, owner = activity.crmsol_date_start, activity.user_id
            day = self._crmsol_day_of(start, owner)
            if day == activity.date_deadline:
                continue
            if not day_changed:
                values = {"date_deadline": day}
            elif activity.calendar_event_id and not activity.calendar_event_id.allday:
                values = {"crmsol_date_start": activity.calendar_event_id.start}
            else:
                moved = self._crmsol_move_to_day(start, activity.date_deadline, owner)
                values = {"crmsol_date_start": moved}
            activity.with_context(calendar_event_meeting_update=True)._crmsol_write_host(values)

    # === CALENDAR === #

    def _crmsol_update_events(self):
        """Give the events of meetings the start and the duration of their actions."""
        if self.env.context.get("calendar_event_meeting_update"):
            return
        for activity in self:
            event, start = activity.calendar_event_id, activity.crmsol_date_start
            if not event or event.allday or not start:
                continue
            stop = start + timedelta(hours=activity.crmsol_duration)
            if (event.start, event.stop) != (start, stop):
                event.with_context(mail_activity_meeting_update=True).write(
                    {"start": start, "stop": stop}
                )

    # === REMINDERS === #

    @api.model
    def _cron_send_reminders(self):
        """Remind owners of actions that are about to begin, each action once.

        A batch is committed as soon as it is sent: an interrupted run goes on where it stopped.
        """
        now = self.env.cr.now()
        domain = [
            ("active", "=", True),
            ("crmsol_reminder_sent", "=", False),
            ("crmsol_reminder_date", "<=", now),
            ("crmsol_date_start", ">=", now - REMINDER_GRACE),
            ("res_model", "=", "crmsol.opportunity"),
            ("calendar_event_id", "=", False),  # the host reminds of its events
            ("user_id", "!=", False),
        ]
        remaining = self.search_count(domain)
        while activities := self.search(domain, limit=REMINDER_BATCH, order="crmsol_date_start"):
            activities._crmsol_send_reminder()
            remaining = max(remaining - len(activities), 0)
            if not self.env["ir.cron"]._commit_progress(len(activities), remaining=remaining):
                break

    def _crmsol_send_reminder(self):
        """Notify the owners. One who cannot be reached does not keep the others from it."""
        opportunities = self.env["crmsol.opportunity"].browse(set(self.mapped("res_id"))).exists()
        self._crmsol_write_host({"crmsol_reminder_sent": True})
        self.flush_recordset()
        for activity in self.filtered(lambda a: a.res_id in opportunities._ids):
            try:
                with self.env.cr.savepoint():
                    activity._crmsol_notify_owner()
            except Exception:  # whatever it is, the others are to be reminded
                _logger.exception("The reminder of action %s could not be sent", activity.id)

    def _crmsol_notify_owner(self):
        """Notify the owner of one action, in their language and time zone."""
        self.ensure_one()
        owner = self.user_id
        activity = self.with_context(lang=owner.lang)
        opportunity = activity.env["crmsol.opportunity"].browse(activity.res_id)
        begin = format_datetime(
            activity.env, activity.crmsol_date_start, tz=owner.tz or "UTC", dt_format="short"
        )
        opportunity.message_notify(
            partner_ids=owner.partner_id.ids,
            subject=activity.env._(
                "Reminder: %(action)s, %(begin)s", action=activity.summary, begin=begin
            ),
            body=activity.env._(
                "%(type)s “%(action)s” with %(contact)s begins on %(begin)s.",
                type=activity.activity_type_id.name or activity.env._("Action"),
                action=activity.summary,
                contact=activity.crmsol_contact_id.display_name,
                begin=begin,
            ),
            email_layout_xmlid="mail.mail_notification_layout",
        )
