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
