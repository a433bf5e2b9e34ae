from datetime import timedelta
from random import Random

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..const import LOST, OPEN, WON
from ..engine.rates import wilson
from .common import CrmsolCommon


class ClosingReportCommon(CrmsolCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["crmsol.opportunity"].search([]).unlink()
        cls.north, cls.south = cls.env["res.partner"].create(
            [{"name": name, "is_company": True} for name in ("North", "South")]
        )
        cls.pump, cls.valve = cls.env["product.product"].create(
            [{"name": name, "list_price": 100} for name in ("Pump", "Valve")]
        )

    def _close(self, outcome, *competitors, partners=(), user=None, **values):
        """Return an opportunity closed with such an outcome.

        :param competitors: a partner, or a dict of the competitor's values
        """
        offers = [
            offer if isinstance(offer, dict) else {"partner_id": offer.id} for offer in competitors
        ]
        opportunity = self._create_opportunity(
            user,
            competitor_ids=[Command.create(offer) for offer in offers],
            partner_line_ids=[Command.create({"partner_id": partner.id}) for partner in partners],
            **values,
        )
        opportunity._close(outcome)
        return opportunity

    def _matrix(self, user=None, **params):
        return (
            self.env["crmsol.competitor.report"].with_user(user or self.clara).get_matrix(**params)
        )

    def _contribution(self, user=None, **params):
        report = self.env["crmsol.partner.report"].with_user(user or self.clara)
        return report.get_contribution(**params)


@tagged("post_install", "-at_install")
class TestCompetitorReport(ClosingReportCommon):
    def _rows(self, *names, **params):
        """Return ``{label: values}`` of the rows; a label has the competitor and the details."""
        rows = {}
        for row in self._matrix(**params)["rows"]:
            label = tuple(row[part] for part in ("competitor", "product", "phase") if row[part])
            rows[label] = tuple(row[name] for name in names)
        return rows

    # === COUNTING === #

    def test_deal_is_in_the_row_of_each_competitor_and_once_in_the_total(self):
        self._close(WON, self.north, self.south)
        self._close(LOST, self.north)
        self._close(WON)
        self.assertEqual(self._rows("won", "lost"), {("North",): (1, 1), ("South",): (1, 0)})
        page = self._matrix()
        self.assertEqual((page["total"]["won"], page["total"]["deals"]), (2, 3))
        self.assertEqual((page["alone"]["won"], page["alone"]["deals"]), (1, 1))

    def test_competitor_with_two_offers_in_a_deal_is_counted_once(self):
        offers = [
            {"partner_id": self.north.id, "product_id": product.id}
            for product in (self.pump, self.valve)
        ]
        self._close(LOST, *offers)
        self.assertEqual(self._rows("won", "lost"), {("North",): (0, 1)})
        by_product = self._rows("won", "lost", detail="product")
        self.assertEqual(by_product, {("North", "Pump"): (0, 1), ("North", "Valve"): (0, 1)})

    def test_people_of_a_competitor_are_the_competitor(self):
        person = self.env["res.partner"].create({"name": "Paul", "parent_id": self.north.id})
        self._close(WON, person)
        self._close(LOST, self.north)
        self.assertEqual(self._rows("won", "lost"), {("North",): (1, 1)})

    def test_phase_is_the_one_from_which_the_deal_was_closed(self):
        self._close(LOST, self.north)
        self._close(LOST, self.north, phase_id=self.phase_proposal.id)
        self._close(WON, self.north, phase_id=self.phase_proposal.id)
        self.assertEqual(
            self._rows("won", "lost", detail="phase"),
            {("North", "First"): (0, 1), ("North", "Second"): (1, 1)},
        )

    def test_phase_that_was_not_recorded_is_read_from_history(self):
        deal = self._close(LOST, self.north, phase_id=self.phase_proposal.id)
        now = self.env.cr.now()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE crmsol_opportunity SET phase_before_close_id = NULL WHERE id = %s", [deal.id]
        )
        deal.invalidate_recordset()
        self.assertEqual(self._rows("deals", detail="phase"), {("North",): (1,)})
        before = {"phase_id": self.phase_new.id, "outcome": OPEN}
        then = {"phase_id": self.phase_proposal.id, "outcome": OPEN}
        self.env["crmsol.opportunity"]._replace_history(
            {
                deal.id: [
                    (now - timedelta(days=9), before),
                    (now - timedelta(days=5), then),
                    (now - timedelta(days=1), {}),
                ]
            }
        )
        self.assertEqual(self._rows("deals", detail="phase"), {("North", "Second"): (1,)})

    def test_lost_to_them_is_what_the_salesperson_says(self):
        self._close(LOST, {"partner_id": self.north.id, "result": "won"}, self.south)
        self.assertEqual(self._rows("lost", "lost_to"), {("North",): (1, 1), ("South",): (1, 0)})

    def test_open_and_archived_deals_do_not_count(self):
        self._create_opportunity(competitor_ids=[Command.create({"partner_id": self.north.id})])
        self._close(WON, self.north).sudo().action_archive()
        self.assertEqual(self._matrix()["rows"], [])
        self.assertEqual(self._matrix()["total"]["deals"], 0)

    def test_totals_reconcile_with_the_closed_opportunities(self):
        generator = Random(5)
        competitors = [self.north, self.south]
        for _i in range(40):
            offers = {
                (generator.choice(competitors), generator.choice((self.pump, self.valve, None)))
                for _j in range(generator.randint(0, 3))
            }
            self._close(
                generator.choice((WON, LOST)),
                *({"partner_id": c.id, "product_id": p and p.id} for c, p in offers),
                phase_id=generator.choice((self.phase_new, self.phase_proposal)).id,
            )
        closed = self.env["crmsol.opportunity"].search([("outcome", "!=", OPEN)])
        won = closed.filtered(lambda o: o.outcome == WON)
        [[deals, deals_won, deals_lost, rate]] = self.env["crmsol.competitor.report"]._read_group(
            [], [], ["deal_count:sum", "won_count:sum", "lost_count:sum", "win_rate:avg"]
        )
        self.assertEqual((deals, deals_won, deals_lost), (40, len(won), 40 - len(won)))
        self.assertAlmostEqual(rate, len(won) / 40)
        page = self._matrix()
        self.assertEqual((page["total"]["deals"], page["total"]["won"]), (40, len(won)))
        alone = closed.filtered(lambda o: not o.competitor_ids)
        self.assertEqual(page["alone"]["deals"], len(alone))
        for row in page["rows"]:
            competitor = closed.filtered(
                lambda o, name=row["competitor"]: name in o.competitor_ids.partner_id.mapped("name")
            )
            self.assertEqual(row["deals"], len(competitor))
            self.assertEqual(row["won"], len(competitor & won))
        for detail in ("phase", "product", "product_phase"):
            for row in self._matrix(detail=detail)["rows"]:
                rows = self.env["crmsol.competitor.report"].search(row["domain"])
                self.assertEqual(len(rows.opportunity_id), row["deals"])
        by_phase = self._rows("deals", detail="phase")
        self.assertEqual(
            sum(deals for [deals] in by_phase.values()),
            sum(deals for [deals] in self._rows("deals").values()),
            "a deal is closed from one phase",
        )

    # === PRICES === #

    def test_price_gap_is_our_net_unit_price_against_theirs(self):
        line = {"product_id": self.pump.id, "price_unit": 120, "product_uom_qty": 3}
        offer = {"partner_id": self.north.id, "product_id": self.pump.id, "price": 100}
        self._close(LOST, offer, line_ids=[Command.create(line)])
        self._close(WON, {**offer, "price": 150}, line_ids=[Command.create(line)])
        [[gap, count]] = self._rows("price_gap", "price_count").values()
        self.assertAlmostEqual(gap, 0.0, msg="20% dearer, 20% cheaper")
        self.assertEqual(count, 2)

    def test_price_gap_is_unknown_without_both_prices(self):
        line = {"product_id": self.pump.id, "price_unit": 120}
        offer = {"partner_id": self.north.id, "product_id": self.pump.id}
        self._close(LOST, {**offer, "price": 0}, line_ids=[Command.create(line)])
        self._close(LOST, {**offer, "price": 90})
        self._close(
            LOST, {**offer, "price": 90}, line_ids=[Command.create({**line, "price_unit": 0})]
        )
        dozen = self.env.ref("uom.product_uom_dozen").id
        self._close(
            LOST,
            {**offer, "price": 90},
            line_ids=[Command.create({**line, "product_uom_id": dozen})],
        )
        self.assertEqual(self._rows("price_gap", "price_count"), {("North",): (False, 0)})

    # === SMALL NUMBERS === #

    def test_without_closed_deals_the_page_says_so(self):
        self._create_opportunity()
        page = self._matrix()
        self.assertRegex(page["sentence"], "No deal has been closed")
        self.assertEqual((page["rows"], page["notes"]), ([], []))
        self.assertEqual(page["total"]["rate"], False)

    def test_one_closed_deal_tells_nothing(self):
        self._close(WON, self.north)
        page = self._matrix()
        self.assertRegex(page["sentence"], "Only one deal has been closed")
        self.assertTrue(page["rows"][0]["is_small"])
        self.assertIn("Grey rows have too few deals to tell anything.", page["notes"])

    def test_all_won_and_all_lost_say_what_cannot_be_seen(self):
        deals = [self._close(WON, self.north) for _i in range(6)]
        self.assertRegex(
            self._matrix()["sentence"],
            "All the 6 closed deals were won.*95% confidence the win rate is 61% or more",
        )
        for deal in deals:
            deal._reopen()
            deal._close(LOST)
        page = self._matrix()
        self.assertRegex(page["sentence"], "All the 6 closed deals were lost.*39% or less")
        self.assertFalse(page["rows"][0]["is_small"])
        self.assertEqual(page["rows"][0]["rate"], 0)

    def test_rate_has_its_wilson_interval(self):
        for outcome in (WON, WON, LOST, WON, LOST):
            self._close(outcome, self.north)
        [row] = self._matrix()["rows"]
        self.assertEqual((row["low"], row["high"]), wilson(3, 5))
        self.assertRegex(
            self._matrix()["sentence"], "3 of 5 closed deals were won: 60%; .* 23% and 88%"
        )

    def test_sentence_rounds_as_the_table_does(self):
        for outcome in 5 * (WON,) + 3 * (LOST,):
            self._close(outcome, self.north)
        self.assertRegex(self._matrix()["sentence"], "5 of 8 closed deals were won: 63%")

    def test_sentences_are_in_the_user_s_language(self):
        self._in_spanish(self.clara)
        for outcome in (WON, WON, LOST, WON, LOST):
            self._close(outcome, self.north)
        report = self.env["crmsol.competitor.report"].with_user(self.clara)
        sentence = report.with_context(lang="es_ES").get_matrix()["sentence"]
        self.assertIn("60\N{NO-BREAK SPACE}%", sentence)

    def test_deals_without_competitors_say_where_to_add_them(self):
        self._close(WON)
        self.assertRegex(self._matrix()["notes"][0], "No closed deal names a competitor")

    # === CHOICES === #

    def test_period_is_of_the_closing_date(self):
        today = fields.Date.context_today(self.clara)
        deal = self._close(WON, self.north)
        self._date_by_sql(deal, date_closed=today.replace(month=1, day=1) - timedelta(days=1))
        counts = {
            period: self._matrix(period=period)["total"]["deals"]
            for period in ("all", "year", "last_year")
        }
        self.assertEqual(counts, {"all": 1, "year": 0, "last_year": 1})
        self._date_by_sql(deal, date_closed=today - timedelta(days=400))
        self.assertEqual(self._matrix(period="months")["total"]["deals"], 0)

    def test_choices_that_are_none_are_refused(self):
        for params in ({"period": "x"}, {"detail": "x"}, {"company_id": self.other_company.id}):
            with self.subTest(params), self.assertRaisesRegex(UserError, "Choose one of"):
                self._matrix(**params)

    def test_salesperson_sees_own_and_unassigned_deals_only(self):
        self._close(WON, self.north)
        self._close(LOST, self.north, user=self.ben)
        self.assertEqual(self._rows("won", "lost"), {("North",): (1, 1)})
        self.assertEqual(self._rows("won", "lost", user=self.anna), {("North",): (1, 0)})
        self.assertEqual(self._rows("won", "lost", user=self.ben), {("North",): (0, 1)})
        self.assertEqual(self._rows("won", user=self.eva, period="all"), {})
        with self.assertRaises(AccessError):
            self._matrix(user=self.clerk)

    def test_rows_are_bounded_and_say_so(self):
        partners = self.env["res.partner"].create(
            [{"name": f"Rival {i:03}", "is_company": True} for i in range(105)]
        )
        self._close(WON, *partners)
        page = self._matrix()
        self.assertEqual(len(page["rows"]), 100)
        self.assertRegex(page["notes"][-1], "Only the first 100 rows are shown")

    def test_same_queries_for_many_competitors(self):
        partners = self.env["res.partner"].create(
            [{"name": f"Rival {i:03}", "is_company": True} for i in range(90)]
        )
        self._close(WON, *partners[:9])
        self._assert_same_statements(
            lambda: self._matrix(detail="product_phase"), lambda: self._close(LOST, *partners)
        )


@tagged("post_install", "-at_install")
class TestPartnerReport(ClosingReportCommon):
    def test_rate_and_amount_with_and_without_each_partner(self):
        self._close(WON, partners=[self.north], amount=100.10)
        self._close(LOST, partners=[self.north, self.south], amount=50)
        self._close(WON, amount=30)
        self._close(WON, partners=[self.south], amount=7)
        rows = {row["partner"]: row for row in self._contribution()["rows"]}
        self.assertEqual(set(rows), {"North", "South"})
        parts = {
            (name, part): tuple(rows[name][part][key] for key in ("won", "deals", "amount"))
            for name in rows
            for part in ("with", "without")
        }
        self.assertEqual(
            parts,
            {
                ("North", "with"): (1, 2, 100.10),
                ("North", "without"): (2, 2, 37),
                ("South", "with"): (1, 2, 7),
                ("South", "without"): (2, 2, 130.10),
            },
        )
        self.assertEqual(rows["North"]["without"]["average"], 18.5)

    def test_with_and_without_add_up_to_all_closed_deals(self):
        generator = Random(3)
        for _i in range(30):
            partners = generator.sample([self.north, self.south], generator.randint(0, 2))
            self._close(
                generator.choice((WON, LOST)), partners=partners, amount=generator.randint(0, 999)
            )
        won = self.env["crmsol.opportunity"].search([("outcome", "=", WON)])
        page = self._contribution()
        self.assertEqual((page["total"]["deals"], page["total"]["won"]), (30, len(won)))
        for row in page["rows"]:
            for key, whole in (
                ("deals", 30),
                ("won", len(won)),
                ("amount", sum(won.mapped("amount_company"))),
            ):
                self.assertAlmostEqual(row["with"][key] + row["without"][key], whole)

    def test_two_people_of_a_partner_are_one_partner(self):
        people = self.env["res.partner"].create(
            [{"name": name, "parent_id": self.north.id} for name in ("Paul", "Rita")]
        )
        self._close(WON, partners=people, amount=100)
        [row] = self._contribution()["rows"]
        self.assertEqual((row["partner"], row["with"]["deals"]), ("North", 1))
        self.assertEqual(row["with"]["amount"], 100)

    def test_page_says_that_a_difference_is_no_effect(self):
        self._close(WON, partners=[self.north])
        self.assertRegex(self._contribution()["notes"][0], "does not say that the partner made it")

    def test_partner_of_every_deal_and_of_lost_ones_only(self):
        for _i in range(5):
            self._close(LOST, partners=[self.north])
        [row] = self._contribution()["rows"]
        self.assertEqual((row["without"]["deals"], row["without"]["rate"]), (0, False))
        self.assertEqual((row["with"]["rate"], row["with"]["average"]), (0, False))
        self.assertTrue(row["without"]["is_small"])

    def test_without_deals_or_partners_the_page_says_so(self):
        self.assertEqual(self._contribution()["notes"], [])
        self._close(WON)
        self.assertRegex(self._contribution()["notes"][0], "No closed deal names a partner")

    def test_same_queries_for_many_partners(self):
        partners = self.env["res.partner"].create(
            [{"name": f"Helper {i:03}", "is_company": True} for i in range(90)]
        )
        self._close(WON, partners=partners[:9])
        self._assert_same_statements(
            self._contribution, lambda: self._close(WON, partners=partners)
        )

    def test_salesperson_sees_own_deals_only(self):
        self._close(WON, partners=[self.north], user=self.ben)
        self.assertEqual(self._contribution(user=self.anna)["rows"], [])
        with self.assertRaises(AccessError):
            self._contribution(user=self.clerk)


@tagged("post_install", "-at_install")
class TestLossReport(ClosingReportCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dear, cls.late = cls.env["crmsol.loss.reason"].create(
            [{"name": "Too dear here"}, {"name": "Too late here"}]
        )

    def _groups(self, *groupby, user=None):
        report = self.env["crmsol.loss.report"].with_user(user or self.clara)
        return report._read_group([], groupby, ["lost_count:sum", "amount:sum"])

    def _lose(self, reason, phase=None, **values):
        deal = self._create_opportunity(phase_id=(phase or self.phase_new).id, **values)
        deal._close(LOST, loss_reason_id=reason and reason.id)
        return deal

    def test_loss_reasons_by_the_phase_from_which_deals_were_lost(self):
        self._lose(self.dear, amount=10)
        self._lose(self.dear, self.phase_proposal, amount=20)
        self._lose(self.late, self.phase_proposal, amount=40)
        self._close(WON)
        self._create_opportunity()
        self.assertCountEqual(
            self._groups("loss_reason_id", "phase_id"),
            [
                (self.dear, self.phase_new, 1, 10),
                (self.dear, self.phase_proposal, 1, 20),
                (self.late, self.phase_proposal, 1, 40),
            ],
        )

    def test_loss_reasons_by_period(self):
        deal = self._lose(self.dear)
        self._date_by_sql(deal, date_closed="2025-03-15")
        [[month, count, _amount]] = self._groups("date_closed:month")
        self.assertEqual((fields.Date.to_string(month), count), ("2025-03-01", 1))

    def test_lost_deals_are_those_of_the_list_of_opportunities(self):
        for reason in (self.dear, self.late, self.dear):
            self._lose(reason)
        lost = self.env["crmsol.opportunity"].search([("outcome", "=", LOST)])
        [[count, amount]] = self._groups()
        self.assertEqual((count, amount), (len(lost), sum(lost.mapped("amount_company"))))
        self.assertEqual(self.env["crmsol.loss.report"].search([]).opportunity_id, lost)

    def test_without_lost_deals_there_are_no_rows(self):
        self._close(WON)
        self.assertEqual(self._groups("loss_reason_id"), [])

    def test_row_opens_its_opportunity(self):
        deal = self._lose(self.dear)
        row = self.env["crmsol.loss.report"].with_user(self.anna).search([])
        self.assertEqual(row.action_open_opportunity()["res_id"], deal.id)
        self.assertFalse(self.env["crmsol.loss.report"].with_user(self.ben).search([]))
