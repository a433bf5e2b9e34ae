import psycopg2

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tests import BaseCase, get_db_name, tagged
from odoo.tools import mute_logger


@tagged("post_install", "-at_install")
class TestAdviceOfTwoUsers(BaseCase):
    """Two transactions at once, each with a connection of its own, on rows that are committed."""

    def setUp(self):
        super().setUp()
        self.registry = Registry(get_db_name())
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            partner = env["res.partner"].create({"name": "Customer of two"})
            values = {"name": "Deal of two", "partner_id": partner.id}
            self.deal_id = env["crmsol.opportunity"].create(values).id
            self.partner_id = partner.id
        self.addCleanup(self._remove)
        self.crs = [self.registry.cursor(), self.registry.cursor()]
        for cr in self.crs:
            self.addCleanup(cr.close)
        self.deals = [
            api.Environment(cr, SUPERUSER_ID, {})["crmsol.opportunity"].browse(self.deal_id)
            for cr in self.crs
        ]

    def _remove(self):
        for cr in self.crs:
            cr.rollback()
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {"crmsol_delete_actions": True})
            env["crmsol.opportunity"].browse(self.deal_id).unlink()
            env["res.partner"].browse(self.partner_id).unlink()

    def _count_actions(self):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {"active_test": False})
            domain = [("res_model", "=", "crmsol.opportunity"), ("res_id", "=", self.deal_id)]
            return env["mail.activity"].search_count(domain)

    def _both_see_it(self):
        """Return the advice that both see, each in a transaction of their own."""
        found = [deal.advice for deal in self.deals]
        self.assertEqual(found[0], found[1])
        return next(item for item in found[0] if item["code"] == "no_action")

    def _answer(self, deal, method, item):
        answer = getattr(deal, method)(item["code"], item["mark"])
        deal.env.flush_all()
        return answer

    def _try_again(self, deal, method, item):
        """The database refuses the second one; the host rolls back and repeats the request."""
        with mute_logger("odoo.sql_db"), self.assertRaises(psycopg2.errors.SerializationFailure):
            self._answer(deal, method, item)
        deal.env.cr.rollback()
        deal.env.invalidate_all()
        return self._answer(deal, method, item)

    def test_one_button_pressed_by_two_plans_one_action(self):
        item = self._both_see_it()
        first, second = self.deals
        self.assertTrue(self._answer(first, "apply_advice", item)["activity_id"])
        first.env.cr.commit()
        answer = self._try_again(second, "apply_advice", item)
        self.assertFalse(answer["activity_id"])
        second.env.cr.commit()
        self.assertEqual(self._count_actions(), 1)

    def test_what_one_set_aside_another_does_not_plan(self):
        item = self._both_see_it()
        first, second = self.deals
        self.assertTrue(self._answer(first, "dismiss_advice", item)["dismissed"])
        first.env.cr.commit()
        self.assertFalse(self._try_again(second, "apply_advice", item)["activity_id"])
        second.env.cr.commit()
        self.assertEqual(self._count_actions(), 0)
