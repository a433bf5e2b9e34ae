from collections import defaultdict
from typing import NamedTuple

from markupsafe import escape

from odoo import api, models
from odoo.exceptions import MissingError
from odoo.tools import SQL, ormcache
from odoo.tools.mail import generate_tracking_message_id

#: What of the host's is done for many records at once, or with fewer statements: {model: methods},
#: those of the thread itself under ``None``. An addon that changes one of them is heard: then the
#: host's own way is gone, record by record.
_BATCHED = {
    None: (
        "_creation_subtype",
        "_mail_get_alias_domains",
        "_mail_track",
        "_mail_track_order_fields",
        "_message_auto_subscribe",
        "_message_auto_subscribe_followers",
        "_message_compute_author",
        "_message_compute_parent_id",
        "_message_create",
        "_message_log",
        "_message_log_batch",
        "_message_subscribe",
        "_notify_get_recipients",
        "_notify_get_reply_to_batch",
        "_notify_thread",
        "_track_prepare",
        "message_post",
    ),
    "mail.followers": (
        "_add_default_followers",
        "_add_followers",
        "_get_recipient_data",
        "_get_subscription_data",
        "_insert_followers",
    ),
    "mail.message": (
        "_check_access",
        "_filter_records_for_message_operation",
        "_get_forbidden_access",
    ),
}
#: Whose versions of them are known to come to the same.
_KNOWN = tuple(
    f"odoo.{name}."
    for name in (
        "orm.models",
        "addons.base",
        "addons.crmsol_opportunity",
        "addons.mail",
        "addons.rating",
        "addons.sms",
    )
)
_ANCESTORS = 200  # messages among which the host looks for the one that is answered


class _Answered(NamedTuple):
    """What a record's new message rests upon."""

    parent_id: int | None  # of the message that it answers
    is_followed: bool  # by somebody who is to be told of the subtype
    is_known: bool  # the subtype, which may have been deleted


class _Tracked(NamedTuple):
    """A message about the tracked values of a record, still to be written."""

    record: models.BaseModel
    body: str
    author_id: int | None
    subtype: models.BaseModel
    commands: list  # of ``tracking_value_ids``


class CrmsolThreadMixin(models.AbstractModel):
    """A thread that writes the messages of many records with a few statements.

    The host writes one message after the other and asks, for each, for its subtype, for the message
    it answers, for the alias that takes the answers and for the followers. Here the same values are
    found for all the records at once, and the messages are the same, one by one. Whoever is to be
    notified is notified by the host's own method.
    """

    _name = "crmsol.thread.mixin"
    _inherit = ["mail.thread"]
    _description = "Thread of Many Records"

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        """Subscribe the followers of all at once, rather than those of one after the other."""
        self.env["res.users"]._crmsol_fetch_session()
        if len(vals_list) < 2 or not self._is_batched():
            return super().create(vals_list)
        waiting = self.env.cr.precommit.data.setdefault(self._get_waiting_key(), [])
        waiting.append([])  # of this call: a creation may lead to another one
        try:
            records = super().create(vals_list)
            records._subscribe_waiting()
        finally:
            waiting.pop()
        return records

    # === MAIL METHODS === #

    def _message_auto_subscribe(self, updated_values, followers_existing_policy="skip"):
        """Let those of a creation wait for one another."""
        waiting = self.env.cr.precommit.data.get(self._get_waiting_key())
        # "update": which a creation alone has
        if not waiting or waiting[-1] is None or followers_existing_policy != "update":
            return super()._message_auto_subscribe(updated_values, followers_existing_policy)
        waiting[-1].append((self, updated_values))
        return True

    def _message_log_batch(self, bodies, *args, **kwargs):
        """Write what is logged of a creation after its notifications, as the host does."""
        self._subscribe_waiting()
        return super()._message_log_batch(bodies, *args, **kwargs)

    def _message_track(self, fields_iter, initial_values_dict):
        """Write the messages of the tracked values, as the host does, for all at once."""
        if not fields_iter or not self._is_batched():
            return super()._message_track(fields_iter, initial_values_dict)
        changed = self._get_changed(fields_iter, initial_values_dict)
        described = {}
        if any(changed.values()):
            described = self.fields_get(
                set().union(*changed.values()),
                attributes=("string", "type", "selection", "currency_field"),
            )
        tracking = {}
        for record in self.browse(changed):
            initial_values = initial_values_dict[record.id]
            tracking[record.id] = record._mail_track(
                {name: info for name, info in described.items() if name in changed[record.id]},
                initial_values,
            )
        tracked = self._prepare_tracked(tracking, initial_values_dict)
        self._post_tracked([each for each in tracked if each.subtype])
        self._log_tracked([each for each in tracked if not each.subtype and each.commands])
        return tracking

    # === BUSINESS METHODS === #

    @api.model
    def _is_batched(self):
        """Tell whether nobody has changed for this model what is done for many records at once."""
        # a guest may be the author of what the public user posts
        return not self.env.user._is_public() and self._is_known(
            tuple(
                getattr(self.pool[model or self._name], name)
                for model, names in _BATCHED.items()
                for name in names
            )
        )

    @api.model
    @ormcache("methods")
    def _is_known(self, methods):
        """Tell whether all methods are those of modules that are known.

        :param tuple methods: those that are called now: an automation may replace one at any time
        """
        return not any(
            name in vars(cls)
            # what a registry's own class has was put there by an automation
            and ("pool" in vars(cls) or not f"{cls.__module__}.".startswith(_KNOWN))
            for model, names in _BATCHED.items()
            for cls in self.pool[model or self._name].mro()
            for name in names
        )

    @api.model
    def _get_waiting_key(self):
        return f"crmsol.subscribe.{self._name}"

    @api.model
    def _subscribe_waiting(self):
        """Subscribe the followers of what is being created: one call for all with the same."""
        waiting = self.env.cr.precommit.data.get(self._get_waiting_key())
        if not waiting or not waiting[-1]:
            return
        created, waiting[-1] = waiting[-1], None  # from now on nobody waits
        data = self.env["mail.message.subtype"]._get_auto_subscription_subtypes(self._name)
        relations = data[-1]  # {model: names of the fields whose followers follow too}
        fnames = ["user_id", *sorted(set().union(*relations.values()))]
        alike = defaultdict(list)
        for record, values in created:
            alike[tuple(values.get(fname) or False for fname in fnames)].append((record, values))
        for pairs in alike.values():
            records = pairs[0][0].union(*(record for record, _values in pairs))
            records._message_auto_subscribe(pairs[0][1], followers_existing_policy="update")

    def _get_changed(self, fields_iter, initial_values_dict):
        """Return {record id: names of the fields that may have changed} of the existing records.

        Only these have to be described: most fields are as they were.
        """
        changed = {}
        for record in self:
            initial_values, names = initial_values_dict[record.id], set()
            try:
                for name in initial_values.keys() & fields_iter:
                    old, new = initial_values[name], record[name]
                    if record._fields[name].type == "properties" or (
                        new != old and (new or old)  # an empty record is not False
                    ):
                        names.add(name)
            except MissingError:
                continue
            changed[record.id] = names
        return changed

    def _prepare_tracked(self, tracking, initial_values_dict):
        """Return the :class:`_Tracked` of what has changed.

        :param dict tracking: {record id: (names of the fields, commands)}
        """
        pending = self.env.cr.precommit.data
        bodies = pending.pop(f"mail.tracking.message.{self._name}", {})
        authors = pending.pop(f"mail.tracking.author.{self._name}", {})
        tracked = []
        for record in self:
            changes, commands = tracking.get(record.id, (None, None))
            if not changes:
                continue
            initial_values = {name: initial_values_dict[record.id][name] for name in changes}
            subtype = record._track_subtype(initial_values)
            author = authors[record.id].id if record.id in authors else None
            # a body that was set counts, an empty one too
            body = (
                bodies[record.id]
                if record.id in bodies
                else record._track_get_default_log_message(changes)
            )
            subtype = subtype or self.env["mail.message.subtype"]
            tracked.append(_Tracked(record, body, author, subtype, commands))
        return tracked

    def _post_tracked(self, tracked):
        """Write messages with a subtype, and notify who follows it. See ``message_post``."""
        if not tracked:
            return
        self = self._fallback_lang()  # noqa: PLW0642  # as the host does
        answered = self._get_answered({each.record.id: each.subtype.id for each in tracked})
        # of a subtype that was deleted nothing is posted
        tracked = [each for each in tracked if answered[each.record.id].is_known]
        if not tracked:
            return
        records = self.browse(each.record.id for each in tracked)
        # sudo: aliases and companies that the user may not read, as in ``message_post``
        domains = records.sudo()._mail_get_alias_domains(default_company=self.env.company)
        companies = records._mail_get_companies(default=self.env.company)
        authors = {
            author: self._message_compute_author(author)
            for author in {each.author_id for each in tracked}
        }
        senders = {each.record.id: authors[each.author_id] for each in tracked}
        reply_to = records._notify_get_reply_to_batch(
            defaults={id_: email for id_, (_author, email) in senders.items()},
            author_ids={id_: author for id_, (author, _email) in senders.items()},
        )
        values_list = []
        for record, each in zip(records, tracked, strict=True):
            author_id, email_from = senders[record.id]
            values = {
                "tracking_value_ids": each.commands,
                "email_add_signature": True,
                "author_id": author_id,
                "author_guest_id": False,
                "email_from": email_from,
                "model": self._name,
                "res_id": record.id,
                "body": escape(each.body),
                "message_type": "notification",
                "parent_id": answered[record.id].parent_id or False,
                "subject": False,
                "subtype_id": each.subtype.id,
                "partner_ids": [],
                "incoming_email_to": False,
                "incoming_email_cc": False,
                "outgoing_email_to": False,
                "record_alias_domain_id": domains[record.id].id,
                "record_company_id": companies[record.id].id,
                "reply_to": reply_to[record.id],
            }
            values.update(record._process_attachments_for_post(None, [], values))
            values_list.append(values)
        messages = self._message_create(
            [{k: v for k, v in vals.items() if k != "tracking_value_ids"} for vals in values_list]
        )
        self._create_tracking_values(messages, tracked)
        for record, message, values in zip(records, messages, values_list, strict=True):
            record._message_post_after_hook(message, values)
        for record, message, values in zip(records, messages, values_list, strict=True):
            if answered[record.id].is_followed:
                record._notify_thread(message, values)

    def _log_tracked(self, tracked):
        """Write messages without a subtype, of which nobody is notified. See ``_message_log``."""
        by_author = defaultdict(list)
        for each in tracked:
            by_author[each.author_id].append(each)
        for author_id, of_author in by_author.items():
            records = self.browse([each.record.id for each in of_author])
            bodies = {each.record.id: each.body for each in of_author}
            messages = records._message_log_batch(bodies, author_id=author_id)
            for message in messages[1:]:  # the host gives those of a batch one and the same
                message.message_id = generate_tracking_message_id("message-notify")
            self._create_tracking_values(messages, of_author)

    @api.model
    def _create_tracking_values(self, messages, tracked):
        """Create the tracked values of messages, each with its own."""
        values_list, others = [], []
        for message, each in zip(messages, tracked, strict=True):
            if all(len(command) == 3 and command[0] == 0 for command in each.commands):
                values_list += [
                    {**values, "mail_message_id": message.id} for _0, _1, values in each.commands
                ]
            else:  # of another addon's making
                others.append((message, each.commands))
        # sudo: nobody may write tracked values; the host creates them in this way too
        self.env["mail.tracking.value"].sudo().create(values_list)
        for message, commands in others:
            message.sudo().write({"tracking_value_ids": commands})

    @api.model
    def _get_answered(self, subtype_ids):
        """Return {record id: :class:`_Answered`}, of all by one statement.

        The message that is answered is the latest comment or mail, else the latest message: see
        ``_message_compute_parent_id``.

        :param dict subtype_ids: {record id: id of the subtype of its new message}
        """
        self.env["mail.message"].flush_model(["date", "message_type", "model", "res_id"])
        self.env["mail.followers"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT r.id, m.id,
                       EXISTS (SELECT FROM mail_followers f
                                 JOIN mail_followers_mail_message_subtype_rel fs
                                   ON fs.mail_followers_id = f.id
                                WHERE f.res_model = %(model)s AND f.res_id = r.id
                                  AND fs.mail_message_subtype_id = r.subtype_id),
                       EXISTS (SELECT FROM mail_message_subtype s WHERE s.id = r.subtype_id)
                  FROM unnest(%(ids)s, %(subtype_ids)s::int[]) r(id, subtype_id)
     LEFT JOIN LATERAL (
                       SELECT n.id
                         FROM (SELECT id, message_type, date, create_date
                                 FROM mail_message
                                WHERE model = %(model)s AND res_id = r.id AND %(is_flat)s
                                  AND message_type IS DISTINCT FROM 'user_notification'
                                ORDER BY date DESC, id DESC
                                LIMIT %(ancestors)s) n
                        ORDER BY n.message_type IN ('comment', 'email') DESC,
                                 COALESCE(n.date, n.create_date) DESC, n.id DESC
                        LIMIT 1) m ON TRUE
                """,
                model=self._name,
                ids=list(subtype_ids),
                subtype_ids=list(subtype_ids.values()),
                is_flat=self._mail_flat_thread,
                ancestors=_ANCESTORS,
            )
        )
        return {id_: _Answered(*found) for id_, *found in rows}
