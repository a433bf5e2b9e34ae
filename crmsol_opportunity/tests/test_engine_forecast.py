import logging
from itertools import product
from math import fsum, prod
from unittest.mock import patch

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..engine import forecast as engine
from ..engine.forecast import find_deciding, forecast
from ..engine.rates import wilson
from ..engine.shock import SCENARIOS, shift_chances

_logger = logging.getLogger(__name__)

AMOUNTS = st.integers(0, 10_000_000) | st.integers(0, 20).map(lambda n: n * 500_000)
CHANCES = st.floats(0, 1) | st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.75, 0.9, 1.0])
INNER = st.floats(0.01, 0.99)
DEALS = st.lists(st.tuples(AMOUNTS, CHANCES), max_size=8)
MANY = st.lists(st.tuples(st.integers(1, 10**9), INNER), min_size=20, max_size=60)
SHOCKS = st.sampled_from([0.0, 0.25, 0.5, 1.0, 2.0])
QUANTILES = (0.1, 0.5, 0.9)

#: examples that hypothesis ran, by test
examples = {}


def check(max_examples, **strategies):
    """Run a test for so many examples, the same ones each time."""

    def decorate(test):
        def counted(self, **kwargs):
            examples[test.__name__] = examples.get(test.__name__, 0) + 1
            test(self, **kwargs)

        checked = given(**strategies)(counted)
        checked = settings(
            max_examples=max_examples,
            deadline=None,
            derandomize=True,
            database=None,
            # how many of a few hundred deals are smooth enough for the saddlepoint is chance
            suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow],
        )(checked)

        def run(self):
            checked(self)

        run.__name__ = test.__name__
        return run

    return decorate


def enumerate_sums(deals, chances=None):
    """Return the chance of each sum, from all the 2ⁿ ways in which the deals may end."""
    chances = chances or [p for _, p in deals]
    sums = {}
    for won in product((False, True), repeat=len(deals)):
        total = sum(a for (a, _), w in zip(deals, won, strict=True) if w)
        weight = prod(p if w else 1 - p for p, w in zip(chances, won, strict=True))
        sums[total] = sums.get(total, 0.0) + weight
    return sums


def get_moments(month):
    """Return the mean and the variance of a discrete distribution itself."""
    pairs = [
        (x, weight * part.between(x, x + 1)) for weight, part, _ in month.parts for x in part.points
    ]
    mean = fsum(x * w for x, w in pairs)
    return mean, fsum((x - mean) ** 2 * w for x, w in pairs)


@tagged("post_install", "-at_install")
class TestEngineForecast(BaseCase):
    @classmethod
    def tearDownClass(cls):
        super().tearDownClass()
        _logger.info("%s examples of hypothesis: %s", sum(examples.values()), examples)

    # === THE SUM === #

    @check(400, deals=DEALS, sure=st.integers(0, 10**6))
    def test_few_deals_equal_their_enumeration(self, deals, sure):
        month, sums = forecast(deals, sure), enumerate_sums(deals)
        for x in [*sums, -1, max(sums) + 1]:
            tail = fsum(w for total, w in sums.items() if total >= x)
            self.assertAlmostEqual(month.chance(x + sure), tail, delta=1e-9)
        for q in (0.05, *QUANTILES, 0.999):
            value = month.quantile(q)
            below = fsum(w for total, w in sums.items() if total + sure < value)
            upto = fsum(w for total, w in sums.items() if total + sure <= value)
            self.assertLess(below, q + 1e-9)
            self.assertGreaterEqual(upto, q - 1e-9)

    @check(3, deals=st.lists(st.tuples(AMOUNTS, INNER), min_size=16, max_size=16))
    def test_sixteen_deals_equal_their_enumeration(self, deals):
        month, sums = forecast(deals), enumerate_sums(deals)
        ordered, above = sorted(sums), 0.0
        for x in reversed(ordered):
            above += sums[x]
            self.assertAlmostEqual(month.chance(x), above, delta=1e-9)

    @check(60, deals=st.lists(st.tuples(AMOUNTS, INNER), max_size=6), shock=SHOCKS)
    def test_with_a_common_shock_the_mixture_of_enumerations(self, deals, shock):
        month = forecast(deals, shock=shock)
        scenarios = shift_chances([p for _, p in deals], shock)
        parts = [(w, enumerate_sums(deals, chances)) for w, chances in scenarios]
        for x in enumerate_sums(deals):
            tail = fsum(w * m for w, sums in parts for total, m in sums.items() if total >= x)
            self.assertAlmostEqual(month.chance(x), tail, delta=1e-9)

    @check(200, deals=DEALS, shock=SHOCKS)
    def test_mean_and_variance_are_those_of_the_distribution(self, deals, shock):
        month = forecast(deals, shock=shock)
        mean, variance = get_moments(month)
        total = sum(a for a, _ in deals) or 1
        self.assertAlmostEqual(month.mean, fsum(a * p for a, p in deals), delta=1e-12 * total)
        self.assertAlmostEqual(mean, month.mean, delta=1e-11 * total)
        self.assertAlmostEqual(variance, month.variance, delta=1e-11 * total**2)
        if not shock:
            identity = fsum(a * a * p * (1 - p) for a, p in deals)
            self.assertAlmostEqual(month.variance, identity, delta=1e-12 * total**2)

    @check(200, deals=DEALS, shock=st.floats(0, 3))
    def test_a_common_shock_keeps_the_mean_and_takes_no_variance_away(self, deals, shock):
        plain, shocked = forecast(deals), forecast(deals, shock=shock)
        total = sum(a for a, _ in deals) or 1
        self.assertEqual(shocked.mean, plain.mean)
        self.assertGreaterEqual(shocked.variance, plain.variance - 1e-12 * total**2)

    @check(300, p=st.floats(1e-9, 1 - 1e-9), shock=st.floats(0, 5))
    def test_a_common_shock_keeps_the_chance_of_each_deal(self, p, shock):
        scenarios = shift_chances([p], shock)
        self.assertAlmostEqual(fsum(w * chances[0] for w, chances in scenarios), p, delta=1e-14)
        chances = [chances[0] for _, chances in scenarios]
        self.assertEqual(chances, sorted(chances))

    def test_the_scenarios_are_a_standard_distribution(self):
        self.assertAlmostEqual(fsum(w for w, _ in SCENARIOS), 1, delta=1e-15)
        self.assertAlmostEqual(fsum(w * z for w, z in SCENARIOS), 0, delta=1e-15)
        self.assertAlmostEqual(fsum(w * z * z for w, z in SCENARIOS), 1, delta=1e-14)

    @check(200, deals=st.lists(st.tuples(AMOUNTS, CHANCES), min_size=1, max_size=8),
           more=st.floats(0, 1), shock=SHOCKS, data=st.data())  # fmt: skip
    def test_a_higher_probability_lowers_no_chance(self, deals, more, shock, data):
        """Stochastic dominance: no target gets less likely, no quantile smaller."""
        i = data.draw(st.integers(0, len(deals) - 1))
        amount, chance = deals[i]
        better = [*deals[:i], (amount, max(chance, more)), *deals[i + 1 :]]
        before, after = forecast(deals, shock=shock), forecast(better, shock=shock)
        for x in enumerate_sums(deals):
            self.assertGreaterEqual(after.chance(x), before.chance(x) - 1e-12)
        for q in QUANTILES:
            self.assertGreaterEqual(after.quantile(q + 1e-9), before.quantile(q))

    @check(100, deals=DEALS, shock=SHOCKS)
    def test_of_ten_months_eight_are_within_the_band(self, deals, shock):
        month = forecast(deals, shock=shock)
        low, high = month.quantile(0.1), month.quantile(0.9)
        self.assertGreaterEqual(month.chance(low) - month.chance(high + 1), 0.8 - 1e-9)

    # === THE GRID === #

    @check(40, deals=st.lists(st.tuples(st.integers(1, 10**6), INNER), min_size=10, max_size=14),
           cells=st.integers(500, 20_000), shock=st.sampled_from([0.0, 1.0]))  # fmt: skip
    def test_the_grid_keeps_its_bound_against_the_exact_sum(self, deals, cells, shock):
        exact = forecast(deals, shock=shock)
        self.assertEqual(exact.method, "exact")
        with self._coarse():
            grid = forecast(deals, shock=shock, cells=cells)
        assume(grid.method == "grid")
        for q in QUANTILES:
            error = grid.get_quantile_error(q)
            self.assertLessEqual(abs(grid.quantile(q) - exact.quantile(q)), error + 1)
        for x in (round(exact.mean), exact.quantile(0.2), exact.quantile(0.95)):
            error = grid.get_chance_error(x)
            self.assertLessEqual(abs(grid.chance(x) - exact.chance(x)), error + 1e-9)

    @check(20, deals=MANY)
    def test_the_grid_keeps_its_bound_against_a_finer_one(self, deals):
        coarse, fine = forecast(deals, cells=10_000), forecast(deals, cells=200_000)
        for q in QUANTILES:
            error = coarse.get_quantile_error(q) + fine.get_quantile_error(q)
            self.assertLessEqual(abs(coarse.quantile(q) - fine.quantile(q)), error + 1)

    @check(40, numbers=st.lists(st.tuples(st.integers(1, 30), INNER), min_size=20, max_size=40))
    def test_on_a_common_divisor_many_deals_are_exact(self, numbers):
        deals = [(n * 100_000, p) for n, p in numbers]
        month = forecast(deals)
        self.assertEqual((month.method, month.get_quantile_error(0.5)), ("exact", 0))
        mean, variance = get_moments(month)
        self.assertAlmostEqual(mean / month.mean, 1, delta=1e-9)
        self.assertAlmostEqual(variance / month.variance, 1, delta=1e-9)

    # === THE SADDLEPOINT === #

    @check(12, deals=st.lists(st.tuples(st.integers(1, 12), INNER), min_size=200, max_size=300),
           shock=st.sampled_from([0.0, 0.5]))  # fmt: skip
    def test_saddlepoint_against_the_exact_sum_of_a_few_hundred(self, deals, shock):
        deals = [(amount * 50_000, p) for amount, p in deals]
        exact = forecast(deals, shock=shock)
        with self._smooth():
            smooth = forecast(deals, shock=shock, cells=1)
        self.assertEqual(exact.method, "exact")
        assume(smooth.method == "saddlepoint")
        for q in (0.001, 0.01, *QUANTILES, 0.99, 0.999):
            x = exact.quantile(q)
            chance = exact.chance(x)
            self.assertAlmostEqual(smooth.chance(x), chance, delta=1e-3)
            self.assertAlmostEqual(smooth.chance(x) / chance, 1, delta=0.02)
            # half of a point's mass may lie on either side of it
            self.assertLessEqual(abs(smooth.quantile(q) - x), max(50_000, 0.01 * exact.deviation))
        self.assertIsNone(smooth.get_quantile_error(0.5))

    def test_saddlepoint_of_equal_deals_is_the_binomial_distribution(self):
        deals = [(700, 0.3)] * 400
        exact = forecast(deals)
        with self._smooth():
            smooth = forecast(deals, cells=1)
        for won in range(85, 160):
            self.assertAlmostEqual(smooth.chance(won * 700), exact.chance(won * 700), delta=1e-4)
            self.assertAlmostEqual(
                smooth.chance(won * 700 - 1), exact.chance(won * 700), delta=1e-4
            )

    def test_a_large_deal_among_thousands_is_not_smoothed_away(self):
        deals = [(997 + 13 * i, 0.5) for i in range(2500)] + [(5 * 10**9 + 1, 0.5)]
        month = forecast(deals)
        self.assertEqual(month.method, "grid")
        self.assertAlmostEqual(month.chance(10**9), 0.5, delta=1e-9)

    def test_thousands_of_deals_have_the_moments_of_a_normal_distribution(self):
        deals = [(10_007 + 131 * i, 0.1 + 0.8 * (i % 97) / 97) for i in range(2600)]
        month = forecast(deals)
        self.assertEqual(month.method, "saddlepoint")
        for q, score in ((0.1, -1.2816), (0.5, 0), (0.9, 1.2816)):
            normal = month.mean + score * month.deviation
            self.assertAlmostEqual(month.quantile(q), normal, delta=0.02 * month.deviation)

    # === WHAT DECIDES === #

    @check(300, deals=st.lists(st.tuples(AMOUNTS, CHANCES), min_size=1, max_size=8),
           shock=SHOCKS, target=st.integers(0, 30_000_000))  # fmt: skip
    def test_a_deal_decides_what_it_changes_won_rather_than_lost(self, deals, shock, target):
        month = forecast(deals, shock=shock)
        for i, effect in find_deciding(month, deals, target):
            amount, chance = deals[i]
            rest = deals[:i] + deals[i + 1 :]
            scenarios = shift_chances([p for _, p in deals if 0 < p < 1], shock)
            expected = fsum(
                weight
                * (
                    get_tail(rest, chances, deals, i, target - amount)
                    - get_tail(rest, chances, deals, i, target)
                )
                for weight, chances in scenarios
            )
            self.assertAlmostEqual(effect, expected, delta=1e-9, msg=(amount, chance))

    @check(25, numbers=st.lists(st.tuples(st.integers(1, 30), INNER), min_size=20, max_size=40))
    def test_on_the_lattice_too(self, numbers):
        deals = [(n * 100_000, p) for n, p in numbers]
        month = forecast(deals)
        target = month.quantile(0.6)
        for i, effect in find_deciding(month, deals, target):
            rest = forecast(deals[:i] + deals[i + 1 :])
            expected = rest.chance(target - deals[i][0]) - rest.chance(target)
            self.assertAlmostEqual(effect, expected, delta=1e-9)

    def test_beyond_it_nearly(self):
        deals = [(10_007 + 131 * i, 0.1 + 0.8 * (i % 97) / 97) for i in range(2600)]
        month = forecast(deals)
        target = month.quantile(0.7)
        for i, effect in find_deciding(month, deals, target):
            rest = forecast(deals[:i] + deals[i + 1 :])
            expected = rest.chance(target - deals[i][0]) - rest.chance(target)
            self.assertAlmostEqual(effect / expected, 1, delta=0.02)

    def test_without_a_target_the_largest_deals_decide_the_most_uncertain_first(self):
        deals = [(100, 0.9), (100, 0.5), (0, 0.5), (300, 0.1), (50, 0.5), (20, 0.5), (10, 0.5)]
        self.assertEqual(
            find_deciding(forecast(deals), deals),
            [(3, 300), (1, 100), (0, 100), (4, 50), (5, 20)],
        )

    # === EDGES === #

    def test_standard_example(self):
        month = forecast([(10_000_000, 0.5)] + [(500_000, 0.5)] * 9)
        self.assertEqual([month.quantile(q) for q in QUANTILES], [1_500_000, 4_500_000, 13_000_000])

    def test_no_deal_sure_deals_lost_deals_and_deals_of_nothing(self):
        for deals, total in (
            ([], 0),
            ([(0, 0.5)], 0),
            ([(500, 0.0)], 0),
            ([(500, 1.0), (0, 0.3)], 500),
            ([(500, 1), (700, 1), (100, 0)], 1200),
        ):
            with self.subTest(deals=deals):
                month = forecast(deals, shock=1.0)
                self.assertEqual([month.quantile(q) for q in (0, *QUANTILES, 1)], [total] * 5)
                self.assertEqual((month.mean, month.variance), (total, 0))
                self.assertEqual((month.chance(total), month.chance(total + 1)), (1, 0))
                self.assertAlmostEqual(sum(mass for _, _, mass in month.get_bins()), 1)

    def test_bad_input_is_refused_with_a_sentence(self):
        nan, infinity = float("nan"), float("inf")
        for deals, kwargs, sentence in (
            ([(1, 0.5), (-1, 0.5)], {}, "The amount of deal 2 is -1: give a whole number of cents"),
            ([(1.5, 0.5)], {}, "The amount of deal 1 is 1.5"),
            ([(nan, 0.5)], {}, "The amount of deal 1 is nan"),
            ([(infinity, 0.5)], {}, "The amount of deal 1 is inf"),
            ([(1, nan)], {}, "The probability of deal 1 is nan: give a number from 0 to 1"),
            ([(1, 1.01)], {}, "The probability of deal 1 is 1.01"),
            ([(1, -0.01)], {}, "The probability of deal 1 is -0.01"),
            ([(1, infinity)], {}, "The probability of deal 1 is inf"),
            ([(1, "0.5")], {}, "The probability of deal 1 is '0.5'"),
            ([], {"sure": 1.5}, "What is won already is 1.5"),
            ([], {"shock": nan}, "The strength of the common shock is nan"),
            ([], {"shock": -1}, "The strength of the common shock is -1"),
        ):
            with self.subTest(sentence=sentence), self.assertRaisesRegex(ValueError, sentence):
                forecast(deals, **kwargs)

    @check(100, deals=DEALS, target=st.none() | st.integers(0, 10**8))
    def test_the_ranges_of_the_histogram_hold_everything_once(self, deals, target):
        bins = forecast(deals).get_bins(target=target)
        self.assertLessEqual(len(bins), 40)
        self.assertAlmostEqual(fsum(mass for _, _, mass in bins), 1, delta=1e-9)
        for (_, end, _), (start, _, _) in zip(bins, bins[1:], strict=False):
            self.assertEqual(end, start)

    @check(200, trials=st.integers(1, 500), data=st.data())
    def test_wilson_interval_holds_the_share(self, trials, data):
        hits = data.draw(st.integers(0, trials))
        low, high = wilson(hits, trials)
        self.assertLessEqual(0, low)
        self.assertLessEqual(low, hits / trials + 1e-12)
        self.assertLessEqual(hits / trials - 1e-12, high)
        self.assertLessEqual(high, 1)

    # === HELPERS === #

    def _coarse(self):
        """Nothing is reckoned point by point."""
        return self._patch(SMALL=0, POINTS=0)

    def _smooth(self):
        """The saddlepoint approximation from the first deal on."""
        return self._patch(SMALL=0, POINTS=0, SMOOTH_FROM=1)

    def _patch(self, **values):
        return patch.multiple(engine, **values)


def get_tail(rest, chances, deals, i, target):
    """Return P(R >= target) of the rest, the uncertain deals having the chances of a scenario."""
    chances = iter(chances)
    of_all = [next(chances) if 0 < p < 1 else p for _, p in deals]
    sums = enumerate_sums(rest, of_all[:i] + of_all[i + 1 :])
    return fsum(weight for total, weight in sums.items() if total >= target)
