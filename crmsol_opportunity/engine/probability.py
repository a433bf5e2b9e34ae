"""The chance to win a deal, learnt from the deals that were in the same place before it.

Tables are built once (:func:`build_tables`), from counts that a database can aggregate; what is
known of one deal is then a look-up (:func:`look_up`). Tables are plain dicts that JSON keeps.

Three estimates are blended, each with the weight that its sample size earns it:

1. the *phase's* percentage, which is somebody's opinion;
2. the *company's* deals (:mod:`.absorption`): those that entered the phase, and those of them that
   were still in it after as many days;
3. the *team's* own deals.

With ``n`` deals against a prior that is worth ``m`` of them, the deals weigh ``n / (n + m)``: the
posterior mean of a beta-binomial model whose prior is the estimate before it. ``m`` is learnt
(empirical Bayes, :func:`get_prior_size`) from how far phases are from their percentages, and teams
from their company. ``n`` is the effective size: the number of deals, all followed to their end,
from which the estimate would have the variance that it has.

What the estimate of one step leaves unresolved is taken to end as the one before says: history that
is too young to tell must not look like deals that are never won.

What a fact does to the chance, phase, days and team, is the difference that its step makes.
"""

from bisect import bisect_left
from collections import Counter, namedtuple
from math import fsum

from .absorption import LOST, WON, Absorption, get_bucket, get_last_day
from .rates import Z_95, wilson

OPEN = "open"

#: The estimates, from the most general one to the most particular one.
PHASE, COMPANY, TEAM = LEVELS = ("phase", "company", "team")

#: What moves the chance: deals that were in the phase, days in it, the team.
ENTERED, TIME, OWN_TEAM = REASONS = ("entered", "time", "team")

#: How many deals a prior is worth before any group tells, how many groups that counts as, the
#: closed deals from which on a group tells, and the bounds of what they may tell.
PRIOR, PRIOR_GROUPS, GROUP_MIN = 10.0, 3, 5
PRIOR_MIN, PRIOR_MAX = 2.0, 50.0

#: One stay of a deal in a phase. ``begin`` and ``end`` in days on any scale; ``exit``: ``"won"``,
#: ``"lost"``, the next phase, or ``None`` if it had not ended at ``end``.
Stay = namedtuple("Stay", "deal phase begin end exit team")

#: Stays of one kind and how many there are. ``fate``: what the deal came to: won, lost or open.
#: ``deals``: those stays that are their deal's longest one in the phase, so that it counts once.
Count = namedtuple("Count", "phase team days exit fate stays deals")


def count_stays(stays):
    """Return the counts of stays, and how many of them had an end before their beginning.

    Those, of imported dates, count as stays of no day.

    :param stays: iterable of :class:`Stay`, those of a deal in any order
    :return: (list of :class:`Count`, number of faults)

    >>> counts, faults = count_stays(
    ...     [Stay(1, "new", 0, 4.5, "offer", "a"), Stay(1, "offer", 4.5, 3, "won", "a")]
    ... )
    >>> counts[0], counts[1].days, faults
    (Count(phase='new', team='a', days=4, exit='offer', fate='won', stays=1, deals=1), 0, 1)
    """
    stays = list(stays)
    fates, longest, faults = {}, {}, 0
    days = []
    for index, stay in enumerate(stays):
        faults += stay.end < stay.begin
        days.append(get_bucket(stay.end - stay.begin))
        if stay.exit in (WON, LOST):
            fates[stay.deal] = stay.exit
        best = longest.setdefault((stay.deal, stay.phase), index)
        if days[index] > days[best]:
            longest[stay.deal, stay.phase] = index
    longest = set(longest.values())
    counts, deals = Counter(), Counter()
    for index, stay in enumerate(stays):
        fate = fates.get(stay.deal, OPEN)
        key = (stay.phase, stay.team, days[index], stay.exit, fate)
        counts[key] += 1
        deals[key] += index in longest
    return [Count(*key, count, deals[key]) for key, count in counts.items()], faults


def get_prior_size(groups):
    """Return how many deals a prior is worth: many where groups are as it says, few where not.

    The estimate of moments of the beta-binomial model (J. C. Kleinman, "Proportions with
    extraneous variance: single and independent samples", Journal of the American Statistical
    Association 68 (1973) 46-54), with means that are given.

    :param groups: iterable of (won, closed, chance that the prior gives)
    :return: from ``PRIOR_MIN`` to ``PRIOR_MAX``; ``PRIOR`` where no group tells

    >>> get_prior_size([])
    10.0
    >>> [round(get_prior_size([(50, 100, 0.5)] * groups), 1) for groups in (1, 3, 100)]
    [13.7, 21.0, 50.0]
    >>> [round(get_prior_size([(5, 100, 0.5)] * groups), 1) for groups in (1, 3, 100)]
    [2.7, 2.0, 2.0]
    """
    spread = expected = 0.0
    number = 0
    for won, closed, chance in groups:
        if closed < GROUP_MIN:
            continue
        chance = min(max(chance, 0.02), 0.98)  # of a certainty every deal would be a refutation
        variance = chance * (1 - chance)
        spread += (won - closed * chance) ** 2 / closed - variance
        expected += variance * (closed - 1)
        number += 1
    if not number:
        return PRIOR
    found = min(max(spread / expected, 0.0), 1.0)
    # few groups tell little of how they differ
    correlation = (number * found + PRIOR_GROUPS / (PRIOR + 1)) / (number + PRIOR_GROUPS)
    return min(max(1 / correlation - 1, PRIOR_MIN), PRIOR_MAX)


def build_table(counts):
    """Return what the deals of one group tell: by phase, a curve over the days in it.

    :param counts: iterable of :class:`Count`
    :return: {phase as text: {"days": buckets, and for deals that were in the phase up to the
        bucket: "win", "lose": chances, "size": effective size, "stays", and how many of them are
        by now "won", "lost", "open"}}
    """
    exits, fates = {}, {}
    for count in counts:
        day = get_bucket(count.days)
        of_day = exits.setdefault(count.phase, {}).setdefault(day, Counter())
        of_day[count.exit] += count.stays
        fates.setdefault(count.phase, Counter())[day, count.fate] += count.deals
    absorption = Absorption(exits)
    table = {}
    for phase in exits:
        curve = absorption.get_curve(phase)
        for fate in (WON, LOST, OPEN):
            total, numbers = 0, []
            for day in reversed(curve["days"]):
                total += fates[phase][day, fate]
                numbers.append(total)
            curve[fate] = numbers[::-1]
        curve["size"] = [
            round(min(won + lost, stays) if size is None else size, 3)
            for size, won, lost, stays in zip(
                curve["size"], curve[WON], curve[LOST], curve["stays"], strict=True
            )
        ]
        for chance in ("win", "lose"):
            curve[chance] = [round(value, 6) for value in curve[chance]]
        table[str(phase)] = curve
    return table


def build_tables(counts, defaults):
    """Return the tables of a company and of its teams.

    :param counts: iterable of :class:`Count`; of deals without a team, the team is ``None``
    :param dict defaults: {phase: its percentage, from 0 to 1}
    :return: {"company": table, "teams": {team: table}, "prior", "team_prior": sizes}

    >>> tables = build_tables([Count("new", None, 3, "won", "won", 2, 2)], {"new": 0.1})
    >>> tables["company"]["new"]["win"], tables["teams"], tables["prior"]
    ([1.0], {}, 10.0)
    """
    counts = list(counts)
    by_team = {}
    for count in counts:
        if count.team is not None:
            by_team.setdefault(count.team, []).append(count)
    company = build_table(counts)
    teams = {team: build_table(of_team) for team, of_team in by_team.items()}
    shares = {str(phase): chance for phase, chance in defaults.items()}
    of_phases = [
        (*_get_closed(curve), shares[phase]) for phase, curve in company.items() if phase in shares
    ]
    of_teams = []
    for table in teams.values():
        for phase, curve in table.items():
            won, closed = _get_closed(company[phase])
            if curve["stays"][0] < company[phase]["stays"][0]:
                of_teams.append((*_get_closed(curve), won / closed if closed else 0.5))
    return {
        "company": company,
        "teams": teams,
        "prior": get_prior_size(of_phases),
        "team_prior": get_prior_size(of_teams),
    }


def _get_closed(curve):
    """Return how many deals that entered the phase are won, and how many closed."""
    return curve[WON][0], curve[WON][0] + curve[LOST][0]


def _get_row(curve, days):
    """Return what a curve tells of deals in the phase after so many days; empty: nothing."""
    index = bisect_left(curve["days"], get_bucket(days)) if curve else 0
    if not curve or index == len(curve["days"]):
        return {"win": 0.0, "lose": 0.0, "size": 0.0, "stays": 0, WON: 0, LOST: 0, OPEN: 0}
    return {key: values[index] for key, values in curve.items()}


#: Parts of a chance: deals that are won, lost and unresolved, which make 1; what of the unresolved
#: part is taken to be won; the share that is nothing but the phase's percentage.
_Parts = namedtuple("_Parts", "won lost unresolved filled opinion")


def _blend(*weighted):
    """Return the sum of parts times their weights."""
    return _Parts(
        *(fsum(weight * parts[i] for weight, parts in weighted) for i in range(len(_Parts._fields)))
    )


def _get_win(parts):
    return min(max(parts.won + parts.filled, 0.0), 1.0)


def _fill(row, before):
    """Return the parts of a row. What it leaves unresolved ends as the estimate before says."""
    unresolved = max(1 - row["win"] - row["lose"], 0.0)
    return _Parts(
        row["win"],
        row["lose"],
        unresolved,
        unresolved * _get_win(before),
        unresolved * before.opinion,
    )


def _weigh(row, prior):
    return row["size"] / (row["size"] + prior)


def _look_up_company(tables, phase, days, default):
    """Return (parts at entry, parts after the days) without regard to the team."""
    curve = tables.get("company", {}).get(phase)
    entry, row = _get_row(curve, 0), _get_row(curve, days)
    prior = tables.get("prior", PRIOR)
    opinion = _Parts(default, 1 - default, 0.0, 0.0, 1.0)
    entered = _weigh(entry, prior)
    lasted = min(_weigh(row, prior), entered)
    at_entry = _fill(entry, opinion)
    of_phase = _blend((1 - entered, opinion), (entered, at_entry))
    after_days = _fill(row, of_phase)
    parts = _blend((1 - entered, opinion), (entered - lasted, at_entry), (lasted, after_days))
    return of_phase, parts


def _get_team_row(tables, phase, days, team):
    """Return what the team's own deals tell; nothing, if they are all of the company's."""
    curve = tables.get("teams", {}).get(team, {}).get(phase)
    if curve and curve["stays"][0] >= tables["company"][phase]["stays"][0]:
        curve = None
    return _get_row(curve, days)


def _get_bounds(row, own, own_prior, parts, z):
    """Return the interval of the chance: what is unresolved may be won or not.

    It goes from Wilson's lower bound of the won part to his upper one of what is not lost. That of
    the company comes from its deals alone, so that no opinion narrows it; that of a team is the
    posterior's, which has the company for its prior. Both are widened to the chance that is shown.
    """
    won, lost, size = row["win"], row["lose"], row["size"]
    if own["size"]:
        won, lost = parts.won, parts.lost
        size = own["size"] + 1 / (1 / (own_prior + 1) + 1 / max(size, own["size"]))
    low = wilson(min(won, 1.0) * size, size, z)[0]
    high = 1 - wilson(min(lost, 1.0) * size, size, z)[0]
    return min(low, _get_win(parts)), max(high, _get_win(parts))


def look_up(tables, phase, days, default, team=None, z=Z_95):
    """Return what is known of the chance to win a deal.

    :param dict tables: of :func:`build_tables`, or ``{}``
    :param phase: the phase in which the deal is; one without a table has its percentage only
    :param float days: how long it has been there; negative counts as 0
    :param float default: the phase's percentage, from 0 to 1
    :param team: key of ``tables["teams"]``, or ``None``
    :param float z: standard deviations of the interval
    :return: a dict of

        - ``win``: the chance, ``low`` and ``high`` its interval, from 0 to 1 if nothing is known;
        - ``won``, ``lost``, ``unresolved``: the parts of it, their sum being 1. What is unresolved
          is taken to end as the estimate before says: ``win`` = ``won`` + the part of it;
        - ``level``: the estimate that weighs most, ``weights`` of each of ``LEVELS``;
        - ``k``, ``n``, ``open``: the similar deals of that level (of the company, where that is the
          phase's percentage): won, closed and open ones;
        - ``days`` that those had been in the phase; 0 where no closed one had been so long;
        - ``reasons``: {reason: what it adds}, from ``default`` to ``win``

    >>> counts, _faults = count_stays(Stay(i, "new", 0, 5, "won", None) for i in range(30))
    >>> found = look_up(build_tables(counts, {"new": 0.2}), "new", 5, 0.2)
    >>> round(found["win"], 3), found["k"], found["n"], found["level"]
    (0.947, 30, 30, 'company')
    >>> look_up({}, "new", 5, 0.2)["level"], look_up({}, "new", 5, 0.2)["win"]
    ('phase', 0.2)
    """
    phase, default = str(phase), min(max(default, 0.0), 1.0)
    of_phase, company = _look_up_company(tables, phase, days, default)
    row = _get_row(tables.get("company", {}).get(phase), days)
    own = _get_team_row(tables, phase, days, team)
    own_prior = tables.get("team_prior", PRIOR)
    weight = _weigh(own, own_prior)
    # what the team's deals have yet to show is the company's
    resolved = own["win"] + own["lose"]
    of_team = _Parts(own["win"], own["lose"], 0.0, 0.0, 0.0)
    parts = _blend((1 - weight * resolved, company), (weight, of_team))
    win = _get_win(parts)
    low, high = _get_bounds(row, own, own_prior, parts, z)
    weights = {
        PHASE: parts.opinion,
        COMPANY: 1 - parts.opinion - weight * resolved,
        TEAM: weight * resolved,
    }
    level = max(LEVELS, key=weights.get)
    table = tables["teams"][team] if level == TEAM else tables.get("company", {})
    similar, since = _get_row(table.get(phase), days), max(int(days), 0)
    if not similar[WON] + similar[LOST]:
        similar, since = _get_row(table.get(phase), 0), 0
    return {
        "win": win,
        "low": low,
        "high": high,
        "won": parts.won,
        "lost": parts.lost,
        "unresolved": parts.unresolved,
        "level": level,
        "weights": weights,
        "k": similar[WON],
        "n": similar[WON] + similar[LOST],
        "open": similar[OPEN],
        "days": since,
        "reasons": {
            ENTERED: _get_win(of_phase) - default,
            TIME: _get_win(company) - _get_win(of_phase),
            OWN_TEAM: win - _get_win(company),
        },
    }


def get_spans(tables, phase, default, team=None):
    """Return the chance to win over the days in a phase.

    :return: list of (first day, last day or ``None`` without end, chance), without a gap

    >>> get_spans({}, "new", 0.2)
    [(0, None, 0.2)]
    >>> counts, _faults = count_stays(Stay(i, "new", 0, i % 2, "won", None) for i in range(20))
    >>> spans = get_spans(build_tables(counts, {"new": 0.2}), "new", 0.2)
    >>> [(first, last, round(win, 2)) for first, last, win in spans]
    [(0, 0, 0.92), (1, 1, 0.92), (2, None, 0.92)]
    """
    phase = str(phase)
    curves = [
        tables.get("company", {}).get(phase),
        tables.get("teams", {}).get(team, {}).get(phase),
    ]
    ends = {get_last_day(day) for curve in curves if curve for day in curve["days"]}
    spans, first = [], 0
    for last in sorted(ends - {None}):
        spans.append((first, last, look_up(tables, phase, first, default, team)["win"]))
        first = last + 1
    return [*spans, (first, None, look_up(tables, phase, first, default, team)["win"])]


class Chances:
    """Looks chances up, those of deals of one kind once.

    :param dict tables: of :func:`build_tables`, or ``{}``; they may not change any more
    :param datetime date_known: of what the tables were learnt, nothing after that is in them

    >>> counts, _faults = count_stays(Stay(i, "new", 0, 5, "won", None) for i in range(30))
    >>> chances = Chances(build_tables(counts, {"new": 0.2}))
    >>> chances.look_up("new", 5, 0.2) == look_up(chances.tables, "new", 5, 0.2)
    True
    """

    def __init__(self, tables, date_known=None):
        self.tables, self.date_known, self._found = tables, date_known, {}

    def look_up(self, phase, days, default, team=None):
        """Return what :func:`look_up` returns. Nobody may change it."""
        days = max(int(days), 0)
        key = phase, get_bucket(days), default, team
        if key not in self._found:
            self._found[key] = look_up(self.tables, phase, days, default, team)
        found = self._found[key]
        # of one kind are stays that differ by some days, if they are long
        return {**found, "days": days} if found["days"] else found
