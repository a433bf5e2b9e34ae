"""What to do next about a deal: a decision table over the facts that are known of it.

No rule guesses. Each one looks at facts, and what it says can be read off the facts that it cites.
The same facts give the same advice, in the same order.
"""

from collections import namedtuple
from datetime import timedelta
from math import floor, isfinite, log2

#: Nobody follows more pieces of advice at once.
MAX_ADVICE = 3

#: What a deal of which nothing is known looks like. Days are whole or fractions, amounts are of
#: the deal's currency; None is what does not exist. People and records are named by their id.
NO_FACTS = {
    "is_open": True,
    "next_action_state": None,  # overdue, today, planned, far or none
    "next_action_days": 0,  # negative: so many days late
    "next_action_id": None,
    "next_action_date": None,
    "next_action_contact_id": None,
    "last_action_id": None,  # of all there ever were
    "contact_days": None,  # until the first planned contact with the customer, 0 or more
    "planned_people": (),  # with whom a contact is planned
    "contact_id": None,  # whom an action addresses
    "silence_days": 0,
    "silence_limit": 0,  # 0: never silent
    "silence_since": None,
    "quotation_id": None,
    "quotation_date": None,
    "quotation_days": None,  # until it expires; negative: expired
    "quotation_limit": 0,
    "needs_quotation": False,
    "deadline": None,
    "deadline_days": 0,  # since it passed
    "slip_count": 0,
    "slip_days": 0,
    "phase_id": None,
    "phase_since": None,
    "days_in_phase": 0,
    "phase_median_days": 0,  # 0: not known
    "amount": 0,
    "budget": 0,
    "risks": (),  # see coverage.get_coverage
    "decider_id": None,
    "decider_ids": (),
    "decider_days": None,
    "decider_since": None,
    "recent_person_id": None,
    "second_id": None,  # another person than the one who was contacted
}

#: A rule as it is configured. Of equal sequences, the order of :data:`DECISIONS` counts.
Rule = namedtuple("Rule", ["code", "sequence", "threshold", "days"])

#: A piece of advice. ``facts`` are those it rests on, ``mark`` tells one occasion of it from
#: another, ``contact`` is the person to talk to: the rule's, else the deal's, None if neither is
#: known. ``date`` is the day proposed for it.
Advice = namedtuple("Advice", ["code", "facts", "mark", "contact", "date"])

#: A row of the table: when it holds, by facts and threshold; the facts that it cites; what makes
#: it another occasion; the fact with the person; and the fact with the last day that makes sense.
Decision = namedtuple(
    "Decision", ["holds", "cites", "mark", "contact", "latest"], defaults=["contact_id", None]
)


def get_over_budget(facts):
    """Return by how many percent the amount is above the budget; 0 where no budget is known.

    >>> get_over_budget({"amount": 1150, "budget": 1000})
    15.0
    >>> get_over_budget({"amount": 1150, "budget": 0}), get_over_budget({"amount": 9, "budget": 10})
    (0.0, 0.0)
    """
    amount, budget = facts["amount"] or 0, facts["budget"] or 0
    if not budget > 0 or not amount > budget:
        return 0.0
    return round(100 * (amount - budget) / budget, 6)


def get_doublings(value, limit):
    """Return how often a value has doubled since it reached its limit.

    What was set aside at its limit is worth another word once it has become twice as much.

    >>> [get_doublings(days, 14) for days in (13, 14, 27, 28, 56)]
    [0, 0, 0, 1, 2]
    >>> get_doublings(5, 0)
    0
    """
    if not limit > 0 or not value >= limit:
        return 0
    return floor(log2(value / limit) + 1e-9)


def get_due_date(today, days, latest=None):
    """Return a working day in so many days, not after the latest one if that is to come.

    >>> from datetime import date
    >>> str(get_due_date(date(2026, 11, 25), 1))  # a Wednesday
    '2026-11-26'
    >>> str(get_due_date(date(2026, 11, 27), 1))  # Saturday is no working day
    '2026-11-30'
    >>> str(get_due_date(date(2026, 11, 25), 7, latest=date(2026, 11, 28)))
    '2026-11-27'
    >>> str(get_due_date(date(2026, 11, 25), 2, latest=date(2026, 11, 1)))  # it is too late anyway
    '2026-11-27'
    """
    date = today + timedelta(days=max(days, 0))
    if latest and latest >= today:
        date = min(date, latest)
    monday = date + timedelta(days=max(7 - date.weekday(), 0) if date.weekday() > 4 else 0)
    if not latest or latest < today or monday <= latest:
        return monday
    friday = date - timedelta(days=date.weekday() - 4)
    return max(friday, today)


def _is_silent(f, _threshold):
    """A contact that is planned is on its way to end the silence."""
    limit = f["silence_limit"]
    return 0 < limit <= f["silence_days"] and f["contact_days"] is None


def _is_quotation_expiring(f, _threshold):
    """Before it expires, a contact that is planned until then is the time to talk about it."""
    left = f["quotation_days"]
    if left is None or left > f["quotation_limit"]:
        return False
    return left < 0 or f["contact_days"] is None or f["contact_days"] > left


def _is_slow(f, threshold):
    usual = f["phase_median_days"]
    return usual > 0 and f["days_in_phase"] > threshold * usual


def _is_decider_silent(f, _threshold):
    planned = set(f["planned_people"]) & set(f["decider_ids"])
    return "silent_decider" in f["risks"] and not planned


def _is_single_thread(f, _threshold):
    others = set(f["planned_people"]) - {f["recent_person_id"]}
    return "single_thread" in f["risks"] and not others


#: Whoever wants another rule adds a row here, its sentence in the model, and its record.
DECISIONS = {
    "overdue": Decision(
        lambda f, t: f["next_action_state"] == "overdue" and -f["next_action_days"] >= t,
        cites=("next_action_id", "next_action_days"),
        mark=lambda f, t: (f["next_action_id"], f["next_action_date"]),
        contact="next_action_contact_id",
    ),
    "quotation": Decision(
        _is_quotation_expiring,
        cites=("quotation_date", "quotation_days"),
        mark=lambda f, t: (f["quotation_id"], f["quotation_date"], f["quotation_days"] < 0),
        latest="quotation_date",
    ),
    "deadline": Decision(
        lambda f, t: f["deadline"] is not None and f["deadline_days"] >= t,
        cites=("deadline", "deadline_days"),
        mark=lambda f, t: (f["deadline"],),
    ),
    "no_action": Decision(
        lambda f, t: f["next_action_state"] == "none",
        cites=("next_action_state",),
        mark=lambda f, t: (f["last_action_id"], f["phase_id"]),
    ),
    "silent": Decision(
        _is_silent,
        cites=("silence_days", "silence_since"),
        mark=lambda f, t: (
            f["silence_since"],
            get_doublings(f["silence_days"], f["silence_limit"]),
        ),
    ),
    "decider": Decision(
        _is_decider_silent,
        cites=("decider_id", "decider_days"),
        mark=lambda f, t: (f["decider_since"], *sorted(f["decider_ids"])),
        contact="decider_id",
    ),
    "no_decider": Decision(
        lambda f, t: "no_decider" in f["risks"],
        cites=("risks",),
        mark=lambda f, t: (f["phase_id"],),
    ),
    "postponed": Decision(
        lambda f, t: f["slip_count"] >= t,
        cites=("slip_count", "slip_days"),
        mark=lambda f, t: (f["slip_count"],),
    ),
    "single_thread": Decision(
        _is_single_thread,
        cites=("recent_person_id", "second_id"),
        mark=lambda f, t: (f["recent_person_id"], f["phase_id"]),
        contact="second_id",
    ),
    "budget": Decision(
        lambda f, t: get_over_budget(f) >= t,
        cites=("amount", "budget"),
        mark=lambda f, t: (f["budget"], floor(get_over_budget(f) / t)),
    ),
    "no_quotation": Decision(
        lambda f, t: f["needs_quotation"] and f["quotation_id"] is None,
        cites=("phase_id",),
        mark=lambda f, t: (f["phase_id"],),
    ),
    "slow": Decision(
        _is_slow,
        cites=("days_in_phase", "phase_median_days"),
        mark=lambda f, t: (
            f["phase_id"],
            f["phase_since"],
            get_doublings(f["days_in_phase"], t * f["phase_median_days"]),
        ),
    ),
    "far": Decision(
        lambda f, t: f["next_action_state"] == "far",
        cites=("next_action_id", "next_action_days"),
        mark=lambda f, t: (f["next_action_id"], f["next_action_date"]),
    ),
}

#: Rules whose threshold is a setting of the company, or that have none.
WITHOUT_THRESHOLD = frozenset(
    {
        "quotation",
        "no_action",
        "silent",
        "decider",
        "no_decider",
        "single_thread",
        "no_quotation",
        "far",
    }
)


def get_advice(facts, rules, today, answered=(), limit=MAX_ADVICE):
    """Return what to do next about a deal, the most urgent first.

    :param dict facts: what is known, see :data:`NO_FACTS`; what is left out is not known
    :param rules: iterable of the :class:`Rule` that count; those without a decision are left out,
        and so are those that have a threshold which is no positive number
    :param date today: the day of whoever asks
    :param answered: set of ``(code, mark)``: the occasions that were seen to, or set aside
    :param int limit: how many pieces of advice at most, None for all
    :rtype: list[Advice]

    >>> from datetime import date
    >>> today = date(2026, 11, 25)
    >>> rules = [Rule("silent", 20, 0, 1), Rule("no_action", 10, 0, 0)]
    >>> facts = {"next_action_state": "none", "silence_days": 20, "silence_limit": 14}
    >>> [advice.code for advice in get_advice(facts, rules, today)]
    ['no_action', 'silent']
    >>> first = get_advice({**facts, "contact_id": 7}, rules, today, limit=1)[0]
    >>> first.contact, str(first.date), first.facts
    (7, '2026-11-25', {'next_action_state': 'none'})
    >>> [advice.code for advice in get_advice(facts, rules, today, {("no_action", first.mark)})]
    ['silent']
    >>> get_advice({**facts, "is_open": False}, rules, today)
    []
    """
    known = {**NO_FACTS, **facts}
    if not known["is_open"]:
        return []
    order = {code: position for position, code in enumerate(DECISIONS)}
    usable = [rule for rule in rules if rule.code in order and _is_usable(rule)]
    found = []
    for rule in sorted(usable, key=lambda rule: (rule.sequence, order[rule.code])):
        decision = DECISIONS[rule.code]
        if not decision.holds(known, rule.threshold):
            continue
        mark = "|".join(str(part) for part in decision.mark(known, rule.threshold))
        if (rule.code, mark) in answered:
            continue
        latest = decision.latest and known[decision.latest]
        found.append(
            Advice(
                rule.code,
                {name: known[name] for name in decision.cites},
                mark,
                known[decision.contact] or known["contact_id"],
                get_due_date(today, rule.days, latest),
            )
        )
        if limit is not None and len(found) == limit:
            break
    return found


def _is_usable(rule):
    if rule.code in WITHOUT_THRESHOLD:
        return True
    return rule.threshold is not None and isfinite(rule.threshold) and rule.threshold > 0
