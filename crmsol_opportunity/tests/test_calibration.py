import random
from datetime import date, datetime, timedelta
from unittest.mock import patch

from odoo.tests import tagged

from ..const import LOST, OPEN, WON
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
