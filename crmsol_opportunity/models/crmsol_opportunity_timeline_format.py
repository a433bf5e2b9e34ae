from odoo import models
from odoo.tools import SQL, groupby

from .crmsol_opportunity_timeline import (
    ACTIVITY,
    CREATION,
    DOCUMENT,
    MEETING,
    MESSAGE,
    ORDER,
    ORDER_STATE,
)


class CrmsolOpportunity(models.Model):
    """What happened in the negotiation, in one list: what the reader sees of each event.

    Values are given as data, so that the web client writes money and dates as its user does.
    """

    _inherit = "crmsol.opportunity"  # pylint: disable=consider-merging-classes-inherited

    # === BUSINESS METHODS === #

    def _format_timeline(self, rows):
        """Return the events of the rows (date, source, id, kind), with one reading a source.

        An event has ``key``, ``type``, ``kind``, ``date`` and, as far as it has them, ``author``,
        ``title``, ``text``, ``changes``, ``amount``, ``record`` to open and others of its type.
        """
        formats = {
            CREATION: self._format_creation_event,
            DOCUMENT: self._format_document_events,
            MESSAGE: self._format_message_events,
            ORDER: self._format_order_events,
            ORDER_STATE: self._format_order_state_events,
            ACTIVITY: self._format_activity_events,
            MEETING: self._format_meeting_events,
        }
        data = {
            source: formats[source]([row[2] for row in group])
            for source, group in groupby(rows, lambda row: row[1])
        }
        return [
            {"key": f"{source}-{id_}", "kind": kind, "date": date, **data[source][id_]}
            for date, source, id_, kind in rows
        ]

    def _format_creation_event(self, ids):
        author = self.sudo().create_uid.partner_id  # sudo: the name of a colleague
        return dict.fromkeys(ids, {"type": "created", "author": self._format_author(author)})

    def _format_document_events(self, ids):
        return {
            document["id"]: {
                "type": "document",
                "author": document["author"],
                "title": document["name"],
                "text": document["note"],
                "origin": document["origin"],
                "file": document,
            }
            for document in self._format_documents(ids)
        }

    def _format_message_events(self, ids):
        messages = self.env["mail.message"].browse(ids)
        changes = self._format_tracked_values(messages)
        events = {}
        for message in messages:
            author = message.sudo().author_id  # sudo: a name, as in the host's thread
            type_ = "note" if message.is_internal or message.subtype_id.internal else "message"
            if not message.subtype_id:
                type_ = "note"
            events[message.id] = {
                "type": "change" if message.id in changes else type_,
                "author": self._format_author(author) or {"id": False, "name": message.email_from},
                "title": message.subject or "",
                "text": message.preview,
                "changes": changes.get(message.id, []),
                "record": {"model": "mail.message", "id": message.id},
            }
        return events

    def _format_tracked_values(self, messages):
        """Return {id of the message: [its changes in the host's format]}."""
        # sudo: tracked values are the administrator's; of which fields the user may read them, the
        # next line asks
        values = (
            self.env["mail.tracking.value"]
            .sudo()
            .search_fetch([("mail_message_id", "in", messages.ids)])
            ._filter_has_field_access(self.env)
        )
        translated = self._get_translated_labels(values.field_id)
        changes = {}
        for data in values._tracking_value_format_model(self._name):
            value = values.browse(data["id"])
            labels = translated.get(value.field_id.id, {})
            for key in ("oldValue", "newValue"):
                data[key] = labels.get(data[key], (None, data[key]))[1]
            # XML-RPC knows no null
            data["fieldInfo"] = {k: v for k, v in data["fieldInfo"].items() if v is not None}
            changes.setdefault(value.mail_message_id.id, []).append(data)
        return changes

    def _get_translated_labels(self, fields):
        """Translate the labels of selections, which are tracked in the writer's language.

        :param fields: ``ir.model.fields``
        :return: {id of the field: {label in any language: (value, label in the reader's)}}
        """
        fields = fields.filtered(lambda field: field.ttype == "selection")
        if not fields:
            return {}
        # sudo is not needed in SQL: labels of a field whose values the user reads
        rows = self.env.execute_query(
            SQL(
                "SELECT field_id, value, name FROM ir_model_fields_selection WHERE field_id IN %s",
                fields._ids,
            )
        )
        lang = self.env.lang or "en_US"
        labels = {}
        for field_id, value, names in rows:
            label = names.get(lang) or names["en_US"]
            labels.setdefault(field_id, {}).update(
                {name: (value, label) for name in names.values()}
            )
        return labels

    def _format_order(self, order):
        return {
            "title": order.name,
            "amount": order.amount_total,
            "currency_id": order.currency_id.id,
            "record": {"model": "sale.order", "id": order.id},
        }

    def _format_order_events(self, ids):
        return {
            order.id: {
                "type": "quotation_created",
                # sudo: the name of a colleague
                "author": self._format_author(order.sudo().create_uid.partner_id),
                **self._format_order(order),
            }
            for order in self.env["sale.order"].browse(ids)
        }

    def _format_order_state_events(self, ids):
        # sudo: tracked values are the administrator's; the rows are of orders the user reads and
        # of a field of theirs that the user reads
        values = self.env["mail.tracking.value"].sudo().browse(ids)
        translated = self._get_translated_labels(values.field_id)
        types = {"sent": "quotation_sent", "sale": "quotation_confirmed"}
        types["cancel"] = "quotation_cancelled"
        orders = self.env["sale.order"].browse(values.mail_message_id.mapped("res_id"))
        by_id = {order.id: order for order in orders}
        events = {}
        for value in values:
            labels = translated.get(value.field_id.id, {})
            old, new = (
                labels.get(label, (None, label))
                for label in (value.old_value_char, value.new_value_char)
            )
            type_ = types.get(new[0], "quotation_changed")
            events[value.id] = {
                "type": type_,
                "author": self._format_author(value.mail_message_id.author_id),
                "text": f"{old[1]} → {new[1]}" if type_ == "quotation_changed" else "",
                **self._format_order(by_id[value.mail_message_id.res_id]),
            }
        return events

    def _format_activity_events(self, ids):
        activities = self.env["mail.activity"].browse(ids)
        return {activity.id: self._format_activity(activity) for activity in activities}

    def _format_activity(self, activity):
        """Return the event of an action. Its ``state`` is the host's, or ``cancelled``."""
        state = "cancelled" if activity.crmsol_cancelled else activity.state
        return {
            "type": f"action_{state if state in ('done', 'cancelled') else 'planned'}",
            "state": state,
            "title": activity.summary or activity.activity_type_id.name or "",
            "activity_type": activity.activity_type_id.name or "",
            "icon": activity.icon or "",
            "text": activity.crmsol_cancel_reason if state == "cancelled" else activity.feedback,
            # sudo: names, as in the host's list of activities
            "author": self._format_author(
                (activity.sudo().crmsol_cancelled_by_id or activity.sudo().user_id).partner_id
            ),
            "contact": activity.sudo().crmsol_contact_id.name or "",
            "day_only": not activity.crmsol_date_start and state not in ("done", "cancelled"),
            "record": {"model": "mail.activity", "id": activity.id},
        }

    def _format_meeting_events(self, ids):
        events = self.env["calendar.event"].browse(ids)
        # sudo: the actions of meetings of this opportunity, that the user reads with it
        activities = (
            self.env["mail.activity"]
            .sudo()
            .with_context(active_test=False)
            .search_fetch(
                [
                    ("calendar_event_id", "in", ids),
                    ("res_model", "=", self._name),
                    ("res_id", "=", self.id),
                ],
                order="active, id",
            )
        )
        by_event = {activity.calendar_event_id.id: activity for activity in activities}
        now = self.env.cr.now()
        data = {}
        for event in events:
            activity = by_event.get(event.id, activities[:0])
            if activity:
                state = "cancelled" if activity.crmsol_cancelled else activity.state
            else:
                state = "planned" if event.start > now else "done"
            busy = event._check_private_event_conditions()
            data[event.id] = {
                "type": f"meeting_{state if state in ('done', 'cancelled') else 'planned'}",
                "state": state,
                "title": event.name,
                "text": "" if busy else activity.crmsol_cancel_reason or activity.feedback or "",
                "location": event.location or "",
                # after the name: read as sudo before, the name of a private meeting would be told
                "author": self._format_author(
                    (activity.crmsol_cancelled_by_id or event.sudo().user_id).partner_id
                ),
                "start": event.start,
                "stop": event.stop,
                "day_only": event.allday,
                "record": {"model": "calendar.event", "id": event.id},
            }
        return data
