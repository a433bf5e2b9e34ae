from datetime import datetime, timedelta

from odoo.tests import tagged

from ..const import LOST, WON
from ..report.crmsol_phase_stay import ARCHIVED, BACK, BUCKETS, FORWARD, PRESENT
from .common import CrmsolCommon

MONDAY = datetime(2026, 3, 2, 9)


class PhaseStayCommon(CrmsolCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Stay = cls.env["crmsol.phase.stay"]

    def _at_day(self, days):
        """Go on as in a transaction so many days after the Monday on which everything begins."""
        self._at(MONDAY + timedelta(days=days))

    def _get_stays(self, opportunities):
        """Return the stays in the order in which they began."""
        self.Stay.invalidate_model()
        return self.Stay.search([("opportunity_id", "in", opportunities.ids)], order="date_from")

    def _close_at(self, opportunity, days, outcome):
        self._at_day(days)
        day = (MONDAY + timedelta(days=days)).date()
        opportunity._close(outcome, date_closed=day)


@tagged("post_install", "-at_install")
class TestPhaseStay(PhaseStayCommon):
    def setUp(self):
        super().setUp()
        self._at_day(0)
        self.opportunity = self._create_opportunity()

    def test_a_stay_lasts_from_entering_a_phase_to_leaving_it(self):
        self._at_day(3.5)
        self.opportunity.phase_id = self.phase_proposal
        self._at_day(5)
        past, present = self._get_stays(self.opportunity)
        self.assertEqual(past.phase_id, self.phase_new)
        self.assertEqual(past.date_from, MONDAY)
        self.assertEqual(past.date_to, MONDAY + timedelta(days=3.5))
        self.assertEqual((past.days, past.bucket), (3.5, "2"))
        self.assertEqual((past.exit, past.is_present), (FORWARD, False))
        self.assertEqual(past.next_phase_id, self.phase_proposal)
        self.assertEqual(present.phase_id, self.phase_proposal)
        self.assertEqual((present.date_to, present.days), (False, 1.5), "up to now")
        self.assertEqual((present.exit, present.is_present), (PRESENT, True))
        self.assertFalse(present.next_phase_id)

    def test_other_changes_do_not_end_a_stay_and_the_last_ones_count(self):
        team = self.env["crm.team"].create({"name": "Other Team"})
        self._at_day(1)
        self.opportunity.write({"amount": 7000, "team_id": team.id})
        self._at_day(2)
        self.opportunity.with_user(self.dora).write({"user_id": self.ben.id, "team_id": team.id})
        self._at_day(4)
        self.opportunity.with_user(self.dora).write(
            {"phase_id": self.phase_proposal.id, "amount": 9000}
        )
        stay = self._get_stays(self.opportunity)[0]
        self.assertEqual(stay.days, 4)
        self.assertEqual(stay.amount_company, 7000, "what it was worth when it left")
        self.assertEqual((stay.user_id, stay.team_id), (self.ben, team))
        self.assertEqual(stay.currency_id, self.company.currency_id)

    def test_every_way_out_of_a_phase_is_told_apart(self):
        for exit_, leave in {
            FORWARD: lambda deal: deal.write({"phase_id": self.phase_proposal.id}),
            WON: lambda deal: deal._close(WON),
            LOST: lambda deal: deal._close(LOST),
            ARCHIVED: lambda deal: deal.write({"active": False}),
            PRESENT: lambda deal: deal.write({"amount": 5}),
        }.items():
            with self.subTest(exit_):
                self._at_day(0)
                deal = self._create_opportunity()
                self._at_day(2)
                leave(deal)
                self._at_day(3)
                stay = self._get_stays(deal)[0]
                self.assertEqual(stay.exit, exit_)
                self.assertEqual(stay.days, 3 if exit_ == PRESENT else 2)
                self.assertEqual(stay.outcome, deal.outcome)

    def test_going_back_is_no_progress(self):
        self._at_day(1)
        self.opportunity.phase_id = self.phase_proposal
        self._at_day(2)
        self.opportunity.phase_id = self.phase_new
        stays = self._get_stays(self.opportunity)
        self.assertEqual(stays.mapped("exit"), [FORWARD, BACK, PRESENT])

    def test_the_closing_phase_is_no_stay(self):
        self._close_at(self.opportunity, 2, WON)
        self._at_day(9)
        stay = self._get_stays(self.opportunity)
        self.assertEqual((len(stay), stay.days, stay.exit), (1, 2, WON))
        self.assertEqual(stay.next_phase_id, self.phase_close)

    def test_a_reopened_deal_begins_another_stay(self):
        self._close_at(self.opportunity, 2, LOST)
        self._at_day(5)
        self.opportunity._reopen()
        self._at_day(6)
        stays = self._get_stays(self.opportunity)
        self.assertEqual(stays.phase_id, self.phase_new)
        self.assertEqual(stays.mapped("exit"), [LOST, PRESENT])
        self.assertEqual(stays.mapped("days"), [2, 1], "not the days in which it was closed")
        self.assertEqual(stays.mapped("outcome"), ["open", "open"], "as it is today")

    def test_time_in_the_archive_does_not_count(self):
        self._at_day(1)
        self.opportunity.active = False
        self._at_day(3)
        stay = self._get_stays(self.opportunity)
        self.assertEqual((stay.exit, stay.days, stay.is_present), (ARCHIVED, 1, False))
        self.assertEqual(stay.date_to, MONDAY + timedelta(days=1))
        self.opportunity.active = True
        self._at_day(4)
        stay = self._get_stays(self.opportunity)
        self.assertEqual((stay.exit, stay.days), (PRESENT, 2))
        self.opportunity.phase_id = self.phase_proposal
        stay = self._get_stays(self.opportunity)[0]
        self.assertEqual((stay.exit, stay.days), (FORWARD, 2))
        self.assertEqual(stay.date_to - stay.date_from, timedelta(days=4))

    def test_a_phase_passed_through_in_the_archive_is_no_stay(self):
        self._at_day(1)
        self.opportunity.active = False
        self._at_day(2)
        self.opportunity.phase_id = self.phase_proposal
        self._at_day(3)
        self.assertEqual(self._get_stays(self.opportunity).phase_id, self.phase_new)

    def test_an_import_with_a_past_date_has_its_whole_stay(self):
        self._at_day(30)
        moved = self._create_opportunity(date_last_stage_update="2026-03-02 09:00:00")
        self.assertEqual(self._get_stays(moved).days, 30)

    def test_a_deal_imported_as_closed_has_no_stay(self):
        closed = self._create_opportunity(
            phase_id=self.phase_close.id, outcome=WON, date_closed="2026-02-03"
        )
        self.assertFalse(self._get_stays(closed))

    def test_a_past_given_by_an_import_is_measured(self):
        self._at_day(20)
        deal = self._create_opportunity(phase_id=self.phase_close.id, outcome=LOST)
        deal._replace_history(
            {
                deal.id: [
                    (MONDAY, {"phase_id": self.phase_new.id, "outcome": "open"}),
                    (
                        MONDAY + timedelta(days=5),
                        {"phase_id": self.phase_proposal.id, "outcome": "open"},
                    ),
                    (MONDAY + timedelta(days=12), {}),
                ]
            }
        )
        stays = self._get_stays(deal)
        self.assertEqual(stays.mapped("days"), [5, 7])
        self.assertEqual(stays.mapped("exit"), [FORWARD, LOST])

    def test_buckets_hold_whole_days_that_have_passed(self):
        for days, bucket in {
            0: "1", 1.99: "1", 2: "2", 3.9: "2", 4: "3", 7.9: "3", 8: "4", 14.9: "4",
            15: "5", 30.9: "5", 31: "6", 60.9: "6", 61: "7", 400: "7",
        }.items():  # fmt: skip
            with self.subTest(days=days):
                self._at_day(days)
                self.assertEqual(self._get_stays(self.opportunity).bucket, bucket)
        self.assertEqual([key for key, _label, _end in BUCKETS], sorted({*"1234567"}))

    def test_median_and_quartiles_are_those_reckoned_by_hand(self):
        deals = self.opportunity
        for days in (1, 2, 10):  # and one that stays: 20 days up to now
            self._at_day(0)
            deal = self._create_opportunity()
            self._at_day(days)
            deal.phase_id = self.phase_proposal
            deals |= deal
        self._at_day(20)
        domain = [("opportunity_id", "in", deals.ids), ("phase_id", "=", self.phase_new.id)]
        aggregates = ["days:avg", "days_quartile_1:quartile_1", "days_median:median"]
        aggregates += ["days_quartile_3:quartile_3", "__count"]
        groups = self.Stay.formatted_read_group(
            domain + [("is_present", "=", False)], ["phase_id"], aggregates
        )
        self.assertEqual([groups[0][aggregate] for aggregate in aggregates], [13 / 3, 1.5, 2, 6, 3])
        ((phases, everything),) = [  # as the pivot asks: all the groupings in one query
            self.Stay.formatted_read_grouping_sets(domain, [["phase_id"], []], aggregates)
        ]
        self.assertEqual(phases[0]["days_median:median"], 6, "(2 + 10) / 2")
        self.assertEqual(everything[0]["days_median:median"], 6)

    def test_groups_of_nothing_have_no_median(self):
        groups = self.Stay.formatted_read_group([("id", "=", 0)], [], ["days_median:median"])
        self.assertFalse(groups[0]["days_median:median"])

    def test_stays_are_read_by_whom_the_opportunity_is_read(self):
        domain = [("opportunity_id", "=", self.opportunity.id)]
        for role, count in {"anna": 1, "ben": 0, "clara": 1, "dora": 1, "eva": 0}.items():
            with self.subTest(role):
                Stay = self.Stay.with_user(getattr(self, role))
                self.assertEqual(Stay.search_count(domain), count)
                self.assertEqual(Stay._read_group(domain, [], ["__count"]), [(count,)])

    def test_a_row_opens_the_opportunity(self):
        stay = self._get_stays(self.opportunity).with_user(self.anna)
        row = self.opportunity.history_ids.with_user(self.anna)
        for record in (stay, row):
            action = record.action_open_opportunity()
            self.assertEqual(action["res_model"], "crmsol.opportunity")
            self.assertEqual(action["res_id"], self.opportunity.id)

    def test_statements_do_not_grow_with_the_stays(self):
        deals = self.opportunity

        def create(number):
            nonlocal deals
            deals = deals.concat(*(self._create_opportunity() for _i in range(number)))

        def read():
            domain = [("opportunity_id", "in", deals.ids)]
            Stay = self.Stay.with_user(self.anna)
            Stay.search_fetch(domain, ["days", "exit", "phase_id"]).read(["days", "phase_id"])
            Stay.formatted_read_group(domain, ["phase_id", "team_id"], ["days_median:median"])

        create(10)
        self._assert_same_statements(read, lambda: create(90))
