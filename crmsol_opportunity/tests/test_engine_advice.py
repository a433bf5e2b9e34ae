import doctest
import math
from datetime import date, timedelta
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..engine import advice
from ..engine.advice import (
    DECISIONS,
    MAX_ADVICE,
    NO_FACTS,
    WITHOUT_THRESHOLD,
    Rule,
    get_advice,
    get_due_date,
)

TODAY = date(2026, 11, 25)
PAST = date(2026, 11, 20)
THRESHOLDS = {"overdue": 2, "deadline": 3, "postponed": 3, "slow": 2, "budget": 10}
RULES = [
    Rule(code, 10 * position, THRESHOLDS.get(code, 0), 1) for position, code in enumerate(DECISIONS)
]

#: code -> facts with which the rule holds, at its threshold; and changes of them with which it does
#: not. Every one of the changes alone is enough.
TABLE = {
    "overdue": (
        {"next_action_state": "overdue", "next_action_days": -2, "next_action_id": 5},
        [{"next_action_days": -1}, {"next_action_state": "today", "next_action_days": 0}],
    ),
    "quotation": (
        {"quotation_id": 4, "quotation_date": TODAY, "quotation_days": 7, "quotation_limit": 7},
        [
            {"quotation_days": 8},
            {"quotation_limit": 6},
            {"quotation_days": None},
            {"contact_days": 7},
            {"contact_days": 0},
        ],
    ),
    "deadline": (
        {"deadline": PAST, "deadline_days": 3},
        [{"deadline_days": 2}, {"deadline": None}],
    ),
    "no_action": ({"next_action_state": "none"}, [{"next_action_state": "planned"}]),
    "silent": (
        {"silence_days": 14, "silence_limit": 14},
        [{"silence_days": 13}, {"silence_limit": 0}, {"silence_limit": 15}, {"contact_days": 0}],
    ),
    "decider": (
        {"risks": ("silent_decider",), "decider_ids": (8,), "decider_id": 8, "decider_days": 31},
        [{"risks": ()}, {"planned_people": (8,)}],
    ),
    "no_decider": ({"risks": ("no_decider",)}, [{"risks": ()}, {"risks": ("nobody",)}]),
    "postponed": ({"slip_count": 3, "slip_days": 40}, [{"slip_count": 2}]),
    "single_thread": (
        {"risks": ("single_thread",), "recent_person_id": 6, "second_id": 9},
        [{"risks": ()}, {"planned_people": (9,)}],
    ),
    "budget": (
        {"amount": 1100, "budget": 1000},
        [{"amount": 1099.99}, {"budget": 0}, {"amount": 0}, {"budget": -5}],
    ),
    "no_quotation": (
        {"needs_quotation": True},
        [{"needs_quotation": False}, {"quotation_id": 3}],
    ),
    "slow": (
        {"days_in_phase": 20.1, "phase_median_days": 10, "phase_id": 2},
        [
            {"days_in_phase": 20},
            {"phase_median_days": 0},
            {"days_in_phase": -3},
            {"phase_median_days": -1},
        ],
    ),
    "far": (
        {"next_action_state": "far", "next_action_days": 31, "next_action_id": 5},
        [{"next_action_state": "planned"}],
    ),
}

#: What is a fact of one kind, and one that is no fact of any.
numbers = st.integers(-100, 100)
ids = st.none() | st.integers(1, 3)
facts_of_any_deal = st.fixed_dictionaries(
    {},
    optional={
        "is_open": st.booleans(),
        "next_action_state": st.sampled_from([None, "none", "overdue", "today", "planned", "far"]),
        "next_action_days": numbers,
        "next_action_id": ids,
        "contact_days": st.none() | st.integers(0, 30),
        "planned_people": st.lists(st.integers(1, 3), max_size=2).map(tuple),
        "contact_id": ids,
        "silence_days": numbers,
        "silence_limit": st.integers(0, 20),
        "quotation_id": ids,
        "quotation_days": st.none() | numbers,
        "quotation_limit": st.integers(0, 10),
        "needs_quotation": st.booleans(),
        "deadline": st.none() | st.just(PAST),
        "deadline_days": numbers,
        "slip_count": st.integers(0, 9),
        "days_in_phase": numbers,
        "phase_median_days": numbers,
        "amount": numbers,
        "budget": numbers,
        "risks": st.lists(
            st.sampled_from(["nobody", "no_decider", "silent_decider", "single_thread"])
        ).map(tuple),
        "decider_ids": st.lists(st.integers(1, 3), max_size=2).map(tuple),
        "recent_person_id": ids,
        "second_id": ids,
    },
)


def codes_of(facts, rules=RULES, **kwargs):
    return [found.code for found in get_advice(facts, rules, TODAY, **kwargs)]


@tagged("post_install", "-at_install")
class TestEngineAdvice(BaseCase):
    """The decision table of the next best action."""

    def test_examples_of_the_module_hold(self):
        self.assertEqual(doctest.testmod(advice).failed, 0)

    def test_table_of_the_tests_has_every_rule(self):
        self.assertEqual(list(TABLE), list(DECISIONS))
        self.assertEqual(set(THRESHOLDS) | WITHOUT_THRESHOLD, set(DECISIONS))
        for code, decision in DECISIONS.items():
            with self.subTest(code):
                cited = {*decision.cites, decision.contact, *filter(None, [decision.latest])}
                self.assertLessEqual(cited, set(NO_FACTS))

    def test_nothing_known_gives_no_advice(self):
        self.assertEqual(get_advice({}, RULES, TODAY), [])

    def test_each_rule_holds_at_its_threshold_and_without_one_of_its_facts_it_does_not(self):
        for code, (facts, changes) in TABLE.items():
            with self.subTest(code):
                self.assertEqual(codes_of(facts), [code])
                (found,) = get_advice(facts, RULES, TODAY)
                for name, value in found.facts.items():
                    self.assertEqual(value, {**NO_FACTS, **facts}[name], "it cites what it saw")
            for change in changes:
                with self.subTest(code, change=change):
                    self.assertNotIn(code, codes_of({**facts, **change}))

    def test_each_rule_alone_follows_its_own_threshold(self):
        for code, threshold in THRESHOLDS.items():
            facts, _changes = TABLE[code]
            for factor, holds in ((0.5, True), (1, True), (1.01, False)):
                with self.subTest(code, factor=factor):
                    rule = Rule(code, 1, threshold * factor, 1)
                    self.assertEqual(codes_of(facts, [rule]), [code] * holds)

    def test_bad_thresholds_switch_the_rule_off_instead_of_failing(self):
        for code, bad in product(THRESHOLDS, (0, -1, math.nan, math.inf, None)):
            with self.subTest(code, threshold=bad):
                self.assertEqual(codes_of(TABLE[code][0], [Rule(code, 1, bad, 1)]), [])

    def test_unknown_rules_are_left_out(self):
        self.assertEqual(codes_of(TABLE["far"][0], [Rule("invented", 1, 1, 1)]), [])

    def test_closed_deals_have_no_advice(self):
        for code, (facts, _changes) in TABLE.items():
            with self.subTest(code):
                self.assertEqual(codes_of({**facts, "is_open": False}), [])

    def test_expired_quotation_holds_whatever_is_planned(self):
        facts = {**TABLE["quotation"][0], "quotation_days": -1, "contact_days": 0}
        self.assertEqual(codes_of(facts), ["quotation"])

    def test_contact_planned_after_the_quotation_expires_is_too_late(self):
        self.assertEqual(codes_of({**TABLE["quotation"][0], "contact_days": 8}), ["quotation"])

    def test_action_planned_with_somebody_else_does_not_reach_who_decides(self):
        self.assertEqual(codes_of({**TABLE["decider"][0], "planned_people": (3,)}), ["decider"])

    def test_action_planned_with_the_one_person_is_no_second_thread(self):
        facts = {**TABLE["single_thread"][0], "planned_people": (6,)}
        self.assertEqual(codes_of(facts), ["single_thread"])

    def test_three_at_most_in_the_order_of_the_sequences(self):
        everything = {}
        for facts, _changes in reversed(TABLE.values()):
            everything |= facts
        everything["risks"] = ("silent_decider", "single_thread")
        everything["next_action_state"] = "none"
        del everything["quotation_id"]
        expected = [code for code in DECISIONS if code not in ("overdue", "no_decider", "far")]
        self.assertEqual(codes_of(everything, limit=None), expected)
        self.assertEqual(codes_of(everything), expected[:MAX_ADVICE])
        backwards = [rule._replace(sequence=-rule.sequence) for rule in RULES]
        self.assertEqual(codes_of(everything, backwards), expected[::-1][:MAX_ADVICE])
        alike = [rule._replace(sequence=1) for rule in reversed(RULES)]
        self.assertEqual(codes_of(everything, alike, limit=None), expected, "the table decides")

    def test_answered_occasions_leave_their_place_to_the_next_one(self):
        facts = {**TABLE["no_action"][0], **TABLE["silent"][0]}
        first, second = get_advice(facts, RULES, TODAY)
        self.assertEqual(codes_of(facts, answered={(first.code, first.mark)}), [second.code])
        self.assertEqual(codes_of(facts, answered={(first.code, second.mark)}), codes_of(facts))

    def test_another_occasion_has_another_mark_and_the_same_one_has_not(self):
        same = {"budget": [{"amount": 1150}], "silent": [{"silence_days": 27}], "slow": []}
        other = {
            "overdue": [{"next_action_id": 6}, {"next_action_date": PAST}],
            "quotation": [{"quotation_id": 5}, {"quotation_date": PAST}, {"quotation_days": -1}],
            "deadline": [{"deadline": PAST - timedelta(days=1)}],
            "no_action": [{"last_action_id": 9}, {"phase_id": 9}],
            "silent": [{"silence_since": PAST}, {"silence_days": 28}],
            "decider": [{"decider_since": PAST}, {"decider_ids": (8, 9)}],
            "no_decider": [{"phase_id": 9}],
            "postponed": [{"slip_count": 4}],
            "single_thread": [{"recent_person_id": 7}, {"phase_id": 9}],
            "budget": [{"budget": 900}, {"amount": 1200}],
            "no_quotation": [{"phase_id": 9}],
            "slow": [{"phase_id": 9}, {"phase_since": PAST}, {"days_in_phase": 40.5}],
            "far": [{"next_action_id": 6}, {"next_action_date": PAST}],
        }
        self.assertEqual(list(other), list(DECISIONS))
        for changes, are_equal in ((same, True), (other, False)):
            for code, of_code in changes.items():
                facts = TABLE[code][0]
                (before,) = get_advice(facts, RULES, TODAY)
                for change in of_code:
                    with self.subTest(code, change=change):
                        (after,) = get_advice({**facts, **change}, RULES, TODAY)
                        self.assertEqual(before.mark == after.mark, are_equal)

    def test_the_person_is_the_one_of_the_rule_and_may_be_missing(self):
        people = {"contact_id": 1, "next_action_contact_id": 2, "decider_id": 8, "second_id": 9}
        expected = {"overdue": 2, "decider": 8, "single_thread": 9}
        for code, (facts, _changes) in TABLE.items():
            with self.subTest(code):
                (found,) = get_advice({**facts, **people}, RULES, TODAY)
                self.assertEqual(found.contact, expected.get(code, 1))
                nobody = dict.fromkeys(people)
                (found,) = get_advice({**facts, **nobody}, RULES, TODAY)
                self.assertIsNone(found.contact)

    @settings(deadline=None, derandomize=True)
    @given(st.integers(-30, 400), st.integers(0, 6), st.none() | st.integers(-30, 60))
    def test_dates_are_working_days_from_today_on(self, days, weekday, latest):
        today = TODAY + timedelta(days=weekday)
        last = latest if latest is None else today + timedelta(days=latest)
        found = get_due_date(today, days, last)
        self.assertGreaterEqual(found, today)
        is_late = last is not None and last >= today
        if is_late:
            self.assertLessEqual(found, last)
        if not is_late or today.weekday() < 5:
            self.assertLess(found.weekday(), 5)

    @settings(deadline=None, derandomize=True, max_examples=500)
    @given(facts_of_any_deal)
    def test_any_facts_give_the_same_few_pieces_of_advice_each_time(self, facts):
        found = get_advice(facts, RULES, TODAY)
        self.assertEqual(found, get_advice(dict(facts), RULES[::-1], TODAY))
        self.assertLessEqual(len(found), MAX_ADVICE)
        everything = get_advice(facts, RULES, TODAY, limit=None)
        self.assertEqual(everything[:MAX_ADVICE], found)
        self.assertEqual(len({item.code for item in everything}), len(everything))
        answered = {(item.code, item.mark) for item in everything}
        self.assertEqual(get_advice(facts, RULES, TODAY, answered), [])
