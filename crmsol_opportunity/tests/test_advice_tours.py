from datetime import timedelta

from odoo.tests import HttpCase, tagged

from ..engine.advice import get_due_date
from .advice_common import AdviceCommon


@tagged("post_install", "-at_install")
class TestAdviceTours(AdviceCommon, HttpCase):
    """In Spanish, as the salespeople follow the advice."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._in_spanish(cls.anna)
        cls.opportunity.write(
            {
                "name": "Cocina nueva",
                "date_deadline": cls.today - timedelta(days=2),
                "amount": 1500,
                "budget": 1000,
            }
        )

    def test_seller_plans_one_and_sets_another_aside(self):
        url = f"/odoo/crmsol.opportunity/{self.opportunity.id}"
        self.start_tour(url, "crmsol_opportunity_advice", login="crmsol_anna")
        action = self._actions()
        self.assertEqual(len(action), 1)
        self.assertEqual(action.date_deadline, get_due_date(self.today, 1))
        self.assertEqual((action.user_id, action.crmsol_contact_id), (self.anna, self.customer))
        self.assertEqual(self._codes(), [])

    def test_seller_follows_the_advice_of_the_day(self):
        self.start_tour("/odoo/my-day", "crmsol_opportunity_advice_my_day", login="crmsol_anna")
        self.assertEqual(self._actions().summary, "Acordar el siguiente paso")
        self.assertEqual(self._codes(), ["budget"])
