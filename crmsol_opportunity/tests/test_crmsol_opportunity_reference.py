from datetime import date, timedelta

from freezegun import freeze_time

from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from .common import CrmsolCommon


@tagged("post_install", "-at_install")
class TestCrmsolOpportunityReference(CrmsolCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rocio, cls.inaki = cls.env["res.partner"].create(
            [
                {"name": "Rocío", "parent_id": cls.customer.id, "phone": "+34 955 01 02 03"},
                {"name": "Iñaki", "email": "inaki@example.com"},
            ]
        )
        cls.role = cls.env["crmsol.reference.role"].create({"name": "Some role"})
        cls.opportunity = cls._create_opportunity()

    @classmethod
    def _create_reference(cls, partner, opportunity=None, user=None, **values):
        Reference = cls.env["crmsol.opportunity.reference"].with_user(user or cls.anna)
        opportunity = opportunity or cls.opportunity
        return Reference.create(
            {"opportunity_id": opportunity.id, "partner_id": partner.id, **values}
        )

    # === THE SAME PERSON ONCE === #

    def test_same_person_twice_is_refused_by_name_on_every_route(self):
        reference = self._create_reference(self.rocio)
        other = self._create_reference(self.inaki)
        sentence = "“Customer, Rocío” is already a reference of “Opportunity”. Complete that row"
        twice = {"partner_id": self.rocio.id}
        routes = {
            "create": lambda: self._create_reference(self.rocio),
            "both in one call": lambda: self._create_opportunity(
                reference_ids=[Command.create(twice), Command.create(twice)]
            ),
            "from the form": lambda: self.opportunity.write(
                {"reference_ids": [Command.create(twice)]}
            ),
            "edit the row": lambda: other.write(twice),
            "context": lambda: other.with_context(
                default_opportunity_id=self.opportunity.id, default_partner_id=self.rocio.id
            ).create({}),
            "duplicate": reference.copy,
        }
        for route, do in routes.items():
            with self.subTest(route), self._refused(sentence):
                do()
        self.assertEqual(self.opportunity.reference_ids.partner_id, self.rocio | self.inaki)

    def test_sql_refuses_the_same_person_twice_as_well(self):
        self._create_reference(self.rocio)
        other = self._create_reference(self.inaki)
        self.env.flush_all()
        with self._refused("partner_uniq"):
            self.env.cr.execute(
                "UPDATE crmsol_opportunity_reference SET partner_id = %s WHERE id = %s",
                [self.rocio.id, other.id],
            )

    def test_same_person_may_be_reference_of_two_opportunities(self):
        self._create_reference(self.rocio)
        self._create_reference(self.rocio, self._create_opportunity())

    def test_company_is_refused_as_reference(self):
        with self._refused("“Customer” is a company and a reference is a person"):
            self._create_reference(self.customer)

    # === THE PRIMARY ONE === #

    def test_first_reference_is_the_primary_one(self):
        first = self._create_reference(self.rocio)
        second = self._create_reference(self.inaki)
        self.assertTrue(first.is_primary)
        self.assertFalse(second.is_primary)

    def test_new_primary_reference_takes_the_place_of_the_old_one(self):
        first = self._create_reference(self.rocio)
        second = self._create_reference(self.inaki, is_primary=True)
        self.assertEqual((first.is_primary, second.is_primary), (False, True))
        first.is_primary = True
        self.assertEqual((first.is_primary, second.is_primary), (True, False))
        first.is_primary = False
        self.assertFalse((first | second).filtered("is_primary"), "none is allowed")

    def test_two_primary_references_at_once_are_refused(self):
        references = self._create_reference(self.rocio) | self._create_reference(self.inaki)
        with self._refused("choose one"):
            references.is_primary = True
        self.env.flush_all()
        with self._refused("primary_uniq"):
            self.env.cr.execute("UPDATE crmsol_opportunity_reference SET is_primary = TRUE")

    def test_primary_reference_is_of_its_opportunity_only(self):
        other = self._create_opportunity()
        references = self._create_reference(self.rocio) | self._create_reference(self.rocio, other)
        self.assertEqual(references.mapped("is_primary"), [True, True])
        moved = self._create_reference(self.inaki, other)
        moved.opportunity_id = self.opportunity
        self.assertEqual(references.mapped("is_primary"), [True, True])

    # === WHO IS OFFERED === #

    def test_people_of_the_customer_are_offered_first_and_others_after_them(self):
        company = self.env["res.partner"].create({"name": "Zz Company", "is_company": True})
        people = self.env["res.partner"].create(
            [{"name": "Zoe", "parent_id": company.id}, {"name": "Zoe before"}, {"name": "Zoe A"}]
        )
        Partner = self.env["res.partner"].with_user(self.anna)
        names = Partner.with_context(crmsol_first_commercial_partner_id=company.id).name_search
        domain = [("is_company", "=", False)]
        found = [id_ for id_, _name in names("Zoe", domain)]
        self.assertEqual(found[0], people[0].id)
        self.assertCountEqual(found, people.ids, "each of them once")
        self.assertEqual([id_ for id_, _name in names("Zoe", domain, limit=1)], people[0].ids)
        self.assertEqual(len(names("Zoe", domain, limit=2)), 2)
        self.assertEqual(Partner.name_search("Zoe", domain)[0][0], people[2].id, "elsewhere not")

    def test_tab_shows_people_without_the_company_that_would_hide_them(self):
        person = self.rocio.with_user(self.anna)
        self.assertEqual(person.display_name, "Customer, Rocío")
        self.assertEqual(person.with_context(crmsol_name_only=True).display_name, "Rocío")
        arch = self.env["crmsol.opportunity"].with_user(self.anna).get_view(view_type="form")
        self.assertIn("crmsol_name_only", arch["arch"])

    # === LAST CONTACT === #

    def _log_contact(self, opportunity, person, day, kind):
        """Make one action, meeting or message with the person, that was on the day."""
        moment = fields.Datetime.to_datetime(day) + timedelta(hours=12)
        if kind == "action":
            with freeze_time(moment):
                opportunity.activity_schedule(
                    "mail.mail_activity_data_call",
                    user_id=self.anna.id,
                    crmsol_contact_id=person.id,
                    summary="Call",
                ).action_done()
                self.env.flush_all()  # the host reckons the day when it writes it
        elif kind == "meeting":
            self.env["calendar.event"].with_user(self.anna).create(
                {
                    "name": "Meeting",
                    "start": moment - timedelta(hours=1),
                    "stop": moment,
                    "res_model_id": self.env["ir.model"]._get_id("crmsol.opportunity"),
                    "res_id": opportunity.id,
                    "partner_ids": [Command.set((person | self.anna.partner_id).ids)],
                }
            )
        else:
            values = {
                "mail from": {"author_id": person.id, "message_type": "email"},
                "mail to": {"partner_ids": person.ids},
                "note to": {"partner_ids": person.ids, "subtype_xmlid": "mail.mt_note"},
            }[kind]
            message = opportunity.message_post(
                body="Text",
                **{"message_type": "comment", "subtype_xmlid": "mail.mt_comment", **values},
            )
            message.sudo().date = moment

    def test_last_contact_is_the_newest_action_meeting_or_message(self):
        reference = self._create_reference(self.rocio)
        self.assertFalse(reference.date_last_contact)
        for day, kind in enumerate(("action", "meeting", "mail from", "mail to"), 1):
            with self.subTest(kind):
                self._log_contact(self.opportunity, self.rocio, date(2026, 1, day), kind)
                self.env.invalidate_all()
                self.assertEqual(reference.date_last_contact, date(2026, 1, day))

    def test_what_reached_nobody_is_no_contact(self):
        reference = self._create_reference(self.rocio)
        other = self._create_opportunity()
        today = fields.Date.today()
        self._log_contact(self.opportunity, self.rocio, today, "note to")
        self._log_contact(self.opportunity, self.rocio, today + timedelta(days=9), "meeting")
        self._log_contact(self.opportunity, self.inaki, today, "mail to")
        self._log_contact(other, self.rocio, today, "mail to")
        call = self.opportunity.activity_schedule(
            "mail.mail_activity_data_call",
            user_id=self.anna.id,
            crmsol_contact_id=self.rocio.id,
            summary="Call",
        )
        self.env.invalidate_all()
        self.assertFalse(reference.date_last_contact, "planned is not done")
        call.action_cancel()
        self.env.invalidate_all()
        self.assertFalse(reference.date_last_contact, "nor is cancelled")

    def test_private_meeting_of_a_colleague_is_not_told(self):
        reference = self._create_reference(self.rocio)
        self._log_contact(self.opportunity, self.rocio, date(2026, 1, 1), "meeting")
        event = self.env["calendar.event"].search([("res_id", "=", self.opportunity.id)])
        event.sudo().privacy = "private"
        self.env.invalidate_all()
        self.assertEqual(reference.date_last_contact, date(2026, 1, 1))
        self.assertFalse(reference.with_user(self.clara).date_last_contact)

    def test_last_contact_of_many_references_takes_a_constant_number_of_queries(self):
        opportunity = self._create_opportunity()

        def add(number):
            people = self.env["res.partner"].create(
                [{"name": f"Person {i}"} for i in range(number)]
            )
            opportunity.reference_ids = [
                Command.create({"partner_id": person.id}) for person in people
            ]
            for kind in ("meeting", "mail to"):
                for person in people[:3]:
                    self._log_contact(opportunity, person, date(2026, 1, 1), kind)

        def read():
            opportunity.with_user(self.anna).reference_ids.mapped("date_last_contact")

        add(10)
        self._assert_same_statements(read, lambda: add(90))

    # === RIGHTS === #

    def test_salesman_cannot_reach_references_of_the_opportunity_of_another(self):
        of_ben = self._create_opportunity(self.ben)
        reference = self._create_reference(self.rocio, of_ben, self.ben)
        mine = self._create_reference(self.inaki)
        as_anna = reference.with_user(self.anna)
        self.env.flush_all()
        self.env.invalidate_all()
        attempts = {
            "read": lambda: as_anna.read(["note"]),
            "write": lambda: as_anna.write({"note": "Mine"}),
            "delete": as_anna.unlink,
            "create": lambda: self._create_reference(self.inaki, of_ben),
            "move": lambda: mine.write({"opportunity_id": of_ben.id}),
        }
        for attempt, do in attempts.items():
            with self.subTest(attempt), self.assertRaises(AccessError):
                do()
        self.assertNotIn(reference, self.env[reference._name].with_user(self.anna).search([]))
        self.assertEqual(len(of_ben.reference_ids), 1)

    # === FORM === #

    def test_copy_of_an_opportunity_takes_its_references_along(self):
        self._create_reference(self.rocio, role_id=self.role.id)
        self._create_reference(self.inaki, is_primary=True)
        copies = self.opportunity.copy().reference_ids
        self.assertEqual(copies.partner_id, self.rocio | self.inaki)
        self.assertEqual(copies.filtered("is_primary").partner_id, self.inaki)
        self.assertEqual(copies[0].role_id, self.role)

    def test_form_shows_phone_and_mail_of_the_person_chosen(self):
        with Form(self.opportunity.with_user(self.anna)) as form:
            with form.reference_ids.new() as line:
                line.partner_id = self.rocio
                self.assertEqual(line.phone, self.rocio.phone)
            self.assertEqual(form.reference_count, 1, "the empty state vanishes at once")
        self.assertTrue(self.opportunity.reference_ids.is_primary)

    def test_person_has_the_buttons_of_the_opportunity(self):
        reference = self._create_reference(self.rocio)
        context = reference._with_contact().env.context
        self.assertEqual(context["crmsol_contact_id"], self.rocio.id)
        for method in ("action_call", "action_mail", "action_meeting"):
            self.assertTrue(hasattr(reference, method))
