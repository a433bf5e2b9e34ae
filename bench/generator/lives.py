"""The lives that generated opportunities lead: which change follows which.

A life is written as a word, one letter a change, each of which begins another row of the history:

===== ================================================
``P`` on to the next phase
``B`` back to the phase before
``A`` another amount
``S`` the expected close is put off
``U`` handed over to another salesperson
``W`` won, in the closing phase
``L`` lost, in the closing phase
``R`` reopened, in the phase from which it was closed
``Z`` archived
===== ================================================

No two neighbouring rows are equal: the recorder of the history would not have written the second.
"""

from typing import NamedTuple

#: {life: weight}, of 2 to 7 changes, that is 3 to 8 rows; five open phases are enough for each
OPEN_LIVES = {
    "PS": 14,
    "PA": 12,
    "SS": 6,
    "PPS": 14,
    "PPA": 10,
    "PPPS": 12,
    "PPPAS": 10,
    "PUPS": 5,
    "PPAPPS": 8,
    "PPPPSSA": 5,
    "PPSBPA": 3,
    "PAZ": 1,
}
CLOSED_LIVES = {
    "PPPW": 10,
    "PPAPW": 9,
    "PPPPW": 10,
    "PPPAPSW": 9,
    "PUPPSW": 4,
    "PLRPPW": 2,
    "PL": 10,
    "SL": 6,
    "PPSL": 12,
    "PPPL": 10,
    "PPAPSL": 9,
    "PPPSSAL": 6,
    "PUPL": 3,
}
OUTCOMES = {"W": "won", "L": "lost", "R": "open"}


class Step(NamedTuple):
    """One row of the history of a life. What is counted from the end is what is yet to come."""

    life: str
    number: int  # from 1 on
    last: int  # the number of the last one
    phase: int  # the open phase, from 1 on; once closed, the one from which it was closed
    outcome: str
    active: bool
    phase_since: int  # the number of the step in which the present phase was entered
    revisions: int  # changes of the amount to come
    slips: int  # changes of the expected close to come
    handovers: int  # changes of the salesperson to come


def steps(life):
    """Return the rows of a life, oldest first.

    >>> for step in steps("PASL"): print(step.number, step.phase, step.outcome, step.phase_since)
    1 1 open 1
    2 2 open 2
    3 2 open 2
    4 2 open 2
    5 2 lost 5
    >>> [step.phase_since for step in steps("PLRPPW")]
    [1, 2, 3, 4, 5, 6, 7]
    >>> [step.slips for step in steps("SPS")]
    [2, 1, 1, 0]
    """
    rows, phase, outcome, since = [], 1, "open", 1
    for number, change in enumerate(" " + life, start=1):
        phase += {"P": 1, "B": -1}.get(change, 0)
        outcome = OUTCOMES.get(change, outcome)
        if change in "PBWLR":
            since = number
        rest = life[number - 1 :]
        rows.append(
            Step(
                life,
                number,
                len(life) + 1,
                phase,
                outcome,
                "Z" not in life[: number - 1],
                since,
                *(rest.count(letter) for letter in "ASU"),
            )
        )
    return rows


def shares(lives):
    """Return (life, from, to) of lives: their parts of the interval from 0 to 1.

    >>> shares({"a": 1, "b": 3})
    [('a', 0.0, 0.25), ('b', 0.25, 1.0)]
    """
    total, begin, parts = sum(lives.values()), 0, []
    for life, weight in lives.items():
        parts.append((life, begin / total, (begin + weight) / total))
        begin += weight
    return parts
