from odoo import Command
from odoo.addons.mail.tests.common import MailCommon
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, tagged

from ..const import NAME_MAX_LENGTH
from .common import CrmsolCommon

MAIL = """Return-Path: <{email_from}>
To: {to}
From: {email_from}
Subject: {subject}
MIME-Version: 1.0
Content-Type: text/plain; charset="UTF-8"
Date: Tue, 24 Nov 2026 09:12:17 +0000
Message-ID: {msg_id}
{extra}

We need two hundred chairs.
"""
SENDER = '"Rosa Ruiz" <rosa@ruiz.example.com>'


@tagged("post_install", "-at_install")
class TestIncoming(CrmsolCommon, MailCommon):
    """A mail to the address of a team makes an opportunity."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.alias_domain_id = cls.mail_alias_domain
        cls.team = cls.env["crm.team"].create(
            {"name": "Chairs", "company_id": cls.company.id, "member_ids": [Command.set([])]}
        )
        cls.address = (
            cls.env["crmsol.team.address"]
            .with_user(cls.dora)
            .create({"alias_name": "chairs", "team_id": cls.team.id})
        )
        cls.Opportunity = cls.env["crmsol.opportunity"]

    def _receive(self, sender=SENDER, subject="Chairs, please", to=None, **kwargs):
        before = self.Opportunity.search([])
        to = to or f"chairs@{self.alias_domain}"
        with self.mock_mail_gateway():
            self.format_and_process(
                MAIL,
                sender,
                to,
                subject=subject,
                target_model="crmsol.opportunity",
                with_user=self.env.ref("base.user_root"),
                **kwargs,
            )
        return self.Opportunity.search([]) - before

    def test_mail_makes_an_opportunity_of_the_team(self):
        opportunity = self._receive()
        self.assertEqual(
            (opportunity.name, opportunity.team_id, opportunity.outcome),
            ("Chairs, please", self.team, "open"),
        )
        self.assertEqual(opportunity.partner_id.email_normalized, "rosa@ruiz.example.com")
        self.assertEqual(opportunity.partner_id.name, "Rosa Ruiz")
        self.assertFalse(opportunity.user_id, "nobody's until somebody takes it")
        self.assertEqual(opportunity.phase_id, self.phase_new)
        self.assertEqual(opportunity.company_id, self.company)
        [message] = opportunity.message_ids.filtered(lambda m: m.message_type == "email")
        self.assertIn("two hundred chairs", message.body)
        self.assertEqual(message.author_id, opportunity.partner_id)

    def test_salesmen_see_and_take_what_came_in(self):
        opportunity = self._receive().with_user(self.anna)
        opportunity.user_id = self.anna
        self.assertEqual(opportunity.user_id, self.anna)

    def test_person_of_a_known_company_is_its_contact(self):
        rosa = self.env["res.partner"].create(
            {"name": "Rosa", "email": "rosa@ruiz.example.com", "parent_id": self.customer.id}
        )
        opportunity = self._receive()
        self.assertEqual((opportunity.partner_id, opportunity.contact_id), (self.customer, rosa))

    def test_address_may_have_a_salesperson(self):
        with Form(self.address) as form:
            form.user_id = self.ben
        self.assertEqual(self._receive().user_id, self.ben)

    def test_salesperson_who_left_is_not_given_anything(self):
        self.address.user_id = self.ben
        self.ben.active = False
        self.assertFalse(self._receive().user_id)

    def test_mail_that_a_colleague_sends_on_is_theirs(self):
        opportunity = self._receive(sender=f"Anna <{self.anna.email}>")
        self.assertEqual(opportunity.user_id, self.anna)

    def test_team_of_the_address_may_change(self):
        other = self.env["crm.team"].create({"name": "Tables", "company_id": self.company.id})
        self.address.team_id = other
        self.assertEqual(self._receive().team_id, other)

    def test_answer_comes_into_the_same_opportunity(self):
        opportunity = self._receive()
        # with the hour, so that the customer has answered later than they were written to
        with self.mock_mail_gateway():
            sent = opportunity.with_user(self.clara).message_post(
                body="Which colour?",
                partner_ids=opportunity.partner_id.ids,
                subtype_xmlid="mail.mt_comment",
            )
        answers = self._receive(
            subject="Re: Which colour?", extra=f"In-Reply-To: {sent.message_id}"
        )
        self.assertFalse(answers)
        self.assertEqual(
            opportunity.message_ids.filtered(lambda m: m.message_type == "email").mapped("subject"),
            ["Re: Which colour?", "Chairs, please"],
        )

    def test_answers_are_asked_for_at_the_address_of_the_team(self):
        opportunity = self._receive()
        elsewhere = self._create_opportunity(team_id=False)
        found = (opportunity | elsewhere)._notify_get_reply_to()
        self.assertIn(f"chairs@{self.alias_domain}", found[opportunity.id])
        self.assertIn(self.alias_catchall, found[elsewhere.id])

    def test_first_address_of_a_company_is_seen_at_once(self):
        Address = self.env["crmsol.team.address"]
        Address.search([]).unlink()
        self.env.registry.clear_cache()
        self.assertFalse(Address._is_in_use())
        Address.create({"alias_name": "first", "team_id": self.team.id})
        self.assertTrue(Address._is_in_use())

    def test_same_mail_twice_is_one_opportunity(self):
        self.assertEqual(len(self._receive(msg_id="<one@example.com>")), 1)
        with self.mock_mail_gateway():
            mail = MAIL.format(
                email_from=SENDER,
                to=f"chairs@{self.alias_domain}",
                subject="Chairs, please",
                msg_id="<one@example.com>",
                extra="",
            )
            self.env["mail.thread"].message_process(None, mail)
        self.assertEqual(self.Opportunity.search_count([("team_id", "=", self.team.id)]), 1)

    def test_subject_of_any_kind_is_taken(self):
        for number, (subject, name) in enumerate(
            (
                ("", "Mail without a subject"),
                ("Price of <b>chairs</b>", "Price of chairs"),
                ("<script>", "Mail without a subject"),
                ("<a<b>c> chairs", "chairs"),
                ("Price < 100 > 50 <3", "Price < 100 > 50 <3"),
                ("x" * (NAME_MAX_LENGTH + 50), "x" * NAME_MAX_LENGTH),
            )
        ):
            with self.subTest(subject):
                opportunity = self._receive(subject=subject, sender=f"a{number}@example.com")
                self.assertEqual(opportunity.name, name)

    def test_unassigned_texts_are_in_the_language_of_the_team(self):
        self._in_spanish(self.dora)
        self.team.user_id = self.dora
        self.assertEqual(self._receive(subject="").name, "Correo sin asunto")

    def test_sender_of_any_kind_is_taken(self):
        for sender in ("nobody", "Nobody <>", "a@b@c"):
            with self.subTest(sender):
                self.assertTrue(self._receive(sender=sender, subject=sender).partner_id)

    def test_sender_who_is_a_contact_of_another_company_is_one_of_ours_too(self):
        self.env["res.partner"].create(
            {
                "name": "Rosa",
                "email": "rosa@ruiz.example.com",
                "company_id": self.other_company.id,
            }
        )
        partner = self._receive().partner_id
        self.assertIn(partner.company_id, (self.env["res.company"], self.company))

    def test_address_needs_its_name(self):
        for name in (False, ""):
            with self.subTest(name), self.assertRaisesRegex(ValidationError, "before the @"):
                self.address.alias_name = name

    def test_addresses_are_the_managers(self):
        with self.assertRaises(AccessError):
            self.address.with_user(self.clara).write({"user_id": self.clara.id})

    def test_deleted_team_leaves_no_alias(self):
        alias = self.address.alias_id
        self.team.unlink()
        self.assertFalse(alias.exists())
        self.assertFalse(self.address.exists())
