"""Random sequences of operations: history always tells what the records were."""

import os
from datetime import datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.tests import tagged

from ..const import LOST, OPEN, WON
from ..models.crmsol_opportunity_history import STATE_FIELDS
from .test_crmsol_opportunity_history import HistoryCommon

#: how many sequences; more of them take longer: CRMSOL_EXAMPLES=1000
EXAMPLES = int(os.environ.get("CRMSOL_EXAMPLES", "40"))
BEGIN = datetime(2026, 1, 5, 9)

deal = st.integers(0, 2)
operation = st.one_of(
    st.tuples(st.just("create"), st.integers(0, 40)),
    st.tuples(st.just("move"), deal, st.booleans()),
    st.tuples(st.just("amount"), deal, st.sampled_from([0, 999.99, 1000, 12345.67])),
    st.tuples(st.just("currency"), deal, st.booleans()),
    st.tuples(st.just("probability"), deal, st.sampled_from([0, 10, 55.5, 100])),
    st.tuples(st.just("expected"), deal, st.sampled_from([False, "2026-05-05", "2026-06-06"])),
    st.tuples(st.just("seller"), deal, st.sampled_from(["anna", "ben", None])),
    st.tuples(st.just("company"), deal, st.booleans()),
    st.tuples(st.just("archive"), deal, st.booleans()),
    st.tuples(st.just("close"), deal, st.sampled_from([WON, LOST])),
    st.tuples(st.just("reopen"), deal),
    st.tuples(st.just("many"), st.sampled_from(["2026-07-07", False])),
    st.tuples(st.just("flush")),
    st.tuples(st.just("taken back"), deal),
)
#: an operation, and the minutes after which it begins another transaction (0: in the same one)
step = st.tuples(operation, st.sampled_from([0, 0, 1, 60, 5000]))


@tagged("post_install", "-at_install")
class TestHistoryProperty(HistoryCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.foreign = cls.env["res.currency"].create(
            {"name": "CRM", "symbol": "¤", "rate_ids": [(0, 0, {"name": "2020-01-01", "rate": 3})]}
        )

    @given(steps=st.lists(step, min_size=1, max_size=15))
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize="CRMSOL_EXAMPLES" not in os.environ,
        suppress_health_check=list(HealthCheck),
        database=None,
    )
    def test_history_tells_what_the_records_were(self, steps):
        cr = self.env.cr
        savepoint = cr.savepoint(flush=False)
        now = cr._now
        try:
            self._play(steps)
        finally:
            self.env.invalidate_all(flush=False)
            savepoint.close(rollback=True)
            cr._now = now

    def _play(self, steps):
        """Run the steps; after every transaction, and at the end, compare history with records."""
        cr = self.env.cr
        cr._now = BEGIN
        self.deals = self.env["crmsol.opportunity"].browse()
        self._create(0)
        ends = []  # (end of a transaction, {opportunity: its state then})
        for operation_, minutes in steps:
            if minutes:
                ends.append((cr._now, self._get_states()))
                cr._now += timedelta(minutes=minutes)
            getattr(self, f"_{operation_[0].replace(' ', '_')}")(*operation_[1:])
        ends.append((cr._now, self._get_states()))
        self._check(ends)

    def _get_states(self):
        self.env.flush_all()
        columns = ", ".join(STATE_FIELDS)
        self.env.cr.execute(
            f"SELECT id, {columns} FROM crmsol_opportunity WHERE id = ANY(%s)", [self.deals.ids]
        )
        return {row[0]: row[1:] for row in self.env.cr.fetchall()}

    def _check(self, ends):
        last, states = ends[-1]
        for opportunity in self.deals:
            rows = self._get_rows(opportunity)
            # the intervals tile the life without gap or overlap
            for row, after in zip(rows, rows[1:], strict=False):
                self.assertEqual(row["date_to"], after["date_from"])
                self.assertLess(row["date_from"], row["date_to"])
            self.assertIsNone(rows[-1]["date_to"])
            # durations sum to the age
            age = sum(
                ((row["date_to"] or last) - row["date_from"] for row in rows), start=timedelta()
            )
            self.assertEqual(age, last - rows[0]["date_from"])
            # a stay goes on as long as the phase is the same
            for row, after in zip(rows, rows[1:], strict=False):
                begin = after["date_from"]
                if row["phase_id"] == after["phase_id"]:
                    begin = row["phase_date_from"]
                self.assertEqual(after["phase_date_from"], begin)
                self.assertNotEqual(
                    [row[fname] for fname in STATE_FIELDS],
                    [after[fname] for fname in STATE_FIELDS],
                    "a row that tells nothing new",
                )
            # replaying the rows gives the record, at the end of every transaction
            for moment, states in ends:
                if opportunity.id not in states:
                    continue
                [row] = [
                    row
                    for row in rows
                    if row["date_from"] <= moment
                    and (not row["date_to"] or moment < row["date_to"])
                ]
                self.assertEqual(
                    tuple(row[fname] for fname in STATE_FIELDS), states[opportunity.id]
                )

    # === OPERATIONS === #

    def _get(self, index):
        return self.deals[index % len(self.deals)].sudo()

    def _create(self, days_ago):
        values = {}
        if days_ago:
            values["date_last_stage_update"] = self.env.cr._now - timedelta(days=days_ago)
        self.deals |= self._create_opportunity(**values)

    def _move(self, index, is_forward):
        deal = self._get(index)
        if deal.outcome == OPEN:
            deal.phase_id = self.phase_proposal if is_forward else self.phase_new

    def _amount(self, index, amount):
        self._get(index).amount = amount

    def _currency(self, index, is_foreign):
        deal = self._get(index)
        deal.currency_id = self.foreign if is_foreign else deal.company_id.currency_id

    def _probability(self, index, percent):
        deal = self._get(index)
        if deal.outcome == OPEN:
            deal.probability = percent

    def _expected(self, index, day):
        self._get(index).date_deadline = day

    def _seller(self, index, name):
        deal = self._get(index)
        if deal.company_id == self.company:
            deal.user_id = getattr(self, name) if name else False

    def _company(self, index, is_other):
        company = self.other_company if is_other else self.company
        self._get(index).write({"company_id": company.id, "user_id": False, "team_id": False})

    def _archive(self, index, is_archived):
        self._get(index).active = not is_archived

    def _close(self, index, outcome):
        deal = self._get(index)
        if deal.outcome == OPEN:
            deal._close(outcome)

    def _reopen(self, index):
        deal = self._get(index)
        if deal.outcome != OPEN:
            deal._reopen()

    def _many(self, day):
        self.deals.sudo().write({"date_deadline": day})

    def _flush(self):
        self.env.flush_all()

    def _taken_back(self, index):
        deal = self._get(index)
        amount = deal.amount
        deal.amount = amount + 1
        self.env.flush_all()
        deal.amount = amount
