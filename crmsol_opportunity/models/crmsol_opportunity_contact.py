from odoo import api, fields, models
from odoo.tools import SQL

#: Types of the messages that may be a contact.
CONTACT_MESSAGES = ("comment", "email", "email_outgoing")

#: The moment of a done action, never a future one. It has a day only: that it was done at its hour
#: or at that of its last change is told where they are of the same day.
_MOMENT = """
    CASE WHEN a.crmsol_date_start::date = a.date_done THEN a.crmsol_date_start
         WHEN a.write_date::date = a.date_done THEN a.write_date
         ELSE a.date_done + time '12:00' END
"""

#: A partner who is no colleague. One parameter: the column with the partner.
_IS_OUTSIDE = """
    NOT EXISTS (SELECT FROM res_users u WHERE u.partner_id = %s AND u.share IS NOT TRUE)
"""


class CrmsolOpportunity(models.Model):
    """The last contact with the customer: what really brought both sides together.

    That is an action that was done and whose type is a contact (a call, a meeting, a visit, a
    mail), a meeting that is over, a message sent to somebody who is no colleague, and one that came
    from there; by the thread of the opportunity or of its quotations. An internal note, a change of
    phase or an action that is only planned is none.

    Every writer of these data asks for the date to be found anew, so that it also goes back when a
    contact is deleted.
    """

    _inherit = "crmsol.opportunity"  # pylint: disable=consider-merging-classes-inherited

    date_last_contact = fields.Datetime(
        "Last Contact",
        compute="_compute_date_last_contact",
        store=True,
        copy=False,
        index="btree_not_null",
        help="When somebody last talked with the customer: a call, visit or meeting that was done, "
        "a mail sent or received. Notes and phases do not count.",
    )

    # === COMPUTE METHODS === #

    # What it follows from is linked by a model and a number, which the ORM's dependencies do not
    # reach: see _renew_last_contact.
    def _compute_date_last_contact(self):
        dates = self._get_last_contacts()
        for opportunity in self:
            opportunity.date_last_contact = dates.get(opportunity._origin.id)

    # === MAIL METHODS === #

    def message_post(self, **kwargs):
        self.ensure_one()  # as the host says, but before anything is done for several
        self.env["res.users"]._crmsol_fetch_session()
        # sudo: what the host reads; who may post is found out later
        self.sudo().fetch(["company_id", "name", "partner_id", "team_id", "user_id"])
        posting = self._get_posting()
        posting.append(self.id)
        try:
            return super().message_post(**kwargs)
        finally:
            posting.pop()

    def _notify_thread(self, message, msg_vals=False, **kwargs):
        """Followers get the message too: only now it is known who does."""
        recipients = super()._notify_thread(message, msg_vals=msg_vals, **kwargs)
        values = msg_vals or {}
        if values.get(
            "message_type", message.message_type
        ) in CONTACT_MESSAGES and not self._is_among_colleagues(values, recipients or []):
            self._renew_last_contact()
        return recipients

    # === BUSINESS METHODS === #

    @api.model
    def _get_posting(self):
        """Return the ids of the opportunities on which a message is being posted.

        Their last contact is looked at by ``_notify_thread``, not when the message is created.
        """
        return self.env.cr.precommit.data.setdefault("crmsol.posting", [])

    @api.model
    def _is_among_colleagues(self, values, recipients):
        """Tell whether the user writes a message that is sure to reach nobody but colleagues.

        :param dict values: of the message, as far as they are known
        :param list recipients: see ``_notify_thread``
        """
        colleagues = {
            data["id"] for data in recipients if data["id"] and data["uid"] and not data["ushare"]
        }
        author = self.env.user.partner_id.id
        return (
            self.env.user._is_internal()
            and values.get("author_id") == author
            and not values.get("outgoing_email_to")
            and all(data["id"] in colleagues for data in recipients)
            and colleagues.union([author]).issuperset(values.get("partner_ids") or [])
        )

    def _renew_last_contact(self):
        """Have the last contact found anew, before it is read or at the end of the transaction."""
        # sudo: what a colleague does with the customer counts, whoever may write the opportunity
        field = self._fields["date_last_contact"]
        # most of what happens to an opportunity happens to it in several steps
        existing = (self.sudo() - self.env.records_to_compute(field)).exists()
        if existing:
            self.env.add_to_compute(field, existing)
            existing.modified(["date_last_contact"])

    def _get_last_contacts(self):
        """Return {id: datetime of the last contact}, without those that had none."""
        ids = self._origin.ids
        if not ids:
            return {}
        for model in ("mail.activity", "mail.activity.type", "calendar.event", "mail.message"):
            self.env[model].flush_model()
        for model in ("mail.notification", "sale.order", "res.users"):
            self.env[model].flush_model()
        return dict(
            self.env.execute_query(
                SQL(
                    """
                    SELECT id, LEAST(MAX(date), %(now)s::timestamp)
                      FROM (%(actions)s UNION ALL %(meetings)s UNION ALL %(messages)s
                            UNION ALL %(of_orders)s) contact
                     WHERE date IS NOT NULL GROUP BY id
                    """,
                    now=self.env.cr.now(),
                    actions=self._get_contact_actions(ids),
                    meetings=self._get_contact_meetings(ids),
                    messages=self._get_contact_messages(ids),
                    of_orders=self._get_contact_messages_of_orders(ids),
                )
            )
        )

    # Every part is a select of (id of the opportunity, date).

    def _get_contact_actions(self, ids):
        """Done actions with somebody who is no colleague; of a meeting, the hour it took place."""
        return SQL(
            """
            SELECT a.res_id AS id,
                   CASE WHEN NOT e.allday AND e.start <= %(now)s THEN e.start
                        ELSE %(moment)s END AS date
              FROM mail_activity a
              JOIN mail_activity_type t ON t.id = a.activity_type_id AND t.crmsol_is_contact
         LEFT JOIN calendar_event e ON e.id = a.calendar_event_id
             WHERE a.res_model = %(model)s AND a.res_id = ANY(%(ids)s)
               AND a.active IS NOT TRUE AND a.crmsol_cancelled IS NOT TRUE
               AND a.date_done IS NOT NULL AND %(is_outside)s
            """,
            now=self.env.cr.now(),
            moment=SQL(_MOMENT),
            model=self._name,
            ids=ids,
            is_outside=SQL(_IS_OUTSIDE, SQL("a.crmsol_contact_id")),
        )

    def _get_contact_meetings(self, ids):
        """Meetings that are over and that no action tells more about."""
        return SQL(
            """
            SELECT e.res_id AS id, e.start AS date
              FROM calendar_event e
             WHERE e.res_model = %(model)s AND e.res_id = ANY(%(ids)s) AND e.active
               AND e.stop <= %(now)s
               AND NOT EXISTS (SELECT FROM mail_activity a WHERE a.calendar_event_id = e.id)
               AND EXISTS (SELECT FROM calendar_event_res_partner_rel r
                            WHERE r.calendar_event_id = e.id AND %(is_outside)s)
            """,
            model=self._name,
            ids=ids,
            now=self.env.cr.now(),
            is_outside=SQL(_IS_OUTSIDE, SQL("r.res_partner_id")),
        )

    def _get_contact_messages(self, ids):
        return SQL(
            "SELECT m.res_id AS id, m.date FROM mail_message m"
            " WHERE m.model = %s AND m.res_id = ANY(%s) AND %s",
            self._name,
            ids,
            self._get_contact_message_condition(),
        )

    def _get_contact_messages_of_orders(self, ids):
        """A quotation is sent from its own thread."""
        return SQL(
            """
            SELECT o.crmsol_opportunity_id AS id, m.date
              FROM sale_order o JOIN mail_message m ON m.model = 'sale.order' AND m.res_id = o.id
             WHERE o.crmsol_opportunity_id = ANY(%s) AND %s
            """,
            ids,
            self._get_contact_message_condition(),
        )

    def _get_contact_message_condition(self):
        """Return the SQL of messages from outside, or to somebody there; internal ones are none."""
        return SQL(
            """
            m.message_type IN %(types)s
            AND m.is_internal IS NOT TRUE
            AND EXISTS (SELECT FROM mail_message_subtype s
                         WHERE s.id = m.subtype_id AND s.internal IS NOT TRUE)
            AND (m.author_id IS NULL AND m.message_type = 'email'
                 OR m.author_id IS NOT NULL AND %(from_outside)s
                 OR COALESCE(m.outgoing_email_to, '') <> ''
                 OR EXISTS (SELECT FROM mail_message_res_partner_rel r
                             WHERE r.mail_message_id = m.id AND %(to_outside)s)
                 OR EXISTS (SELECT FROM mail_notification n
                             WHERE n.mail_message_id = m.id AND n.res_partner_id IS NOT NULL
                               AND %(notified_outside)s))
            """,
            types=CONTACT_MESSAGES,
            from_outside=SQL(_IS_OUTSIDE, SQL("m.author_id")),
            to_outside=SQL(_IS_OUTSIDE, SQL("r.res_partner_id")),
            notified_outside=SQL(_IS_OUTSIDE, SQL("n.res_partner_id")),
        )
