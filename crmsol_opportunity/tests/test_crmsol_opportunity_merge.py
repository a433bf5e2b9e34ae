from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import CrmsolCommon


@tagged("post_install", "-at_install")
class TestMerge(CrmsolCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.person, cls.rival = cls.env["res.partner"].create(
            [{"name": "Person"}, {"name": "Rival", "is_company": True}]
        )
        cls.product = cls.env["product.product"].create({"name": "Product", "list_price": 10})
        cls.role = cls.env["crmsol.reference.role"].create({"name": "Reads"})
        cls.kept = cls._create_opportunity(
            name="Kept",
            phase_id=cls.phase_proposal.id,
            reference_ids=[Command.create({"partner_id": cls.person.id})],
        )
        cls.other = cls._create_opportunity(
            name="Other",
            amount=70,
            line_ids=[Command.create({"product_id": cls.product.id})],
            reference_ids=[Command.create({"partner_id": cls.person.id, "role_id": cls.role.id})],
            competitor_ids=[Command.create({"partner_id": cls.rival.id})],
        )

    def _merge(self, opportunities, user=None, **values):
        wizard = (
            self.env["crmsol.opportunity.merge"]
            .with_user(user or self.anna)
            .with_context(active_ids=opportunities.ids)
            .create(values)
        )
        return wizard.action_merge()

    def test_the_one_that_came_farthest_goes_on_with_its_own_data(self):
        action = self._merge(self.other | self.kept)
        self.assertEqual(action["res_id"], self.kept.id)
        self.assertEqual((self.kept.name, self.kept.amount), ("Kept", 1000))
        self.assertEqual(self.kept.phase_id, self.phase_proposal)

    def test_products_and_people_come_along_and_the_same_person_stays_once(self):
        self._merge(self.other | self.kept)
        self.assertEqual(self.kept.line_ids.product_id, self.product)
        self.assertEqual(self.kept.competitor_ids.partner_id, self.rival)
        self.assertEqual(len(self.kept.reference_ids), 1)
        self.assertEqual(self.kept.reference_ids.role_id, self.role)
        self.assertFalse(self.other.reference_ids)
        self.assertFalse(self.other.competitor_ids)

    def test_actions_meetings_messages_files_and_quotations_go_over(self):
        other = self.other
        planned = other.activity_schedule("mail.mail_activity_data_call", summary="Planned")
        done = other.activity_schedule("mail.mail_activity_data_call", summary="Done")
        done.action_feedback(feedback="Spoken")
        meeting = self.env["calendar.event"].create(
            {
                "name": "Meeting",
                "res_model_id": self.env["ir.model"]._get_id(other._name),
                "res_id": other.id,
                "start": "2030-06-03 08:00:00",
                "stop": "2030-06-03 09:00:00",
            }
        )
        message = other.message_post(body="Hello", message_type="comment")
        file = self.env["ir.attachment"].create(
            {"name": "a.txt", "raw": b"a", "res_model": other._name, "res_id": other.id}
        )
        order = self.env["sale.order"].create(
            {"partner_id": self.customer.id, "crmsol_opportunity_id": other.id}
        )
        self._merge(other | self.kept)
        self.env.invalidate_all()
        for record in (planned, done, meeting, message, file):
            with self.subTest(record._name):
                self.assertEqual(record.res_id, self.kept.id)
        self.assertEqual(order.crmsol_opportunity_id, self.kept)
        self.assertEqual(self.kept.principal_order_id, order)
        of_meeting = self.kept.action_ids.filtered("calendar_event_id")
        self.assertEqual(of_meeting.calendar_event_id, meeting)
        self.assertFalse(other.action_ids)

    def test_the_others_are_archived_and_both_sides_say_so(self):
        self._merge(self.other | self.kept)
        self.assertFalse(self.other.active)
        self.assertIn("Merged into: Kept", str(self.other.message_ids.mapped("body")))
        self.assertIn("Merged with: Other", str(self.kept.message_ids.mapped("body")))

    def test_the_history_of_both_stays(self):
        self._merge(self.other | self.kept)
        self.assertEqual(len(self.kept.history_ids), 1)
        self.assertFalse(self.other.history_ids.filtered(lambda row: not row.date_to).active)

    def test_what_cannot_be_one_negotiation_is_refused_and_nothing_is_moved(self):
        won = self._create_opportunity()
        won.action_win()
        elsewhere = self._create_opportunity(
            self.eva, company_id=self.other_company.id, user_id=self.eva.id
        )
        self.dora.write({"company_ids": [Command.link(self.other_company.id)]})
        cases = {
            "Select two": self.other,
            "is closed or archived": self.other | won,
        }
        for sentence, opportunities in cases.items():
            with self.subTest(sentence), self._refused(sentence):
                self._merge(opportunities)
        with self._refused("different companies"):
            self.env["crmsol.opportunity.merge"].with_user(self.dora).with_context(
                allowed_company_ids=self.dora.company_ids.ids
            ).create(
                {"opportunity_ids": (self.other | elsewhere).ids, "kept_id": self.other.id}
            ).action_merge()
        self.assertTrue(self.other.active and self.other.line_ids)

    def test_a_deal_of_a_colleague_is_not_merged(self):
        foreign = self._create_opportunity(self.ben)
        with self.assertRaises(AccessError):
            self._merge(self.other | foreign, kept_id=self.other.id)
        self.assertTrue(foreign.active)
