from datetime import date
from unittest.mock import patch

from dateutil.relativedelta import relativedelta
from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..models import crmsol_opportunity_distribution
from .common import CrmsolCommon

TODAY = date(2030, 6, 12)
MONTH = relativedelta(months=1)


@tagged("post_install", "-at_install")
class TestDistribution(CrmsolCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(freeze_time(TODAY))
        cls.Opportunity = cls.env["crmsol.opportunity"]
        # what the database holds already is none of the tests' business
        cls.Opportunity.search([]).action_archive()

    def _deal(self, amount=1000, probability=50, user=None, date_deadline=TODAY, **values):
        opportunity = self._create_opportunity(
            user or self.anna, amount=amount, date_deadline=date_deadline, **values
        )
        opportunity.probability = probability
        return opportunity

    def _win(self, *deals, date_closed=TODAY):
        for deal in deals:
            deal._close("won", date_closed=date_closed)

    def _get(self, user=None, **kwargs):
        self.env.flush_all()
        return self.Opportunity.with_user(user or self.anna).get_month_distribution(**kwargs)

    # === FIGURES === #

    def test_standard_example(self):
        big = self._deal(100_000)
        for _ in range(9):
            self._deal(5_000)
        data = self._get()
        self.assertEqual((data["p10"], data["p50"], data["p90"]), (15_000, 45_000, 130_000))
        self.assertEqual((data["mean"], data["open_amount"]), (72_500, 145_000))
        self.assertEqual((data["open_count"], data["method"], data["error"]), (10, "exact", 0))
        self.assertAlmostEqual(data["deviation"], (50_000**2 + 9 * 2_500**2) ** 0.5)
        self.assertAlmostEqual(sum(b["chance"] for b in data["bins"]), 1)
        self.assertEqual(data["deciding"][0]["id"], big.id)
        self.assertEqual(data["deciding"][0]["effect"], 100_000)
        self.assertEqual(len(data["deciding"]), 5)

    def test_what_was_won_in_the_month_counts_whole(self):
        won, before, open_deal = self._deal(700), self._deal(900), self._deal(100, 50)
        self._win(won)
        self._win(before, date_closed=TODAY - MONTH)
        data = self._get()
        self.assertEqual((data["won_amount"], data["won_count"]), (700, 1))
        self.assertEqual((data["p10"], data["p90"]), (700, 800))
        self.assertEqual([deal["id"] for deal in data["deciding"]], [open_deal.id])

    def test_lost_and_archived_deals_do_not_count(self):
        lost, archived, won_archived = self._deal(), self._deal(), self._deal()
        lost._close("lost")
        self._win(won_archived)
        (archived | won_archived).action_archive()
        data = self._get()
        self.assertEqual((data["open_count"], data["won_count"], data["p90"]), (0, 0, 0))

    def test_a_deal_is_expected_in_the_month_of_its_close_and_an_overdue_one_now(self):
        self._deal(1, date_deadline=TODAY - 2 * MONTH)
        self._deal(10, date_deadline=TODAY - relativedelta(days=1))
        self._deal(100, date_deadline=date(2030, 6, 30))
        self._deal(1000, date_deadline=date(2030, 7, 1))
        self._deal(10_000, date_deadline=False)
        this_month = self._get()
        self.assertEqual((this_month["open_amount"], this_month["overdue_count"]), (111, 2))
        self.assertEqual(this_month["undated_count"], 1)
        next_month = self._get(month="2030-07-15")
        self.assertEqual((next_month["month"], next_month["open_amount"]), ("2030-07-01", 1000))
        self.assertEqual((next_month["overdue_count"], next_month["undated_count"]), (0, 1))

    def test_a_month_that_is_over_has_what_was_won_in_it(self):
        won = self._deal(500)
        self._win(won, date_closed=TODAY - MONTH)
        self._deal(date_deadline=TODAY - MONTH)
        data = self._get(month="2030-05-01")
        self.assertTrue(data["is_past"])
        self.assertEqual((data["p10"], data["p90"], data["open_count"]), (500, 500, 0))
        self.assertFalse(data["undated_count"])

    def test_an_empty_month_is_no_error(self):
        data = self._get(month="2040-01-01")
        self.assertEqual((data["p10"], data["p90"], data["mean"], data["bins"]), (0, 0, 0, []))
        self.assertEqual((data["deciding"], data["target"], data["chance"]), ([], False, False))

    def test_deals_without_amount_sure_ones_and_hopeless_ones(self):
        self._deal(0, 50)
        self._deal(100, 100)
        self._deal(1000, 0)
        data = self._get()
        self.assertEqual((data["p10"], data["p90"], data["open_count"]), (100, 100, 3))
        self.assertAlmostEqual(sum(b["chance"] for b in data["bins"]), 1)

    def test_deals_that_move_together_have_the_same_mean_and_a_wider_range(self):
        for _ in range(10):
            self._deal(1000)
        alone, together = self._get(), self._get(shock="strong")
        self.assertEqual(alone["mean"], together["mean"])
        self.assertGreater(together["deviation"], 1.3 * alone["deviation"])
        self.assertLess(together["p10"], alone["p10"])
        self.assertGreater(together["p90"], alone["p90"])

    def test_of_too_many_deals_the_smallest_count_weighted(self):
        for amount in (1000, 100, 10):
            self._deal(amount, 50)
        with patch.object(crmsol_opportunity_distribution, "MAX_DEALS", 1):
            data = self._get()
        self.assertEqual((data["left_out_count"], data["open_count"]), (2, 3))
        self.assertEqual((data["p10"], data["p90"], data["mean"]), (55, 1055, 555))

    # === THE TARGET === #

    def test_target_of_the_salespeople_and_the_one_that_is_typed(self):
        self._deal(1000, 30)
        self._deal(500, 50, user=self.ben)
        Target = self.env["crmsol.target"]
        for user, amount, month in (
            (self.anna, 1000, TODAY),
            (self.ben, 400, TODAY),
            (self.anna, 99_000, TODAY - MONTH),
        ):
            Target.create({"user_id": user.id, "amount": amount, "date_month": month})
        team = self.env["crm.team"].create(
            {"name": "Team", "member_ids": [Command.set(self.ben.ids)]}
        )
        of_anna = self._get()
        self.assertEqual((of_anna["target"], of_anna["target_is_typed"]), (1000, False))
        self.assertAlmostEqual(of_anna["chance"], 0.3)
        self.assertAlmostEqual(of_anna["deciding"][0]["effect"], 1)
        self.assertEqual(self._get(self.clara)["target"], 1400)
        self.assertEqual(self._get(self.clara, user_id=self.ben.id)["target"], 400)
        self.assertEqual(self._get(self.clara, team_id=team.id)["target"], 400)
        typed = self._get(self.clara, target=500)
        self.assertEqual((typed["target"], typed["target_is_typed"]), (500, True))
        self.assertAlmostEqual(typed["chance"], 1 - 0.7 * 0.5)
        self.assertFalse(self._get(target=0)["target"])

    def test_without_a_part_in_the_target_a_deal_does_not_decide_it(self):
        self._deal(10, 50)
        needed = self._deal(1000, 50)
        data = self._get(target=900)
        self.assertEqual([deal["id"] for deal in data["deciding"]], needed.ids)

    # === WHO SEES WHAT === #

    def test_a_salesman_counts_own_and_unassigned_deals(self):
        self._deal(1, user=self.anna)
        self._deal(10, user=self.ben)
        self._deal(100, user=self.clara, user_id=False)
        self._win(self._deal(1000, user=self.ben))
        amounts = {
            user.login: (data["open_amount"], data["won_amount"])
            for user in (self.anna, self.ben, self.clara, self.dora)
            for data in [self._get(user)]
        }
        self.assertEqual(list(amounts.values()), [(101, 0), (110, 1000), (111, 1000), (111, 1000)])

    def test_a_salesman_is_offered_no_colleagues(self):
        self._deal(user=self.anna)
        self._deal(user=self.ben)
        self.assertEqual([name for _, name in self._get()["users"]], [self.anna.name])
        of_clara = [name for _, name in self._get(self.clara)["users"]]
        self.assertEqual(sorted(of_clara), sorted([self.anna.name, self.ben.name]))
        # asking for a colleague's deals gives none of them
        self.assertEqual(self._get(user_id=self.ben.id)["open_amount"], 0)

    def test_who_reads_no_opportunities_reads_no_distribution(self):
        for user in (self.clerk, self.portal):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self._get(user)

    def test_each_company_apart_in_its_currency(self):
        self._deal(1000)
        self._deal(70, user=self.eva, company_id=self.other_company.id)
        self.dora.company_ids |= self.other_company
        both = self.Opportunity.with_user(self.dora).with_context(
            allowed_company_ids=(self.company | self.other_company).ids
        )
        self.env.flush_all()
        for company, amount in ((self.company, 1000), (self.other_company, 70)):
            data = both.get_month_distribution(company_id=company.id)
            self.assertEqual(data["open_amount"], amount)
            self.assertEqual(data["currency_id"], company.currency_id.id)
            self.assertEqual(len(data["companies"]), 2)
        with self.assertRaisesRegex(UserError, "Choose one of the companies"):
            self._get(company_id=self.other_company.id)

    def test_filter_by_team(self):
        team = self.env["crm.team"].create({"name": "Team"})
        self._deal(1000, team_id=team.id)
        self._deal(1)
        data = self._get(team_id=team.id)
        self.assertEqual(data["open_amount"], 1000)
        self.assertIn((team.id, "Team"), data["teams"])

    # === BAD INPUT === #

    def test_bad_input_gets_a_sentence(self):
        for kwargs, sentence in (
            ({"month": "June"}, "Give the month as a date"),
            ({"month": "0001-01-01"}, "Give the month as a date"),
            ({"month": [1]}, "Give the month as a date"),
            ({"company_id": "x"}, "Choose one of the companies"),
            ({"shock": "huge"}, "Choose one of: none, slight, medium, strong"),
            ({"shock": None}, "Choose one of"),
            ({"target": -1}, "Give a number of 0 or more"),
            ({"target": "much"}, "Give a number of 0 or more"),
            ({"target": float("nan")}, "Give a number of 0 or more"),
            ({"target": 1e300}, "Give a number of 0 or more"),
        ):
            with self.subTest(kwargs=kwargs), self.assertRaisesRegex(UserError, sentence):
                self._get(**kwargs)
        for kwargs in ({"user_id": "x"}, {"team_id": -5}, {"user_id": 2**40}):
            with self.subTest(kwargs=kwargs):
                self.assertEqual(self._get(**kwargs)["open_count"], 0)

    # === GROWTH === #

    def test_queries_do_not_grow_with_the_deals(self):
        def grow():
            for index in range(90):
                self._deal(1017 + index, user=self.ben)

        for index in range(10):
            self._deal(1000 + index)
        self._assert_same_statements(lambda: self._get(self.clara, shock="slight"), grow)
