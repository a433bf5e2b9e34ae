import random
from datetime import datetime, time, timedelta
from unittest.mock import patch

from dateutil.relativedelta import relativedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged

from ..const import LOST, OPEN, WON
from ..engine.calibration import get_calibration
from ..models import crmsol_opportunity_calibration as calibration
from .test_calibration import CalibrationCommon, on
from .test_win_probability import ago


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
            any("are still open: 2." in note for note in self._get()["notes"]), self._get()["notes"]
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
        def grow():
            self._close_many(20, 20)
            for _i in range(20):
                self._open(70)

        self._close_many(2, 2)
        self._assert_same_statements(self._get, grow)

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


@tagged("post_install", "-at_install")
class TestCalibrationTour(CalibrationCommon, HttpCase):
    def test_seller_reads_whether_to_trust_the_win_probability(self):
        """In Spanish; deals are won from one phase and lost from the other, month after month."""
        self._in_spanish(self.anna)
        self._at(fields.Datetime.now())  # the browser's day is today
        first = datetime.combine(fields.Date.today().replace(day=1), time(12))

        def live(number, begin, end):
            for phase, outcome in ((self.phase_proposal, WON), (self.phase_new, LOST)):
                was = {"phase_id": phase.id, "outcome": OPEN, "probability": phase.probability}
                for _i in range(number):
                    deal = self._create_opportunity(phase_id=phase.id)
                    deal._close(outcome)
                    deal._replace_history({deal.id: [(begin, was), (end, {})]})
                    deal.date_closed = end.date()

        months = [first - relativedelta(months=number) for number in (3, 2, 1)]
        live(30, months[0] + timedelta(days=4), months[0] + timedelta(days=19))
        live(20, months[1] + timedelta(days=4), months[2] + timedelta(days=19))
        self.start_tour("/odoo/opportunity", "crmsol_opportunity_calibration", login="crmsol_anna")
