import doctest
import json
import os
import random
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..engine import absorption, probability
from ..engine.absorption import Absorption, get_bucket
from ..engine.probability import (
    COMPANY,
    PHASE,
    PRIOR,
    TEAM,
    Stay,
    build_table,
    build_tables,
    count_stays,
    get_prior_size,
    look_up,
)

#: the same examples in every run, however slow the machine
check = settings(deadline=None, derandomize=True, max_examples=200)

PHASES = ("a", "b", "c")

#: how many pipelines are simulated for the rate of the intervals; more of them take longer
RUNS = int(os.environ.get("CRMSOL_SIMULATIONS", "200"))
#: A rate of 0.95 in 200 runs has a standard deviation of 0.015: three of them below are tolerated.
NOMINAL, TOLERANCE = 0.95, 0.047


@st.composite
def deals(draw, censored=True):
    """A few deals, each with the stays that it went through, in any phases, to and fro."""
    stays = []
    for deal in range(draw(st.integers(1, 12))):
        path = draw(st.lists(st.sampled_from(PHASES), min_size=1, max_size=4))
        ends = ["won", "lost", None] if censored else ["won", "lost"]
        end = draw(st.sampled_from(ends))
        team = draw(st.sampled_from([None, "north", "south"]))
        day = 0
        for phase, exit_ in zip(path, [*path[1:], end], strict=True):
            days = draw(st.integers(0, 40))
            stays.append(Stay(deal, phase, day, day + days, exit_, team))
            day += days
    return stays


@tagged("post_install", "-at_install")
class TestAbsorption(BaseCase):
    def test_examples_in_the_documentation(self):
        for module in (absorption, probability):
            self.assertFalse(doctest.testmod(module).failed)

    @check
    @given(ends=st.lists(st.tuples(st.integers(0, 60), st.booleans()), min_size=1, max_size=30))
    def test_one_phase_followed_to_the_end_is_plain_counting(self, ends):
        stays = [
            Stay(deal, "a", 0, days, "won" if won else "lost", None)
            for deal, (days, won) in enumerate(ends)
        ]
        curve = build_table(count_stays(stays)[0])["a"]
        for index, day in enumerate(curve["days"]):
            reached = [won for days, won in ends if get_bucket(days) >= day]
            rate = sum(reached) / len(reached)
            self.assertAlmostEqual(curve["win"][index], rate, places=5)
            self.assertAlmostEqual(curve["lose"][index], 1 - rate, places=5)
            self.assertEqual(curve["won"][index], sum(reached))
            self.assertEqual(curve["lost"][index], len(reached) - sum(reached))
            # as much as that many deals can tell: Greenwood's variance is the binomial one
            self.assertAlmostEqual(curve["size"][index], len(reached), places=2)

    @check
    @given(stays=deals(censored=False))
    def test_phases_followed_to_the_end_are_the_chain_of_their_moves(self, stays):
        """Without censoring, from entry: solved here exactly, in fractions, from the moves."""
        moves = {}
        for stay in stays:
            moves.setdefault(stay.phase, []).append(stay.exit)
        phases = list(moves)
        rows = [
            [Fraction(int(i == j)) - Fraction(moves[i].count(j), len(moves[i])) for j in phases]
            + [Fraction(moves[i].count("won"), len(moves[i]))]
            for i in phases
        ]
        for i in range(len(rows)):  # every phase leads to an end, so the system has one solution
            pivot = next(k for k in range(i, len(rows)) if rows[k][i])
            rows[i], rows[pivot] = rows[pivot], rows[i]
            rows[i] = [value / rows[i][i] for value in rows[i]]
            for k in range(len(rows)):
                if k != i:
                    rows[k] = [a - rows[k][i] * b for a, b in zip(rows[k], rows[i], strict=True)]
        table = build_table(count_stays(stays)[0])
        for phase, row in zip(phases, rows, strict=True):
            self.assertAlmostEqual(table[phase]["win"][0], float(row[-1]), places=5)
            self.assertAlmostEqual(table[phase]["lose"][0], 1 - float(row[-1]), places=5)

    @check
    @given(stays=deals())
    def test_chances_day_by_day_agree_with_those_of_the_whole_stay(self, stays):
        """Reckoned backwards from the last day and forwards from the first, with censoring, too."""
        exits = {}
        for count in count_stays(stays)[0]:
            of_day = exits.setdefault(count.phase, {}).setdefault(count.days, {})
            of_day[count.exit] = of_day.get(count.exit, 0) + count.stays
        absorption_ = Absorption(exits)
        for phase in exits:
            curve = absorption_.get_curve(phase)
            self.assertAlmostEqual(curve["win"][0], absorption_.win[phase])
            self.assertAlmostEqual(curve["lose"][0], absorption_.lose[phase])
            for win, lose in zip(curve["win"], curve["lose"], strict=True):
                self.assertGreaterEqual(win, 0)
                self.assertGreaterEqual(lose, 0)
                self.assertLessEqual(win + lose, 1 + 1e-9)

    def test_deals_that_only_go_to_and_fro_stay_unresolved(self):
        table = build_table(
            count_stays([Stay(1, "a", 0, 2, "b", None), Stay(1, "b", 2, 5, "a", None)])[0]
        )
        self.assertEqual((table["a"]["win"], table["a"]["lose"]), ([0], [0]))

    def test_a_phase_deleted_since_leaves_what_went_there_unresolved(self):
        stays = [Stay(i, "a", 0, 2, "gone" if i < 5 else "won", None) for i in range(20)]
        tables = build_tables(count_stays(stays)[0], {"a": 0.5})
        found = look_up(tables, "a", 0, 0.5)
        self.assertAlmostEqual(tables["company"]["a"]["win"][0], 0.75)
        self.assertGreater(found["unresolved"], 0.1)
        self.assertEqual((found["k"], found["n"], found["open"]), (15, 15, 5))
        # a deal that is still there has its phase's percentage
        self.assertEqual(look_up(tables, "gone", 9, 0.3)["win"], 0.3)

    def test_a_censored_stay_is_known_not_to_have_ended_and_nothing_else(self):
        """By hand: at 10 days 2 of 4 are won; of the rest one is censored, one is lost at 20."""
        stays = [
            Stay(1, "a", 0, 10, "won", None),
            Stay(2, "a", 0, 10, "won", None),
            Stay(3, "a", 0, 15, None, None),
            Stay(4, "a", 0, 20, "lost", None),
        ]
        curve = build_table(count_stays(stays)[0])["a"]
        self.assertEqual(curve["days"], [10, 15, 20])
        self.assertEqual((curve["win"], curve["lose"]), ([0.5, 0, 0], [0.5, 1, 1]))
        self.assertEqual((curve["won"], curve["open"]), ([2, 0, 0], [1, 1, 0]))


@tagged("post_install", "-at_install")
class TestProbability(BaseCase):
    def _look_up(self, stays, phase="a", days=0, default=0.4, team=None):
        tables = build_tables(count_stays(stays)[0], dict.fromkeys(PHASES, default))
        return look_up(json.loads(json.dumps(tables)), phase, days, default, team)

    def _closed(self, won, lost, team=None, days=5, first=0):
        return [
            Stay(first + i, "a", 0, days, "won" if i < won else "lost", team)
            for i in range(won + lost)
        ]

    @check
    @given(
        stays=deals(),
        phase=st.sampled_from([*PHASES, "unknown"]),
        days=st.integers(-3, 60),
        default=st.sampled_from([0, 0.1, 0.5, 1]),
        team=st.sampled_from([None, "north", "south", "unknown"]),
    )
    def test_whatever_happened_the_figures_are_sane(self, stays, phase, days, default, team):
        found = self._look_up(stays, phase, days, default, team)
        self.assertAlmostEqual(found["won"] + found["lost"] + found["unresolved"], 1)
        self.assertLessEqual(found["won"], found["win"] + 1e-9)
        self.assertLessEqual(found["win"], found["won"] + found["unresolved"] + 1e-9)
        shares = (found["won"], found["lost"], found["unresolved"], *found["weights"].values())
        for chance in shares:
            self.assertGreaterEqual(chance, -1e-9)
        self.assertLessEqual(0, found["low"])
        self.assertLessEqual(found["low"], found["win"])
        self.assertLessEqual(found["win"], found["high"])
        self.assertLessEqual(found["high"], 1 + 1e-9)
        self.assertLessEqual(0, found["k"])
        self.assertLessEqual(found["k"], found["n"])
        self.assertAlmostEqual(sum(found["weights"].values()), 1)
        # the reasons account for the whole way from the phase's percentage
        self.assertAlmostEqual(default + sum(found["reasons"].values()), found["win"])

    def test_no_closed_deal_yet_is_the_phase_s_percentage_and_says_so(self):
        for stays in ([], [Stay(1, "a", 0, 30, None, "north")]):
            found = self._look_up(stays, days=10, team="north")
            self.assertEqual((found["win"], found["level"]), (0.4, PHASE))
            self.assertEqual((found["low"], found["high"]), (0, 1))
            self.assertEqual((found["k"], found["n"], found["open"]), (0, 0, len(stays)))

    def test_one_closed_deal_moves_the_phase_s_percentage_a_little(self):
        found = self._look_up(self._closed(1, 0))
        self.assertEqual(found["level"], PHASE)
        self.assertAlmostEqual(found["win"], (1 + PRIOR * 0.4) / (1 + PRIOR))
        self.assertEqual((found["k"], found["n"]), (1, 1))
        self.assertLess(found["low"], 0.25)

    def test_all_won_or_all_lost_is_no_certainty(self):
        for won, lost in ((40, 0), (0, 40)):
            found = self._look_up(self._closed(won, lost))
            self.assertEqual((found["k"], found["n"], found["level"]), (won, 40, COMPANY))
            self.assertTrue(0.01 < found["win"] < 0.99, found)
            self.assertGreater(found["high"] - found["low"], 0.05)

    def test_all_alike_in_a_later_phase_of_few_is_no_certainty_before_it(self):
        stays = [Stay(i, "a", 0, 3, "b", None) for i in range(95)]
        stays += [Stay(100 + i, "a", 0, 3, "lost", None) for i in range(5)]
        stays += [
            Stay(i, "b", 3, 6 if i < 3 else 3, "won" if i < 3 else None, None) for i in range(95)
        ]
        tables = build_tables(count_stays(stays)[0], {"a": 0.5, "b": 0.5})
        self.assertLess(tables["company"]["a"]["size"][0], 10)

    @check
    @given(
        won=st.integers(0, 10), lost=st.integers(0, 10), default=st.sampled_from([0.05, 0.5, 0.9])
    )
    def test_the_more_deals_the_nearer_to_what_they_did(self, won, lost, default):
        if not won + lost:
            return
        rate = won / (won + lost)
        distances = [
            abs(self._look_up(self._closed(won * n, lost * n), default=default)["win"] - rate)
            for n in (1, 2, 5, 20)
        ]
        for distance, after in zip(distances, distances[1:], strict=False):
            self.assertLessEqual(after, distance + 1e-6)
        self.assertLessEqual(distances[0], abs(default - rate) + 1e-6)

    def test_a_team_of_few_deals_is_near_its_company_one_of_many_is_itself(self):
        others = self._closed(20, 180, "south", first=1000)
        company = self._look_up(others)["win"]
        last = company
        for size in (1, 4, 20, 200):
            found = self._look_up(self._closed(size, 0, "north") + others, team="north")
            self.assertGreater(found["win"], last)
            last = found["win"]
        self.assertEqual(found["level"], TEAM)
        self.assertEqual((found["k"], found["n"]), (200, 200))
        self.assertGreater(last, 0.9)
        few = self._look_up(self._closed(1, 0, "north") + others, team="north")
        self.assertEqual(few["level"], COMPANY)
        self.assertEqual((few["k"], few["n"]), (21, 201))
        self.assertLess(few["win"], 0.25)

    def test_the_only_team_is_its_company(self):
        stays = self._closed(30, 10, "north")
        self.assertEqual(self._look_up(stays, team="north"), self._look_up(stays))

    def test_the_days_in_the_phase_count(self):
        """Those decided within 5 days are won, those that take 30 are lost."""
        stays = self._closed(100, 0) + self._closed(0, 100, days=30, first=500)
        early, late = self._look_up(stays, days=5), self._look_up(stays, days=6)
        self.assertEqual((early["k"], early["n"]), (100, 200))
        self.assertEqual((late["k"], late["n"], late["days"]), (0, 100, 6))
        self.assertLess(late["win"], early["win"] - 0.3)
        self.assertLess(late["reasons"]["time"], -0.3)
        self.assertEqual(early["reasons"]["time"], 0)

    def test_beyond_the_longest_stay_it_is_the_phase_s_figure_with_nothing_known(self):
        found = self._look_up(self._closed(100, 100), days=500)
        self.assertAlmostEqual(found["win"], self._look_up(self._closed(100, 100))["win"])
        self.assertEqual((found["k"], found["n"], found["days"]), (100, 200, 0))
        self.assertEqual((found["low"], found["high"]), (0, 1))

    def test_history_too_young_to_tell_is_not_taken_for_lost(self):
        """After ten days 10 of 200 are won and 10 lost; the others are as new."""
        stays = self._closed(10, 10)
        stays += [Stay(100 + i, "a", 0, 10, None, None) for i in range(180)]
        found = self._look_up(stays, default=0.4)
        self.assertGreater(found["unresolved"], 0.8)
        self.assertAlmostEqual(found["win"], 0.41, delta=0.01)
        self.assertEqual(found["level"], PHASE)
        self.assertEqual((found["k"], found["n"], found["open"]), (10, 20, 180))
        self.assertLess(found["low"], 0.1)
        self.assertGreater(found["high"], 0.9)

    def test_an_end_before_the_beginning_counts_as_no_day_and_is_counted(self):
        counts, faults = count_stays([Stay(1, "a", 9, 2, "won", None), Stay(2, "a", 1, 1, None, 1)])
        self.assertEqual((faults, [count.days for count in counts]), (1, [0, 0]))

    def test_a_deal_that_comes_back_to_a_phase_counts_once_among_the_similar_ones(self):
        stays = [
            Stay(1, "a", 0, 3, "b", None),
            Stay(1, "b", 3, 5, "a", None),
            Stay(1, "a", 5, 15, "won", None),
        ]
        found = self._look_up(stays)
        self.assertEqual((found["k"], found["n"]), (1, 1))
        self.assertEqual(self._look_up(stays, days=10)["n"], 1)

    def test_counts_of_a_database_tell_the_same_as_stays(self):
        """Finer rows of the same counts, as SQL groups them, make the same tables."""
        stays = self._closed(7, 5, "north") + self._closed(3, 9, "south", days=100, first=50)
        counts = count_stays(stays)[0]
        split = [count._replace(stays=1, deals=1) for count in counts for _i in range(count.stays)]
        defaults = dict.fromkeys(PHASES, 0.4)
        self.assertEqual(build_tables(counts, defaults), build_tables(split, defaults))

    def test_a_million_stays_are_a_few_thousand_counts(self):
        rng = random.Random(5)
        counts = [
            probability.Count(phase, team, day, exit_, fate, 100, 100)
            for phase in range(6)
            for team in range(5)
            for day in range(0, 400, 3)
            for exit_, fate in [
                (rng.choice([(phase + 1) % 6, "won", "lost", None]), rng.choice(["won", "lost"]))
                for _i in range(3)
            ]
        ]
        self.assertGreater(sum(count.stays for count in counts), 1_000_000)
        tables = build_tables(counts, dict.fromkeys(range(6), 0.5))
        self.assertEqual(len(tables["teams"]), 5)
        self.assertLess(len(json.dumps(tables)), 1_000_000)

    def test_prior_is_worth_what_groups_bear_out(self):
        rng = random.Random(3)
        for strength in (4, 12, 30):
            groups = []
            for _i in range(800):
                chance = rng.betavariate(strength * 0.3, strength * 0.7)
                groups.append((sum(rng.random() < chance for _j in range(40)), 40, 0.3))
            self.assertAlmostEqual(get_prior_size(groups) / strength, 1, delta=0.3)


#: Hazards of a day in a phase: (exit, chance of it on a day up to that day, and after it).
TURN = 12
HAZARDS = {
    "a": [("b", 0.06, 0.03), ("lost", 0.01, 0.05), ("won", 0.0, 0.002)],
    "b": [("won", 0.05, 0.02), ("lost", 0.02, 0.04), ("a", 0.01, 0.0)],
}
LAST_DAY = 1000


def get_truth(hazards):
    """Return {phase: [chance to win of a deal in the phase on each day]}, by iteration."""
    entry = dict.fromkeys(hazards, 0.0)
    for _i in range(200):
        chances = {}
        for phase, exits in hazards.items():
            chance, days = 0.0, []
            for day in range(LAST_DAY, -1, -1):
                parts = {exit_: early if day <= TURN else late for exit_, early, late in exits}
                chance = (1 - sum(parts.values())) * chance + sum(
                    part * (1.0 if exit_ == "won" else entry.get(exit_, 0.0))
                    for exit_, part in parts.items()
                )
                days.append(chance)
            chances[phase] = days[::-1]
        change = max(abs(chances[phase][0] - entry[phase]) for phase in hazards)
        entry = {phase: days[0] for phase, days in chances.items()}
        if change < 1e-12:
            break
    return chances


def simulate(rng, hazards, deals_, team=None, first=0):
    """Return the stays of deals that begin on any of 300 days and are looked at on the last."""
    stays = []
    for deal in range(first, first + deals_):
        day, phase = rng.randrange(300), "a"
        while phase in hazards and day < 300:
            begin, exit_ = day, None
            while exit_ is None and day <= 300:
                draw = rng.random()
                for name, early, late in hazards[phase]:
                    draw -= early if day - begin <= TURN else late
                    if draw < 0:
                        exit_ = name
                        break
                day += exit_ is None
            if day > 300:
                exit_, day = None, 300
            stays.append(Stay(deal, phase, begin, day, exit_, team))
            if exit_ is None:
                break
            phase = exit_
    return stays


@tagged("post_install", "-at_install")
class TestCoverage(BaseCase):
    def test_the_truth_is_inside_the_interval_at_its_rate(self):
        """Known hazards that change with the days, back moves, and deals that are still open.

        The phases' percentages are far from the truth, as opinions are.
        """
        truth = get_truth(HAZARDS)
        rng = random.Random(2026)
        places = [("a", 0), ("a", 5), ("a", 15), ("b", 0), ("b", 10), ("b", 14)]
        for size in (40, 150):
            inside = dict.fromkeys(places, 0)
            for _run in range(RUNS):
                tables = build_tables(
                    count_stays(simulate(rng, HAZARDS, size))[0], {"a": 0.1, "b": 0.8}
                )
                for phase, day in places:
                    found = look_up(tables, phase, day, {"a": 0.1, "b": 0.8}[phase])
                    inside[phase, day] += found["low"] <= truth[phase][day] <= found["high"]
            for place, count in inside.items():
                with self.subTest(place=place, deals=size):
                    self.assertGreaterEqual(count / RUNS, NOMINAL - TOLERANCE)

    def test_the_truth_of_a_team_is_inside_its_interval_at_its_rate(self):
        """Teams differ from one another, as a beta distribution has it; each has few deals."""
        rng = random.Random(11)
        inside = total = 0
        runs = max(RUNS // 4, 10)
        for _run in range(runs):
            stays, chances = [], {}
            for team in range(8):
                chance = chances[team] = rng.betavariate(6, 9)
                won, lost = 0.1 * chance, 0.1 * (1 - chance)
                hazards = {"a": [("won", won, won), ("lost", lost, lost)]}
                stays += simulate(rng, hazards, rng.choice([5, 15, 40]), team, 100 * team)
            tables = build_tables(count_stays(stays)[0], {"a": 0.7})
            for team, chance in chances.items():
                found = look_up(tables, "a", 0, 0.7, team)
                inside += found["low"] <= chance <= found["high"]
                total += 1
        self.assertGreaterEqual(inside / total, NOMINAL - TOLERANCE)

    def test_the_estimate_is_not_biased_by_deals_that_are_still_open(self):
        """Counting closed deals only would: here those that are lost take longer."""
        hazards = {"a": [("won", 0.08, 0.0), ("lost", 0.0, 0.02)]}
        truth = get_truth(hazards)["a"][0]
        rng = random.Random(7)
        errors, naive = [], []
        for _run in range(60):
            stays = simulate(rng, hazards, 300)
            curve = build_table(count_stays(stays)[0])["a"]
            errors.append(curve["win"][0] - truth)
            naive.append(curve["won"][0] / (curve["won"][0] + curve["lost"][0]) - truth)
        self.assertAlmostEqual(sum(errors) / 60, 0, delta=0.01)
        self.assertGreater(sum(naive) / 60, 0.03)
