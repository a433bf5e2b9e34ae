from odoo import Command
from odoo.addons.mail.tests.common import MailCase
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import CrmsolCommon


@tagged("post_install", "-at_install")
class TestMessages(CrmsolCommon, MailCase):
    """What reaches the customer, read off the queue of mails."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={"lang": "en_US"})
        cls.customer.email = "customer@example.com"
        cls.visitor = new_test_user(
            cls.env,
            login="crmsol_visitor",
            groups="base.group_portal",
            email="visitor@example.com",
        )
        cls.opportunity = cls._create_opportunity()
        cls.comment, cls.note = (
            cls.env.ref("mail.mt_comment"),
            cls.env.ref("mail.mt_note"),
        )
        cls.outsiders = cls.customer | cls.visitor.partner_id

    def _post(self, subtype, **kwargs):
        self.flush_tracking()
        with self.mock_mail_gateway():
            return self.opportunity.with_user(self.anna).message_post(
                body="What we think", message_type="comment", subtype_id=subtype.id, **kwargs
            )

    def _reached(self, message):
        """Return the partners and addresses that a message was sent to."""
        mails = self._new_mails.filtered(lambda mail: mail.mail_message_id == message)
        addresses = {mail.email_to for mail in mails} - {False}
        for sent in self._mails:
            addresses |= set(sent["email_to"])
        return message.sudo().notification_ids.res_partner_id | mails.recipient_ids, addresses

    def _assert_reaches_none_of_them(self, message):
        partners, addresses = self._reached(message)
        self.assertFalse(partners & self.outsiders)
        for address in addresses:
            self.assertNotRegex(address, "customer@|visitor@|stranger@")

    def test_message_reaches_the_customer_who_follows(self):
        self.opportunity.message_subscribe(partner_ids=self.outsiders.ids)
        partners, addresses = self._reached(self._post(self.comment))
        self.assertEqual(partners & self.outsiders, self.outsiders)
        self.assertTrue(any("customer@example.com" in address for address in addresses))

    def test_message_reaches_the_customer_who_is_addressed(self):
        message = self._post(self.comment, partner_ids=self.outsiders.ids)
        self.assertEqual(self._reached(message)[0] & self.outsiders, self.outsiders)

    def test_note_does_not_reach_the_customer_who_follows(self):
        for subtypes in (None, (self.comment | self.note).ids):
            with self.subTest(subtypes):
                self.opportunity.message_subscribe(
                    partner_ids=self.outsiders.ids, subtype_ids=subtypes
                )
                self._assert_reaches_none_of_them(self._post(self.note))

    def test_note_does_not_reach_the_customer_who_is_mentioned(self):
        mentioned = self.outsiders | self.clara.partner_id
        note = self._post(self.note, partner_ids=mentioned.ids)
        self._assert_reaches_none_of_them(note)
        self.assertIn(self.clara.partner_id, self._reached(note)[0], "colleagues are told")

    def test_note_does_not_reach_an_address_given_with_it(self):
        note = self._post(self.note, outgoing_email_to="stranger@example.com")
        self._assert_reaches_none_of_them(note)

    def test_message_marked_internal_does_not_reach_the_customer(self):
        message = self._post(self.comment, partner_ids=self.outsiders.ids, is_internal=True)
        self._assert_reaches_none_of_them(message)

    def test_customer_mentioned_when_a_note_is_edited_is_not_told(self):
        note = self._post(self.note)
        with self.mock_mail_gateway():
            self.opportunity.with_user(self.anna)._message_update_content(
                note, body="What we think of you", partner_ids=self.outsiders.ids
            )
        self._assert_reaches_none_of_them(note)

    def test_note_written_in_the_full_composer_does_not_reach_the_customer(self):
        self.opportunity.message_subscribe(partner_ids=self.outsiders.ids)
        composer = (
            self.env["mail.compose.message"]
            .with_user(self.anna)
            .with_context(default_model="crmsol.opportunity", default_res_ids=self.opportunity.ids)
            .create(
                {
                    "body": "What we think",
                    "subtype_id": self.note.id,
                    "partner_ids": [Command.set(self.outsiders.ids)],
                }
            )
        )
        with self.mock_mail_gateway():
            _mails, note = composer._action_send_mail()
        self._assert_reaches_none_of_them(note)

    def test_result_of_an_action_does_not_reach_the_customer_who_follows(self):
        self.opportunity.message_subscribe(partner_ids=self.outsiders.ids)
        activity = self.opportunity.activity_schedule(
            "mail.mail_activity_data_call",
            summary="Call them",
            user_id=self.anna.id,
            crmsol_contact_id=self.customer.id,
        )
        with self.mock_mail_gateway():
            activity.with_user(self.anna).action_feedback(feedback="They bluff")
        self.assertFalse(self._new_mails.recipient_ids & self.outsiders)

    def test_note_is_not_read_by_the_portal_user_whom_it_mentions(self):
        self.opportunity.message_subscribe(partner_ids=self.outsiders.ids)
        note = self._post(self.note, partner_ids=self.outsiders.ids)
        Message = self.env["mail.message"].with_user(self.visitor)
        self.assertFalse(Message.search([("id", "=", note.id)]))
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            Message.browse(note.id).read(["body"])
        with self.assertRaises(AccessError):
            self.opportunity.with_user(self.visitor).read(["message_ids"])

    def test_notes_of_other_records_are_sent_as_the_host_sends_them(self):
        order = self.env["sale.order"].create({"partner_id": self.customer.id})
        with self.mock_mail_gateway():
            order.message_post(body="x", subtype_id=self.note.id, partner_ids=self.customer.ids)
        self.assertIn(self.customer, self._new_mails.recipient_ids)
