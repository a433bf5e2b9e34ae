"""The sum of independent deals on a lattice, exactly or with a bound of the error.

A deal is a pair (amount, chance): an integer above 0 and a float strictly between 0 and 1.
"""

from array import array
from bisect import bisect_left, bisect_right
from itertools import accumulate
from math import ceil, isqrt, log, sqrt

#: What lies beyond is cut off at both ends of a long distribution, at each deal; its mass goes to
#: the outermost cell that stays. A thousand deals move no chance by more than 2 in 10¹³.
NEGLIGIBLE = 1e-16
#: Half the width, in the largest possible standard deviations, of what is ever kept.
REACH = 8.5


class Discrete:
    """A distribution on increasing integers.

    >>> coin = Discrete([0, 10], [0.5, 0.5])
    >>> coin.cdf(0), coin.tail(1), coin.tail(10), coin.tail(11)
    (0.5, 0.5, 0.5, 0.0)
    """

    def __init__(self, points, weights):
        self.points = points
        self.low, self.high = points[0], points[-1]
        self._below = array("d", accumulate(weights, initial=0.0))
        self._above = array("d", accumulate(reversed(weights), initial=0.0))[::-1]

    def cdf(self, x):
        """Return P(S <= x)."""
        return self._below[bisect_right(self.points, x)]

    def tail(self, x):
        """Return P(S >= x)."""
        return self._above[bisect_left(self.points, x)]

    def between(self, low, high):
        """Return P(low <= S < high), from the end that is nearer: that is the exacter one."""
        first, last = bisect_left(self.points, low), bisect_left(self.points, high)
        if self._below[first] < self._above[last]:
            return self._below[last] - self._below[first]
        return self._above[first] - self._above[last]

    def swing(self, amount, chance, target):
        """Return by how much a deal that is part of the sum changes P(S >= target).

        That is P(target - amount <= R < target) for the rest R. With F_k for the sum's own mass in
        [target - k·amount, target - (k-1)·amount) and G_k for the rest's, F_k = (1-p)·G_k +
        p·G_(k+1): solved for G_1 from the side on which errors die out.

        >>> Discrete([0, 5, 10, 15], [0.1, 0.4, 0.1, 0.4]).swing(10, 0.5, 15)
        0.8
        """
        if not amount:
            return 0.0
        up = chance > 0.5
        factor = -(1 - chance) / chance if up else -chance / (1 - chance)
        first, step = (target, amount) if up else (target - amount, -amount)
        count = (self.high - target if up else target - 1 - self.low) // amount + 1
        if count > len(self.points):  # a small deal: most windows are empty
            return self._swing_of_points(amount, chance, target, factor, up)
        total, power = 0.0, 1.0
        for k in range(count):
            total += power * self.between(first + k * step, first + k * step + amount)
            power *= factor
            if abs(power) < 1e-14:
                break
        return min(max(total / max(chance, 1 - chance), 0.0), 1.0)

    def _swing_of_points(self, amount, chance, target, factor, up):
        points, below = self.points, self._below
        edge = bisect_left(points, target)
        side = range(edge, len(points)) if up else range(edge)
        total = 0.0
        for i in side:
            k = (points[i] - target) // amount if up else (target - 1 - points[i]) // amount
            total += factor**k * (below[i + 1] - below[i])
        return min(max(total / max(chance, 1 - chance), 0.0), 1.0)


class Rounding:
    """What is lost by putting amounts on a grid.

    The sum is S = S' + M + N: S' of the rounded amounts, M the mean of the differences, which is
    added to every point, and N of mean 0, whose size is bounded here.
    """

    def __init__(self, deals, rounded, step):
        errors = [amount - step * cells for (amount, _), cells in zip(deals, rounded, strict=True)]
        pairs = [(e, p) for e, (_, p) in zip(errors, deals, strict=True) if e]
        self.shift = round(sum(e * p for e, p in pairs))
        self.is_exact = not pairs
        self._worst = (
            self.shift - sum(e for e, _ in pairs if e < 0),
            sum(e for e, _ in pairs if e > 0) - self.shift,
        )
        self._variance = sum(e * e * p * (1 - p) for e, p in pairs)
        self._largest = max((abs(e) * max(p, 1 - p) for e, p in pairs), default=0)

    def reach(self, level):
        """Return (low, high): N is in [-low, high], but for a chance of ``level`` at the most.

        With a level of 0 in the worst case, else by Bernstein's inequality for both sides (S.
        Boucheron, G. Lugosi, P. Massart, *Concentration Inequalities*, 2013, corollary 2.11).
        """
        if self.is_exact:
            return 0, 0
        low, high = self._worst
        if level:
            exponent = log(2 / level)
            part = self._largest * exponent / 3
            bound = 1 + ceil(part + sqrt(part * part + 2 * self._variance * exponent))
            low, high = min(low, bound), min(high, bound)
        return low, high


def convolve_points(deals, base=0):
    """Return the distribution of the base plus the sum, point by point.

    It is exact but for the rounding of floats.

    >>> convolve_points([(5, 0.5), (5, 0.5), (100, 0.25)]).cdf(5)
    0.5625
    """
    mass = {base: 1.0}
    for amount, chance in deals:
        after = {x: weight * (1 - chance) for x, weight in mass.items()}
        for x, weight in mass.items():
            after[x + amount] = after.get(x + amount, 0.0) + weight * chance
        mass = after
    points = sorted(mass)
    return Discrete(points, [mass[x] for x in points])


def count_cells(amounts):
    """Return how many cells :func:`convolve_cells` computes for the amounts, and keeps, at most.

    Chances play no part in it, so that the grid does not depend on them.
    """
    total = squares = width = cells = 0
    for amount in sorted(amounts):
        total += amount
        squares += amount * amount
        width = min(total, round(REACH * isqrt(squares)))
        cells += width
    return cells, width


def convolve_cells(deals):
    """Return (first, weights): the chance of each sum, in cells, from the first one on.

    >>> convolve_cells([(1, 0.5), (3, 0.5)])
    (0, [0.25, 0.25, 0.0, 0.25, 0.25])
    """
    first, mass = 0, [1.0]
    for amount, p in sorted(deals):
        q = 1 - p
        size = len(mass)
        if amount < size:
            mass = (
                [q * x for x in mass[:amount]]
                + [q * x + p * y for x, y in zip(mass[amount:], mass, strict=False)]
                + [p * y for y in mass[size - amount :]]
            )
        else:
            gap = [0.0] * (amount - size)
            mass = [q * x for x in mass] + gap + [p * y for y in mass]
        cut = _count_negligible(mass)
        if cut:
            mass[cut] += sum(mass[:cut])
            del mass[:cut]
            first += cut
        cut = _count_negligible(reversed(mass))
        if cut:
            mass[-cut - 1] += sum(mass[-cut:])
            del mass[-cut:]
    return first, mass


def _count_negligible(weights):
    total = 0.0
    count = 0
    for count, weight in enumerate(weights):  # noqa: B007
        total += weight
        if total > NEGLIGIBLE:
            break
    return count
