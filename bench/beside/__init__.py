"""The same operations on our opportunities and on those of the host's own CRM."""

from collections.abc import Callable
from typing import NamedTuple

MANY = 200
PAIRS = {}


class Pair(NamedTuple):
    """Of each side: called with a :class:`~bench.client.Client`, returns what is to be timed.

    ``floor``: called with a client, returns the SQL statements that no program could do without.
    ``nothing``: the host's side once more, where there is nothing to be found.
    """

    title: str
    ours: Callable
    theirs: Callable
    goal: float  # our time divided by theirs, at the most
    floor: Callable | None
    nothing: Callable | None
    user: str


def pair(title, theirs, goal=0.7, floor=None, nothing=None, user="bench_manager"):
    """Register the function, of our side, under its name."""

    def register(ours):
        PAIRS[ours.__name__] = Pair(title, ours, theirs, goal, floor, nothing, user)
        return ours

    return register


from . import changes, screens  # noqa: E402, F401  # they register themselves
