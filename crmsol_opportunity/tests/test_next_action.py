from datetime import date, timedelta

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..const import LOST, OPPORTUNITY_MODEL
from .common import CrmsolCommon

TODAY = date.today()
PROGRESS_BAR = {
    "field": "activity_state",
    "colors": {"planned": "success", "today": "warning", "overdue": "danger"},
}


@tagged("post_install", "-at_install")
class TestNextAction(CrmsolCommon):
    """An opportunity keeps the day of its first planned action, whoever changes the actions."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.deal = cls._create_opportunity(user=cls.clara)
        cls.other = cls._create_opportunity(user=cls.clara)

    def _plan(self, days, deal=None, user=None):
        deal = deal or self.deal
        return deal.activity_schedule(
            "mail.mail_activity_data_call",
            TODAY + timedelta(days=days),
            summary="Call",
            user_id=(user or self.clara).id,
        )

    def _assert_next(self, days, deal=None):
        deal = deal or self.deal
        self.env.flush_all()
        expected = days is not None and TODAY + timedelta(days=days)
        self.assertEqual(deal.date_next_action, expected)
        self.env.invalidate_all()
        self.assertEqual(deal.date_next_action, expected)

    def test_it_is_the_first_one_planned(self):
        self._assert_next(None)
        later = self._plan(5)
        self._assert_next(5)
        first = self._plan(2)
        self._plan(9)
        self._assert_next(2)
        first.date_deadline = TODAY + timedelta(days=7)
        self._assert_next(5)
        later.date_deadline = TODAY - timedelta(days=1)
        self._assert_next(-1)

    def test_actions_that_go_with_their_user_are_no_next_ones(self):
        leaver = self.env["res.users"].create({"name": "Leaver", "login": "leaver@example.com"})
        self._plan(1, user=leaver)
        self._plan(4)
        self._plan(2, deal=self.other, user=leaver)
        self._assert_next(1)
        leaver.unlink()
        self._assert_next(4)
        self._assert_next(None, deal=self.other)

    def test_a_done_or_cancelled_one_is_no_next_one(self):
        first, second, third = self._plan(1), self._plan(2), self._plan(3)
        first.action_feedback(feedback="Done")
        self._assert_next(2)
        second.unlink()  # cancels it
        self._assert_next(3)
        third.sudo().write({"active": False})
        self._assert_next(None)
        third.sudo().write({"active": True})
        self._assert_next(3)

    def test_a_deleted_one_is_no_next_one(self):
        action = self._plan(1)
        action.action_feedback(feedback="Done")
        action.sudo().with_user(self.dora).unlink()
        self._assert_next(None)

    def test_of_one_that_goes_to_another_opportunity_both_are_right(self):
        action = self._plan(1)
        self._plan(4)
        action.sudo().write({"res_id": self.other.id})
        self._assert_next(4)
        self._assert_next(1, self.other)

    def test_merged_and_closed_opportunities_are_right(self):
        self._plan(4)
        self._plan(1, self.other)
        merge = self.env["crmsol.opportunity.merge"].with_user(self.dora)
        merge.create(
            {
                "opportunity_ids": [Command.set((self.deal | self.other).ids)],
                "kept_id": self.deal.id,
            }
        ).action_merge()
        self._assert_next(1)
        self._assert_next(None, self.other)
        self.deal.with_user(self.dora)._close(LOST)
        activities = self.deal.sudo().activity_ids
        self._assert_next(1 if activities else None)

    def test_activities_of_other_documents_change_nothing(self):
        statements = self._get_statements(
            lambda: self.customer.activity_schedule("mail.mail_activity_data_todo", TODAY)
        )
        self.assertFalse([text for text in statements if "date_next_action" in text])

    def test_nobody_writes_it(self):
        for user in (self.anna, self.clara, self.dora):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.deal.with_user(user).write({"date_next_action": TODAY})
        with self.assertRaises(AccessError):
            self._create_opportunity(date_next_action=TODAY)

    def test_a_copy_has_none(self):
        self._plan(1)
        self.assertFalse(self.deal.copy().date_next_action)

    def test_all_are_found_anew(self):
        self._plan(1)
        self._plan(3, self.other)
        self.env.cr.execute("UPDATE crmsol_opportunity SET date_next_action = NULL")
        self.env[OPPORTUNITY_MODEL]._renew_next_actions()
        self._assert_next(1)
        self._assert_next(3, self.other)

    def test_planning_takes_one_statement_for_it(self):
        self._plan(1)
        statements = self._get_statements(lambda: self._plan(2))
        self.assertEqual(sum("date_next_action = " in text for text in statements), 1)
        many = self._create_opportunity() | self._create_opportunity() | self._create_opportunity()
        values = [
            {
                "res_model_id": self.env["ir.model"]._get_id(OPPORTUNITY_MODEL),
                "res_id": deal.id,
                "activity_type_id": self.env.ref("mail.mail_activity_data_call").id,
                "summary": "Call",
            }
            for deal in many
        ]
        statements = self._get_statements(lambda: self.env["mail.activity"].create(values))
        self.assertEqual(sum("date_next_action = " in text for text in statements), 1)

    @freeze_time("2026-03-02 23:30:00")
    def test_the_board_tells_the_day_where_the_person_in_charge_lives(self):
        model = self.env[OPPORTUNITY_MODEL].with_user(self.clara).with_context(tz="UTC")
        deals = self.deal | self.other | self._create_opportunity(user=self.clara)
        self.clara.tz, self.dora.tz = "Asia/Tokyo", "America/New_York"
        for deal, user in zip(deals, (self.clara, self.dora, self.dora), strict=True):
            deal.activity_schedule(
                "mail.mail_activity_data_call", date(2026, 3, 2), summary="Call", user_id=user.id
            )
        deals[2].activity_ids.sudo().write({"date_deadline": date(2026, 3, 3)})
        domain = [("id", "in", deals.ids)]
        bar = model.read_progress_bar(domain, "phase_id", PROGRESS_BAR)
        # in Tokyo it is the 3rd already, in New York still the 2nd
        self.assertEqual(bar[str(self.phase_new.id)], {"planned": 1, "today": 1, "overdue": 1})
        states = deals.with_env(model.env).mapped("activity_state")
        self.assertEqual(states, ["overdue", "today", "planned"])

    def test_the_board_is_told_whatever_the_time_zone_of_somebody_else_is(self):
        self._plan(1)
        # known to browsers, and not to every PostgreSQL
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE res_partner SET tz = 'Nowhere/Zone' WHERE id = %s", [self.anna.partner_id.id]
        )
        self.env.invalidate_all()
        model = self.env[OPPORTUNITY_MODEL].with_user(self.clara)
        bar = model.read_progress_bar([("id", "=", self.deal.id)], "phase_id", PROGRESS_BAR)
        self.assertEqual(sum(bar[str(self.phase_new.id)].values()), 1)

    def test_the_board_does_not_join_all_actions(self):
        self._plan(1)
        model = self.env[OPPORTUNITY_MODEL].with_user(self.clara)
        statements = self._get_statements(
            lambda: model.read_progress_bar([], "phase_id", PROGRESS_BAR)
        )
        self.assertFalse([text for text in statements if 'JOIN "mail_activity"' in text])
