from datetime import datetime, timedelta

from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..const import LOST, OPEN, WON
from ..models.crmsol_opportunity_history import STATE_FIELDS
from .common import CrmsolCommon

MONDAY = datetime(2026, 3, 2, 9)
TUESDAY = MONDAY + timedelta(days=1)
WEDNESDAY = MONDAY + timedelta(days=2)


class HistoryCommon(CrmsolCommon):
    @classmethod
    def _get_rows(cls, opportunity):
        """Return the intervals as tuples (from, to, …), oldest first, as the database has them."""
        cls.env.flush_all()
        cls.env.cr.execute(
            "SELECT * FROM crmsol_opportunity_history WHERE opportunity_id = %s ORDER BY date_from",
            [opportunity.id],
        )
        return cls.env.cr.dictfetchall()

    def _get_spans(self, opportunity, column):
        """Return (from, to, value) of every interval, oldest first."""
        return [
            (row["date_from"], row["date_to"], row[column]) for row in self._get_rows(opportunity)
        ]


@tagged("post_install", "-at_install")
class TestHistory(HistoryCommon):
    def setUp(self):
        super().setUp()
        self._at(MONDAY)
        self.opportunity = self._create_opportunity(date_deadline="2026-06-30")

    def test_creation_begins_the_first_interval_with_the_whole_state(self):
        [row] = self._get_rows(self.opportunity)
        self.assertEqual((row["date_from"], row["date_to"]), (MONDAY, None))
        self.assertEqual(row["phase_date_from"], MONDAY)
        self.assertEqual(row["currency_id"], self.company.currency_id.id)
        for fname in STATE_FIELDS:
            with self.subTest(fname):
                value = self.opportunity[fname]
                value = value.id if hasattr(value, "ids") else value
                self.assertEqual(row[fname], value)

    def test_a_change_ends_the_interval_at_the_moment_at_which_the_next_one_begins(self):
        self._at(TUESDAY)
        self.opportunity.phase_id = self.phase_proposal
        self._at(WEDNESDAY)
        self.opportunity.amount = 1500
        self.assertEqual(
            self._get_spans(self.opportunity, "phase_id"),
            [
                (MONDAY, TUESDAY, self.phase_new.id),
                (TUESDAY, WEDNESDAY, self.phase_proposal.id),
                (WEDNESDAY, None, self.phase_proposal.id),
            ],
        )
        self.assertEqual(
            [row["amount_company"] for row in self._get_rows(self.opportunity)], [1000, 1000, 1500]
        )

    def test_the_stay_in_a_phase_goes_on_while_other_data_change(self):
        self._at(TUESDAY)
        self.opportunity.amount = 1500
        self.assertEqual(self._get_rows(self.opportunity)[-1]["phase_date_from"], MONDAY)
        self._at(WEDNESDAY)
        self.opportunity.phase_id = self.phase_proposal
        self.assertEqual(self._get_rows(self.opportunity)[-1]["phase_date_from"], WEDNESDAY)

    def test_all_the_changes_of_a_transaction_are_one_row(self):
        self._at(TUESDAY)
        for amount in (1500, 1600, 1700):
            self.opportunity.amount = amount
            self.env.flush_all()
        self.opportunity.phase_id = self.phase_proposal
        self.assertEqual(
            self._get_spans(self.opportunity, "amount_company"),
            [(MONDAY, TUESDAY, 1000), (TUESDAY, None, 1700)],
        )

    def test_a_change_taken_back_within_its_transaction_leaves_no_row(self):
        self._at(TUESDAY)
        self.opportunity.amount = 1500
        self.env.flush_all()
        self.opportunity.amount = 1000
        self.assertEqual(
            self._get_spans(self.opportunity, "amount_company"), [(MONDAY, None, 1000)]
        )

    def test_a_phase_taken_back_within_its_transaction_is_no_new_stay(self):
        self._at(TUESDAY)
        self.opportunity.phase_id = self.phase_proposal
        self.env.flush_all()
        self.opportunity.write({"phase_id": self.phase_new.id, "amount": 7})
        self.assertEqual(
            [row["phase_date_from"] for row in self._get_rows(self.opportunity)], [MONDAY, MONDAY]
        )

    def test_what_history_does_not_keep_makes_no_row(self):
        self._at(TUESDAY)
        self.opportunity.write({"name": "Other", "priority": "2", "budget": 5})
        self.assertEqual(len(self._get_rows(self.opportunity)), 1)

    def test_closing_and_reopening_are_kept(self):
        self._at(TUESDAY)
        self.opportunity.action_win()
        self._at(WEDNESDAY)
        self.opportunity._reopen()
        self.assertEqual(
            self._get_spans(self.opportunity, "outcome"),
            [(MONDAY, TUESDAY, OPEN), (TUESDAY, WEDNESDAY, WON), (WEDNESDAY, None, OPEN)],
        )
        self.assertEqual(
            [row["probability"] for row in self._get_rows(self.opportunity)], [10, 100, 10]
        )

    def test_archiving_is_kept_and_found(self):
        self._at(TUESDAY)
        self.opportunity.active = False
        self.assertEqual(
            self._get_spans(self.opportunity, "active"),
            [(MONDAY, TUESDAY, True), (TUESDAY, None, False)],
        )
        history = self.env["crmsol.opportunity.history"].with_user(self.anna)
        self.assertEqual(history.search_count([("opportunity_id", "=", self.opportunity.id)]), 2)

    def test_many_written_at_once_get_a_row_each(self):
        others = self.opportunity | self._create_opportunity() | self._create_opportunity()
        self._at(TUESDAY)
        others.write({"date_deadline": "2026-09-30"})
        for opportunity in others:
            self.assertEqual(len(self._get_rows(opportunity)), 2)

    def test_another_company_takes_its_currency_along(self):
        self.other_company.currency_id = self.env["res.currency"].create(
            {"name": "CRM", "symbol": "¤"}
        )
        self._at(TUESDAY)
        values = {"company_id": self.other_company.id, "user_id": False, "team_id": False}
        self.opportunity.sudo().write(values)
        row = self._get_rows(self.opportunity)[-1]
        self.assertEqual(row["company_id"], self.other_company.id)
        self.assertEqual(row["currency_id"], self.other_company.currency_id.id)
        self.assertEqual(row["amount_company"], self.opportunity.sudo().amount_company)

    def test_another_currency_changes_the_amount_in_the_companys(self):
        foreign = self.env["res.currency"].create({"name": "CRM", "symbol": "¤"})
        self.env["res.currency.rate"].create(
            {
                "currency_id": foreign.id,
                "company_id": self.company.id,
                "rate": 2,
                "name": "2020-01-01",
            }
        )
        self._at(TUESDAY)
        self.opportunity.currency_id = foreign
        self.assertEqual(
            [row["amount_company"] for row in self._get_rows(self.opportunity)], [1000, 500]
        )

    def test_an_import_with_a_past_date_begins_there(self):
        self._at(WEDNESDAY)
        moved = self._create_opportunity(date_last_stage_update="2026-02-02 10:00:00")
        self.assertEqual(
            self._get_spans(moved, "outcome"), [(datetime(2026, 2, 2, 10), None, OPEN)]
        )

    def test_a_deal_imported_as_closed_begins_on_its_closing_day(self):
        self._at(WEDNESDAY)
        closed = self._create_opportunity(
            phase_id=self.phase_close.id, outcome=LOST, date_closed="2026-02-03"
        )
        self.assertEqual(
            self._get_spans(closed, "outcome"), [(datetime(2026, 2, 3, 12), None, LOST)]
        )

    def test_a_phase_entered_in_the_future_is_refused(self):
        with self._refused("cannot have entered its phase in the future"):
            self._create_opportunity(date_last_stage_update="2999-02-02 10:00:00")

    def test_a_transaction_that_is_rolled_back_leaves_no_history(self):
        self._at(TUESDAY)
        with self._refused("cannot be negative"):
            self.opportunity.write({"amount": 70})
            self.env.flush_all()
            self.opportunity.write({"amount": -1})
        self.assertEqual(len(self._get_rows(self.opportunity)), 1)

    def test_deleting_an_opportunity_takes_its_history_along(self):
        self.opportunity.with_user(self.dora).unlink()
        self.assertFalse(self._get_rows(self.opportunity))

    def test_nobody_writes_history(self):
        row = self.opportunity.history_ids
        for role in ("anna", "clara", "dora", "superuser"):
            user = self.env.ref("base.user_root") if role == "superuser" else getattr(self, role)
            record = row.with_user(user).sudo(role == "superuser")
            values = {"opportunity_id": self.opportunity.id, "phase_id": self.phase_new.id}
            for what, call in {
                "create": lambda record=record, values=values: record.create(values),
                "write": lambda record=record: record.write({"amount_company": 1}),
                "unlink": lambda record=record: record.unlink(),
                "through the opportunity": lambda record=record: record.opportunity_id.write(
                    {"history_ids": [(1, record.id, {"amount_company": 1})]}
                ),
            }.items():
                with self.subTest(role=role, what=what), self.assertRaises(AccessError):
                    call()
        self.assertEqual(row.amount_company, 1000)

    def test_history_is_read_by_whom_the_opportunity_is_read(self):
        History = self.env["crmsol.opportunity.history"]
        domain = [("opportunity_id", "=", self.opportunity.id)]
        for role, count in {"anna": 1, "ben": 0, "clara": 1, "dora": 1, "eva": 0}.items():
            with self.subTest(role):
                found = History.with_user(getattr(self, role)).search_count(domain)
                self.assertEqual(found, count)

    def test_a_phase_that_history_tells_of_is_archived_and_not_deleted(self):
        gone = self.Phase.create({"name": "Gone", "sequence": -15})
        self._at(TUESDAY)
        self.opportunity.phase_id = gone
        self._at(WEDNESDAY)
        self.opportunity.phase_id = self.phase_proposal
        with self._refused("their history tells so. Archive the phase"):
            gone.with_user(self.dora).unlink()

    def test_statements_do_not_grow_with_the_opportunities(self):
        def count(number):
            deals = self.env["crmsol.opportunity"].concat(
                *(self._create_opportunity() for _i in range(number))
            )
            self._at(self.env.cr.now() + timedelta(hours=1))
            return len(self._get_statements(deals._record_history))

        count(1)  # warm the caches
        self.assertEqual(count(10), count(100))


@tagged("post_install", "-at_install")
class TestPastOfElsewhere(HistoryCommon):
    def test_steps_become_intervals_and_the_last_one_is_the_present_state(self):
        self._at(WEDNESDAY)
        opportunity = self._create_opportunity(phase_id=self.phase_proposal.id)
        opportunity._replace_history(
            {
                opportunity.id: [
                    (TUESDAY, {"phase_id": self.phase_proposal.id, "probability": 60}),
                    (MONDAY, {"phase_id": self.phase_new.id, "probability": 10}),
                ]
            }
        )
        self.assertEqual(
            self._get_spans(opportunity, "phase_id"),
            [
                (MONDAY, TUESDAY, self.phase_new.id),
                (TUESDAY, None, self.phase_proposal.id),
            ],
        )
        self.assertEqual(self._get_rows(opportunity)[-1]["phase_date_from"], TUESDAY)

    def test_steps_that_change_nothing_are_left_out(self):
        self._at(WEDNESDAY)
        opportunity = self._create_opportunity()
        opportunity._replace_history({opportunity.id: [(MONDAY, {}), (TUESDAY, {})]})
        self.assertEqual(
            self._get_spans(opportunity, "phase_id"), [(MONDAY, None, self.phase_new.id)]
        )

    def test_a_step_in_the_future_is_an_error(self):
        self._at(MONDAY)
        opportunity = self._create_opportunity()
        with self.assertRaises(ValueError):
            opportunity._replace_history({opportunity.id: [(TUESDAY, {})]})
