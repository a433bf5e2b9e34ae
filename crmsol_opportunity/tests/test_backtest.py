from datetime import date, datetime, timedelta

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import CrmsolCommon

#: In this year nothing happened that the tests have not made up.
NOW = datetime(2035, 4, 10, 9)
MARCH = date(2035, 3, 1)
#: Four weeks before the end of March.
FORECAST = datetime(2035, 3, 4)


@tagged("post_install", "-at_install")
class TestBacktest(CrmsolCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Opportunity = cls.env["crmsol.opportunity"]
        cls.Opportunity.search([]).unlink()
        (cls.anna | cls.ben | cls.clara | cls.dora).tz = "UTC"

    def setUp(self):
        super().setUp()
        self._at(datetime(2035, 1, 5, 9))

    def _at(self, moment):
        self.startPatcher(freeze_time(moment))
        return super()._at(moment)

    def _deal(self, amount=1000, probability=50, user=None, date_deadline="2035-03-20", **values):
        opportunity = self._create_opportunity(
            user or self.anna, amount=amount, date_deadline=date_deadline, **values
        )
        opportunity.probability = probability
        return opportunity

    def _get(self, user=None, months=1, **kwargs):
        self._at(NOW)
        return self.Opportunity.with_user(user or self.clara).get_forecast_backtest(
            months=months, **kwargs
        )

    def _get_row(self, *args, **kwargs):
        [row] = self._get(*args, **kwargs)["total"]["months"]
        return row

    def _win_at(self, moment, *deals):
        self._at(moment)
        for deal in deals:
            deal._close("won")

    # === WHAT WAS FORECAST === #

    def test_forecast_of_the_standard_example_and_what_happened(self):
        big = self._deal(100_000)
        small = [self._deal(5_000) for _ in range(9)]
        self._win_at(datetime(2035, 3, 20), *small[:4])
        self._at(datetime(2035, 3, 21))
        big._close("lost")
        row = self._get_row()
        self.assertEqual((row["month"], row["open_count"]), ("2035-03-01", 10))
        self.assertEqual((row["p10"], row["p50"], row["p90"]), (15_000, 45_000, 130_000))
        self.assertEqual((row["actual"], row["is_inside"]), (20_000, True))

    def test_no_later_change_reaches_the_forecast(self):
        """Amount, probability, expected close, seller, outcome, activity: all as of then."""
        deal = self._deal(1000, 50)
        before = self._get_row(weeks=4)
        self._at(FORECAST + timedelta(seconds=1))
        deal.sudo().write({"amount": 9000, "date_deadline": "2036-01-01", "user_id": self.ben.id})
        deal.sudo().probability = 90
        self._deal(77_000, 90)  # created later
        other = self._deal(500, 50)
        self._win_at(datetime(2035, 3, 25), other)
        data = self._get(weeks=4)
        [row] = data["total"]["months"]
        for name in ("p10", "p50", "p90", "open_count"):
            self.assertEqual(row[name], before[name], name)
        self.assertEqual((row["open_count"], row["p90"]), (1, 1000))
        self.assertEqual(row["actual"], 500)
        self.assertEqual({s["id"] for s in data["sellers"]}, {self.anna.id})
        # a week before the end they are known
        self.assertEqual(self._get_row(weeks=0)["open_count"], 1)

    def test_deals_of_other_months_lost_and_archived_ones_are_not_in_it(self):
        self._deal(date_deadline="2035-04-01")
        self._deal(date_deadline=False)
        self._deal().sudo().action_archive()
        lost = self._deal()
        self._at(datetime(2035, 1, 6))
        lost._close("lost")
        self.assertEqual(self._get()["total"]["months"], [])

    def test_overdue_deals_are_expected_in_the_month_that_has_begun_only(self):
        self._deal(date_deadline="2035-02-10")
        self.assertEqual(self._get_row(weeks=4)["open_count"], 1)  # forecast on 4 March
        self.assertEqual(self._get(weeks=5)["total"]["months"], [])  # and on 25 February

    def test_what_was_won_in_the_month_before_the_forecast_counts_whole(self):
        won, earlier = self._deal(700), self._deal(900)
        self._deal(100, 50)
        self._win_at(datetime(2035, 2, 20), earlier)
        self._win_at(datetime(2035, 3, 2), won)
        row = self._get_row()
        self.assertEqual((row["p10"], row["p90"], row["actual"]), (700, 800, 700))

    # === WHAT HAPPENED === #

    def test_won_in_the_month_and_still_so_at_its_end(self):
        reopened, late, again = self._deal(10), self._deal(100), self._deal(1000)
        self._deal(1, 50)
        self._win_at(datetime(2035, 3, 10), reopened, again)
        self._at(datetime(2035, 3, 12))
        (reopened | again).write({"outcome": "open", "phase_id": self.phase_new.id})
        self._win_at(datetime(2035, 3, 15), again)
        self._win_at(datetime(2035, 4, 1), late)
        self.assertEqual(self._get_row()["actual"], 1000)
        # reopened in April, it was won in March nevertheless
        self._at(datetime(2035, 4, 2))
        again.write({"outcome": "open", "phase_id": self.phase_new.id})
        self.assertEqual(self._get_row()["actual"], 1000)

    def test_a_sale_of_before_entered_later_is_none_of_the_month(self):
        self._deal(1, 50)
        self._at(datetime(2035, 3, 20))
        values = {"phase_id": self.phase_close.id, "outcome": "won"}
        self._deal(1000, 100, date_closed="2034-06-01", **values)
        self._deal(30, 100, date_closed="2035-03-20", **values)
        self.assertEqual(self._get_row()["actual"], 30)

    def test_a_month_begins_at_midnight_of_the_user(self):
        self.clara.tz = "Europe/Madrid"
        self._deal(1, 50)
        deal = self._deal(1000)
        self._win_at(datetime(2035, 2, 28, 22, 59), deal)  # 23:59 of 28 February in Madrid
        self.assertEqual(self._get_row()["actual"], 0)
        self._at(datetime(2035, 2, 28, 23))
        deal.write({"outcome": "open", "phase_id": self.phase_new.id})
        self._win_at(datetime(2035, 2, 28, 23, 1), deal)
        self.assertEqual(self._get_row()["actual"], 1000)

    # === HOW GOOD IT WAS === #

    def test_share_within_the_band_by_month_and_seller(self):
        self._deal(1000, 99)  # anna forecasts 1000 and wins nothing
        won = self._deal(1000, 99, user=self.ben)
        self._win_at(datetime(2035, 3, 20), won)
        data = self._get(months=3)
        [row] = data["total"]["months"]
        self.assertEqual((row["p10"], row["actual"], row["is_inside"]), (2000, 1000, False))
        by_seller = {s["id"]: s for s in data["sellers"]}
        anna, ben = by_seller[self.anna.id], by_seller[self.ben.id]
        self.assertEqual((anna["inside"], anna["count"]), (0, 1))
        self.assertEqual((ben["inside"], ben["count"]), (1, 1))
        self.assertAlmostEqual(ben["low"], 0.2065, 3)
        self.assertEqual((ben["name"], ben["high"]), (self.ben.name, 1))

    def test_a_month_without_open_deals_is_shown_but_proves_nothing(self):
        self._at(datetime(2035, 3, 20))
        deal = self._deal(50)
        self._win_at(datetime(2035, 3, 21), deal)
        self._at(datetime(2035, 4, 1))
        self._deal()
        # the history begins after the forecast would have been made
        self.assertEqual(self._get()["total"]["months"], [])
        data = self._get(weeks=1)
        [row] = data["total"]["months"]
        self.assertEqual((row["actual"], row["is_counted"]), (50, False))
        self.assertEqual((data["total"]["inside"], data["total"]["count"]), (0, 0))

    # === WHO SEES WHAT === #

    def test_a_salesman_reads_own_and_unassigned_deals(self):
        self._deal(1, user=self.anna)
        self._deal(10, user=self.ben)
        self._deal(100, user=self.clara, user_id=False)
        self._at(NOW)
        counts = {u.login: self._get_row(u)["open_count"] for u in (self.anna, self.ben)}
        self.assertEqual(list(counts.values()), [2, 2])
        self.assertEqual(self._get_row(self.clara)["open_count"], 3)
        self.assertEqual(self._get_row(self.clara, user_id=self.ben.id)["open_count"], 1)
        for user in (self.clerk, self.portal):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self._get(user)

    def test_other_companies_have_their_own(self):
        self._deal(user=self.eva, company_id=self.other_company.id)
        self.assertEqual(self._get()["total"]["months"], [])
        self.assertEqual(self._get_row(self.eva)["open_count"], 1)

    def test_bad_input_gets_a_sentence(self):
        for kwargs, sentence in (
            ({"weeks": -1}, "whole number of weeks from 0 to 52"),
            ({"weeks": "x"}, "whole number of weeks"),
            ({"months": 25}, "whole number of months from 1 to 24"),
            ({"months": 1.5}, "whole number of months"),
            ({"shock": "x"}, "Choose one of"),
            ({"company_id": self.other_company.id}, "Choose one of the companies"),
        ):
            with self.subTest(kwargs=kwargs), self.assertRaisesRegex(UserError, sentence):
                self._get(**kwargs)

    def test_queries_do_not_grow_with_opportunities_or_months(self):
        months = 2

        def grow():
            nonlocal months
            months = 24
            for index in range(90):
                month = 1 + index % 3
                self._deal(1017 + index, user=self.ben, date_deadline=f"2035-0{month}-20")

        for index in range(10):
            self._deal(1000 + index)
        self._assert_same_statements(lambda: self._get(months=months), grow)
