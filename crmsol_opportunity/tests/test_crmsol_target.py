from datetime import date

from dateutil.relativedelta import relativedelta
from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import HttpCase, tagged

from ..const import LOST
from .common import CrmsolCommon

TODAY = "2026-11-24 12:00:00"


@tagged("post_install", "-at_install")
class TestTarget(CrmsolCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Target = cls.env["crmsol.target"]

    def setUp(self):
        super().setUp()
        freezer = freeze_time(TODAY)
        freezer.start()
        self.addCleanup(freezer.stop)

    def _create_target(self, user=None, month="2026-11-01", amount=1000, **values):
        return self.Target.create(
            {
                "user_id": (user or self.anna).id,
                "date_month": month,
                "amount": amount,
                "company_id": self.company.id,
                **values,
            }
        )

    def _figures(self, target, user=None):
        target.invalidate_recordset()
        target = target.with_user(user or self.dora)
        return target.won_amount, target.forecast_amount, target.gap_amount, target.progress

    # === MONTH === #

    def test_any_day_of_the_month_gives_its_first_one(self):
        target = self._create_target(month="2026-11-24")
        self.assertEqual(target.date_month, date(2026, 11, 1))
        target.write({"date_month": date(2027, 2, 28)})
        self.assertEqual(target.date_month, date(2027, 2, 1))

    def test_month_proposed_is_the_present_one(self):
        target = self.Target.create({"user_id": self.anna.id, "amount": 5})
        self.assertEqual(target.date_month, fields.Date.today().replace(day=1))

    def test_what_cannot_be_a_target_is_refused_with_a_sentence(self):
        target = self._create_target()
        for values, sentence in [
            ({"amount": 0}, "must be more than 0"),
            ({"amount": -5}, "must be more than 0"),
            ({"amount": False}, "must be more than 0"),
            ({"amount": float("nan")}, "is not a number"),
            ({"amount": "many"}, "is not a number"),
            ({"amount": 1e15}, "is too large"),
            ({"user_id": False}, "Choose the salesperson"),
            ({"date_month": False}, "Give the month"),
            ({"date_month": "2026-13-01"}, "Give the month"),
            ({"date_month": "next month"}, "Give the month"),
            ({"date_month": "0001-01-01"}, "The year 1 cannot be meant"),
            ({"date_month": "9999-12-31"}, "The year 9999 cannot be meant"),
        ]:
            with self.subTest(values=values):
                with self._refused(sentence):
                    target.write(values)
                with self._refused(sentence):
                    self._create_target(self.ben, **values)

    def test_one_target_a_seller_month_and_company(self):
        self._create_target()
        self._create_target(self.ben)
        self._create_target(month="2026-12-01")
        with self._refused("user_month_uniq"):
            self._create_target(month="2026-11-30")

    # === PROGRESS === #

    def test_progress_counts_what_was_won_in_the_month(self):
        target = self._create_target(amount=2000)
        self._create_opportunity(amount=500).action_win()
        self._create_opportunity(
            amount=800, phase_id=self.phase_close.id, outcome="won", date_closed="2026-10-31"
        )
        self._create_opportunity(amount=4000)._close(LOST)
        self._create_opportunity(self.ben, amount=70).action_win()
        self.assertEqual(self._figures(target), (500, 500, -1500, 25))

    def test_forecast_adds_amount_by_probability_of_what_closes_in_the_month(self):
        november = self._create_target()
        december = self._create_target(month="2026-12-01")
        self._create_opportunity(date_deadline="2026-11-30", probability=50)
        self._create_opportunity(date_deadline="2026-12-01", probability=20)
        self._create_opportunity(date_deadline="2027-01-01", probability=90)
        self._create_opportunity(date_deadline=False, probability=90)
        self.assertEqual(self._figures(november), (0, 500, -500, 0))
        self.assertEqual(self._figures(december), (0, 200, -800, 0))

    def test_overdue_ones_are_expected_this_month_and_not_in_a_past_one(self):
        october = self._create_target(month="2026-10-01")
        november = self._create_target()
        self._create_opportunity(date_deadline="2026-10-05", probability=30)
        self._create_opportunity(date_deadline="2026-11-05", probability=30)
        self._create_opportunity(date_deadline="1990-01-01", probability=30)
        self.assertEqual(self._figures(october)[1], 0)
        self.assertEqual(self._figures(november)[1], 900)
        # each of them read alone says the same
        self.assertEqual(self._figures(self.Target.browse(october.id))[1], 0)

    def test_last_year_of_all_is_no_error(self):
        target = self._create_target()
        self._create_opportunity(date_deadline="2100-12-31", probability=30)
        self.assertEqual(self._figures(target)[1], 0)

    def test_each_company_has_its_own_target_in_its_currency(self):
        self.dora.company_ids += self.other_company
        self.anna.company_ids += self.other_company
        here = self._create_target(amount=100)
        there = self._create_target(amount=100, company_id=self.other_company.id)
        self._create_opportunity(amount=40).action_win()
        self._create_opportunity(
            self.eva, user_id=self.anna.id, amount=90, company_id=self.other_company.id
        ).sudo().action_win()
        both = (here | there).with_user(self.dora)
        both = both.with_context(allowed_company_ids=[self.company.id, self.other_company.id])
        self.assertEqual(both.mapped("won_amount"), [40, 90])
        self.assertEqual(there.currency_id.name, "USD")

    def test_progress_takes_as_many_queries_for_60_targets_as_for_10(self):
        targets = self._targets_of_months(10)

        def read():
            targets.with_user(self.dora).read(["won_amount", "forecast_amount", "progress"])

        def grow():
            nonlocal targets
            targets.unlink()
            targets = self._targets_of_months(60)

        self._assert_same_statements(read, grow)

    def _targets_of_months(self, count):
        self.Target.search([]).unlink()
        return self.Target.create(
            [
                {
                    "user_id": self.anna.id,
                    "amount": 1 + i,
                    "date_month": date(2026 + i // 12, 1 + i % 12, 1),
                }
                for i in range(count)
            ]
        )

    # === RIGHTS === #

    def test_sellers_read_their_own_targets_and_who_sees_all_reads_all(self):
        targets = self._create_target() | self._create_target(self.ben)
        for user, count in [(self.anna, 1), (self.clara, 2), (self.dora, 2), (self.eva, 0)]:
            with self.subTest(user=user.login):
                found = self.Target.with_user(user).search([("id", "in", targets.ids)])
                self.assertEqual(len(found), count)
        with self.assertRaises(AccessError):
            targets[1].with_user(self.anna).read(["amount"])

    def test_only_managers_give_targets(self):
        target = self._create_target()
        target.with_user(self.dora).write({"amount": 7})
        for user in (self.anna, self.clara):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                target.with_user(user).write({"amount": 8})

    # === COPIES === #

    def test_copy_is_the_target_of_the_month_after(self):
        copy = self._create_target(month="2026-12-01").copy()
        self.assertEqual((copy.date_month, copy.amount), (date(2027, 1, 1), 1000))

    def test_manager_copies_the_targets_of_last_month_to_who_has_none(self):
        self._create_target(month="2026-10-01", amount=1)
        self._create_target(self.ben, month="2026-10-01", amount=2)
        self._create_target(self.clara, month="2026-10-01", amount=3)
        self._create_target(self.ben, amount=20)
        self.clara.active = False
        action = self.Target.with_user(self.dora).action_copy_last_month()
        self.assertIn("1", action["params"]["message"])
        of_november = self.Target.search([("date_month", "=", "2026-11-01")])
        amounts = {target.user_id: target.amount for target in of_november}
        self.assertEqual(amounts, {self.anna: 1, self.ben: 20})
        with self._refused("All of last month"):
            self.Target.with_user(self.dora).action_copy_last_month()

    def test_copying_last_month_says_when_there_is_nothing_to_copy(self):
        with self._refused("has no targets for last month"):
            self.Target.with_user(self.dora).action_copy_last_month()

    def test_sellers_do_not_copy_targets(self):
        self._create_target(month="2026-10-01")
        with self.assertRaises(AccessError):
            self.Target.with_user(self.anna).action_copy_last_month()


@tagged("post_install", "-at_install")
class TestTargetTours(CrmsolCommon, HttpCase):
    def test_manager_gives_targets_in_spanish(self):
        self._in_spanish(self.dora)
        Target = self.env["crmsol.target"]
        Target.search([]).unlink()
        today = fields.Date.today()
        Target.create(
            {
                "user_id": self.anna.id,
                "amount": 1000,
                "date_month": today - relativedelta(months=1),
            }
        )
        self._create_opportunity(amount=250).action_win()
        self.start_tour(
            "/odoo/opportunity-targets", "crmsol_opportunity_targets", login="crmsol_dora"
        )
        of_this_month = Target.search([("date_month", "=", today.replace(day=1))])
        self.assertEqual(
            {(target.user_id, target.amount) for target in of_this_month},
            {(self.anna, 1000), (self.ben, 12345.5)},
        )
