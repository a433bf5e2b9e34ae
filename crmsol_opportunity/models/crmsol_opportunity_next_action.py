from collections import defaultdict
from datetime import UTC, datetime

import pytz

from odoo import api, fields, models
from odoo.tools import SQL

#: By the sign of the days that are left for the next action.
_STATES = {-1: "overdue", 0: "today", 1: "planned"}


class CrmsolOpportunity(models.Model):
    """The day of the next action, kept with the opportunity: a board counts them by it."""

    _inherit = "crmsol.opportunity"  # pylint: disable=consider-merging-classes-inherited

    # Written by ``_renew_next_actions`` only, as part of whatever changes actions in the database.
    date_next_action = fields.Date(
        "Next Action On", readonly=True, copy=False, help="The day of the first planned action."
    )

    _next_action_idx = models.Index(
        "(phase_id, date_next_action) INCLUDE (id, company_id, user_id, team_id, outcome)"
        " WHERE active IS TRUE AND date_next_action IS NOT NULL"
    )

    # === READ GROUP METHODS === #

    @api.model
    @api.readonly
    def read_progress_bar(self, domain, group_by, progress_bar):
        """Count the states of the next action of those that have one.

        The host finds the state of every record's activities, of whatever domain, and joins them to
        all the records shown, to count those without any too and then leave them out.
        """
        field = self._fields.get(group_by) if isinstance(group_by, str) else None
        is_column = field and field.store and field.type in ("many2one", "selection")
        is_of_action = isinstance(progress_bar, dict) and (
            progress_bar.get("field") == "activity_state" and "colors" in progress_bar
        )
        if not is_of_action or not is_column:
            return super().read_progress_bar(domain, group_by, progress_bar)
        self._check_field_access(self._fields["activity_state"], "read")
        self.check_access("read")
        result = defaultdict(lambda: dict.fromkeys(progress_bar["colors"], 0))
        query = self._search(domain)
        if query.is_empty():
            return result
        group = self._read_group_groupby(self._table, group_by, query)
        sign = self._get_sign_of_days_left()
        query.add_where(SQL("%s IS NOT NULL", SQL.identifier(self._table, "date_next_action")))
        query.groupby = SQL("1, 2")
        for value, sign_, count in self.env.execute_query(
            query.select(group, sign, SQL("COUNT(*)"))
        ):
            state = _STATES[int(sign_)]
            if state in progress_bar["colors"]:
                result[str(value or False)][state] += count
        return result

    @api.model
    def _get_sign_of_days_left(self):
        """Return the SQL of the sign of the days left for the next action.

        It is told where the person in charge lives, as by ``_compute_activity_state``. Only where
        it is that day somewhere in the world of the users and another one elsewhere, the
        actions themselves have to be looked at.
        """
        Activity = self.env["mail.activity"]
        Activity.flush_model(
            ["active", "date_deadline", "res_id", "res_model", "user_id", "user_tz"]
        )
        self.env["res.users"].flush_model(["partner_id"])
        self.env["res.partner"].flush_model(["tz"])
        zone = self.env.context.get("tz")
        zone = zone if zone in pytz.all_timezones_set else "UTC"
        now = datetime.now(UTC)
        first, last = self._get_days_of_users(now, zone)
        date = SQL.identifier(self._table, "date_next_action")
        if first == last:
            return SQL("SIGN(%s - %s)", date, first)
        return SQL(
            """
            CASE WHEN %(date)s < %(first)s THEN -1
                 WHEN %(date)s > %(last)s THEN 1
                 ELSE (SELECT SIGN(MIN(a.date_deadline
                                   - (%(now)s AT TIME ZONE COALESCE(a.user_tz, %(zone)s))::date))
                         FROM mail_activity a
                        WHERE a.res_model = 'crmsol.opportunity' AND a.res_id = %(id)s
                          AND a.active IS TRUE)::int
            END
            """,
            date=date,
            first=first,
            last=last,
            now=now,
            zone=zone,
            id=SQL.identifier(self._table, "id"),
        )

    @api.model
    def _get_days_of_users(self, now, zone):
        """Return the first and the last day that it is for any user, or in another time zone.

        Not told by PostgreSQL, which may not know the zone of somebody who has no actions at all,
        "Asia/Calcutta" for example where the system's own zones are in use.
        """
        rows = self.env.execute_query(
            SQL(
                "SELECT DISTINCT p.tz FROM res_users u JOIN res_partner p ON p.id = u.partner_id"
                " WHERE p.tz IS NOT NULL"
            )
        )
        zones = {zone, *(tz for (tz,) in rows)} & pytz.all_timezones_set
        days = {now.astimezone(pytz.timezone(name)).date() for name in zones}
        return min(days), max(days)

    # === BUSINESS METHODS === #

    @api.model
    def _check_derived(self, fnames):
        if not self.env.su and "date_next_action" in fnames:
            self._refuse_derived(self._fields["date_next_action"])
        return super()._check_derived(fnames)

    @api.model
    def _renew_next_actions(self, ids=None):
        """Find the day of the next action anew from the actions that the database has.

        The rows are written even if the day stays: whoever changes another action of the same
        opportunity at the same time does not see this one, and so is made to repeat it.

        :param ids: of opportunities; None: of all, of which only the wrong ones are written
        """
        day = SQL(
            "(SELECT MIN(a.date_deadline) FROM mail_activity a WHERE a.res_id = o.id"
            " AND a.res_model = 'crmsol.opportunity' AND a.active IS TRUE)"
        )
        which = (
            SQL("o.date_next_action IS DISTINCT FROM %s", day)
            if ids is None
            else SQL("o.id = ANY(%s)", list(ids))
        )
        self.env.cr.execute(
            SQL("UPDATE crmsol_opportunity o SET date_next_action = %s WHERE %s", day, which)
        )
        self.invalidate_model(["date_next_action"], flush=False)
