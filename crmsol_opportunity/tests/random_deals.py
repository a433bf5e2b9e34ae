"""Random sequences of operations on a few opportunities, for tests of what follows from them."""

import os
from datetime import datetime, timedelta

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from ..const import LOST, OPEN, WON
from .test_crmsol_opportunity_history import HistoryCommon

#: how many sequences; more of them take longer: CRMSOL_EXAMPLES=1000
EXAMPLES = int(os.environ.get("CRMSOL_EXAMPLES", "40"))
BEGIN = datetime(2026, 1, 5, 9)
SETTINGS = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize="CRMSOL_EXAMPLES" not in os.environ,
    suppress_health_check=list(HealthCheck),
    database=None,
)

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


class RandomDeals(HistoryCommon):
    """What the operations do. Each is the method of its name."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.foreign = cls.env["res.currency"].create(
            {"name": "CRM", "symbol": "¤", "rate_ids": [(0, 0, {"name": "2020-01-01", "rate": 3})]}
        )

    def _run_and_roll_back(self, play, steps):
        """Call ``play`` with the steps, with no deal but the first one."""
        cr = self.env.cr
        savepoint = cr.savepoint(flush=False)
        now = cr._now
        try:
            cr._now = BEGIN
            self.deals = self.env["crmsol.opportunity"].browse()
            self._create(0)
            play(steps)
        finally:
            self.env.invalidate_all(flush=False)
            savepoint.close(rollback=True)
            cr._now = now

    def _do(self, operation_):
        getattr(self, f"_{operation_[0].replace(' ', '_')}")(*operation_[1:])

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
