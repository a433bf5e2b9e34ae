from datetime import timedelta

from odoo.tests import tagged

from ..const import LOST, OPEN, WON
from ..engine.rates import wilson
from ..report.crmsol_phase_conversion import FEW_CLOSED, MIN_CLOSED, NO_CYCLE, NONE_WON
from .test_crmsol_phase_stay import MONDAY, PhaseStayCommon

PERIOD = ("2026-03-01", "2026-03-12")


class ConversionCommon(PhaseStayCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # whatever a database in use holds is put away: the figures are those of the tests
        cls.env["crmsol.opportunity"].with_context(active_test=False).search([]).unlink()
        cls.dora.tz = cls.anna.tz = "Europe/Madrid"

    def _get_report(self, user=None, period=PERIOD, **kwargs):
        return self.Stay.with_user(user or self.dora).get_phase_report(*period, **kwargs)

    def _get_phases(self, *args, **kwargs):
        return {row["id"]: row for row in self._get_report(*args, **kwargs)["phases"]}

    def _get_counts(self, row):
        names = ("entered", "moved_on", "back", "lost", "present", "archived")
        return {name: row[name] for name in names if row[name]}


@tagged("post_install", "-at_install")
class TestPhaseConversion(ConversionCommon):
    """Eight deals begin; after 2 days four move on, after 4 days two are lost. Of the four, after
    4 days in the second phase, one is won, one lost, one goes back and one is still there."""

    def setUp(self):
        super().setUp()
        self._at_day(0)
        self.deals = self.env["crmsol.opportunity"].concat(
            *(self._create_opportunity() for _i in range(8))
        )
        self._at_day(2)
        self.deals[:4].phase_id = self.phase_proposal
        self._close_at(self.deals[4:6], 4, LOST)
        self._close_at(self.deals[0], 6, WON)
        self._close_at(self.deals[1], 6, LOST)
        self.deals[2].phase_id = self.phase_new
        self._at_day(10)

    def test_counts_of_each_phase_are_those_of_its_stays(self):
        phases = self._get_phases()
        self.assertEqual(
            self._get_counts(phases[self.phase_new.id]),
            {"entered": 9, "moved_on": 4, "lost": 2, "present": 3},
        )
        self.assertEqual(
            self._get_counts(phases[self.phase_proposal.id]),
            {"entered": 4, "moved_on": 1, "back": 1, "lost": 1, "present": 1},
        )

    def test_rate_is_of_the_stays_that_ended_with_its_interval(self):
        rate = self._get_phases()[self.phase_new.id]["rate"]
        self.assertEqual((rate["k"], rate["n"], rate["rate"]), (4, 6, 4 / 6))
        self.assertEqual((rate["low"], rate["high"]), wilson(4, 6))
        rate = self._get_phases()[self.phase_proposal.id]["rate"]
        self.assertEqual((rate["k"], rate["n"]), (1, 3))

    def test_days_are_the_quartiles_of_the_stays_that_ended(self):
        phases = self._get_phases()
        # 2, 2, 2, 2, 4, 4
        self.assertEqual(
            phases[self.phase_new.id]["days"], {"quartile_1": 2, "median": 2, "quartile_3": 3.5}
        )
        self.assertEqual(phases[self.phase_proposal.id]["days"]["median"], 4)

    def test_won_in_the_end_counts_closed_opportunities_once_a_phase(self):
        phases = self._get_phases()
        for phase, k, n in ((self.phase_new, 1, 4), (self.phase_proposal, 1, 2)):
            with self.subTest(phase.name):
                rate = phases[phase.id]["win_rate"]
                self.assertEqual((rate["k"], rate["n"]), (k, n))

    def test_a_reopened_deal_counts_as_open(self):
        self.deals[0]._reopen()
        phases = self._get_phases()
        self.assertEqual(phases[self.phase_new.id]["win_rate"]["k"], 0)
        proposal = phases[self.phase_proposal.id]
        self.assertEqual((proposal["win_rate"]["k"], proposal["win_rate"]["n"]), (0, 1))
        self.assertEqual((proposal["entered"], proposal["moved_on"]), (5, 1), "it was won once")

    def test_stays_count_in_the_period_in_which_they_began(self):
        phases = self._get_phases(period=("2026-03-03", "2026-03-12"))
        self.assertEqual(self._get_counts(phases[self.phase_new.id]), {"entered": 1, "present": 1})
        self.assertEqual(phases[self.phase_proposal.id]["entered"], 4)

    def test_days_of_the_period_are_those_of_the_users_time_zone(self):
        self._at(MONDAY + timedelta(hours=14.5, days=5))  # 23:30 UTC is tomorrow in Madrid
        self._create_opportunity()
        self._at_day(10)
        for day, entered in (("2026-03-07", 0), ("2026-03-08", 2)):
            with self.subTest(day):
                phases = self._get_phases(period=(day, day))
                # on the 8th also the one that went back
                self.assertEqual(phases[self.phase_new.id]["entered"], entered)

    def test_a_team_and_a_salesperson_are_reported_alone(self):
        team = self.env["crm.team"].create({"name": "Other Team"})
        self._create_opportunity(self.ben, team_id=team.id)
        for values, entered in (({"user_id": self.ben.id}, 1), ({"team_id": team.id}, 1), ({}, 10)):
            with self.subTest(values):
                report = self._get_report(**values)
                row = next(row for row in report["phases"] if row["id"] == self.phase_new.id)
                self.assertEqual(row["entered"], entered)
                domain = report["domain"] + [["phase_id", "=", self.phase_new.id]]
                self.assertEqual(self.Stay.search_count(domain), entered, "as a click shows them")

    def test_a_salesman_sees_own_and_unassigned_only(self):
        self._create_opportunity(self.ben)
        self._create_opportunity(self.clara, user_id=False)
        for role, entered in {"anna": 10, "ben": 2, "clara": 11, "dora": 11, "eva": 0}.items():
            with self.subTest(role):
                phases = self._get_phases(getattr(self, role))
                self.assertEqual(phases[self.phase_new.id]["entered"], entered)

    def test_phases_are_shown_in_their_order_without_the_closing_one(self):
        empty = self.Phase.create({"name": "Nobody", "sequence": -15})
        gone = self.Phase.create({"name": "Unused", "sequence": -14, "active": False})
        self.phase_proposal.active = False
        ids = [row["id"] for row in self._get_report()["phases"]]
        self.assertEqual(ids[:3], [self.phase_new.id, empty.id, self.phase_proposal.id])
        self.assertNotIn(self.phase_close.id, ids)
        self.assertNotIn(gone.id, ids)

    def test_what_a_client_gives_is_checked(self):
        for period, sentence in (
            (("2026-03-09", "2026-03-02"), "after its end"),
            (("2026-03-01", "2999-01-01"), "still to come"),
            (("no day", "2026-03-02"), "Choose the first and the last day"),
            ((False, "2026-03-02"), "Choose the first and the last day"),
        ):
            with self.subTest(period), self._refused(sentence):
                self._get_report(period=period)
        for value in ("1", [1], True):
            with self.subTest(value), self._refused("from the lists"):
                self._get_report(team_id=value)

    def test_statements_do_not_grow_with_the_opportunities(self):
        def create(number):
            for _i in range(number):
                self._create_opportunity()

        create(10)
        self._assert_same_statements(lambda: self._get_report(self.anna), lambda: create(90))

    def test_report_is_read_from_a_replica(self):
        self.assertTrue(type(self.Stay).get_phase_report._readonly)


@tagged("post_install", "-at_install")
class TestVelocity(ConversionCommon):
    def _win(self, amount, days, **values):
        self._at_day(0)
        deal = self._create_opportunity(amount=amount, **values)
        self._close_at(deal, days, WON)

    def _lose(self):
        self._at_day(0)
        self._close_at(self._create_opportunity(), 1, LOST)

    def _get_velocity(self, *args, period=("2026-03-01", "2026-04-30"), **kwargs):
        self._at_day(60)
        return self._get_report(*args, period=period, **kwargs)["velocity"]

    def _fill(self):
        """Three won of five, 2000 on average, in 20 days on average; four open."""
        for amount, days in ((1000, 10), (2000, 20), (3000, 30)):
            self._win(amount, days)
        self._lose()
        self._lose()
        for _i in range(4):
            self._create_opportunity()

    def test_velocity_is_deals_times_rate_times_amount_by_cycle(self):
        self._fill()
        velocity = self._get_velocity()
        self.assertEqual(velocity["open"], 4)
        self.assertEqual(velocity["win_rate"], {
            "k": 3, "n": 5, "rate": 0.6, "low": wilson(3, 5)[0], "high": wilson(3, 5)[1],
        })  # fmt: skip
        self.assertEqual(velocity["average"], {"amount": 2000, "n": 3})
        self.assertEqual(velocity["cycle"], {"days": 20, "n": 3})
        self.assertEqual(velocity["per_day"], 240, "4 × 0.6 × 2000 / 20")
        self.assertFalse(velocity["reason"])

    def test_factors_open_the_opportunities_that_they_are_of(self):
        self._fill()
        domains = self._get_velocity()["domain"]
        Opportunity = self.env["crmsol.opportunity"].with_user(self.dora)
        for name, number in ((OPEN, 4), ("closed", 5), (WON, 3)):
            with self.subTest(name):
                self.assertEqual(Opportunity.search_count(domains[name]), number)

    def test_what_was_imported_as_won_has_no_cycle(self):
        self._fill()
        self._create_opportunity(
            amount=6000, phase_id=self.phase_close.id, outcome=WON, date_closed="2026-03-20"
        )
        velocity = self._get_velocity()
        self.assertEqual(velocity["average"], {"amount": 3000, "n": 4})
        self.assertEqual(velocity["cycle"], {"days": 20, "n": 3})

    def test_too_little_data_is_said_instead_of_divided_by(self):
        self.assertEqual(self._get_velocity()["reason"], FEW_CLOSED, "empty database")
        for _i in range(MIN_CLOSED - 1):
            self._lose()
        velocity = self._get_velocity()
        self.assertEqual((velocity["reason"], velocity["per_day"]), (FEW_CLOSED, False))
        self._lose()
        self.assertEqual(self._get_velocity()["reason"], NONE_WON)
        self._at_day(0)
        self._create_opportunity(
            phase_id=self.phase_close.id, outcome=WON, date_closed="2026-03-01"
        )
        self.assertEqual(self._get_velocity()["reason"], NO_CYCLE)

    def test_deals_closed_outside_the_period_do_not_count(self):
        self._fill()
        velocity = self._get_velocity(period=("2026-03-20", "2026-04-30"))
        self.assertEqual(velocity["win_rate"]["n"], 2)
        self.assertEqual(velocity["open"], 4, "as of now")

    def test_a_cycle_reaches_to_the_last_close(self):
        self._at_day(0)
        deal = self._create_opportunity()
        self._close_at(deal, 5, LOST)
        self._at_day(10)
        deal._reopen()
        self._close_at(deal, 40, WON)
        self.assertEqual(self._get_velocity()["cycle"], {"days": 40, "n": 1})

    def test_companies_of_another_currency_are_left_out_by_name(self):
        self._fill()
        self._create_opportunity(
            self.eva, company_id=self.other_company.id, partner_id=self.customer.id
        )
        self.dora.company_ids |= self.other_company
        stays = self.Stay.with_context(allowed_company_ids=[self.company.id, self.other_company.id])
        self.other_company.currency_id = self.env["res.currency"].create(
            {"name": "CRM", "symbol": "¤"}
        )
        self._at_day(60)
        velocity = stays.with_user(self.dora).get_phase_report("2026-03-01", "2026-04-30")[
            "velocity"
        ]
        self.assertEqual(velocity["left_out"], ["Other Company"])
        self.assertEqual(velocity["open"], 4)

    def test_a_salesman_sees_the_velocity_of_own_deals(self):
        self._fill()
        velocity = self._get_velocity(self.ben)
        self.assertEqual((velocity["open"], velocity["reason"]), (0, FEW_CLOSED))

    def test_an_empty_database_has_phases_and_no_figures(self):
        self._at_day(60)
        report = self._get_report()
        self.assertTrue(report["phases"])
        self.assertFalse(any(row["entered"] for row in report["phases"]))
        self.assertEqual({row["rate"]["rate"] for row in report["phases"]}, {False})
        self.assertEqual({row["days"]["median"] for row in report["phases"]}, {False})
