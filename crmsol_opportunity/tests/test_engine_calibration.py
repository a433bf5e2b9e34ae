import doctest
import random

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..engine import calibration
from ..engine.calibration import (
    BETTER,
    LITTLE,
    SAME,
    WORSE,
    get_bins,
    get_brier,
    get_calibration,
    get_decomposition,
)

#: the same examples in every run, however slow the machine
check = settings(deadline=None, derandomize=True)

given_chances = st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=60)


@tagged("post_install", "-at_install")
class TestCalibration(BaseCase):
    def _draw(self, chances, seed=1):
        """Return deals that came true as often as their chance says."""
        rng = random.Random(seed)
        return [{"win": chance, "won": rng.random() < chance} for chance in chances]

    def test_examples_in_the_documentation(self):
        self.assertFalse(doctest.testmod(calibration).failed)

    @check
    @given(pairs=given_chances)
    def test_bins_have_every_deal_once(self, pairs):
        bins = get_bins(pairs)
        self.assertEqual(sum(row["n"] for row in bins), len(pairs))
        self.assertEqual(sum(row["k"] for row in bins), sum(won for _chance, won in pairs))
        for row in bins:
            self.assertLessEqual(row["from"] - 1e-9, row["chance"])
            self.assertLessEqual(row["chance"], row["to"] + 1e-9)
            self.assertLessEqual(row["low"], row["rate"])
            self.assertLessEqual(row["rate"], row["high"])

    @check
    @given(pairs=given_chances)
    def test_the_parts_make_the_score(self, pairs):
        parts = get_decomposition(pairs)
        whole = parts["reliability"] - parts["resolution"] + parts["uncertainty"] + parts["within"]
        self.assertAlmostEqual(whole, get_brier(pairs))
        self.assertGreaterEqual(parts["reliability"], 0)
        self.assertGreaterEqual(parts["resolution"], 0)

    @check
    @given(
        pairs=st.lists(st.tuples(st.sampled_from([0.05, 0.35, 0.85]), st.booleans()), min_size=1)
    )
    def test_bins_of_one_chance_hide_nothing(self, pairs):
        self.assertAlmostEqual(get_decomposition(pairs)["within"], 0)

    def test_few_deals_are_too_little_to_tell(self):
        deals = self._draw([0.05, 0.95] * 14)
        self.assertEqual(get_calibration(deals)["verdict"], LITTLE)
        self.assertEqual(get_calibration([])["verdict"], LITTLE)
        self.assertEqual(get_calibration([{"win": 0.4, "won": True}])["verdict"], LITTLE)

    def test_chances_that_tell_deals_apart_are_better_than_the_base_rate(self):
        found = get_calibration(self._draw([0.1, 0.9] * 100))
        self.assertEqual(found["verdict"], BETTER)
        self.assertTrue(all(row["fits"] for row in found["bins"]))

    def test_the_same_chance_for_all_is_no_better_than_the_base_rate(self):
        found = get_calibration(self._draw([0.4] * 300))
        self.assertEqual(found["verdict"], SAME)

    def test_chances_that_are_wrong_are_worse_than_the_base_rate(self):
        deals = [{**deal, "win": 1 - deal["win"]} for deal in self._draw([0.1, 0.8] * 100)]
        found = get_calibration(deals)
        self.assertEqual(found["verdict"], WORSE)
        self.assertFalse(all(row["fits"] for row in found["bins"]))

    def test_all_won_or_all_lost_has_a_score_and_a_verdict(self):
        for won in (True, False):
            found = get_calibration([{"win": 0.5, "won": won}] * 50)
            self.assertEqual((found["brier"]["win"], found["brier"]["base"]), (0.25, 0))
            self.assertEqual(found["verdict"], WORSE)
            found = get_calibration([{"win": float(won), "won": won}] * 50)
            self.assertEqual(found["verdict"], SAME)

    def test_percentages_are_scored_on_the_deals_that_have_them(self):
        deals = [
            {"win": 0.7, "won": True, "default": 0.1, "seller": 0.9},
            {"win": 0.7, "won": False, "default": 0.1, "seller": None},
        ]
        found = get_calibration(deals, base=0.5)
        self.assertEqual(found["counts"], {"win": 2, "base": 2, "default": 2, "seller": 1})
        self.assertAlmostEqual(found["brier"]["seller"], 0.01)
        self.assertAlmostEqual(found["brier"]["default"], (0.81 + 0.01) / 2)
        self.assertAlmostEqual(found["gain"]["seller"][0], 0.01 - 0.09)

    def test_intervals_of_bins_hold_the_chance_at_their_rate(self):
        """Chances that are right lie in about 95 % of the bins' intervals, tolerance 4 %."""
        fits = total = 0
        for seed in range(60):
            rng = random.Random(seed)
            deals = self._draw([rng.random() for _i in range(400)], seed=1000 + seed)
            for row in get_calibration(deals)["bins"]:
                fits += row["fits"]
                total += 1
        self.assertAlmostEqual(fits / total, 0.95, delta=0.04)


@tagged("post_install", "-at_install")
class TestCalibrationOfDealsSeenOften(BaseCase):
    """Deals that are looked at on several days have as many chances, and one end."""

    def _simulate(self, rng, deals=150, days=8):
        """Return chances, each right for its day, that follow one another until the deal ends.

        A deal makes steps of news up to an end of which the news is right on average: its chance
        is a martingale. It is looked at every day, and ends on a day that depends on how it goes.
        """
        chances = []
        for deal in range(deals):
            chance, path = rng.uniform(0.2, 0.8), []
            for _day in range(days):
                path.append(chance)
                reach = 0.5 * min(chance, 1 - chance)
                chance += rng.choice((-reach, reach))
                if chance < 0.05 or chance > 0.97:  # bad news ends it sooner
                    break
            won = rng.random() < chance
            chances += [{"deal": deal, "win": given, "won": won, "base": 0.5} for given in path]
        return chances

    def test_a_deal_counts_once_in_a_bin_with_its_first_chance_there(self):
        chances = [
            {"deal": "a", "win": 0.62, "won": True},
            {"deal": "a", "win": 0.68, "won": True},
            {"deal": "a", "win": 0.9, "won": True},
            {"deal": "b", "win": 0.7, "won": False},
        ]
        found = get_calibration(chances, number=5)
        self.assertEqual((found["n"], found["deals"], found["won"]), (4, 2, 1))
        self.assertEqual([(row["k"], row["n"]) for row in found["bins"]], [(1, 2), (1, 1)])
        self.assertAlmostEqual(found["bins"][0]["chance"], 0.66)

    def test_deals_not_chances_are_enough_to_tell(self):
        chances = [
            {"deal": i % 29, "win": 0.9 * (i % 29 % 2), "won": i % 29 % 2} for i in range(90)
        ]
        self.assertEqual(get_calibration(chances)["verdict"], LITTLE)
        more = [*chances, {"deal": 99, "win": 0.0, "won": 0}]
        self.assertEqual(get_calibration(more)["verdict"], BETTER)

    def test_intervals_of_bins_hold_the_chance_at_their_rate(self):
        """And they would not, if each chance counted by itself."""
        fits = total = naive = naive_total = 0
        for seed in range(120):
            chances = self._simulate(random.Random(seed))
            for row in get_calibration(chances, number=5)["bins"]:
                fits += row["fits"]
                total += 1
            alone = [{**chance, "deal": i} for i, chance in enumerate(chances)]
            for row in get_calibration(alone, number=5)["bins"]:
                naive += row["fits"]
                naive_total += 1
        self.assertAlmostEqual(fits / total, 0.95, delta=0.03)
        self.assertLess(naive / naive_total, 0.9)

    def test_interval_of_the_bias_holds_none_at_its_rate(self):
        """Right chances have no bias, whenever the deals end: 95 % of 300, tolerance 4 %."""
        inside = sum(
            low <= 0 <= high
            for _bias, low, high in (
                get_calibration(self._simulate(random.Random(seed), 60))["bias"]
                for seed in range(300)
            )
        )
        self.assertAlmostEqual(inside / 300, 0.95, delta=0.04)

    def test_interval_of_a_difference_of_scores_holds_the_true_one_at_its_rate(self):
        """And it would not, if each chance counted by itself."""

        def get_gain(chances):
            return get_calibration(chances)["gain"]["base"]

        truth = get_gain(self._simulate(random.Random(1), 40_000))[0]
        inside = naive = 0
        for seed in range(300):
            chances = self._simulate(random.Random(10 + seed))
            _gain, low, high = get_gain(chances)
            inside += low <= truth <= high
            alone = [{**chance, "deal": i} for i, chance in enumerate(chances)]
            _gain, low, high = get_gain(alone)
            naive += low <= truth <= high
        self.assertAlmostEqual(inside / 300, 0.95, delta=0.04)
        self.assertLess(naive / 300, 0.8)

    def test_chances_that_are_right_are_called_so_at_the_rate_of_good_luck(self):
        """Of 300 sets of right chances not more than one in twenty is called wrong."""
        wrong = sum(
            not get_calibration(self._simulate(random.Random(seed)), number=5)["fits"]
            for seed in range(300)
        )
        self.assertLess(wrong / 300, 0.08)
        sure = [
            {**chance, "win": min(chance["win"] * 1.4, 1.0)}
            for chance in self._simulate(random.Random(5), 400)
        ]
        self.assertFalse(get_calibration(sure, number=5)["fits"])

    def test_a_deal_weighs_as_often_as_it_was_looked_at(self):
        """Or chances that are right of deals that end soon only would do best."""
        chances = [{"deal": 1, "win": 1.0, "won": True}] + 3 * [
            {"deal": 2, "win": 0.0, "won": True}
        ]
        self.assertAlmostEqual(get_calibration(chances)["brier"]["win"], 0.75)
