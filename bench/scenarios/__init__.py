"""What is measured. A scenario is a function that gets a client and returns what is to be timed.

What the function itself does, such as finding the records to work on, is not timed.
"""

from collections.abc import Callable
from typing import NamedTuple

SCENARIOS = {}


class Scenario(NamedTuple):
    title: str
    prepare: Callable
    user: str  # login of who asks
    needs: str  # a model, or a model and a method after a colon; nothing is measured without it

    def is_possible(self, env):
        model, _colon, method = self.needs.partition(":")
        return not model or model in env and hasattr(env[model], method or "_name")


def scenario(title, user="bench_manager", needs=""):
    """Register the function under its name."""

    def register(prepare):
        SCENARIOS[prepare.__name__] = Scenario(title, prepare, user, needs)
        return prepare

    return register


from . import board, changes, form, insight, lists, reports  # noqa: E402, F401  # they register themselves
