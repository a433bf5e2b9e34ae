"""Deals that move together: a factor common to all of them.

Seven scenarios from a very bad month to a very good one, with the weights of a normal distribution.
In the scenario z the log-odds of every deal are logit(p) + strength·z + c, where the constant c
keeps the deal's chance over all the scenarios at p. Given the scenario, deals are independent. So
the mean of the sum stays, and its variance is not smaller: all the deals' chances rise with z, so
every covariance is ≥ 0. A strength of 0 is independence; at 1 a deal of 50 % is won in 27 % of the
cases in a bad month (z = -1) and in 73 % in a good one.
"""

from math import exp, log, log1p

_NODES = (-3, -2, -1, 0, 1, 2, 3)
_WEIGHTS = tuple(exp(-((0.8 * z) ** 2) / 2) for z in _NODES)
_TOTAL = sum(_WEIGHTS)
_SCALE = (sum(w * z * z for w, z in zip(_WEIGHTS, _NODES, strict=True)) / _TOTAL) ** -0.5

#: (weight, z): the weights add up to 1, z has mean 0 and variance 1.
SCENARIOS = tuple((w / _TOTAL, z * _SCALE) for w, z in zip(_WEIGHTS, _NODES, strict=True))


def shift_chances(chances, strength):
    """Return (weight, chances in that scenario) of each scenario.

    :param chances: floats strictly between 0 and 1
    :param float strength: standard deviation of the log-odds; 0 gives one scenario

    >>> [(weight, chances) for weight, chances in shift_chances([0.5], 0)]
    [(1.0, [0.5])]
    >>> scenarios = shift_chances([0.3], 1)
    >>> round(sum(weight * chances[0] for weight, chances in scenarios), 12)
    0.3
    """
    if not strength:
        return [(1.0, list(chances))]
    of_chance = {p: _shift_chance(p, strength) for p in set(chances)}
    return [(weight, [of_chance[p][i] for p in chances]) for i, (weight, _) in enumerate(SCENARIOS)]


def _shift_chance(p, strength):
    """Return the chance in each scenario, by Newton's method kept within a bracket."""
    logit = log(p) - log1p(-p)
    low = -strength * SCENARIOS[-1][1]
    high = -low
    constant = 0.0
    for _ in range(100):
        shifted = [_logistic(logit + strength * z + constant) for _, z in SCENARIOS]
        excess = sum(w * x for (w, _), x in zip(SCENARIOS, shifted, strict=True)) - p
        if abs(excess) <= 1e-16 or high - low < 1e-15:
            break
        low, high = (low, constant) if excess > 0 else (constant, high)
        slope = sum(w * x * (1 - x) for (w, _), x in zip(SCENARIOS, shifted, strict=True))
        constant -= excess / slope if slope else 0
        if not low < constant < high:
            constant = (low + high) / 2
    return shifted


def _logistic(x):
    return 1 / (1 + exp(-x)) if x > 0 else exp(x) / (1 + exp(x))
