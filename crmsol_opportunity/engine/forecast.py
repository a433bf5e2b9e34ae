"""The sales of a month as a distribution rather than as one figure.

Every open deal is won with its probability or brings nothing; given the scenario (``shock``), deals
do not depend on one another. Amounts are whole numbers of the currency's smallest unit, here cents.

How the sum's distribution is reckoned:

- up to 16 uncertain deals, or where few sums are possible: point by point, exactly;
- where the cells of the amounts' common divisor are few enough (``CELLS``): on that lattice,
  exactly but for chances of 10⁻¹²;
- otherwise on a coarser grid, with a bound of what the rounding does to each figure
  (:class:`~.convolution.Rounding`);
- beyond ``SMOOTH_FROM`` uncertain deals, none of them large: by a saddlepoint approximation.
"""

from collections import Counter
from dataclasses import dataclass, field
from math import fsum, gcd, isfinite, prod, sqrt

from .convolution import Discrete, Rounding, convolve_cells, convolve_points, count_cells
from .saddlepoint import Smooth
from .shock import shift_chances

#: Cells that are computed at the most, over all the scenarios: half a second of one processor.
CELLS = 6_000_000
#: Cells that are kept at the most, over all the scenarios, for the sake of memory.
WIDTH = 400_000
#: Points of the sum, and times that they are added up, if it is reckoned point by point.
POINTS = 1 << 17
ADDITIONS = 1 << 22
SMALL = 16
#: More uncertain deals than that are summed by the saddlepoint approximation ...
SMOOTH_FROM = 2000
#: ... unless one of them is larger than this part of the standard deviation.
SMOOTH_LARGEST = 0.25

EXACT, GRID, SMOOTH = "exact", "grid", "saddlepoint"

#: Deals that are asked whether they decide the month, the largest ones, and how many are named.
CANDIDATES = 100
DECIDING = 5
#: What a quantile may miss its chance by: sums of floats that should be 0.5 often are not.
TOLERANCE = 1e-12
#: Chances with which the bound of the grid's error may be missed, among which the best is chosen.
LEVELS = (0.0, 1e-9, 1e-6, 1e-4, 1e-3)


@dataclass
class Forecast:
    """The distribution of the sum of won deals, in cents."""

    mean: float
    variance: float
    method: str
    #: cents to a whole number of which amounts are rounded
    step: int
    shock: float
    #: (weight, distribution, rounding or None) of each scenario
    parts: list = field(repr=False)

    @property
    def deviation(self):
        return sqrt(self.variance)

    def cdf(self, x):
        """Return P(S <= x)."""
        return fsum(weight * part.cdf(x) for weight, part, _ in self.parts)

    def chance(self, target):
        """Return P(S >= target)."""
        return min(fsum(weight * part.tail(target) for weight, part, _ in self.parts), 1.0)

    def quantile(self, q):
        """Return the smallest x with P(S <= x) >= q, in cents."""
        low = min(part.low for _, part, _ in self.parts)
        high = max(part.high for _, part, _ in self.parts)
        if q <= 0:
            return low
        while low < high:
            middle = (low + high) // 2
            if self.cdf(middle) >= q - TOLERANCE:
                high = middle
            else:
                low = middle + 1
        return low

    def get_quantile_error(self, q):
        """Return by how many cents the quantile may be wrong, None where there is no bound.

        Proven, not estimated. 0 if the method is exact.
        """
        if self.method != GRID:
            return 0 if self.method == EXACT else None
        value = self.quantile(q)
        low = high = None
        for level in LEVELS:
            down, up = self._get_reach(level)
            lowest, highest = self.quantile(q - level) - down, self.quantile(q + level) + up
            low = lowest if low is None else max(low, lowest)
            high = highest if high is None else min(high, highest)
        return max(value - low, high - value, 0)

    def get_chance_error(self, target):
        """Return by how much the chance to reach the target may be wrong, None without a bound."""
        if self.method != GRID:
            return 0.0 if self.method == EXACT else None
        value = self.chance(target)
        low, high = 0.0, 1.0
        for level in LEVELS:
            down, up = self._get_reach(level)
            low = max(low, self.chance(target + down) - level)
            high = min(high, self.chance(target - up) + level)
        return max(value - low, high - value, 0.0)

    def _get_reach(self, level):
        reaches = [rounding.reach(level) for _, _, rounding in self.parts]
        return max(low for low, _ in reaches), max(high for _, high in reaches)

    def get_bins(self, unit=100, count=40, target=None):
        """Return (from, to, chance) of adjacent ranges of round width, for a histogram.

        The first and the last one hold what lies beyond them.

        :param int unit: cents of one unit of the currency, for widths that people find round
        :param int count: number of ranges at the most
        :param int target: is within the ranges, unless it is far from the distribution
        """
        low, high = self.quantile(0.001), self.quantile(0.999)
        if target is not None and low - (high - low) <= target <= high + (high - low):
            low, high = min(low, target), max(high, target)
        width = _get_round_width((high - low) / (count - 2), unit)
        first, last = low // width, high // width
        tails = [self.chance(i * width) for i in range(first + 1, last + 1)]
        masses = [a - b for a, b in zip([1.0, *tails], [*tails, 0.0], strict=True)]
        return [
            (i * width, (i + 1) * width, max(mass, 0.0))
            for i, mass in enumerate(masses, start=first)
        ]


def forecast(deals, sure=0, shock=0.0, cells=CELLS):
    """Return the distribution of ``sure`` plus the sum of the deals that are won.

    :param deals: pairs (amount in cents, probability)
    :param int sure: what is won already, in cents
    :param float shock: strength of what moves all the deals together, see :mod:`.shock`
    :param int cells: how much may be reckoned; less of it makes the grid coarser
    :raise ValueError: amount that is no whole number of cents or below 0, probability that is not
        in [0, 1], shock that is not in [0, 5]

    One large deal among small ones, all at 50 %:

    >>> month = forecast([(100_000, 0.5)] + [(5_000, 0.5)] * 9)
    >>> [month.quantile(q) for q in (0.1, 0.5, 0.9)]
    [15000, 45000, 130000]
    >>> month.mean, round(month.chance(100_000), 3), month.method
    (72500.0, 0.5, 'exact')
    >>> empty = forecast([], sure=700)
    >>> empty.quantile(0.1), empty.quantile(0.9), empty.chance(700), empty.variance
    (700, 700, 1.0, 0.0)
    >>> forecast([(100, 1.5)])
    Traceback (most recent call last):
    ...
    ValueError: The probability of deal 1 is 1.5: give a number from 0 to 1.
    """
    deals = _check(deals, sure, shock)
    sure += sum(amount for amount, chance in deals if chance == 1)
    deals = [(amount, chance) for amount, chance in deals if amount and 0 < chance < 1]
    amounts = [amount for amount, _ in deals]
    scenarios = [
        (weight, list(zip(amounts, chances, strict=True)))
        for weight, chances in shift_chances([chance for _, chance in deals], shock)
    ]
    means = [fsum(a * p for a, p in part) for _, part in scenarios]
    mean = fsum(a * p for a, p in deals)
    variance = fsum(
        weight * (fsum(a * a * p * (1 - p) for a, p in part) + (of_part - mean) ** 2)
        for (weight, part), of_part in zip(scenarios, means, strict=True)
    )
    method, step, parts = _sum_up(sure, amounts, scenarios, cells)
    return Forecast(sure + mean, variance, method, step, shock, parts)


def find_deciding(month, deals, target=None):
    """Return (index, effect) of the deals that decide the month, the most decisive first.

    The effect is what changes if the deal is won for sure rather than lost for sure: the chance
    to reach the target; without a target, mean and quantiles, in cents. The latter change by just
    the amount of the deal, so that the largest deals are named, the most uncertain of equal ones
    first.

    :param Forecast month: of all the deals
    :param deals: pairs (amount in cents, probability), as they were given to :func:`forecast`

    >>> deals = [(100_000, 0.5)] + [(5_000, 0.5)] * 9
    >>> [(i, round(effect, 3)) for i, effect in find_deciding(forecast(deals), deals, 90_000)][:2]
    [(0, 1.0), (1, 0.0)]
    """
    largest = sorted(
        (i for i, (amount, _) in enumerate(deals) if amount),
        key=lambda i: (-deals[i][0], abs(deals[i][1] - 0.5), i),
    )[:CANDIDATES]
    if target is None:
        return [(i, deals[i][0]) for i in largest[:DECIDING]]
    effects = [(i, _get_swing(month, *deals[i], target)) for i in largest]
    return sorted(effects, key=lambda pair: -pair[1])[:DECIDING]


def _check(deals, sure, shock):
    deals = list(deals)
    for number, (amount, chance) in enumerate(deals, start=1):
        if not isinstance(amount, int) or amount < 0:
            raise ValueError(
                f"The amount of deal {number} is {amount!r}: give a whole number of cents, "
                "0 or more."
            )
        if not isinstance(chance, (int, float)) or not 0 <= chance <= 1:  # NaN is in no range
            raise ValueError(
                f"The probability of deal {number} is {chance!r}: give a number from 0 to 1."
            )
    if not isinstance(sure, int):
        raise ValueError(f"What is won already is {sure!r}: give a whole number of cents.")
    if not isinstance(shock, (int, float)) or not isfinite(shock) or not 0 <= shock <= 5:
        raise ValueError(f"The strength of the common shock is {shock!r}: give one from 0 to 5.")
    return deals


def _sum_up(sure, amounts, scenarios, cells):
    """Return the method, the step of the grid, and the parts of :class:`Forecast`."""
    count = len(amounts)
    points = _count_points(amounts) * len(scenarios)
    few = count <= SMALL or points * count <= ADDITIONS
    if few and points <= min(POINTS * len(scenarios), cells // 2):
        parts = [(weight, convolve_points(sorted(part), sure), None) for weight, part in scenarios]
        return EXACT, 1, parts
    span = gcd(*amounts)
    units = [amount // span for amount in amounts]
    needed, width = count_cells(units)
    coarseness = max(
        -(-needed // max(cells // len(scenarios) - count, 1)), -(-width * len(scenarios) // WIDTH)
    )
    if coarseness > 1 and count > SMOOTH_FROM and _is_smooth(scenarios):
        parts = [(weight, Smooth(sure, part, span), None) for weight, part in scenarios]
        return SMOOTH, 1, parts
    step = span * max(coarseness, 1)
    rounded = [_round(amount, step) // step for amount in amounts]
    parts = []
    for weight, part in scenarios:
        rounding = Rounding(part, rounded, step)
        first, weights = convolve_cells(
            [(cell, p) for cell, (_, p) in zip(rounded, part, strict=True) if cell]
        )
        start = sure + rounding.shift + first * step
        points = range(start, start + len(weights) * step, step)
        parts.append((weight, Discrete(points, weights), rounding))
    return (EXACT if step == span else GRID), step, parts


def _round(amount, step):
    return (amount + step // 2) // step * step


def _count_points(amounts):
    """Return how many sums there may be at the most, if amounts have no sum in common."""
    return prod(number + 1 for number in Counter(amounts).values()) if amounts else 1


def _is_smooth(scenarios):
    return all(
        max(a for a, _ in part) <= SMOOTH_LARGEST * sqrt(fsum(a * a * p * (1 - p) for a, p in part))
        for _, part in scenarios
    )


def _get_swing(month, amount, chance, target):
    """Return by how much the deal changes the chance to reach the target."""
    if not 0 < chance < 1:  # no part of what is summed up: it is 0, or moved as a whole
        return fsum(weight * part.swing(amount, chance, target) for weight, part, _ in month.parts)
    amount = _round(amount, month.step)
    scenarios = shift_chances([chance], month.shock)
    return fsum(
        weight * part.swing(amount, of_scenario, target)
        for (weight, part, _), (_, [of_scenario]) in zip(month.parts, scenarios, strict=True)
    )


def _get_round_width(width, unit):
    """Return the next width that is 1, 2, 2.5 or 5 times a power of ten of the unit, in cents.

    >>> [_get_round_width(width, 100) for width in (0, 30, 130_000, 2_400_000)]
    [100, 100, 200000, 2500000]
    """
    power = 1
    while True:
        for tenths in (10, 20, 25, 50):
            candidate = tenths * power * unit // 10
            if candidate >= width and candidate * 10 == tenths * power * unit:
                return candidate
        power *= 10
