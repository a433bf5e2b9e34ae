"""Random sequences of operations: history always tells what the records were."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import tagged

from ..models.crmsol_opportunity_history import STATE_FIELDS
from .random_deals import SETTINGS, RandomDeals, operation

#: an operation, and the minutes after which it begins another transaction (0: in the same one)
step = st.tuples(operation, st.sampled_from([0, 0, 1, 60, 5000]))


@tagged("post_install", "-at_install")
class TestHistoryProperty(RandomDeals):
    @given(steps=st.lists(step, min_size=1, max_size=15))
    @SETTINGS
    def test_history_tells_what_the_records_were(self, steps):
        self._run_and_roll_back(self._play, steps)

    def _play(self, steps):
        """Run the steps; after every transaction, and at the end, compare history with records."""
        cr = self.env.cr
        ends = []  # (end of a transaction, {opportunity: its state then})
        for operation_, minutes in steps:
            if minutes:
                ends.append((cr._now, self._get_states()))
                cr._now += timedelta(minutes=minutes)
            self._do(operation_)
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
