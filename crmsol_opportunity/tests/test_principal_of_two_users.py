import psycopg2

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tests import BaseCase, get_db_name, tagged
from odoo.tools import mute_logger


@tagged("post_install", "-at_install")
class TestPrincipalOfTwoUsers(BaseCase):
    """Two transactions at once, each with a connection of its own, on rows that are committed."""

    def setUp(self):
        super().setUp()
        registry = Registry(get_db_name())
        with registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            partner = env["res.partner"].create({"name": "Customer of two"})
            opportunity = env["crmsol.opportunity"].create(
                {"name": "Deal of two", "partner_id": partner.id}
            )
            values = {"partner_id": partner.id, "crmsol_opportunity_id": opportunity.id}
            orders = env["sale.order"].create([values] * 3)
            self.ids = opportunity.id, orders.ids, partner.id
        self.addCleanup(self._remove)
        self.crs = [registry.cursor(), registry.cursor()]
        for cr in self.crs:
            self.addCleanup(cr.close)

    def _remove(self):
        for cr in self.crs:
            cr.rollback()
        with Registry(get_db_name()).cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            opportunity, orders, partner = self.ids
            env["sale.order"].search([("crmsol_opportunity_id", "=", opportunity)]).unlink()
            env["crmsol.opportunity"].browse(opportunity).unlink()
            env["res.partner"].browse(partner).unlink()

    def _envs(self):
        envs = [api.Environment(cr, SUPERUSER_ID, {}) for cr in self.crs]
        for env in envs:  # both have seen the same state
            self.assertEqual(env["crmsol.opportunity"].browse(self.ids[0]).order_count, 3)
        return envs

    def _commit(self, env):
        env.flush_all()
        env.cr.commit()

    def _assert_second_is_tried_again(self, env, change):
        """The database refuses the change, and it goes through when the request is repeated."""
        with mute_logger("odoo.sql_db"), self.assertRaises(psycopg2.errors.SerializationFailure):
            change(env)
            env.flush_all()
        env.cr.rollback()
        env.invalidate_all()
        change(env)
        self._commit(env)

    def _principal(self):
        with Registry(get_db_name()).cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            opportunity = env["crmsol.opportunity"].browse(self.ids[0])
            flags = opportunity.order_ids.filtered("crmsol_is_principal")
            self.assertEqual(flags, opportunity.principal_order_id)
            return opportunity.principal_order_id.id

    def test_two_principals_chosen_at_once_leave_one(self):
        _first, second, third = self.ids[1]
        one, other = self._envs()
        one["sale.order"].browse(second).action_crmsol_set_principal()
        self._commit(one)
        self._assert_second_is_tried_again(
            other, lambda env: env["sale.order"].browse(third).action_crmsol_set_principal()
        )
        self.assertEqual(self._principal(), third)

    def test_cancelling_while_another_makes_a_quotation_leaves_one(self):
        one, other = self._envs()
        one["sale.order"].browse(self.ids[1])._action_cancel()
        self._commit(one)
        self._assert_second_is_tried_again(
            other,
            lambda env: env["sale.order"].create(
                {"partner_id": self.ids[2], "crmsol_opportunity_id": self.ids[0]}
            ),
        )
        self.assertGreater(self._principal(), max(self.ids[1]))
