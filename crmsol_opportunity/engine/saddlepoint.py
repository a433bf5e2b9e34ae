"""The sum of very many independent deals, none of which is large, by a saddlepoint approximation.

R. Lugannani, S. Rice, "Saddle point approximation for the distribution of the sum of independent
random variables", Advances in Applied Probability 12 (1980) 475-490; for sums on a lattice the
second continuity correction of H. E. Daniels, "Tail probability approximations", International
Statistical Review 55 (1987) 37-48. Relative error of the tail of the order of 1/n.
"""

from bisect import bisect_right
from collections import Counter
from math import copysign, exp, log, log1p, pi, sinh, sqrt
from statistics import NormalDist

NORMAL = NormalDist()
#: The table reaches so many standard deviations to either side, in so many points.
REACH = 5.2
POINTS = 61
#: Nearer to the mean, in standard deviations, the formula is 0/0 and its limit is taken.
CENTRE = 1e-3
SMALLEST = 1e-12


class Smooth:
    """The distribution of ``base`` plus the sum of deals, whose amounts are multiples of ``span``.

    Its tail is reckoned in a table of tilts, from which no equation is left to solve, and read off
    between them on the scale of the normal distribution, where it is nearly a straight line.
    """

    def __init__(self, base, deals, span):
        self.base, self.span = base, span
        # K is a sum over the kinds of deals, each with its number
        self._kinds = [(a / span, p, n) for (a, p), n in sorted(Counter(deals).items())]
        self.high = base + sum(amount for amount, _ in deals)
        self.low = base
        self._deviation = sqrt(sum(n * a * a * p * (1 - p) for a, p, n in self._kinds))
        steps = [REACH * (2 * i / (POINTS - 1) - 1) for i in range(POINTS)]
        table = [self._reckon(step / self._deviation) for step in steps]
        self._points = [x for x, _ in table]
        self._scores = [score for _, score in table]

    def cdf(self, x):
        """Return P(S <= x)."""
        return NORMAL.cdf(self._get_score((x - self.base) // self.span + 1))

    def tail(self, x):
        """Return P(S >= x)."""
        return NORMAL.cdf(-self._get_score(-((self.base - x) // self.span)))

    def between(self, low, high):
        """Return P(low <= S < high)."""
        return max(self.tail(low) - self.tail(high), 0.0)

    def swing(self, amount, chance, target):
        """Return by how much a deal that is part of the sum changes P(S >= target).

        The rest of the sum is taken for the sum less the deal's mean. That costs a relative error
        of the order of (amount / deviation)², and this is used for small deals only.
        """
        mean = round(amount * chance)
        return self.between(target - amount + mean, target + mean)

    def _get_score(self, cells):
        """Return the normal score of P(S < cells · span)."""
        points, scores = self._points, self._scores
        i = min(max(bisect_right(points, cells), 1), len(points) - 1)
        slope = (scores[i] - scores[i - 1]) / (points[i] - points[i - 1])
        return scores[i - 1] + slope * (cells - points[i - 1])

    def _reckon(self, tilt):
        """Return (k, score of P(S >= k)) for the k whose saddlepoint the tilt is."""
        k0 = k1 = k2 = k3 = 0.0  # the cumulant generating function and its derivatives
        for amount, p, number in self._kinds:
            k, x = _tilt(amount * tilt, p)
            spread = number * x * (1 - x) * amount * amount
            k0 += number * k
            k1 += number * x * amount
            k2 += spread
            k3 += spread * amount * (1 - 2 * x)
        if abs(tilt) * self._deviation < CENTRE:
            below = 0.5 + k3 / (6 * sqrt(2 * pi) * k2 * sqrt(k2))
            return k1 + 0.5, NORMAL.inv_cdf(below)
        w = copysign(sqrt(2 * (tilt * k1 - k0)), tilt)
        u = 2 * sinh(tilt / 2) * sqrt(k2)
        # on the side that is nearer, lest digits cancel
        correction = NORMAL.pdf(w) * (1 / u - 1 / w)
        if w > 0:
            return k1 + 0.5, -NORMAL.inv_cdf(max(NORMAL.cdf(-w) + correction, SMALLEST))
        return k1 + 0.5, NORMAL.inv_cdf(max(NORMAL.cdf(w) - correction, SMALLEST))


def _tilt(x, p):
    """Return (log(1 - p + p·eˣ), the chance p tilted by x), without overflow.

    >>> round(_tilt(0, 0.25)[0], 12), _tilt(0, 0.25)[1]
    (0.0, 0.25)
    >>> _tilt(1000, 0.5)[1], _tilt(-1000, 0.5)[1]
    (1.0, 0.0)
    """
    odds = x + log(p) - log1p(-p)
    if odds > 0:
        small = exp(-odds)
        return x + log(p) + log1p(small), 1 / (1 + small)
    large = exp(odds)
    return log1p(-p) + log1p(large), large / (1 + large)
