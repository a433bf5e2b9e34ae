import random
from datetime import date, timedelta

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..const import LOST
from .common import CrmsolCommon

TODAY = "2026-11-24 12:00:00"


@tagged("post_install", "-at_install")
class TestForecastReport(CrmsolCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.products = cls.env["product.product"].create(
            [{"name": f"Product {i}", "list_price": 10} for i in range(4)]
        )

    def setUp(self):
        super().setUp()
        freezer = freeze_time(TODAY)
        freezer.start()
        self.addCleanup(freezer.stop)
        self.env["crmsol.opportunity"].search([]).unlink()
        self.env["crmsol.target"].search([]).unlink()

    def _offer(self, *prices, **values):
        """Create an opportunity with a product at each price."""
        lines = [
            Command.create({"product_id": product.id, "price_unit": price})
            for product, price in zip(self.products, prices, strict=False)
        ]
        return self._create_opportunity(line_ids=lines, **values)

    def _groups(self, groupby, *measures, user=None, domain=()):
        return (
            self.env["crmsol.forecast.report"]
            .with_user(user or self.dora)
            ._read_group(list(domain), [groupby] if groupby else [], [*measures])
        )

    def _amounts(self, groupby, measure="amount", **kwargs):
        return dict(self._groups(groupby, f"{measure}:sum", **kwargs))

    # === PRODUCTS === #

    def test_amount_is_shared_in_proportion_to_the_subtotals(self):
        self._offer(100, 300, amount=1000)
        first, second, *_others = self.products
        self.assertEqual(self._amounts("product_id"), {first: 250, second: 750})

    def test_shares_add_up_to_the_amount_to_the_cent(self):
        self._offer(10, 10, 10, amount=100)
        shares = list(self._amounts("product_id").values())
        self.assertEqual(shares, [33.33, 33.34, 33.33])
        generator = random.Random(7)
        deals = self.env["crmsol.opportunity"]
        for _i in range(40):
            prices = [generator.choice((0, 0.01, 9.99, 1234.56)) for _j in self.products]
            amount = generator.choice((0, 0.01, 0.03, 99.97, 1e9 + 0.01, 1e12))
            deals |= self._offer(*prices, amount=amount, probability=generator.randint(0, 100))
        for deal in deals:
            total, forecast = self._groups(
                None,
                "amount:sum",
                "forecast_amount:sum",
                domain=[("opportunity_id", "=", deal.id)],
            )[0]
            self.assertEqual(total, deal.amount_company)
            self.assertEqual(forecast, deal.forecast_amount)

    def test_no_share_is_negative_or_a_cent_away_from_its_part(self):
        prices = (3.33, 0.01, 0, 7)
        self._offer(*prices, amount=99.99)
        shares = self._amounts("product_id")
        for product, price in zip(self.products, prices, strict=True):
            self.assertGreaterEqual(shares[product], 0)
            self.assertLess(abs(shares[product] - 99.99 * price / sum(prices)), 0.01)

    def test_products_without_a_price_share_equally(self):
        self._offer(0, 0, amount=100)
        self.assertEqual(list(self._amounts("product_id").values()), [50, 50])

    def test_opportunity_without_products_is_a_row_and_sections_are_none(self):
        deal = self._create_opportunity(amount=70)
        deal.line_ids = [Command.create({"display_type": "line_section", "name": "Section"})]
        self.assertEqual(self._amounts("product_id"), {self.products.browse(): 70})

    def test_shares_have_the_decimals_of_the_company_s_currency(self):
        yen = self._enable_currency("JPY")
        self.other_company.currency_id = yen
        customer = self.customer
        deal = self.env["crmsol.opportunity"].with_user(self.eva)
        deal = deal.create(
            {
                "name": "Yen",
                "partner_id": customer.id,
                "company_id": self.other_company.id,
                "amount": 100,
                "line_ids": [
                    Command.create({"product_id": product.id, "price_unit": 1})
                    for product in self.products[:3]
                ],
            }
        )
        shares = self._amounts("product_id", user=self.eva)
        self.assertEqual(list(shares.values()), [33, 34, 33])
        self.assertEqual(deal.amount_company, 100)

    def test_every_way_of_grouping_gives_the_same_sums(self):
        self._offer(1, 2, 3, amount=100.01, date_deadline="2026-12-01")
        self._offer(5, amount=33.33)
        self._create_opportunity(self.ben, amount=7).action_win()
        self._create_opportunity(self.ben, amount=9)._close(LOST)
        self.env["crmsol.target"].create({"user_id": self.anna.id, "amount": 500})
        for measure, total in [("amount", 149.34), ("won_amount", 7), ("target_amount", 500)]:
            for groupby in (
                "product_id",
                "user_id",
                "team_id",
                "phase_id",
                "outcome",
                "partner_id",
                "date_forecast:month",
            ):
                with self.subTest(measure=measure, groupby=groupby):
                    amounts = self._amounts(groupby, measure)
                    self.assertAlmostEqual(sum(amounts.values()), total)

    # === MEASURES === #

    def test_won_counts_whole_lost_nothing_open_by_probability(self):
        self._create_opportunity(amount=100, probability=30)
        self._create_opportunity(amount=10).action_win()
        self._create_opportunity(amount=1000)._close(LOST)
        amount, weighted, won, forecast = self._groups(
            None, "amount:sum", "weighted_amount:sum", "won_amount:sum", "forecast_amount:sum"
        )[0]
        self.assertEqual((amount, weighted, won, forecast), (1110, 30, 10, 40))

    def test_overdue_ones_are_expected_today(self):
        self._create_opportunity(amount=100, date_deadline="2026-10-01")
        self._create_opportunity(amount=10, date_deadline="2026-12-01")
        self._create_opportunity(amount=1)
        self._date_by_sql(self._create_opportunity(amount=5), date_deadline="9999-12-31")
        months = self._amounts("date_forecast:month")
        self.assertEqual(
            months,
            {
                date(2026, 11, 1): 100,
                date(2026, 12, 1): 10,
                date(9999, 12, 1): 5,
                False: 1,
            },
        )
        self.assertEqual(self._amounts("is_overdue"), {True: 100, False: 16})

    def test_targets_are_not_multiplied_and_progress_is_of_the_sums(self):
        self.env["crmsol.target"].create(
            [
                {"user_id": self.anna.id, "amount": 100},
                {"user_id": self.ben.id, "amount": 300},
            ]
        )
        for _i in range(3):
            self._offer(1, 2, amount=20).action_win()
        groups = self._groups("user_id", "target_amount:sum", "won_amount:sum", "progress:avg")
        figures = {user: figures for user, *figures in groups}
        self.assertEqual(figures[self.anna], [100, 60, 0.6])
        self.assertEqual(figures[self.ben], [300, 0, 0])
        self.assertEqual(self._groups(None, "progress:avg"), [(0.15,)])

    def test_report_agrees_with_the_targets(self):
        target = self.env["crmsol.target"].create({"user_id": self.anna.id, "amount": 100})
        self._offer(1, 2, amount=20, date_deadline="2026-11-30", probability=50)
        self._offer(1, 2, amount=40, date_deadline="2026-09-30", probability=50)
        self._create_opportunity(amount=60).action_win()
        [(won, forecast)] = self._groups(
            None,
            "won_amount:sum",
            "forecast_amount:sum",
            domain=[
                ("user_id", "=", self.anna.id),
                ("date_forecast", ">=", "2026-11-01"),
                ("date_forecast", "<=", "2026-11-30"),
            ],
        )
        self.assertEqual((won, forecast), (target.won_amount, target.forecast_amount))

    # === RIGHTS === #

    def test_rights_follow_the_opportunity(self):
        self._create_opportunity(amount=1)
        self._create_opportunity(self.ben, amount=10)
        self._create_opportunity(self.clara, user_id=False, amount=100)
        self._create_opportunity(self.eva, amount=1000, company_id=self.other_company.id)
        self._create_opportunity(amount=10000, active=False)
        self.env["crmsol.target"].create(
            [
                {"user_id": self.anna.id, "amount": 5},
                {"user_id": self.ben.id, "amount": 7},
            ]
        )
        for user, amount, target in [
            (self.anna, 101, 5),
            (self.ben, 110, 7),
            (self.clara, 111, 12),
            (self.dora, 111, 12),
            (self.eva, 1000, 0),
        ]:
            with self.subTest(user=user.login):
                sums = self._groups(None, "amount:sum", "target_amount:sum", user=user)
                self.assertEqual(sums, [(amount, target)])
        for user in (self.clerk, self.portal):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self._groups(None, "amount:sum", user=user)

    def test_nobody_writes_into_the_report(self):
        self._create_opportunity()
        row = self.env["crmsol.forecast.report"].with_user(self.dora).search([], limit=1)
        with self.assertRaises(AccessError):
            row.write({"amount": 5})

    def test_row_opens_its_opportunity_or_the_targets(self):
        deal = self._offer(1, 2)
        self.env["crmsol.target"].create({"user_id": self.anna.id, "amount": 5})
        rows = self.env["crmsol.forecast.report"].with_user(self.anna).search([])
        self.assertEqual(len(rows), 3)
        for row in rows:
            action = row.action_open_opportunity()
            if row.opportunity_id:
                self.assertEqual(action["res_id"], deal.id)
            else:
                self.assertEqual(action["res_model"], "crmsol.target")

    def test_analysis_takes_as_many_queries_for_100_deals_as_for_10(self):
        def offer(count):
            for i in range(count):
                self._offer(1, 2, date_deadline=date(2026, 12, 1) + timedelta(days=i % 9))

        def read():
            self.env["crmsol.forecast.report"].with_user(self.dora).formatted_read_group(
                [], ["user_id", "date_forecast:month"], ["forecast_amount:sum", "progress:avg"]
            )

        self.env["crmsol.opportunity"].search([]).unlink()
        offer(10)
        self._assert_same_statements(read, lambda: offer(90))
