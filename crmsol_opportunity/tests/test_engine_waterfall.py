from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..engine.waterfall import COUNTED, KINDS, State, get_movements, get_value, get_waterfall

#: the same examples in every run, however slow the machine
check = settings(deadline=None, derandomize=True)

DAY_ONE = datetime(2026, 1, 1)
UNITS = ("EUR", "USD")
OWNERS = (None, "anna", "ben")
SCOPES = [(unit, owner) for unit in UNITS for owner in OWNERS]

#: what may become of a deal: amount in cents, outcome, active, scope
values = st.tuples(
    st.integers(0, 10**15),
    st.sampled_from(["open", "open", "won", "lost"]),
    st.booleans(),
    st.sampled_from(SCOPES),
)


@st.composite
def histories(draw):
    """A few deals, each with states at different moments of some days."""
    found = []
    for steps in draw(st.lists(st.lists(values, min_size=1, max_size=6), max_size=5)):
        moments = draw(
            st.lists(st.integers(0, 40), min_size=len(steps), max_size=len(steps), unique=True).map(
                sorted
            )
        )
        found.append(
            [
                State(DAY_ONE + timedelta(hours=6 * moment), amount, outcome, active, unit, scope)
                for moment, (amount, outcome, active, scope) in zip(moments, steps, strict=True)
                for unit in [scope[0]]
            ]
        )
    return found


moments = st.integers(-5, 45).map(lambda hours: DAY_ONE + timedelta(hours=6 * hours))


def value_of(history, moment, scope):
    """Brute force: go through the states one by one."""
    value = 0
    for state in history:
        if state.since >= moment:
            break
        is_in = state.active and state.outcome == "open" and state.scope == scope
        value = state.amount if is_in else 0
    return value


@tagged("post_install", "-at_install")
class TestEngineWaterfall(BaseCase):
    @check
    @given(histories(), moments, moments)
    def test_start_and_movements_make_the_end_to_the_cent(self, deals, one, other):
        start, end = sorted([one, other])
        for scope in SCOPES:
            bars = get_waterfall(deals, scope, start, end)
            self.assertEqual(
                bars["start"] + sum(bars[kind] for kind in KINDS), bars["end"], "movements"
            )
            for name, moment in (("start", start), ("end", end)):
                self.assertEqual(bars[name], sum(value_of(d, moment, scope) for d in deals), name)

    @check
    @given(histories(), moments, moments, moments)
    def test_periods_that_follow_each_other_add_up(self, deals, one, other, third):
        first, middle, last = sorted([one, other, third])
        for scope in SCOPES:
            whole = get_waterfall(deals, scope, first, last)
            parts = [get_waterfall(deals, scope, first, middle)]
            parts.append(get_waterfall(deals, scope, middle, last))
            for kind in KINDS:
                self.assertEqual(whole[kind], sum(part[kind] for part in parts), kind)

    @check
    @given(histories())
    def test_each_step_explains_what_it_changes_in_amount_and_number(self, deals):
        for history in deals:
            for before, after in zip([None, *history], history, strict=False):
                movements = get_movements(before, after)
                for scope in SCOPES:
                    was = before and before.is_open and before.scope == scope
                    is_now = after.is_open and after.scope == scope
                    mine = [movement for movement in movements if movement.scope == scope]
                    self.assertEqual(
                        sum(movement.amount for movement in mine),
                        (after.amount if is_now else 0) - (before.amount if was else 0),
                    )
                    self.assertEqual(
                        sum(COUNTED[movement.kind] for movement in mine), bool(is_now) - bool(was)
                    )

    @check
    @given(histories(), moments)
    def test_signs_and_kinds_go_together(self, deals, moment):
        gains = {"new", "reopened", "restored", "moved_in", "raised"}
        for history in deals:
            self.assertGreaterEqual(get_value(history, moment, SCOPES[0]), 0)
            for before, after in zip([None, *history], history, strict=False):
                for kind, amount, _scope in get_movements(before, after):
                    self.assertIn(kind, KINDS)
                    if kind in gains:
                        self.assertGreaterEqual(amount, 0)
                    else:
                        self.assertLessEqual(amount, 0)

    def test_deal_won_and_reopened_in_the_period_is_in_both_bars(self):
        day = timedelta(days=1)
        deal = [
            State(DAY_ONE, 500),
            State(DAY_ONE + day, 500, "won"),
            State(DAY_ONE + 2 * day, 300),
        ]
        bars = get_waterfall([deal], None, DAY_ONE + day, DAY_ONE + 3 * day)
        found = {name: amount for name, amount in bars.items() if amount}
        self.assertEqual(found, {"start": 500, "won": -500, "reopened": 300, "end": 300})

    def test_deal_handed_over_and_won_at_once_is_won_by_its_last_owner(self):
        before = State(DAY_ONE, 500, unit="EUR", scope="anna")
        after = State(DAY_ONE, 600, "won", unit="EUR", scope="ben")
        self.assertEqual(
            get_movements(before, after),
            [
                ("raised", 100, "anna"),
                ("moved_out", -600, "anna"),
                ("moved_in", 600, "ben"),
                ("won", -600, "ben"),
            ],
        )

    def test_deal_archived_and_closed_at_once_is_closed(self):
        before = State(DAY_ONE, 500)
        self.assertEqual(
            get_movements(before, State(DAY_ONE, 500, "lost", active=False)),
            [("lost", -500, None)],
        )
