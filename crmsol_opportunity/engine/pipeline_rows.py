"""Rows of a pipeline of another system as deals: typed values under the names of their targets."""

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal

from .pipeline_file import check_width
from .pipeline_terms import AMOUNT, CLOSED, CREATED, DEADLINE, KEY
from .pipeline_values import CellError, check_text, parse_date, parse_number

DATES = (DEADLINE, CLOSED, CREATED)
KEY_MAX_LENGTH = 128
TEXT_MAX_LENGTH = 256
_MINUTE = dt.timedelta(minutes=1)


@dataclass(frozen=True)
class Layout:
    """What the columns hold and how they are written.

    ``columns``: {target: index}; ``entered``: {phase: index} of the columns with dates of entry.
    """

    headers: list
    columns: dict
    entered: dict = field(default_factory=dict)
    decimal: str = "."
    date_format: str = "ymd"


@dataclass
class Deal:
    """A row whose every cell could be read. Dates are pairs, see ``parse_date``."""

    line: int
    key: str
    texts: dict  # target -> text, of those that are not empty
    amount: Decimal | None
    dates: dict  # target -> (date, time)
    entered: dict  # phase -> (date, time)


def _read(layout, cells, index, parse, *args):
    """Return what a cell holds, ``None`` if nothing; an error also names its column."""
    if cells[index] == "":
        return None
    try:
        return parse(cells[index], *args)
    except CellError as error:
        error.column = layout.headers[index]
        raise


def read_key(layout, cells):
    """Return the key of a row as a text, empty if it has none or none that can be used."""
    try:
        return _read(layout, cells, layout.columns[KEY], check_text, KEY_MAX_LENGTH) or ""
    except CellError:
        return ""


def read_deal(layout, line, cells):
    """Return the deal of a row.

    >>> layout = Layout(["id", "value", "closed"], {"key": 0, "amount": 1, "closed": 2})
    >>> deal = read_deal(layout, 2, ["A1", "12.50", "2026-03-01"])
    >>> deal.key, deal.amount, deal.dates["closed"][0].isoformat()
    ('A1', Decimal('12.50'), '2026-03-01')

    :raise CellError: for the first cell that cannot be used; ``column`` names its column
    """
    if not check_width(cells, len(layout.headers)):
        raise CellError("width", len(cells))
    columns = layout.columns
    key = _read(layout, cells, columns[KEY], check_text, KEY_MAX_LENGTH)
    if key is None:
        raise CellError("no_key", "")
    amount = None
    if AMOUNT in columns:
        amount = _read(layout, cells, columns[AMOUNT], parse_number, layout.decimal)
    texts, dates = {}, {}
    for target, index in columns.items():
        if target in DATES:
            dates[target] = _read(layout, cells, index, parse_date, layout.date_format)
        elif target not in (KEY, AMOUNT):
            texts[target] = _read(layout, cells, index, check_text, TEXT_MAX_LENGTH)
    entered = {
        phase: _read(layout, cells, index, parse_date, layout.date_format)
        for phase, index in layout.entered.items()
    }
    return Deal(line, key, _given(texts), amount, _given(dates), _given(entered))


def _given(values):
    return {name: value for name, value in values.items() if value is not None}


def read_deals(layout, rows, seen):
    """Yield ``(line, cells, deal)`` of every row; in place of the deal the error of the row.

    :param set seen: keys of earlier rows, which is added to: the second one of a key is refused

    >>> layout = Layout(["id"], {"key": 0})
    >>> [deal for _line, _cells, deal in read_deals(layout, [(2, ["A"]), (3, ["A"])], set())][1]
    CellError('twice', 'A')
    """
    for line, cells in rows:
        try:
            deal = read_deal(layout, line, cells)
            if deal.key in seen:
                raise CellError("twice", deal.key)
        except CellError as error:
            deal = error
        seen.add(read_key(layout, cells))
        yield line, cells, deal


def build_steps(begin, entries, closed, present, before, first, now):
    """Return the life of a deal as ``[(moment, phase)]``, oldest first, the last is the present.

    Moments that coincide are put a minute apart, so that every phase that is told of is kept.
    Without any date, there is no step.

    :param begin: when the deal was created, or ``None``
    :param list entries: ``(moment, phase)``, in the order of the process
    :param closed: when it was won or lost, or ``None`` while it is open
    :param present: its phase; the closing one if it is closed
    :param before: the phase from which it was closed
    :param first: the phase in which the process begins

    >>> build_steps(1, [], 5, "close", "talk", "new", 9)
    [(1, 'talk'), (5, 'close')]
    >>> build_steps(1, [(3, "talk")], None, "talk", None, "new", 9)
    [(1, 'new'), (3, 'talk')]
    >>> build_steps(None, [(3, "talk")], None, "offer", None, "new", 9)
    [(3, 'talk'), (9, 'offer')]
    >>> build_steps(None, [], None, "talk", None, "new", 9)
    []
    """
    steps = sorted(entries, key=lambda step: step[0])
    if begin is not None and (not steps or begin < steps[0][0]):
        alone = present if closed is None else before
        steps.insert(0, (begin, first if steps else alone))
    if closed is not None:
        steps.append((closed, present))
    elif steps and steps[-1][1] != present:
        steps.append((now, present))
    for i in range(len(steps) - 2, -1, -1):
        if steps[i][0] >= steps[i + 1][0]:
            steps[i] = (steps[i + 1][0] - _MINUTE, steps[i][1])
    return steps


def get_stay_begin(steps):
    """Return when the last phase was entered, not to be left since.

    >>> get_stay_begin([(1, "new"), (2, "talk"), (3, "talk")])
    2
    """
    moment, phase = steps[-1]
    for earlier, earlier_phase in reversed(steps):
        if earlier_phase != phase:
            break
        moment = earlier
    return moment
