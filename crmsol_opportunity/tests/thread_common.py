import re
from unittest.mock import patch

from ..const import OPPORTUNITY_MODEL
from .common import CrmsolCommon

MESSAGE_FIELDS = (
    "author_guest_id",
    "author_id",
    "body",
    "email_add_signature",
    "email_from",
    "incoming_email_to",
    "is_internal",
    "message_type",
    "model",
    "outgoing_email_to",
    "partner_ids",
    "record_alias_domain_id",
    "record_company_id",
    "reply_to",
    "reply_to_force_new",
    "subject",
    "subtype_id",
)
TRACKING_FIELDS = (
    "currency_id",
    "field_id",
    "field_info",
    *(
        f"{when}_value_{kind}"
        for when in ("old", "new")
        for kind in ("char", "datetime", "float", "integer", "text")
    ),
)
MAIL_FIELDS = (
    "auto_delete",
    "email_to",
    "headers",
    "recipient_ids",
    "reply_to",
    "state",
    "subject",
)


class ThreadCommon(CrmsolCommon):
    """Compares what our thread writes with what the host's own methods write."""

    count = 1  # opportunities that are changed at once

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.domain = cls.env["mail.alias.domain"].create(
            {"name": "crmsol.example.com", "catchall_alias": "catchall", "bounce_alias": "bounce"}
        )
        cls.company.alias_domain_id = cls.domain
        cls.outsider = cls.env["res.partner"].create(
            {"name": "Outsider", "email": "outsider@example.org", "lang": "en_US"}
        )
        cls.ben.notification_type = "inbox"
        # the host's tests switch the thread off by the context
        cls.env = cls.env(context={})
        cls.Opportunity = cls.env[OPPORTUNITY_MODEL].with_user(cls.clara)
        cls.opportunities = cls.Opportunity.create(cls._values())
        cls.env.cr.flush()

    # === HELPERS === #

    @classmethod
    def _values(cls, **values):
        return [
            {
                "name": f"Deal {i}",
                "partner_id": cls.customer.id,
                "amount": 100 * i,
                "phase_id": cls.phase_new.id,
                **values,
            }
            for i in range(cls.count)
        ]

    def _snapshot(self, opportunities):
        """Return what the threads of the opportunities have, free of what is new every time."""
        return [self._snapshot_of(opportunity.sudo()) for opportunity in opportunities]

    def _snapshot_of(self, opportunity):
        thread = [("model", "=", OPPORTUNITY_MODEL), ("res_id", "=", opportunity.id)]
        messages = self.env["mail.message"].search(thread, order="id")
        numbers = {message: number for number, message in enumerate(messages)}
        scheduled = self.env["mail.message.schedule"].search(
            [("mail_message_id", "in", messages.ids)]
        )
        followers = self.env["mail.followers"].search(
            [("res_model", "=", OPPORTUNITY_MODEL), ("res_id", "=", opportunity.id)],
            order="partner_id",
        )
        return {
            "messages": [
                {
                    **{fname: message[fname] for fname in MESSAGE_FIELDS},
                    "body": self._plain(message.body, opportunity),
                    "parent": numbers.get(message.parent_id),
                    "files": sorted(
                        (file.name, file.raw, file.res_model, file.res_id == opportunity.id)
                        for file in message.attachment_ids
                    ),
                    "id of the mail": re.sub(r"\d[\d.]*", "#", message.message_id or ""),
                    "tracking": [
                        [value[fname] for fname in TRACKING_FIELDS]
                        for value in message.tracking_value_ids.sorted("id")
                    ],
                    "notifications": sorted(
                        (n.res_partner_id.id, n.notification_type, n.notification_status, n.is_read)
                        for n in message.notification_ids
                    ),
                    "mails": sorted(
                        (
                            [self._plain(mail[fname], opportunity) for fname in MAIL_FIELDS],
                            self._plain(mail.body_html, opportunity),
                            len((mail.references or "").split()),
                        )
                        for mail in message.mail_ids
                    ),
                }
                for message in messages
            ],
            "followers": [
                (follower.partner_id.id, sorted(follower.subtype_ids.ids)) for follower in followers
            ],
            "scheduled": scheduled.mapped("scheduled_datetime"),
            "last contact": opportunity.exists().date_last_contact,
        }

    def _snapshot_of_bus(self):
        """Return what the web clients are told, free of what is new every time."""
        rows = self.env["bus.bus"].sudo().search([], order="id")
        return [re.sub(r"[0-9a-f]{16,}|\d+", "#", f"{row.channel} {row.message}") for row in rows]

    @staticmethod
    def _plain(body, opportunity):
        body = re.sub(r"(token|access_token)=[\w-]+|/web/image/\d+", "", str(body or ""))
        return re.sub(rf"\b{opportunity.id}\b", "#", body)

    def _assert_as_the_host(self, change, opportunities=None, messages=1):
        """What the change leaves in the threads is what it leaves with the host's own methods.

        The last contact of each is the one that its thread tells of.

        :param change: returns the opportunities, unless they are given
        :param messages: how many are new in each thread; None: whatever the host has
        """
        found = []
        for is_batched in (False, True):
            with (
                patch.object(
                    self.env.registry["crmsol.thread.mixin"],
                    "_is_batched",
                    return_value=is_batched,
                ),
                self.env.cr.savepoint() as savepoint,
            ):
                before = self._snapshot(opportunities or [])
                self.env["bus.bus"].sudo().search([]).unlink()
                changed = change()
                self.env.cr.flush()
                self.env.invalidate_all()
                after = opportunities or changed
                contacts = after.sudo()._get_last_contacts()
                threads = self._snapshot(after)
                for new, old in zip(threads, before, strict=False):
                    if messages is not None:
                        self.assertEqual(len(new["messages"]) - len(old["messages"]), messages)
                for opportunity, new in zip(after, threads, strict=True):
                    self.assertEqual(new["last contact"] or None, contacts.get(opportunity.id))
                found.append((threads, self._snapshot_of_bus()))
                savepoint.rollback()
        host, ours = found
        self.assertEqual(len(ours[0]), self.count)
        self.maxDiff = None
        self.assertEqual(ours, host)
        return ours[0]

    def _follow(self, *xmlids):
        """Have a colleague with mails, one with the inbox, and a customer follow the subtypes."""
        subtypes = [self.env.ref(f"crmsol_opportunity.mt_opportunity_{name}").id for name in xmlids]
        for partner in (self.anna.partner_id, self.ben.partner_id, self.outsider):
            self.opportunities.sudo().message_subscribe(partner.ids, subtypes)
        self.env.cr.flush()

    def _move(self):
        self.opportunities.phase_id = self.phase_proposal
