from datetime import datetime

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

PAGE_SIZE = 30
MAX_UPCOMING = 50

#: what the reader can filter by
KINDS = ("change", "action", "meeting", "message", "note", "quotation", "document")

# Where events come from. Of events of one moment the higher number is shown first.
CREATION, DOCUMENT, MESSAGE, ORDER, ORDER_STATE, ACTIVITY, MEETING = range(7)
SOURCE_KINDS = {
    CREATION: {"change"},
    DOCUMENT: {"document"},
    MESSAGE: {"change", "message", "note"},
    ORDER: {"quotation"},
    ORDER_STATE: {"quotation"},
    ACTIVITY: {"action"},
    MEETING: {"meeting"},
}


class CrmsolOpportunity(models.Model):
    """What happened in the negotiation, in one list: which events, in which order.

    Events are not stored. They are read from where they are: messages and tracked values,
    activities, meetings, quotations and files, each as far as the reader may read it, by one SQL
    query of which every part stops at the size of a page.
    """

    _inherit = "crmsol.opportunity"  # pylint: disable=consider-merging-classes-inherited

    # === BUSINESS METHODS === #

    @api.readonly
    def get_timeline(self, cursor=None, kinds=None, limit=PAGE_SIZE):
        """Return a page of what happened in the opportunity, newest first.

        :param list cursor: the ``cursor`` of the page before; the newest events without it
        :param list kinds: kinds of events to return (see ``KINDS``); all of them without it
        :param int limit: how many events
        :return: ``events``, ``cursor`` (false on the last page) and, on the first page,
            ``upcoming``: planned actions and meetings, the next one first
        :rtype: dict
        """
        self.ensure_one()
        self.check_access("read")
        limit = self._check_page(limit)
        kinds = self._parse_timeline_kinds(kinds)
        position = self._parse_timeline_cursor(cursor)
        rows = self._get_timeline_rows(kinds, limit + 1, position)
        upcoming = [] if position else self._get_upcoming_rows(kinds)
        page = rows[:limit]
        events = self._format_timeline(page + upcoming)
        date, source, id_, _kind = page[-1] if page else (None,) * 4
        return {
            "events": events[: len(page)],
            "upcoming": events[len(page) :],
            "cursor": len(rows) > limit and [date.isoformat(), source, id_],
        }

    def _parse_timeline_kinds(self, kinds):
        """Return the kinds that a client asked for, all of them if it named none."""
        if kinds is None:
            return set(KINDS)
        if not isinstance(kinds, (list, tuple, set)):
            raise UserError(self.env._("This page does not exist. Reload the list."))
        return {kind for kind in KINDS if kind in kinds}

    def _parse_timeline_cursor(self, cursor):
        """Return the position (date, source, id) after which a page begins, or None."""
        if not cursor:
            return None
        try:
            date, source, id_ = cursor
            return datetime.fromisoformat(date), int(source), int(id_)
        except (TypeError, ValueError) as error:
            raise UserError(self.env._("This page does not exist. Reload the list.")) from error

    def _get_timeline_rows(self, kinds, limit, position):
        """Return (date, source, id, kind) of past events, newest first.

        Parts of the query that no kind asks for are left out.
        """
        parts = {
            CREATION: self._get_creation_part,
            DOCUMENT: self._get_document_part,
            MESSAGE: self._get_message_part,
            ORDER: self._get_order_part,
            ORDER_STATE: self._get_order_state_part,
            ACTIVITY: self._get_activity_part,
            MEETING: self._get_meeting_part,
        }
        return self._union_timeline(
            [
                self._limit_part(source, part(kinds), limit, position)
                for source, part in parts.items()
                if kinds & SOURCE_KINDS[source]
            ],
            SQL("ORDER BY date DESC, source DESC, id DESC LIMIT %s", limit),
        )

    def _get_upcoming_rows(self, kinds):
        """Return (date, source, id, kind) of planned actions and meetings, the next one first."""
        parts = {ACTIVITY: self._get_activity_part, MEETING: self._get_meeting_part}
        return self._union_timeline(
            [
                SQL("(SELECT date, %s AS source, id, kind FROM %s part)", source, part(kinds, True))
                for source, part in parts.items()
                if kinds & SOURCE_KINDS[source]
            ],
            SQL("ORDER BY date, source, id LIMIT %s", MAX_UPCOMING),
        )

    def _union_timeline(self, parts, order):
        if not parts:
            return []
        self.env.flush_all()  # parts are written in SQL, which the ORM does not flush for
        union = SQL(" UNION ALL ").join(parts)
        return self.env.execute_query(
            SQL("SELECT date, source, id, kind FROM (%s) events %s", union, order)
        )

    def _limit_part(self, source, part, limit, position):
        """Return the events of one source on the page that begins after the position."""
        after = SQL("TRUE")
        if position:
            date, last_source, last_id = position
            if source < last_source:
                after = SQL("date <= %s", date)
            elif source > last_source:
                after = SQL("date < %s", date)
            else:
                after = SQL("(date, id) < (%s, %s)", date, last_id)
        return SQL(
            "(SELECT date, %s AS source, id, kind FROM %s part"
            " WHERE %s ORDER BY date DESC, id DESC LIMIT %s)",
            source,
            part,
            after,
            limit,
        )

    # Every part is a sub-select of (date, id, kind).

    def _get_creation_part(self, _kinds):
        return SQL(
            "(SELECT create_date AS date, id, 'change' AS kind FROM crmsol_opportunity"
            " WHERE id = %s)",
            self.id,
        )

    def _get_document_part(self, _kinds):
        query = self._get_document_query()
        return self._select_part(query, SQL.identifier(query.table, "create_date"), "document")

    def _get_message_part(self, kinds):
        """Messages, notes and changes: what the thread has, without what is an event of its own.

        That is the note about an action done or cancelled, and the note of the creation.
        """
        query = self._get_message_query(self._name, SQL("(%s)", self.id))
        change = self._get_tracked_condition(self._get_readable_tracking_condition())
        internal = SQL(
            "(mail_message.is_internal IS TRUE OR mail_message.subtype_id IS NULL"
            " OR mail_message.subtype_id IN (SELECT id FROM mail_message_subtype WHERE internal))"
        )
        kind = SQL(
            "CASE WHEN %s THEN 'change' WHEN %s THEN 'note' ELSE 'message' END", change, internal
        )
        query.add_where(
            "mail_message.mail_activity_type_id IS NULL AND mail_message.date IS NOT NULL"
        )
        query.add_where(
            """
            (%s OR mail_message.message_type <> 'notification'
             OR mail_message.subtype_id = %s
             OR mail_message.create_date <> %s AND mail_message.create_date NOT IN %s AND NOT %s)
            """,
            (
                change,
                self.env.ref("crmsol_opportunity.mt_opportunity_override").id,
                self.create_date,
                self._get_cancellation_moments(),
                self._get_tracked_condition(SQL("TRUE")),
            ),
        )
        if not kinds >= SOURCE_KINDS[MESSAGE]:
            # not by the CASE, of which PostgreSQL expects too few rows to go through the index
            of_kinds = {
                "change": change,
                "note": SQL("NOT %s AND %s", change, internal),
                "message": SQL("NOT %s AND NOT %s", change, internal),
            }
            asked = [SQL("(%s)", of_kinds[name]) for name in of_kinds if name in kinds]
            query.add_where(SQL("(%s)", SQL(" OR ").join(asked)))
        return self._select_part(query, SQL.identifier(query.table, "date"), kind)

    def _get_cancellation_moments(self):
        """Return the sub-select of when actions were cancelled: the host's log says it again."""
        return SQL(
            "(SELECT crmsol_date_cancelled FROM mail_activity"
            " WHERE res_model = %s AND res_id = %s AND crmsol_date_cancelled IS NOT NULL)",
            self._name,
            self.id,
        )

    def _get_tracked_condition(self, condition):
        """Return the SQL of messages with tracked values that fulfil a condition.

        Not EXISTS, which PostgreSQL may answer by reading the tracked values of all documents once.
        """
        return SQL(
            "COALESCE((SELECT TRUE FROM mail_tracking_value t"
            " WHERE t.mail_message_id = mail_message.id AND (%s) LIMIT 1), FALSE)",
            condition,
        )

    def _get_readable_tracking_condition(self):
        """Return the SQL of the tracked values of which the reader may read the field.

        As ``mail.tracking.value._filter_has_field_access``, before the page is cut.
        """
        field_ids = [
            self.env["ir.model.fields"]._get(self._name, name).id
            for name, field in self._fields.items()
            if self._has_field_access(field, "read")
        ]
        readable = SQL("t.field_id IN %s", tuple(field_ids))
        return SQL("%s OR t.field_id IS NULL", readable) if self.env.is_system() else readable

    def _get_order_part(self, _kinds):
        query = self._get_readable_order_query()
        return self._select_part(query, SQL.identifier(query.table, "create_date"), "quotation")

    def _get_order_state_part(self, _kinds):
        """Changes of state of quotations: sent, confirmed, cancelled."""
        query = self._get_message_query("sale.order", self._get_readable_order_query().subselect())
        Order = self.env["sale.order"]
        field = Order._fields["state"]
        return SQL(
            """
            (SELECT m.date, t.id, 'quotation' AS kind
               FROM mail_tracking_value t JOIN mail_message m ON m.id = t.mail_message_id
              WHERE t.mail_message_id IN %s AND t.field_id = %s AND m.date IS NOT NULL)
            """,
            query.subselect(),
            Order._has_field_access(field, "read")
            and self.env["ir.model.fields"]._get("sale.order", "state").id
            or None,
        )

    def _get_activity_part(self, _kinds, upcoming=False):
        """Actions done and cancelled, or those planned; not those that are a meeting shown."""
        domain = Domain("res_model", "=", self._name) & Domain("res_id", "=", self.id)
        domain &= self.env["ir.rule"]._compute_domain("mail.activity", "read")
        planned = Domain("active", "=", True) & Domain("crmsol_cancelled", "=", False)
        domain &= planned if upcoming else ~planned
        Activity = self.env["mail.activity"].with_context(active_test=False)
        # bypass_access: who reads the document reads its activities, which the host's search finds
        # out in Python after reading them all
        query = Activity._search(domain, bypass_access=True)
        query.add_where(
            "(mail_activity.calendar_event_id IS NULL"
            " OR mail_activity.calendar_event_id NOT IN %s)",
            [self._get_meeting_query().subselect()],
        )
        date = SQL("COALESCE(crmsol_date_start, date_deadline::timestamp)")
        if not upcoming:
            # An action done has a day only. The moment it was archived is that of its last change,
            # unless it was changed on a later day.
            date = SQL(
                """
                CASE WHEN crmsol_cancelled THEN COALESCE(crmsol_date_cancelled, write_date)
                     WHEN write_date::date = date_done THEN write_date
                     ELSE COALESCE(date_done + time '12:00', write_date) END
                """
            )
        return self._select_part(query, date, "action")

    def _get_meeting_query(self):
        """Return the query of the meetings of the opportunity that the user may read."""
        Event = self.env["calendar.event"]
        if not Event.has_access("read"):
            return Event.browse()._as_query()
        return Event._search(Domain("res_model", "=", self._name) & Domain("res_id", "=", self.id))

    def _get_meeting_part(self, _kinds, upcoming=False):
        """Meetings that took place or were cancelled, or those planned.

        A meeting is planned until its action is done or cancelled; without one, until it begins.
        """
        query = self._get_meeting_query()
        query.add_where(
            """
            %s (CASE WHEN EXISTS (SELECT FROM mail_activity a
                                   WHERE a.calendar_event_id = calendar_event.id)
                     THEN EXISTS (SELECT FROM mail_activity a
                                   WHERE a.calendar_event_id = calendar_event.id
                                     AND a.active AND a.crmsol_cancelled IS NOT TRUE)
                     ELSE calendar_event.start > now() AT TIME ZONE 'UTC' END)
            """,
            [SQL("") if upcoming else SQL("NOT")],
        )
        date = SQL.identifier(query.table, "start")
        if not upcoming:  # done or cancelled ahead of its time
            date = SQL("LEAST(%s, now() AT TIME ZONE 'UTC')", date)
        return self._select_part(query, date, "meeting")

    def _select_part(self, query, date, kind):
        id_ = SQL.identifier(query.table, "id")
        kind = kind if isinstance(kind, SQL) else SQL("%s", kind)
        return query.subselect(
            SQL("%s AS date", date), SQL("%s AS id", id_), SQL("%s AS kind", kind)
        )
