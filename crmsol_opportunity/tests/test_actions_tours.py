from datetime import date, datetime

from odoo import Command
from odoo.tests import HttpCase, tagged

from .test_mail_activity import ActionsCommon


@tagged("post_install", "-at_install")
class TestActionsTours(ActionsCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._in_spanish(cls.anna)
        cls.env["mail.activity.plan"].search([("res_model", "=", "crmsol.opportunity")]).unlink()

    def test_seller_plans_for_a_colleague_and_closes_actions_on_the_tab(self):
        self.env["calendar.event"].with_user(self.ben).create(
            {
                "name": "Dentist",
                "privacy": "private",
                # long enough for the time zone of any browser
                "start": datetime(2030, 6, 3, 3, 0),
                "stop": datetime(2030, 6, 3, 20, 0),
                "partner_ids": [Command.set(self.ben.partner_id.ids)],
            }
        )
        self.start_tour(
            f"/odoo/opportunity/{self.opportunity.id}",
            "crmsol_opportunity_actions",
            login="crmsol_anna",
        )
        visit, task = self.opportunity.action_ids.sorted("id")
        self.assertEqual(visit.activity_type_id, self.visit)
        self.assertEqual(visit.crmsol_contact_id, self.marta)
        self.assertEqual(visit.user_id, self.ben)
        self.assertEqual(visit.date_deadline, date(2030, 6, 4))
        self.assertEqual((visit.crmsol_state, visit.feedback), ("done", "Quieren dos líneas"))
        self.assertEqual((task.crmsol_state, task.crmsol_result), ("cancelled", "Ya lo tienen"))
