"""How open deals end: cumulative incidence of winning and losing over phases and time in phase.

Phases are the transient states of a Markov renewal process, won and lost its absorbing ones. Each
stay in a phase ends by one of several competing exits (another phase, won, lost) or is censored:
all that is known of it is that it had not ended when it was last seen. Within a phase the
cumulative incidence of each exit is the Aalen–Johansen estimate over the days since entry,

    F_c(t) = Σ_{d ≤ t} S(d−) · exits_c(d) / at_risk(d)
    S(t) = Π_{d ≤ t} (1 − exits(d) / at_risk(d))

(O. O. Aalen and S. Johansen, "An empirical transition matrix for non-homogeneous Markov chains
based on censored observations", Scandinavian Journal of Statistics 5 (1978) 141-150). For a deal
that is still in the phase after t days, it is conditioned on that: (F_c(∞) − F_c(t−)) / S(t−).

**Assumption** (renewal): how a stay goes on depends on the phase and on the days since it was
entered, not on what the deal had been through before. With it the chance to be won at last from a
phase is that to be won from it directly, or to leave it for another one and be won from there: a
system of linear equations, back moves included. Weiss and Zelen used such a model first (G. H.
Weiss and M. Zelen, "A semi-Markov model for clinical trials", Journal of Applied Probability 2
(1965) 269-285).

What the longest stays had not done when they were last seen is neither won nor lost: *unresolved*.
"""

from itertools import accumulate
from math import fsum

WON, LOST = "won", "lost"

#: A chance is taken for 0 or 1 where it is nearer to it than floats reckon.
TOLERANCE = 1e-12

#: Days up to which each counts by itself; then weeks up to a year, months up to five, no further.
DAYS, WEEKS, MONTHS = 90, 370, 1830


def get_bucket(days):
    """Return the first of the days that are counted together with this one, longer stays coarser.

    >>> [get_bucket(days) for days in (0, 90, 96, 97, 369, 370, 399, 400, 5000)]
    [0, 90, 90, 97, 363, 370, 370, 400, 1810]
    """
    days = int(days)
    if days <= DAYS:
        return max(days, 0)
    if days < WEEKS:
        return DAYS + (days - DAYS) // 7 * 7
    return WEEKS + (min(days, MONTHS - 1) - WEEKS) // 30 * 30


def get_last_day(bucket):
    """Return the last of the days that are counted together; of the last bucket there is none.

    >>> [get_last_day(bucket) for bucket in (0, 90, 363, 370, 1810)]
    [0, 96, 369, 399, None]
    """
    if bucket < DAYS:
        return bucket
    if bucket < WEEKS:
        return min(bucket + 6, WEEKS - 1)
    return bucket + 29 if get_bucket(bucket + 30) > bucket else None


def get_incidence(exits):
    """Return the estimate of one phase, backwards from its longest stay.

    :param dict exits: {bucket: {exit: stays}}; the exit ``None`` is censored
    :return: the buckets in order; stays at risk, and the part that survives up to each; the part
        that ends by each exit; the part that never does as far as is known

    Of four stays two are won on day 2, one is lost on day 5 and one was last seen on day 3:

    >>> get_incidence({2: {"won": 2}, 3: {None: 1}, 5: {"lost": 1}})
    ([2, 3, 5], [4, 2, 1], [1.0, 0.5, 0.5], {'won': 0.5, 'lost': 0.5}, 0.0)
    """
    days = sorted(exits)
    sizes = [sum(exits[day].values()) for day in days]
    at_risk = list(accumulate(reversed(sizes)))[::-1]
    survival, ends, alive = [], {}, 1.0
    for day, risk in zip(days, at_risk, strict=True):
        survival.append(alive)
        left = 0
        for exit_, count in exits[day].items():
            if exit_ is not None:
                ends[exit_] = ends.get(exit_, 0.0) + alive * count / risk
                left += count
        alive *= (risk - left) / risk
    return days, at_risk, survival, ends, alive


def _invert(matrix):
    """Return the inverse of a well conditioned matrix, by Gauss and Jordan."""
    size = len(matrix)
    rows = [list(row) + [float(i == j) for j in range(size)] for i, row in enumerate(matrix)]
    for i in range(size):
        pivot = max(range(i, size), key=lambda k, i=i: abs(rows[k][i]))
        rows[i], rows[pivot] = rows[pivot], rows[i]
        scale = rows[i][i]
        rows[i] = [value / scale for value in rows[i]]
        for k in range(size):
            factor = rows[k][i]
            if k != i and factor:
                rows[k] = [a - factor * b for a, b in zip(rows[k], rows[i], strict=True)]
    return [row[size:] for row in rows]


def get_visits(ends, residuals):
    """Return how often each phase is expected to be entered from each, the first time included.

    Phases that are never left for an end, as when all deals only go to and fro between two, have
    no finite number: they count as one visit of themselves that stays unresolved.

    :param dict ends: {phase: {exit: part}}
    :param dict residuals: {phase: part that never ends as far as is known}
    :return: {phase: {phase: visits}}

    >>> get_visits({"a": {"b": 0.5, "lost": 0.5}, "b": {"a": 1.0}}, {"a": 0, "b": 0})
    {'a': {'a': 2.0, 'b': 1.0}, 'b': {'a': 2.0, 'b': 2.0}}
    >>> get_visits({"a": {"b": 1.0}, "b": {"a": 1.0}}, {"a": 0, "b": 0})
    {'a': {'a': 1.0, 'b': 0.0}, 'b': {'a': 0.0, 'b': 1.0}}
    """
    phases = list(ends)
    ending = {
        phase
        for phase in phases
        if residuals[phase] > 0 or any(exit_ not in ends for exit_ in ends[phase])
    }
    while more := {
        phase for phase in phases if phase not in ending and not ending.isdisjoint(ends[phase])
    }:
        ending |= more
    matrix = [
        [(i == j) - (ends[i].get(j, 0.0) if i in ending and j in ending else 0.0) for j in phases]
        for i in phases
    ]
    inverse = _invert(matrix)
    return {
        phase: dict(zip(phases, row, strict=True))
        for phase, row in zip(phases, inverse, strict=True)
    }


class Absorption:
    """Chances to be won and lost at last, with their variance, from every phase and day of it.

    :param dict exits: {phase: {bucket: {exit: stays}}}; exits are ``"won"``, ``"lost"``, ``None``
        (censored) or a phase. A phase that is only an exit has no stay of its own to learn from:
        what goes there stays unresolved.

    Of ten deals in phase a five go on to b, where four are won; the other ones are lost:

    >>> absorption = Absorption(
    ...     {"a": {3: {"b": 5, "lost": 5}}, "b": {1: {"won": 4}, 2: {"lost": 1}}}
    ... )
    >>> {phase: round(chance, 3) for phase, chance in absorption.win.items()}
    {'a': 0.4, 'b': 0.8}
    >>> [curve] = [absorption.get_curve("a")]
    >>> curve["days"], [round(chance, 3) for chance in curve["win"]]
    ([3], [0.4])
    """

    def __init__(self, exits):
        self.exits = exits
        self.incidence = {phase: get_incidence(of_phase) for phase, of_phase in exits.items()}
        ends = {phase: incidence[3] for phase, incidence in self.incidence.items()}
        residuals = {phase: incidence[4] for phase, incidence in self.incidence.items()}
        self.visits = get_visits(ends, residuals)
        self.win, self.lose = (
            {
                phase: min(fsum(n * ends[at].get(end, 0.0) for at, n in visits.items()), 1.0)
                for phase, visits in self.visits.items()
            }
            for end in (WON, LOST)
        )
        self._backward = {phase: self._go_back(phase) for phase in exits}
        #: what one visit adds to the variance of winning
        self._noise = {phase: rows[0][3] if rows else 0.0 for phase, rows in self._backward.items()}

    def _go_back(self, phase):
        """Return (chance to win, to lose, visits after this stay, noise, ends) from each bucket.

        The noise is Greenwood's sum for a value at the end: Σ S(d−)² σ²(d) / at_risk(d) from this
        bucket on, σ² being the variance, in one day, of the chance to win.
        """
        days, at_risk, survival, _ends, _residual = self.incidence[phase]
        win = lose = noise = 0.0
        ended = 0
        after = dict.fromkeys(self.exits, 0.0)
        rows = []
        for day, risk, alive in zip(days[::-1], at_risk[::-1], survival[::-1], strict=True):
            outcomes = {
                exit_: count / risk
                for exit_, count in self.exits[phase][day].items()
                if exit_ is not None
            }
            stay = max(1 - fsum(outcomes.values()), 0.0)
            wins = {exit_: self._get_win_after(exit_) for exit_ in outcomes}
            second = fsum(part * wins[exit_] ** 2 for exit_, part in outcomes.items())
            second += stay * win**2
            win = fsum(part * wins[exit_] for exit_, part in outcomes.items()) + stay * win
            lose = (
                outcomes.get(LOST, 0.0)
                + fsum(part * self.lose.get(exit_, 0.0) for exit_, part in outcomes.items())
                + stay * lose
            )
            for at in after:
                after[at] = stay * after[at] + fsum(
                    part * self.visits[exit_][at]
                    for exit_, part in outcomes.items()
                    if exit_ in self.visits
                )
            noise += alive**2 * max(second - win**2, 0.0) / risk
            ended += sum(
                count for exit_, count in self.exits[phase][day].items() if exit_ is not None
            )
            rows.append((win, lose, dict(after), self._get_noise(noise, win, ended, alive), ended))
        return rows[::-1]

    def _get_win_after(self, exit_):
        return 1.0 if exit_ == WON else self.win.get(exit_, 0.0)

    @staticmethod
    def _get_noise(noise, win, ended, alive):
        """Return the noise; where all ended alike, which it takes for certain, what few can tell.

        Half a win and half a loss are added to the stays that ended, as Jeffreys would.
        """
        if not ended or TOLERANCE < win < 1 - TOLERANCE:
            return noise
        rate = 0.5 / (ended + 1)
        return max(noise, alive**2 * rate * (1 - rate) / (ended + 1))

    def get_variance(self, phase, index):
        """Return the variance of the chance to win, from a bucket of a phase (delta method).

        The estimates of separate days are uncorrelated (Greenwood). The days of a phase count once
        for each visit that is expected of it: for this stay from the bucket on, and for those that
        may come.
        """
        alive = self.incidence[phase][2][index]
        _win, _lose, after, noise, _ended = self._backward[phase][index]
        later = fsum(visits**2 * self._noise[at] for at, visits in after.items())
        return later + noise * (2 * after[phase] / alive + 1 / alive**2)

    def get_curve(self, phase):
        """Return what is known of deals that are still in the phase at each of its buckets.

        A value holds from the day after the bucket before up to its own bucket.

        :return: {"days": buckets, "win", "lose": chances, "size": stays without censoring that
            would tell as much as these do}
        """
        days, at_risk, _survival, _ends, _residual = self.incidence[phase]
        rows = self._backward[phase]
        sizes = []
        for index, (win, _lose, _after, _noise, _ended) in enumerate(rows):
            variance = self.get_variance(phase, index)
            size = win * (1 - win) / variance if variance > 0 else 0.0
            if not TOLERANCE < win < 1 - TOLERANCE:
                size = None  # all alike: the number of deals says how much is known
            sizes.append(size if size is None else min(size, at_risk[index]))
        return {
            "days": days,
            "win": [row[0] for row in rows],
            "lose": [row[1] for row in rows],
            "size": sizes,
            "stays": at_risk,
        }
