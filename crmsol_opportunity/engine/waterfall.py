"""How a pipeline came from one moment to another: every movement, to the cent.

The specification of the movements that ``crmsol.pipeline.movement`` reckons in SQL. Amounts are
whole numbers of the currency's smallest unit (cents).

A pipeline is the sum of the open deals of one scope: a company, or within it a team, a salesperson
or both. A deal's history is a chain of states; between two neighbours lies a step, and every step
explains the difference that it makes to each scope by movements. Nothing is netted over steps: a
deal won and reopened in the period is in both bars.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from ..const import LOST, OPEN, WON

#: in the order of the bars, from the start to the end
KINDS = (
    "new",
    "reopened",
    "restored",
    "moved_in",
    "raised",
    "lowered",
    "moved_out",
    "won",
    "lost",
    "archived",
)

#: What each movement adds to the number of open deals.
COUNTED = {
    "new": 1,
    "reopened": 1,
    "restored": 1,
    "moved_in": 1,
    "raised": 0,
    "lowered": 0,
    "moved_out": -1,
    "won": -1,
    "lost": -1,
    "archived": -1,
}


@dataclass(frozen=True)
class State:
    """A deal from one moment until the next state.

    ``unit`` is what amounts are comparable in, the company with its currency; ``scope`` is whose
    pipeline the deal belongs to, and holds the unit.
    """

    since: datetime
    amount: int
    outcome: str = OPEN
    active: bool = True
    unit: Any = None
    scope: Any = None

    @property
    def is_open(self):
        return self.active and self.outcome == OPEN


class Movement(NamedTuple):
    kind: str
    amount: int
    scope: Any = None


def get_movements(before, after):
    """Return what the step from one state to the next does to the pipelines of both scopes.

    First the amount changes, then the deal moves, then it is closed; so who has it in the end is
    the one who won or lost it.

    :param before: the state until the step, None where the deal begins
    :param after: the state from the step on

    A deal that begins is new, unless it is closed already:

    >>> day = datetime(2026, 10, 1)
    >>> get_movements(None, State(day, 500))
    [Movement(kind='new', amount=500, scope=None)]
    >>> get_movements(None, State(day, 500, WON))
    []

    The amount's change comes first, then the deal leaves with what it is worth now:

    >>> get_movements(State(day, 500), State(day, 400, WON))  # doctest: +NORMALIZE_WHITESPACE
    [Movement(kind='lowered', amount=-100, scope=None),
     Movement(kind='won', amount=-400, scope=None)]

    What happens to closed deals is no matter of the pipeline; they come back as they are then:

    >>> get_movements(State(day, 500, LOST), State(day, 700, LOST))
    []
    >>> get_movements(State(day, 700, LOST), State(day, 600))
    [Movement(kind='reopened', amount=600, scope=None)]
    >>> get_movements(State(day, 700, active=False), State(day, 700))
    [Movement(kind='restored', amount=700, scope=None)]

    From one scope to another it is moved out and in, with its amount in the currency of each:

    >>> get_movements(
    ...     State(day, 500, unit="EUR", scope="A"), State(day, 600, unit="USD", scope="B")
    ... )  # doctest: +NORMALIZE_WHITESPACE
    [Movement(kind='moved_out', amount=-500, scope='A'),
     Movement(kind='moved_in', amount=600, scope='B')]
    """
    movements = []
    if before is None:
        if after.is_open:
            movements.append(Movement("new", after.amount, after.scope))
        return movements
    if not before.is_open:
        if after.is_open:
            kind = "restored" if before.outcome == OPEN else "reopened"
            movements.append(Movement(kind, after.amount, after.scope))
        return movements
    comparable = before.unit == after.unit
    difference = after.amount - before.amount if comparable else 0
    if difference:
        kind = "raised" if difference > 0 else "lowered"
        movements.append(Movement(kind, difference, before.scope))
    if before.scope != after.scope:
        left_with = after.amount if comparable else before.amount
        movements.append(Movement("moved_out", -left_with, before.scope))
        movements.append(Movement("moved_in", after.amount, after.scope))
    if not after.is_open:
        kind = after.outcome if after.outcome in (WON, LOST) else "archived"
        movements.append(Movement(kind, -after.amount, after.scope))
    return movements


def get_value(history, moment, scope):
    """Return what a deal is worth to the pipeline of a scope just before the moment.

    >>> history = [State(datetime(2026, 10, 1), 500), State(datetime(2026, 10, 9), 400, WON)]
    >>> get_value(history, datetime(2026, 10, 9), None), get_value(history, datetime.max, None)
    (500, 0)
    """
    present = [state for state in history if state.since < moment]
    if not present or not present[-1].is_open or present[-1].scope != scope:
        return 0
    return present[-1].amount


def get_waterfall(histories, scope, start, end):
    """Return the bars of a scope between two moments: ``start``, the kinds, ``end``.

    Both are taken just before the moment, so that steps at ``start`` are in and those at ``end``
    are not: with midnights, a period of whole days.

    :param histories: of every deal its states, oldest first

    >>> histories = [
    ...     [State(datetime(2026, 9, 1), 500), State(datetime(2026, 10, 9), 400, WON)],
    ...     [State(datetime(2026, 10, 2), 250)],
    ... ]
    >>> bars = get_waterfall(histories, None, datetime(2026, 10, 1), datetime(2026, 11, 1))
    >>> {name: amount for name, amount in bars.items() if amount}
    {'start': 500, 'new': 250, 'lowered': -100, 'won': -400, 'end': 250}
    """
    bars = {"start": 0, **dict.fromkeys(KINDS, 0), "end": 0}
    for history in histories:
        bars["start"] += get_value(history, start, scope)
        bars["end"] += get_value(history, end, scope)
        for before, after in zip([None, *history], history, strict=False):
            if start <= after.since < end:
                for movement in get_movements(before, after):
                    if movement.scope == scope:
                        bars[movement.kind] += movement.amount
    return bars
