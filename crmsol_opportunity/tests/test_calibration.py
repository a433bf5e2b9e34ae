import random
from datetime import date, datetime, timedelta
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..const import LOST, OPEN, WON
from ..engine.calibration import get_calibration
from ..models import crmsol_opportunity_calibration as calibration
from .test_win_probability import NOW, WinCommon, ago

JUNE, JULY, AUGUST, SEPTEMBER = (date(2026, month, 1) for month in (6, 7, 8, 9))


def on(month, day, hour=12):
    """Return how many days ago it was, from the moment of the tests, which is 1 September."""
    return (NOW - datetime(2026, month, day, hour)) / timedelta(days=1)


class CalibrationCommon(WinCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Opportunity = cls.env["crmsol.opportunity"]
        (cls.anna | cls.ben | cls.clara | cls.dora | cls.eva).tz = "UTC"
        cls.env.user.tz = "UTC"

    def _closed(self, outcome, *steps, closed_on=None, user=None, **values):
        """Create a closed deal with a past.

        :param steps: (days ago, phase), oldest first, and the days ago of the closing
        """
        *steps, end = steps
        deal = self._live(*steps, (end, outcome), **values)
        deal.date_closed = closed_on or ago(end).date()
        deal.user_id = user
        return deal

    def _get(self, user=None, **params):
        return self.Opportunity.with_user(user or self.clara).get_win_calibration(**params)

    def _read(self, user=None, company=None):
        """Return the chances that are judged, of all periods."""
        Opportunity = self.Opportunity.with_user(user or self.clara)
        company = company or self.company
        moments = Opportunity._get_calibration_moments("all")
        closed = [("company_id", "=", company.id), ("outcome", "!=", OPEN)]
        chances = Opportunity._read_given_chances(closed, moments, company, 1)
        Opportunity._fill_in_learnt(chances, moments, company)
        return chances

    def _get_score(self, name, page):
        [score] = [score for score in page["scores"] if score["id"] == name]
        return score


@tagged("post_install", "-at_install")
class TestGivenChances(CalibrationCommon):
    """What was said of a deal on the first days of the months, and with what knowledge."""

    def test_a_chance_is_judged_as_of_each_first_day_of_a_month_on_which_the_deal_was_open(self):
        deal = self._closed(
            WON, (on(6, 10), self.phase_new), (on(7, 11), self.phase_proposal), on(8, 20)
        )
        rows = self._read()
        self.assertEqual(
            [(row["day"], row["deal"], row["phase"], row["days"], row["won"]) for row in rows],
            [
                (JULY, deal.id, self.phase_new.id, 20, True),
                (AUGUST, deal.id, self.phase_proposal.id, 20, True),
            ],
        )

    def test_a_month_begins_at_midnight_of_the_user(self):
        self.clara.tz = "Europe/Madrid"
        self._closed(WON, (on(6, 10), self.phase_new), on(6, 30, 23), closed_on=JULY)
        self.assertEqual([row["day"] for row in self._read(self.clara)], [JULY])
        self.assertFalse(self._read(self.dora))

    def test_what_is_judged_is_what_was_shown_on_that_day(self):
        """Deals live as they do in use, with tables of that very day; all is closed later."""
        self._live_many(12, 4, days=20, team=self.north)
        self._live_many(3, 14, days=6)
        deals = [self._open(days, team=team) for days in (3, 9) for team in (self.north, None)]
        self.Table._refresh(self.company)
        self.env.invalidate_all()
        shown = {deal.id: deal.win_probability / 100 for deal in deals}
        self._at(datetime(2026, 9, 12))
        for deal, outcome in zip(deals, (WON, LOST, WON, LOST), strict=True):
            deal._close(outcome)
        # the moment of the day is that of the tests
        with patch.object(
            type(self.Opportunity), "_get_calibration_moments", lambda *args: {NOW.date(): NOW}
        ):
            found = {row["deal"]: row["win"] for row in self._read()}
        self.assertEqual(found.keys(), shown.keys())
        for deal, chance in shown.items():
            self.assertAlmostEqual(found[deal], chance)
        self.assertGreater(len(set(shown.values())), 2)

    def test_a_deal_closed_later_never_changes_what_is_said_of_an_earlier_one(self):
        rng = random.Random(3)
        for _i in range(30):
            begin = rng.randint(100, 200)
            self._closed(
                rng.choice([WON, LOST]),
                (begin, self.phase_new),
                (begin - 20, self.phase_proposal),
                begin - rng.randint(21, 90),
                team=rng.choice([self.north, None]),
            )
        before = [row for row in self._read() if row["day"] <= JULY]
        self.assertGreater(len(before), 20)
        for outcome in [WON] * 15 + [LOST] * 2:  # they were there by then, and ended later
            self._closed(outcome, (170, self.phase_new), on(7, 15), team=self.north)
        ours = {row["deal"] for row in before}
        after = [row for row in self._read() if row["day"] <= JULY and row["deal"] in ours]
        # open deals are known: that they had not ended, and that only
        moments = {JULY: datetime(2026, 7, 1)}
        with self.env.cr.savepoint() as savepoint:
            self.env.cr.execute(
                "DELETE FROM crmsol_opportunity_history WHERE date_from > '2026-07-01'"
            )
            self.env.cr.execute(
                "UPDATE crmsol_opportunity_history SET date_to = NULL WHERE date_to > '2026-07-01'"
            )
            [cut] = [tuple(self.Table._build(self.company, moments[JULY]))]
            savepoint.rollback()
        self.assertEqual(cut, tuple(self.Table._build(self.company, moments[JULY])))
        for row, same in zip(before, after, strict=True):
            self.assertEqual(
                {name: row[name] for name in ("deal", "day", "won", "days", "default", "base")},
                {name: same[name] for name in ("deal", "day", "won", "days", "default", "base")},
            )

    def test_how_deals_end_later_changes_nothing_that_is_said_before(self):
        def live(ends):
            for outcome in ends:
                self._closed(outcome, (on(6, 10), self.phase_new), on(7, 20))

        for outcome in (WON, LOST, LOST):
            self._closed(outcome, (on(5, 2), self.phase_new), on(6, 20))
        said = []
        for ends in ([WON] * 9, [LOST] * 9):
            with self.env.cr.savepoint() as savepoint:
                live(ends)
                said.append([row["win"] for row in self._read() if row["day"] == JULY])
                savepoint.rollback()
            self.env.invalidate_all()
        self.assertEqual(len(said[0]), 9)
        self.assertEqual(*said)

    def test_the_base_rate_is_that_of_the_deals_closed_by_then(self):
        for outcome in (WON, LOST, LOST, LOST):
            self._closed(outcome, (on(5, 10), self.phase_new), on(6, 20))
        self._closed(WON, (on(5, 10), self.phase_new), on(7, 20))
        bases = {row["day"]: row["base"] for row in self._read()}
        self.assertEqual(bases, {JUNE: None, JULY: 0.25})

    def test_the_salesperson_s_own_percentage_is_that_of_then(self):
        self.env.cr._now = datetime(2026, 6, 10)
        deal = self._create_opportunity(self.clara)
        self._at(datetime(2026, 7, 10))
        deal.probability = 80
        self._at(datetime(2026, 8, 10))
        deal.probability = 5
        deal._close(WON)
        deal.date_closed = date(2026, 8, 10)
        self._at(NOW)
        self.assertEqual(
            [(row["day"], row["default"], row["seller"]) for row in self._read()],
            # in July it was the phase's, so it is nobody's own
            [(JULY, 0.1, None), (AUGUST, 0.1, 0.8)],
        )

    def test_a_deal_closed_on_paper_before_is_judged_before_that_only(self):
        self._closed(WON, (on(6, 10), self.phase_new), on(8, 20), closed_on=date(2026, 7, 5))
        self.assertEqual([row["day"] for row in self._read()], [JULY])

    def test_a_deal_closed_by_mistake_and_reopened_is_not_judged_while_it_was_closed(self):
        self._closed(
            WON,
            (on(5, 10), self.phase_new),
            (on(6, 20), LOST),
            (on(7, 20), self.phase_new),
            on(8, 20),
        )
        found = [(row["day"], row["won"]) for row in self._read()]
        self.assertEqual(found, [(JUNE, True), (AUGUST, True)])

    def test_an_archived_deal_does_not_count(self):
        deal = self._closed(WON, (on(6, 10), self.phase_new), on(7, 20))
        deal.active = False
        self.assertFalse(self._read())

    def test_a_phase_archived_since_has_the_percentage_that_it_has(self):
        self._closed(WON, (on(6, 10), self.phase_proposal), on(7, 20))
        self.phase_proposal.active = False
        [row] = self._read()
        self.assertEqual((row["default"], row["win"]), (0.6, 0.6))

    def test_a_phase_that_closes_today_has_no_percentage_of_then(self):
        deal = self._closed(WON, (on(6, 10), self.phase_new), on(7, 20))
        self.env.cr.execute(
            "UPDATE crmsol_opportunity_history SET phase_id = %s, probability = 35"
            " WHERE opportunity_id = %s AND outcome = 'open'",
            [self.phase_close.id, deal.id],
        )
        [row] = self._read()
        self.assertEqual((row["default"], row["seller"]), (None, 0.35))
        self.assertEqual(self._get()["deals"], 1)

    def test_dates_of_an_import_that_lie_before_the_beginning_are_no_days(self):
        deal = self._closed(WON, (on(6, 10), self.phase_new), on(7, 20))
        self.env.cr.execute(
            "UPDATE crmsol_opportunity_history SET phase_date_from = '2026-08-01'"
            " WHERE opportunity_id = %s",
            [deal.id],
        )
        [row] = self._read()
        self.assertEqual(row["days"], 0)

    def test_a_deal_closed_before_it_began_cannot_be_judged_and_is_told(self):
        deal = self._closed(LOST, (on(6, 10), self.phase_new), on(7, 20))
        self._date_by_sql(deal, date_closed=date(2026, 2, 1))
        page = self._get()
        self.assertEqual((page["closed"], page["deals"], page["verdict"]), (1, 0, "nothing"))
        self.assertRegex(page["sentence"], "None of the closed deals .1. was open on the first")

    def test_deals_worth_nothing_count_as_any(self):
        deal = self._closed(WON, (on(6, 10), self.phase_new), on(7, 20))
        deal.amount = 0
        self.assertEqual(self._get()["deals"], 1)


@tagged("post_install", "-at_install")
class TestCalibrationPage(CalibrationCommon):
    def _close_many(self, won, lost, begin=(6, 10), end=(7, 20), phase=None, **values):
        for outcome, number in ((WON, won), (LOST, lost)):
            for _i in range(number):
                self._closed(outcome, (on(*begin), phase or self.phase_new), on(*end), **values)

    # === WHAT IT SAYS === #

    def test_without_a_closed_deal_the_page_says_so(self):
        self._open(40)
        page = self._get()
        self.assertEqual((page["verdict"], page["bins"], page["notes"]), ("nothing", [], []))
        self.assertRegex(page["sentence"], "No deal has been closed in this period")

    def test_without_any_history_the_page_says_so(self):
        self.assertEqual(self._get()["verdict"], "nothing")

    def test_one_closed_deal_tells_nothing_about_the_others(self):
        self._close_many(1, 0)
        page = self._get()
        self.assertEqual((page["verdict"], page["deals"]), ("little", 1))
        self.assertRegex(page["sentence"], "Only one deal can be judged")
        self.assertEqual(self._get_score("base", page)["brier"], False)
        self.assertEqual(
            self._get_score("seller", page)["words"],
            "nobody gave another percentage than the phase's",
        )

    def test_all_won_and_all_lost_say_what_cannot_be_seen(self):
        for outcomes, word in (((5, 0), "won"), ((0, 5), "lost")):
            with self.env.cr.savepoint() as savepoint:
                self._close_many(*outcomes)
                page = self._get()
                self.assertEqual(page["verdict"], "alike")
                self.assertRegex(page["sentence"], f"All the 5 deals were {word}")
                savepoint.rollback()
            self.env.invalidate_all()

    def test_few_deals_are_too_early_to_tell(self):
        self._close_many(5, 10)
        page = self._get()
        self.assertEqual(page["verdict"], "little")
        self.assertRegex(page["sentence"], "15 closed deals are too few: from 30 on")
        self.assertEqual(self._get_score("default", page)["words"], "too few deals to tell")

    def test_chances_that_tell_deals_apart_are_trusted(self):
        """Deals of the second phase are won, those of the first are lost, as they were before."""
        self._close_many(15, 1, (2, 10), (5, 20), self.phase_proposal)
        self._close_many(1, 15, (2, 10), (5, 20))
        self._close_many(16, 1, (6, 10), (7, 20), self.phase_proposal)
        self._close_many(1, 16, (6, 10), (7, 20))
        page = self._get(period="months")
        score = self._get_score("base", page)
        self.assertEqual((score["deals"], score["count"]), (34, 34))
        self.assertGreater(score["low"], 0)
        self.assertEqual(score["words"], "the win probability was nearer to what happened")
        self.assertIn(page["verdict"], ("better", "order"))
        self.assertRegex(page["sentence"], "It (was|said)")
        self.assertAlmostEqual(score["same"] + score["gain"], score["brier"])

    def test_what_did_not_hold_later_is_not_trusted(self):
        self._close_many(20, 0, (2, 10), (5, 20), self.phase_proposal)
        self._close_many(0, 20, (2, 10), (5, 20))
        self._close_many(0, 30, (6, 10), (7, 20), self.phase_proposal)
        self._close_many(30, 0, (6, 10), (7, 20))
        page = self._get()
        self.assertEqual((page["verdict"], page["title"]), ("worse", "Do not trust it"))
        self.assertEqual(
            self._get_score("base", page)["words"],
            "this was nearer to what happened than the win probability",
        )

    def test_each_verdict_has_its_sentence(self):
        def words(chances):
            found = get_calibration([{**chance, "base": 0.5} for chance in chances])
            return self.Opportunity._get_calibration_verdict(9, found)

        def draw(said, true, number=100):
            rng = random.Random(9)
            return [{"win": said(i), "won": rng.random() < true(i)} for i in range(number)]

        sharp, flipped = (lambda i: (0.1, 0.9)[i % 2]), (lambda i: (0.9, 0.1)[i % 2])
        for chances, verdict, sentence in (
            (draw(sharp, sharp), "better", "came true about as often as it said"),
            (draw(lambda i: (0.3, 0.6)[i % 2], sharp), "order", "did not come true as often"),
            (draw(lambda i: 0.5, lambda i: 0.5), "same", "not clearly nearer"),
            (draw(sharp, flipped), "worse", "further from what happened"),
            (draw(sharp, sharp, 20), "little", "too few"),
        ):
            with self.subTest(verdict):
                found = words(chances)
                self.assertEqual(found["verdict"], verdict)
                self.assertRegex(found["sentence"], sentence)
        self.assertRegex(words(draw(lambda i: 0.9, lambda i: 0.4))["sentence"], "too hopeful")
        self.assertRegex(words(draw(lambda i: 0.1, lambda i: 0.5))["sentence"], "too cautious")

    def test_deals_that_are_still_open_are_told(self):
        self._close_many(2, 2)
        self._open(40)
        self._open(50)
        self.assertTrue(
            any("still are: 2." in note for note in self._get()["notes"]), self._get()["notes"]
        )

    # === PERIODS === #

    def test_period_is_of_the_closing_date(self):
        self._close_many(2, 1)
        deal = self._live((500, self.phase_new), (400, WON))  # in July of last year
        deal.date_closed = ago(400).date()
        counts = {
            period: self._get(period=period)["deals"]
            for period in ("all", "year", "last_year", "months")
        }
        self.assertEqual(counts, {"all": 4, "year": 3, "last_year": 1, "months": 3})

    def test_no_more_than_the_last_months_count(self):
        self._close_many(2, 1)
        deal = self._live((1600, self.phase_new), (1300, WON))
        deal.date_closed = ago(1300).date()
        page = self._get()
        self.assertEqual((page["closed"], page["deals"]), (3, 3))
        self.assertIn("Not more than the last 36 months count.", page["notes"])

    def test_choices_that_are_none_are_refused(self):
        for params in ({"period": "x"}, {"company_id": self.other_company.id}):
            with self.subTest(params), self.assertRaisesRegex(UserError, "Choose one of"):
                self._get(**params)

    # === WHO SEES WHAT === #

    def test_a_salesperson_judges_own_and_unassigned_deals_by_what_all_tell(self):
        self._close_many(20, 2, (2, 10), (4, 20))
        self.Opportunity.search([]).user_id = self.ben
        self._closed(WON, (on(6, 10), self.phase_new), on(7, 20), user=self.anna)
        self._closed(LOST, (on(6, 10), self.phase_new), on(7, 20), user=self.ben)
        self._closed(LOST, (on(6, 10), self.phase_new), on(7, 20))
        anna = self._read(self.anna)
        self.assertEqual([row["won"] for row in anna], [True, False])
        # learnt from deals that she may not read
        self.assertGreater(anna[0]["win"], 0.5)
        self.assertEqual(self._get(self.anna)["deals"], 2)
        self.assertEqual(self._get(self.clara)["deals"], 25)
        for user in (self.clerk, self.portal):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self._get(user)

    def test_companies_are_apart(self):
        self._close_many(3, 2)
        self._close_many(0, 4, company=self.other_company)
        self.assertEqual(self._get()["deals"], 5)
        self.assertEqual(self._get(self.eva)["deals"], 4)
        both = self.clara
        both.company_ids |= self.other_company
        Opportunity = self.Opportunity.with_user(both).with_context(
            allowed_company_ids=[self.company.id, self.other_company.id]
        )
        page = Opportunity.get_win_calibration(company_id=self.other_company.id)
        self.assertEqual((page["deals"], len(page["companies"])), (4, 2))

    # === MANY DEALS === #

    def test_queries_do_not_grow_with_the_opportunities(self):
        def count():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._get()
            return self.env.cr.sql_log_count - before

        self._close_many(2, 2)
        count()  # warm the caches
        few = count()
        self._close_many(20, 20)
        for _i in range(20):
            self._open(70)
        self.assertEqual(count(), few)

    def test_of_very_many_deals_a_sample_is_judged_always_the_same_and_that_is_told(self):
        self._close_many(15, 15)
        with patch.object(calibration, "MAX_DEALS", 10):
            page = self._get()
            self.assertEqual(page, self._get())
            ids = self.Opportunity._get_learning_sample(self.company)
        self.assertEqual(page["closed"], 30)
        self.assertTrue(0 < page["deals"] < 30, page["deals"])
        self.assertTrue(any("one in 3 is judged" in note for note in page["notes"]))
        self.assertTrue(any("one in 3 deals of the company" in note for note in page["notes"]))
        self.assertEqual(ids[1], 3)
        self.assertTrue(0 < len(ids[0]) < 30)
