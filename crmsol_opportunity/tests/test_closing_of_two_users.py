import psycopg2

from odoo import SUPERUSER_ID, api
from odoo.exceptions import UserError
from odoo.modules.registry import Registry
from odoo.tests import BaseCase, get_db_name, tagged
from odoo.tools import mute_logger

from ..const import LOST, WON


@tagged("post_install", "-at_install")
class TestClosingOfTwoUsers(BaseCase):
    """Two transactions at once, each with a connection of its own, on rows that are committed."""

    def setUp(self):
        super().setUp()
        self.registry = Registry(get_db_name())
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            partner = env["res.partner"].create({"name": "Customer of two"})
            values = {"name": "Deal of two", "partner_id": partner.id}
            self.ids = env["crmsol.opportunity"].create([values] * 2).ids
            self.partner_id = partner.id
            self.admin_id = env.ref("base.user_admin").id
        self.addCleanup(self._remove)
        self.crs = [self.registry.cursor(), self.registry.cursor()]
        for cr in self.crs:
            self.addCleanup(cr.close)

    def _remove(self):
        for cr in self.crs:
            cr.rollback()
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            env["crmsol.opportunity"].browse(self.ids).unlink()
            env["res.partner"].browse(self.partner_id).unlink()

    def _both_open_the_dialog(self):
        """Return the dialogs of the administrator and of another, who both see open ones."""
        wizards = []
        for cr, uid in zip(self.crs, (self.admin_id, SUPERUSER_ID), strict=True):
            env = api.Environment(cr, uid, {})
            opportunities = env["crmsol.opportunity"].browse(self.ids)
            self.assertEqual(set(opportunities.mapped("outcome")), {"open"})
            wizards.append(env["crmsol.opportunity.close"])
        return wizards

    def _confirm(self, Wizard, ids, **values):
        Wizard.create({"opportunity_ids": ids, **values}).action_close()
        Wizard.env.flush_all()

    def _assert_tried_again(self, Wizard, ids, **values):
        """The database refuses the second one; the host rolls back and repeats the request."""
        with mute_logger("odoo.sql_db"), self.assertRaises(psycopg2.errors.SerializationFailure):
            self._confirm(Wizard, ids, **values)
        Wizard.env.cr.rollback()
        Wizard.env.invalidate_all()
        self._confirm(Wizard, ids, **values)

    def _read(self):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            opportunities = env["crmsol.opportunity"].browse(self.ids)
            return [
                (o.outcome, o.phase_id.is_closing, bool(o.date_closed), o.closed_by_id.id)
                for o in opportunities
            ]

    def test_one_closes_it_and_the_other_is_told_who_did_and_how(self):
        first, second = self._both_open_the_dialog()
        self._confirm(first, self.ids[:1], outcome=LOST)
        first.env.cr.commit()
        with self.assertRaisesRegex(UserError, "“Deal of two” is closed already: .*, by Admin"):
            self._assert_tried_again(second, self.ids[:1], outcome=WON, note="Ours")
        second.env.cr.rollback()
        self.assertEqual(self._read()[0], (LOST, True, True, self.admin_id))

    def test_of_a_selection_the_one_closed_meanwhile_is_left_as_it_is(self):
        first, second = self._both_open_the_dialog()
        self._confirm(first, self.ids[:1], outcome=LOST)
        first.env.cr.commit()
        self._assert_tried_again(second, self.ids, outcome=WON)
        second.env.cr.commit()
        self.assertEqual(
            self._read(),
            [(LOST, True, True, self.admin_id), (WON, True, True, SUPERUSER_ID)],
        )
