from datetime import date, timedelta

from dateutil.relativedelta import relativedelta
from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import HttpCase, tagged

from ..const import LOST, WON
from ..models.crmsol_opportunity_forecast import FORECAST_MONTHS_MAX, OVERDUE, UNDATED
from .common import CrmsolCommon

TODAY = "2026-11-24 12:00:00"
COLUMN = "forecast_month"
SUMS = ["__count", "amount_company:sum", "forecast_amount:sum"]


class ForecastCommon(CrmsolCommon):
    def setUp(self):
        super().setUp()
        freezer = freeze_time(TODAY)
        freezer.start()
        self.addCleanup(freezer.stop)

    def _columns(self, user=None, domain=(), **context):
        """Return the board's columns: name -> group, as the web client reads them."""
        Opportunity = self.env["crmsol.opportunity"].with_user(user or self.anna)
        domain = [("partner_id", "=", self.customer.id), *domain]
        result = Opportunity.with_context(read_group_expand=True, **context).web_read_group(
            domain, [COLUMN], SUMS, auto_unfold=True, unfold_read_specification={"name": {}}
        )
        return {group[COLUMN]: group for group in result["groups"]}

    def _sums(self, *args, **kwargs):
        return {
            name: tuple(group[spec] for spec in SUMS)
            for name, group in self._columns(*args, **kwargs).items()
            if group["__count"]
        }


@tagged("post_install", "-at_install")
class TestForecastColumns(ForecastCommon):
    def test_overdue_come_first_then_the_undated_then_the_months(self):
        names = list(self._columns())
        self.assertEqual(names, [OVERDUE, UNDATED, "2026-11", "2026-12", "2027-01", "2027-02"])

    def test_more_months_are_shown_when_asked_for_and_not_without_end(self):
        for asked, shown in [(6, 6), (1, 1), (FORECAST_MONTHS_MAX + 1, 4), ("x", 4), (-1, 4)]:
            with self.subTest(asked=asked):
                columns = self._columns(crmsol_forecast_months=asked)
                self.assertEqual(len(columns) - 2, shown)

    def test_open_one_is_in_the_month_of_its_expected_close(self):
        self._create_opportunity(amount=100, date_deadline="2026-12-31", probability=30)
        self._create_opportunity(amount=50, date_deadline="2026-12-01", probability=10)
        self.assertEqual(self._sums(), {"2026-12": (2, 150, 35)})

    def test_overdue_one_is_in_a_column_of_its_own_and_counts(self):
        self._create_opportunity(amount=100, date_deadline="2026-11-23", probability=30)
        self._create_opportunity(amount=100, date_deadline="2025-02-01", probability=30)
        self._create_opportunity(amount=100, date_deadline="2026-11-24", probability=50)
        self.assertEqual(self._sums(), {OVERDUE: (2, 200, 60), "2026-11": (1, 100, 50)})

    def test_day_begins_where_the_user_is(self):
        self._create_opportunity(amount=100, date_deadline="2026-11-24", probability=50)
        with freeze_time("2026-11-24 23:30:00"):
            self.assertIn("2026-11", self._sums(tz="UTC"))
            self.assertIn(OVERDUE, self._sums(tz="Europe/Madrid"))

    def test_one_without_expected_close_is_in_a_column_of_its_own(self):
        self._create_opportunity(amount=100, probability=30)
        self.assertEqual(self._sums(), {UNDATED: (1, 100, 30)})

    def test_won_one_counts_whole_in_the_month_in_which_it_was_closed(self):
        self._create_opportunity(
            amount=100,
            date_deadline="2027-01-15",
            phase_id=self.phase_close.id,
            outcome=WON,
            date_closed="2026-10-31",
        )
        self.assertEqual(self._sums(), {"2026-10": (1, 100, 100)})

    def test_lost_one_counts_nothing(self):
        lost = self._create_opportunity(amount=100, date_deadline="2027-01-15", probability=30)
        lost._close(LOST)
        self.assertEqual(self._sums(), {"2026-11": (1, 100, 0)})

    def test_won_and_lost_count_so_whatever_probability_a_client_writes(self):
        won, lost = self._create_opportunity(amount=100), self._create_opportunity(amount=100)
        won.action_win()
        lost._close(LOST)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE crmsol_opportunity SET probability = 50, weighted_amount = 50 WHERE id IN %s",
            [(won.id, lost.id)],
        )
        self.env.invalidate_all()
        (won | lost).modified(["weighted_amount"])
        self.assertEqual((won.forecast_amount, lost.forecast_amount), (100, 0))

    def test_reopened_one_goes_back_to_its_expected_close(self):
        deal = self._create_opportunity(amount=100, date_deadline="2027-01-15", probability=30)
        deal.action_win()
        deal._reopen()
        deal.probability = 30
        self.assertEqual(self._sums(), {"2027-01": (1, 100, 30)})

    def test_first_and_last_month_of_all_are_columns_like_others(self):
        overdue, late, won = (self._create_opportunity(amount=amount) for amount in (1, 2, 4))
        won.action_win()
        self._date_by_sql(overdue, date_deadline="0001-01-01")
        self._date_by_sql(late, date_deadline="9999-12-31")
        self._date_by_sql(won, date_closed="0001-01-31")
        sums = self._sums()
        self.assertEqual(sums[OVERDUE][1], 1)
        self.assertEqual(sums["9999-12"][1], 2)
        self.assertEqual(sums["0001-01"][1], 4)
        self.assertEqual(list(self._columns())[-1], "9999-12")

    def test_search_of_a_column_finds_what_it_counts(self):
        self._create_opportunity(date_deadline="2026-11-01")
        self._create_opportunity(date_deadline="2026-11-30")
        self._create_opportunity(date_deadline="2100-12-31")
        self._create_opportunity()
        self._create_opportunity(date_deadline="2026-11-01").action_win()
        Opportunity = self.env["crmsol.opportunity"].with_user(self.anna)
        everything = Opportunity.search([("partner_id", "=", self.customer.id)])
        for name, group in self._columns().items():
            with self.subTest(name):
                found = everything.search([("id", "in", everything.ids), (COLUMN, "=", name)])
                self.assertEqual(len(found), group["__count"])
                self.assertEqual(set(found.mapped(COLUMN)), {name} if found else set())
                self.assertEqual({r["id"] for r in group.get("__records", ())}, set(found.ids))
                others = everything.search([("id", "in", everything.ids), (COLUMN, "!=", name)])
                self.assertEqual(others, everything - found)
        for unknown in ("2026-13", "soon", False):
            self.assertFalse(everything.search([(COLUMN, "=", unknown)]))

    def test_columns_that_are_no_months_are_folded_while_they_are_empty(self):
        self._create_opportunity(date_deadline="2026-11-01")
        columns = self._columns()
        self.assertIn("__records", columns[OVERDUE])
        self.assertNotIn("__records", columns[UNDATED])
        self.assertIn("__records", columns["2027-02"])

    def test_bar_of_a_column_tells_won_open_and_lost_apart(self):
        self._create_opportunity(date_deadline="2026-11-30")
        self._create_opportunity().action_win()
        bar = {"field": "outcome", "colors": {"won": "success", "open": "info", "lost": "danger"}}
        counts = (
            self.env["crmsol.opportunity"]
            .with_user(self.anna)
            .read_progress_bar([("partner_id", "=", self.customer.id)], COLUMN, bar)
        )
        self.assertEqual(counts["2026-11"], {"won": 1, "open": 1, "lost": 0})

    def test_board_counts_what_the_user_may_see(self):
        for user in (self.anna, self.ben):
            self._create_opportunity(user, amount=100, date_deadline="2026-12-01", probability=50)
        self._create_opportunity(self.clara, user_id=False, amount=7, date_deadline="2026-12-01")
        for user, count in [(self.anna, 2), (self.ben, 2), (self.clara, 3), (self.dora, 3)]:
            with self.subTest(user=user.login):
                self.assertEqual(self._sums(user)["2026-12"][0], count)
        self.assertEqual(self._sums(self.eva), {})
        for user in (self.clerk, self.portal):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self._columns(user)

    def test_sums_of_two_companies_are_in_the_company_s_currency(self):
        self.clara.company_ids += self.other_company
        euro = self._enable_currency("EUR")
        self.other_company.currency_id = euro
        euro.rate_ids.unlink()
        self.env["res.currency.rate"].create(
            {
                "currency_id": euro.id,
                "name": "2026-01-01",
                "rate": 2,
                "company_id": self.company.id,
            }
        )
        self._create_opportunity(amount=100, date_deadline="2026-12-01", probability=50)
        there = self._create_opportunity(
            self.eva,
            company_id=self.other_company.id,
            amount=100,
            date_deadline="2026-12-01",
            probability=50,
        )
        self.assertEqual(there.forecast_amount, 50)
        Opportunity = self.env["crmsol.opportunity"].with_user(self.clara)
        both = [self.company.id, self.other_company.id]
        [group] = Opportunity.with_context(allowed_company_ids=both).formatted_read_group(
            [("partner_id", "=", self.customer.id)], [COLUMN], ["forecast_amount:sum_currency"]
        )
        self.assertEqual(group["forecast_amount:sum_currency"], 75)

    def test_lists_and_pivots_are_not_grouped_by_the_board_s_columns(self):
        description = self.env["crmsol.opportunity"].fields_get([COLUMN])[COLUMN]
        self.assertFalse(description["groupable"])
        self.assertFalse(description["exportable"])

    def test_board_takes_as_many_queries_for_100_deals_as_for_10(self):
        Opportunity = self.env["crmsol.opportunity"].with_user(self.anna)

        def create(count):
            Opportunity.create(
                [
                    {
                        "name": "Deal",
                        "partner_id": self.customer.id,
                        "amount": i,
                        "date_deadline": date(2026, 11, 1) + timedelta(days=i % 10),
                    }
                    for i in range(count)
                ]
            )

        def read():
            self._columns()
            self.env.invalidate_all()  # the next one is another request
            Opportunity.web_search_read(
                [(COLUMN, "=", OVERDUE)], {"name": {}, COLUMN: {}, "forecast_amount": {}}
            )

        self.env["crmsol.opportunity"].search([]).unlink()
        create(10)
        self._assert_same_statements(read, lambda: create(90))


@tagged("post_install", "-at_install")
class TestForecastDrag(ForecastCommon):
    def _drop(self, opportunity, month, user=None):
        """Drop the card on a column, as the web client does."""
        opportunity.with_user(user or self.anna).web_save({COLUMN: month}, {COLUMN: {}})
        self.env.flush_all()
        opportunity.invalidate_recordset()
        return opportunity.date_deadline

    def test_card_keeps_its_day_in_the_new_month(self):
        deal = self._create_opportunity(date_deadline="2026-12-15")
        self.assertEqual(self._drop(deal, "2027-01"), date(2027, 1, 15))

    def test_day_that_the_month_does_not_have_becomes_its_last(self):
        deal = self._create_opportunity(date_deadline="2026-12-31")
        self.assertEqual(self._drop(deal, "2027-02"), date(2027, 2, 28))

    def test_day_that_has_passed_in_this_month_becomes_today(self):
        deal = self._create_opportunity(date_deadline="2026-10-05")
        self.assertEqual(self._drop(deal, "2026-11"), date(2026, 11, 24))
        self.assertEqual(deal.forecast_month, "2026-11")

    def test_one_without_a_date_gets_the_last_day_of_the_month(self):
        deal = self._create_opportunity()
        self.assertEqual(self._drop(deal, "2027-02"), date(2027, 2, 28))
        self._date_by_sql(deal, date_deadline="0001-01-01")
        self.assertEqual(self._drop(deal, "2100-12"), date(2100, 12, 1))

    def test_dropping_on_the_undated_takes_the_date_away(self):
        deal = self._create_opportunity(date_deadline="2026-12-15")
        self.assertFalse(self._drop(deal, UNDATED))

    def test_dropping_where_it_is_changes_nothing(self):
        deal = self._create_opportunity(date_deadline="2026-10-05")
        self.assertEqual(self._drop(deal, OVERDUE), date(2026, 10, 5))
        deal.action_win()
        self._drop(deal, "2026-11")
        self.assertEqual(deal.date_closed, date(2026, 11, 24))

    def test_new_expected_close_is_traced(self):
        deal = self._create_opportunity(date_deadline="2026-12-15")
        self.env.cr.precommit.run()
        self._drop(deal.with_context(tracking_disable=False, mail_notrack=False), "2027-01")
        self.env.cr.precommit.run()
        tracked = deal.message_ids.sudo().tracking_value_ids.field_id.mapped("name")
        self.assertIn("date_deadline", tracked)

    def test_closed_one_is_not_dragged(self):
        won, lost = (self._create_opportunity(date_deadline="2026-12-15") for _ in range(2))
        won.action_win()
        lost._close(LOST)
        for deal in (won, lost):
            for month in ("2027-01", UNDATED, OVERDUE):
                with self.subTest(month), self._refused("is closed: it counts in the month"):
                    self._drop(deal, month)
            self.assertEqual(deal.date_deadline, date(2026, 12, 15))

    def test_nothing_is_planned_for_the_past(self):
        deal = self._create_opportunity(date_deadline="2026-12-15")
        for month, sentence in [
            (OVERDUE, "cannot be planned for a day that has passed"),
            ("2026-10", "2026 is over"),
            ("0001-01", "is over"),
            ("9999-12", "between the years"),
            ("2026-13", "is no month"),
            ("0000-01", "is no month"),
            ("10000-01", "is no month"),
            (False, "is no month"),
        ]:
            with self.subTest(month), self._refused(sentence):
                self._drop(deal, month)
        self.assertEqual(deal.date_deadline, date(2026, 12, 15))

    def test_several_are_planned_at_once_each_on_its_day(self):
        deals = self._create_opportunity(date_deadline="2026-12-15")
        deals |= self._create_opportunity(date_deadline="2026-12-31")
        deals |= self._create_opportunity()
        deals.write({COLUMN: "2027-02"})
        self.assertEqual([d.date_deadline.day for d in deals], [15, 28, 28])

    def test_one_closed_among_several_leaves_all_where_they_are(self):
        deals = self._create_opportunity(date_deadline="2026-12-15")
        deals |= self._create_opportunity()
        deals[1].action_win()
        with self._refused("is closed"):
            deals.write({COLUMN: "2027-02"})
        self.assertEqual(deals[0].date_deadline, date(2026, 12, 15))

    def test_deal_of_a_colleague_is_not_dragged(self):
        deal = self._create_opportunity(self.ben, date_deadline="2026-12-15")
        with self.assertRaises(AccessError):
            self._drop(deal, "2027-01")
        self._drop(deal, "2027-01", user=self.clara)

    def test_stored_figures_of_the_forecast_are_not_written_by_clients(self):
        deal = self._create_opportunity()
        for values in ({"forecast_amount": 5}, {"date_forecast": "2027-01-01"}):
            with self.subTest(values), self._refused("follows from other data"):
                deal.write(values)


@tagged("post_install", "-at_install")
class TestForecastTours(CrmsolCommon, HttpCase):
    def test_seller_drags_between_months_in_spanish(self):
        self._in_spanish(self.anna)
        today = fields.Date.today()
        next_month = today.replace(day=1) + relativedelta(months=1)
        deal = {"amount": 1000, "probability": 60}
        self._create_opportunity(name="Undated", **deal)
        planned = self._create_opportunity(name="Planned", date_deadline=next_month, **deal)
        late = self._create_opportunity(
            name="Late", date_deadline=today - timedelta(days=40), **deal
        )
        won = self._create_opportunity(name="Gained", **deal)
        won.action_win()
        self.start_tour("/odoo/forecast", "crmsol_opportunity_forecast", login="crmsol_anna")
        in_two_months = next_month + relativedelta(months=1)
        self.assertEqual(planned.date_deadline, in_two_months)
        self.assertEqual(late.date_deadline.replace(day=1), next_month)
        self.assertFalse(won.date_deadline)
