import random
from datetime import datetime, timedelta
from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..const import LOST, OPEN, WON
from ..engine.absorption import get_bucket
from ..engine.probability import PRIOR, Stay, count_stays
from .common import CrmsolCommon

NOW = datetime(2026, 9, 1, 12)


def ago(days):
    return NOW - timedelta(days=days)


class WinCommon(CrmsolCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Table = cls.env["crmsol.win.table"]
        cls.north, cls.south = cls.env["crm.team"].create(
            [{"name": name, "company_id": cls.company.id} for name in ("North", "South")]
        )
        # only the deals of the test are known
        cls.env["crmsol.opportunity"].with_context(active_test=False).search([]).unlink()

    def setUp(self):
        super().setUp()
        self._at(NOW)

    def _live(self, *steps, team=None, company=None, archived=False):
        """Create a deal with a past.

        :param steps: (days ago, phase or outcome), oldest first
        """
        deal = self.env["crmsol.opportunity"].create(
            {
                "name": "Deal",
                "partner_id": self.customer.id,
                "phase_id": self.phase_new.id,
                "user_id": False,
                "team_id": team and team.id,
                "company_id": (company or self.company).id,
            }
        )
        past = []
        for days, state in steps:
            is_closed = isinstance(state, str)
            phase = self.phase_close if is_closed else state
            outcome = state if is_closed else OPEN
            state = {"phase_id": phase.id, "outcome": outcome, "active": True}
            if not is_closed:
                state["probability"] = phase.probability
            past.append((ago(days), state))
        last = past[-1][1]
        if last["outcome"] != OPEN:
            deal._close(last["outcome"])
        else:
            deal.write({"phase_id": last["phase_id"], "date_last_stage_update": past[-1][0]})
        if archived:
            deal.active = False
            past.append((ago(archived), {"active": False}))
        deal._replace_history({deal.id: past})
        return deal

    def _live_many(self, won, lost, days=10, **values):
        """Create deals that stayed in the first phase for some days before they were closed."""
        for outcome, number in ((WON, won), (LOST, lost)):
            for _i in range(number):
                self._live((days + 5, self.phase_new), (5, outcome), **values)

    def _open(self, days, **values):
        return self._live((days, self.phase_new), **values)


@tagged("post_install", "-at_install")
class TestWinTable(WinCommon):
    def _get_counts(self, moment=NOW, company=None):
        counts = self.Table._count_stays(company or self.company, moment)
        return {count[:5]: (count.stays, count.deals) for count in counts}

    def _live_at_random(self, number, seed):
        """Create deals that go to and fro, are closed, reopened and given to other teams."""
        rng = random.Random(seed)
        for _i in range(number):
            days = sorted(rng.sample(range(1, 200), rng.randint(1, 6)), reverse=True)
            steps = [(day, rng.choice([self.phase_new, self.phase_proposal])) for day in days]
            if rng.random() < 0.6:
                steps[-1] = (days[-1], rng.choice([WON, LOST]))
            if len(steps) > 2 and rng.random() < 0.2:  # closed, and reopened later
                steps[-2] = (days[-2], rng.choice([WON, LOST]))
            self._live(*steps, team=rng.choice([self.north, self.south, None]))

    def _replay(self, moment):
        """Return the counts as plain Python makes them of the history's rows."""
        self.env.cr.execute(
            """SELECT opportunity_id, phase_id, outcome, team_id, date_from, date_to
                 FROM crmsol_opportunity_history
                WHERE date_from <= %s ORDER BY opportunity_id, date_from""",
            [moment],
        )
        deals = {}
        for id_, *row in self.env.cr.fetchall():
            deals.setdefault(id_, []).append(row)
        stays = []
        for id_, rows in deals.items():
            found, was = [], None
            for phase, outcome, team, begin, end in rows:
                end = min(end or moment, moment)
                if outcome == OPEN:
                    if was == phase:
                        found[-1] = found[-1]._replace(end=end, team=team)
                    else:
                        found.append(Stay(id_, phase, begin, end, None, team))
                was = phase
            for i, stay in enumerate(found):
                exit_ = found[i + 1].phase if i + 1 < len(found) else None
                if exit_ is None and rows[-1][1] != OPEN:
                    exit_ = rows[-1][1]
                begin = (stay.begin - NOW) / timedelta(days=1)
                end = (stay.end - NOW) / timedelta(days=1)
                stays.append(stay._replace(begin=begin, end=end, exit=exit_))
        return {count[:5]: (count.stays, count.deals) for count in count_stays(stays)[0]}

    def test_sql_counts_what_replaying_the_history_counts(self):
        self._live_at_random(60, seed=4)
        for moment in (NOW, ago(50), ago(120.5)):
            with self.subTest(moment):
                counts = {}
                for key, (stays, deals) in self._get_counts(moment).items():
                    key = (*key[:2], get_bucket(key[2]), *key[3:])
                    before = counts.get(key, (0, 0))
                    counts[key] = (before[0] + stays, before[1] + deals)
                replayed = self._replay(moment)
                self.assertGreater(len(replayed), 20)
                self.assertEqual(counts, replayed)

    def test_as_of_a_past_date_only_what_was_known_then_is_used(self):
        """The history is cut at the date, as it was on that day: nothing changes."""
        self._live_at_random(40, seed=8)
        for days in (150, 60, 10):
            moment = ago(days)
            tables, counts = self.Table._build(self.company, moment)
            self.assertTrue(counts)
            with self.env.cr.savepoint() as savepoint:
                self.env.cr.execute(
                    "DELETE FROM crmsol_opportunity_history WHERE date_from > %s", [moment]
                )
                self.env.cr.execute(
                    "UPDATE crmsol_opportunity_history SET date_to = NULL WHERE date_to > %s",
                    [moment],
                )
                self.assertEqual(self.Table._build(self.company, moment), (tables, counts))
                # and it is what that very day would have shown
                self.env.cr._now = moment
                self.assertEqual(self.Table._build(self.company), (tables, counts))
                self.env.cr._now = NOW
                savepoint.rollback()
            self.assertNotEqual(self.Table._build(self.company)[1], counts)

    def test_a_deal_closed_by_mistake_and_reopened_has_not_ended(self):
        self._live((30, self.phase_new), (20, WON), (19, self.phase_new))
        self.assertEqual(
            self._get_counts(),
            {
                (self.phase_new.id, None, 10, self.phase_new.id, OPEN): (1, 0),
                (self.phase_new.id, None, 19, None, OPEN): (1, 1),
            },
        )
        # but on that day nobody knew
        self.assertEqual(
            self._get_counts(ago(19.5)), {(self.phase_new.id, None, 10, WON, WON): (1, 1)}
        )

    def test_an_archived_open_deal_was_last_seen_when_it_was_archived(self):
        self._live((30, self.phase_new), archived=18)
        self.assertEqual(self._get_counts(), {(self.phase_new.id, None, 12, None, OPEN): (1, 1)})

    def test_companies_are_apart(self):
        self._live_many(3, 1)
        self._live_many(0, 2, company=self.other_company)
        self.Table._refresh(self.company | self.other_company)
        found = {
            table.company_id: (table.deals_won, table.deals_lost)
            for table in self.Table.search([("team_id", "=", False)])
        }
        self.assertEqual(found[self.company], (3, 1))
        self.assertEqual(found[self.other_company], (0, 2))

    def test_refreshing_replaces_the_tables(self):
        self._live_many(3, 1, team=self.north)
        self._open(3, team=self.north)
        self.Table._refresh(self.company)
        [company, north] = self.Table.search([("company_id", "=", self.company.id)])
        self.assertFalse(company.team_id)
        self.assertEqual(north.team_id, self.north)
        self.assertEqual((north.deals_won, north.deals_lost, north.deals_open), (3, 1, 1))
        self.assertEqual((north.rate_won, north.date_known), (75, NOW))
        deals = self.env["crmsol.opportunity"].search([])
        deals.team_id = self.south
        self._at(NOW + timedelta(hours=1))
        deals.unlink()
        self._live_many(1, 0, team=self.south)
        self.Table._refresh(self.company)
        tables = self.Table.search([("company_id", "=", self.company.id)])
        self.assertEqual(tables.team_id, self.south)
        self.assertEqual(tables[0], company)
        self.assertEqual(company.deals_won, 1)

    def test_a_stopped_scheduled_action_goes_on_where_it_stopped(self):
        for company in (self.company, self.other_company):
            self._live_many(1, 1, company=company)
        Cron = type(self.env["ir.cron"])
        with patch.object(Cron, "_commit_progress", lambda *args, **kwargs: 0):
            done = set()
            companies = self.env["res.company"].search([])
            for _company in companies:
                self.Table._cron_refresh()
                tables = self.Table.search([("team_id", "=", False)])
                self.assertEqual(len(tables), len(done) + 1, "one company a run")
                done = set(tables.company_id.ids)
            self.assertEqual(done, set(companies.ids))
            # what is fresh is left as it is
            self.env.cr._now = NOW + timedelta(hours=2)
            self.Table._cron_refresh()
            self.assertEqual(set(self.Table.search([]).mapped("date_known")), {NOW})
            self.env.cr._now = NOW + timedelta(hours=24)
            self.Table._cron_refresh()
            self.assertEqual(len(set(self.Table.search([]).mapped("date_known"))), 2)

    def test_a_company_that_fails_does_not_keep_the_others_from_it(self):
        Table = type(self.Table)
        refresh = Table._refresh

        def refuse(self, companies):
            if companies == first:
                raise ValueError("broken")
            return refresh(self, companies)

        companies = self.env["res.company"].search([])
        first = companies[0]
        Cron = type(self.env["ir.cron"])
        with (
            patch.object(Table, "_refresh", refuse),
            patch.object(Cron, "_commit_progress", lambda *args, **kwargs: 9),
            self.assertLogs("odoo.addons.crmsol_opportunity", "ERROR"),
        ):
            self.Table._cron_refresh()
        self.assertEqual(self.Table.search([]).company_id, companies - first)

    def test_statements_of_a_refresh_do_not_grow_with_the_deals(self):
        def queries(number):
            self._live_many(number, number, team=self.north)
            return len(self._get_statements(lambda: self.Table._refresh(self.company)))

        queries(1)  # creates the tables
        queries(1)  # and warms the caches
        of_few = queries(5)
        # the ORM updates rows together whose same columns change, hence the one
        self.assertLessEqual(queries(20), of_few + 1)

    def test_managers_ask_for_a_refresh_and_salespeople_do_not(self):
        self._live_many(2, 0)
        with self.assertRaises(AccessError):
            self.Table.with_user(self.clara).action_refresh()
        self.Table.with_user(self.dora).action_refresh()
        seen = self.Table.with_user(self.dora).search([])
        self.assertEqual(seen.company_id, self.company)
        with self.assertRaises(AccessError):
            self.Table.with_user(self.clara).search([])


@tagged("post_install", "-at_install")
class TestWinProbability(WinCommon):
    def _refresh(self):
        self.Table._refresh(self.company)
        self.env.invalidate_all()

    def test_without_a_closed_deal_it_is_the_phase_s_percentage_and_says_so(self):
        deal = self._open(3)
        for refresh in (lambda: None, self._refresh):
            refresh()
            self.assertEqual(deal.win_probability, 10)
            self.assertEqual((deal.win_low, deal.win_high), (0, 100))
            self.assertEqual((deal.win_k, deal.win_n, deal.win_basis), (0, 0, "phase"))
            self.assertIn("has been closed yet", deal.win_insight["sentences"][0])

    def test_similar_deals_of_the_company_are_counted(self):
        self._live_many(30, 10, days=20)
        self._live_many(0, 40, days=2)
        deal = self._open(7)
        self._refresh()
        self.assertEqual((deal.win_k, deal.win_n, deal.win_open), (30, 40, 1))
        self.assertEqual(deal.win_basis, "company")
        self.assertTrue(60 < deal.win_probability < 75, deal.win_probability)
        self.assertLess(deal.win_low, deal.win_probability)
        self.assertGreater(deal.win_high, deal.win_probability)
        self.assertEqual(
            deal.win_insight["sentences"][:2],
            [
                "Won: 30 of the 40 closed deals that stayed in “First” for 7 days or longer.",
                "Not closed yet: 1.",
            ],
        )
        labels = [reason["label"] for reason in deal.win_insight["reasons"]]
        self.assertEqual(
            labels, ["Percentage of the phase", "Deals in “First”", "7 days in the phase"]
        )
        total = sum(reason["value"] for reason in deal.win_insight["reasons"])
        self.assertAlmostEqual(total, deal.win_probability, delta=1)

    def test_facts_that_are_not_used_move_nothing_and_that_is_said(self):
        self._live_many(30, 10, days=20)
        deal = self._open(7)
        self._refresh()
        before = (deal.win_probability, deal.win_insight["reasons"])
        deal.write(
            {
                "amount": 99_000,
                "partner_id": self.env["res.partner"].create({"name": "Other"}).id,
                "user_id": self.ben.id,
                "team_id": False,
                "priority": "3",
            }
        )
        self.env.invalidate_all()
        self.assertEqual((deal.win_probability, deal.win_insight["reasons"]), before)
        self.assertRegex(
            deal.win_insight["facts"], "the phase, the days in it and the sales team. Nothing else"
        )

    def test_a_team_of_many_deals_has_its_own_figure(self):
        self._live_many(30, 2, team=self.north)
        self._live_many(2, 60, team=self.south)
        ours, theirs, of_none = self._open(1, team=self.north), self._open(1), self._open(1)
        theirs.team_id = self.south
        self._refresh()
        self.assertEqual((ours.win_basis, ours.win_k, ours.win_n), ("team", 30, 32))
        self.assertIn("of team North.", ours.win_insight["sentences"][0])
        self.assertGreater(ours.win_probability, 70)
        self.assertEqual((theirs.win_basis, theirs.win_n), ("team", 62))
        self.assertLess(theirs.win_probability, 20)
        self.assertEqual((of_none.win_basis, of_none.win_n), ("company", 94))

    def test_few_deals_leave_it_near_the_phase_s_percentage(self):
        self._live_many(1, 0)
        deal = self._open(1)
        self._refresh()
        self.assertAlmostEqual(deal.win_probability, 100 * (1 + 0.1 * PRIOR) / (1 + PRIOR), 2)
        self.assertEqual((deal.win_basis, deal.win_k, deal.win_n), ("phase", 1, 1))
        self.assertIn("leans on the percentage", " ".join(deal.win_insight["sentences"]))

    def test_the_seller_s_own_percentage_stands_beside_it(self):
        self._live_many(30, 10)
        deal = self._open(1)
        deal.probability = 90
        self._refresh()
        self.assertEqual(deal.probability, 90)
        self.assertEqual(deal.win_insight["seller"], 90)
        chance = deal.win_probability
        deal.probability = 5
        self.assertEqual(deal.win_probability, chance)
        deal.probability = deal.phase_id.probability
        self.assertIs(deal.win_insight["seller"], False)

    def test_a_closed_deal_is_certain_and_needs_no_explanation(self):
        won, lost = (
            self._live((9, self.phase_new), (5, WON)),
            self._live((9, self.phase_new), (5, LOST)),
        )
        self._refresh()
        self.assertEqual((won.win_probability, lost.win_probability), (100, 0))
        self.assertEqual((won.win_basis, won.win_insight), (False, False))

    def test_a_deal_that_was_longer_in_its_phase_than_any_says_so(self):
        self._live_many(10, 30, days=4)
        deal = self._open(60)
        self._refresh()
        self.assertEqual((deal.win_low, deal.win_high), (0, 100))
        self.assertIn("None of them stayed there for 60 days", deal.win_insight["sentences"][1])

    def test_unsaved_deals_have_a_figure(self):
        self._live_many(10, 10)
        self._refresh()
        unsaved = self.env["crmsol.opportunity"].new({"phase_id": self.phase_new.id})
        self.assertEqual(unsaved.win_n, 20)
        self.assertEqual(self.env["crmsol.opportunity"].new({"phase_id": False}).win_n, 0)

    def test_salespeople_see_the_chance_of_their_deals(self):
        self._live_many(30, 10)
        deal = self._create_opportunity(self.anna)
        self._refresh()
        deal = deal.with_user(self.anna)
        self.assertEqual(deal.win_n, 40)
        self.assertTrue(deal.win_insight["sentences"])

    def test_searching_finds_what_is_shown(self):
        self._live_many(30, 10, days=20, team=self.north)
        self._live_many(5, 40, days=3)
        self._live((60, self.phase_new), (50, self.phase_proposal), (20, WON))
        for days in (0, 3, 4, 10, 19, 20, 21, 100):
            self._open(days)
            self._open(days, team=self.north)
            self._live((days + 9, self.phase_new), (days, self.phase_proposal))
        self._refresh()
        Opportunity = self.env["crmsol.opportunity"]
        deals = Opportunity.search([])
        thresholds = {0, 100, 50, *(deal.win_probability for deal in deals)}
        self.assertGreater(len(thresholds), 8)
        for threshold in thresholds:
            for operator, compare in (
                (">=", float.__ge__),
                (">", float.__gt__),
                ("<", float.__lt__),
                ("<=", float.__le__),
            ):
                expected = deals.filtered(
                    lambda d, compare=compare, threshold=threshold: compare(
                        d.win_probability, float(threshold)
                    )
                )
                with self.subTest(operator=operator, threshold=threshold):
                    found = Opportunity.search([("win_probability", operator, threshold)])
                    self.assertEqual(found, expected)

    def test_what_was_learnt_is_read_once_until_it_is_learnt_anew(self):
        deals = self._open(3) | self._open(5)

        def count_reads():
            statements = self._get_statements(lambda: deals.mapped("win_probability"))
            return len([text for text in statements if "FROM crmsol_win_table" in text])

        self._refresh()
        self.assertEqual([count_reads(), count_reads()], [1, 0])
        self._live_many(30, 10)
        self._refresh()
        self.assertEqual([count_reads(), count_reads()], [1, 0])
        self.assertEqual(deals[0].win_n, 40)
        self.Table.search([]).unlink()
        self.env.invalidate_all()
        self.assertEqual(deals[0].win_n, 0)

    def test_number_of_queries_of_a_list_does_not_grow_with_the_opportunities(self):
        self._live_many(10, 10, team=self.north)
        self._refresh()
        specification = {
            fname: {} for fname in ("win_probability", "win_low", "win_high", "win_k", "win_n")
        }
        Opportunity = self.env["crmsol.opportunity"].with_user(self.clara)

        def create(count):
            for i in range(count):
                self._open(i % 30, team=(self.north, self.south, None)[i % 3])

        create(10)
        self._assert_same_statements(
            lambda: Opportunity.web_search_read([("outcome", "=", OPEN)], specification),
            lambda: create(90),
        )
