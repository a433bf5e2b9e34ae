"""Whether chances that were given came true: what to trust of them, once the deals are closed.

A deal that was looked at several times has a chance of each time, and one end. All of them are
scored: a weight by how many there are would depend on how long the deal was yet to last, which
nobody knew, and would prefer chances that are right of deals that end soon. But such chances are no
independent facts. So the deal is the unit of what is said of certainty: intervals of scores are
those of sums by deal, and in a bin a deal counts once, with the first chance that it was given
there. When that is was known at the time, so deals of right chances still come true as often.
"""

from math import comb, erfc, fsum, sqrt

from .rates import Z_95, wilson

#: The verdicts, from the one that trusts least.
LITTLE, WORSE, SAME, BETTER = VERDICTS = ("little", "worse", "same", "better")

#: Closed deals below which nothing is said of how good chances are.
DEALS_MIN = 30

#: Bins that miss are taken for bad luck, unless so many are less likely than this.
LUCK = 0.05


def get_brier(pairs):
    """Return the mean squared error of chances: 0 is best, 0.25 is what 50 % for all deals gets.

    G. W. Brier, "Verification of forecasts expressed in terms of probability", Monthly Weather
    Review 78 (1950) 1-3.

    :param pairs: list of (chance from 0 to 1, whether the deal was won); false: there is none

    >>> get_brier([(1, True), (0.5, False)]), get_brier([])
    (0.125, False)
    """
    return fsum((chance - won) ** 2 for chance, won in pairs) / len(pairs) if pairs else False


def get_bins(pairs, number=10, z=Z_95, deals=None):
    """Return what became of the deals, by the chance that they were given.

    :param pairs: list of (chance from 0 to 1, whether the deal was won)
    :param int number: bins of equal width; those without a deal are left out
    :param deals: list of which deal each pair is of, in order of time: a deal counts once in a bin,
        with its first pair there; without it, each pair is a deal of its own
    :return: list of {"from", "to": bounds, "chance": mean of those given, "k", "n": won and all
        deals, "rate", "low", "high": what became of them with its interval, "fits": whether the
        chance lies in it}

    >>> [found] = get_bins([(0.62, True), (0.68, False)], 5)
    >>> found["from"], found["to"], round(found["chance"], 2), found["k"], found["n"]
    (0.6, 0.8, 0.65, 1, 2)
    >>> [found] = get_bins([(0.62, True), (0.68, True)], 5, deals=["a", "a"])
    >>> found["chance"], found["k"], found["n"]
    (0.62, 1, 1)
    """
    bins = {}
    for deal, (chance, won) in zip(_get_deals(pairs, deals), pairs, strict=True):
        index = min(int(chance * number), number - 1)
        bins.setdefault(index, {}).setdefault(deal, (chance, won))
    found = []
    for index, of_bin in sorted(bins.items()):
        won, count = sum(bool(won) for _chance, won in of_bin.values()), len(of_bin)
        chance = fsum(chance for chance, _won in of_bin.values()) / count
        low, high = wilson(won, count, z)
        found.append(
            {
                "from": index / number,
                "to": (index + 1) / number,
                "chance": chance,
                "k": won,
                "n": count,
                "rate": won / count,
                "low": low,
                "high": high,
                "fits": low <= chance <= high,
            }
        )
    return found


def _get_deals(pairs, deals):
    return range(len(pairs)) if deals is None else deals


def are_bins_bad_luck(bins, z=Z_95):
    """Return whether no more bins miss their chance than happens to chances that are right.

    Of the intervals of such chances one in twenty misses (with the usual ``z``).

    >>> row = {"fits": True}
    >>> are_bins_bad_luck([row] * 4 + [{"fits": False}])
    True
    >>> are_bins_bad_luck([row] * 3 + [{"fits": False}] * 2)
    False
    """
    missed, number = sum(not row["fits"] for row in bins), len(bins)
    rate = erfc(z / sqrt(2))
    fewer = fsum(comb(number, k) * rate**k * (1 - rate) ** (number - k) for k in range(missed))
    return 1 - fewer >= LUCK


def get_decomposition(pairs, number=10):
    """Return the parts of the Brier score (A. H. Murphy, "A new vector partition of the probability
    score", Journal of Applied Meteorology 12 (1973) 595-600).

    brier = reliability − resolution + uncertainty + within. Reliability is how far chances are from
    what became of the deals (0 is best), resolution how far deals of different chances came apart
    (much is best), uncertainty what nobody is to blame for. ``within`` is what the bins hide
    (D. B. Stephenson et al., Weather and Forecasting 23 (2008) 752-757); it is 0 where all chances
    of a bin are the same.

    >>> parts = get_decomposition([(0.8, True), (0.8, True), (0.2, False), (0.2, True)])
    >>> {name: round(value, 4) for name, value in parts.items()}
    {'reliability': 0.065, 'resolution': 0.0625, 'uncertainty': 0.1875, 'within': 0.0}
    """
    if not pairs:
        return {"reliability": 0.0, "resolution": 0.0, "uncertainty": 0.0, "within": 0.0}
    count = len(pairs)
    base = sum(bool(won) for _chance, won in pairs) / count
    bins = get_bins(pairs, number)
    reliability = fsum(row["n"] * (row["chance"] - row["rate"]) ** 2 for row in bins) / count
    resolution = fsum(row["n"] * (row["rate"] - base) ** 2 for row in bins) / count
    uncertainty = base * (1 - base)
    within = get_brier(pairs) - (reliability - resolution + uncertainty)
    return {
        "reliability": reliability,
        "resolution": resolution,
        "uncertainty": uncertainty,
        "within": within,
    }


def get_mean(values, z=Z_95, deals=None):
    """Return the mean of values with its interval, of which those of a deal are not independent.

    The variance is that of a ratio of sums over the deals (W. G. Cochran, "Sampling Techniques",
    3rd ed., Wiley 1977, section 6.4): the usual one where each deal has one value.

    :param deals: list of which deal each value is of; without it, each is of a deal of its own
    :return: (mean, lower, upper bound); of fewer than two deals the bounds are false

    >>> [round(value, 3) for value in get_mean([1, 2, 3, 4])]
    [2.5, 1.235, 3.765]
    >>> [round(value, 3) for value in get_mean([1, 1, 2, 2, 3, 3, 4, 4], deals="aabbccdd")]
    [2.5, 1.235, 3.765]
    >>> get_mean([3, 4], deals="aa"), get_mean([])
    ((3.5, False, False), (False, False, False))
    """
    if not values:
        return False, False, False
    mean = fsum(values) / len(values)
    sums = {}
    for deal, value in zip(_get_deals(values, deals), values, strict=True):
        sums[deal] = sums.get(deal, 0.0) + value - mean
    count = len(sums)
    if count < 2:
        return mean, False, False
    variance = count / (count - 1) * fsum(part**2 for part in sums.values()) / len(values) ** 2
    return mean, mean - z * sqrt(variance), mean + z * sqrt(variance)


def compare(pairs, others, z=Z_95, deals=None):
    """Return how much smaller the Brier score of chances is than that of others for the same deals.

    :param pairs: list of (chance, whether the deal was won)
    :param others: list of other chances, of the same deals in the same order
    :param deals: as in :func:`get_mean`
    :return: (mean difference, lower, upper bound): positive where the first ones are better. The
        bounds have no sense for fewer than two deals: then false.

    >>> [round(value, 3) for value in compare([(0.9, True), (0.2, False)] * 20, [0.5] * 40)]
    [0.225, 0.22, 0.23]
    >>> compare([(1, True)], [0.5])
    (0.25, False, False)
    """
    gains = [
        (other - won) ** 2 - (chance - won) ** 2
        for (chance, won), other in zip(pairs, others, strict=True)
    ]
    return get_mean(gains, z, deals)


def get_calibration(deals, base=None, number=10, z=Z_95):
    """Return how good the chances of closed deals were, and whether to trust such chances.

    The verdict compares with the base rate, the part of all deals that is won, which takes no
    knowledge of a deal: ``better`` or ``worse`` where the whole interval of the difference lies on
    that side, ``same`` where it does not, and ``little`` below ``DEALS_MIN`` deals.

    :param deals: list of chances, in order of time, each {"won": whether the deal was, "win": the
        chance from 0 to 1, and where they are known "deal": which one it is of; without it, each is
        of a deal of its own; "default": the phase's percentage, "seller": the salesperson's own,
        "base": the base rate of that time, from 0 to 1}
    :param float base: the base rate, where the chances do not have it; without one, that of these
        very deals, which nobody knew then: the hardest to be better than
    :return: {"n", "k": chances, those of won deals, "deals", "won": deals, won ones, "base",
        "bins", "fits": whether no more bins miss than by bad luck, "bias": (how much higher the
        chances are than what came true, lower, upper bound), "verdict", "parts": of the Brier
        score, "brier": {name: score}, "gain": {name: (difference, lower, upper bound) of the
        chances against it}}; names are "win", "base", "default" and "seller", which are scored on
        the chances that have them ("counts" and "deal_counts": how many of how many deals)

    >>> deals = [{"won": i % 4 > 0, "win": 0.9 if i % 4 else 0.1} for i in range(80)]
    >>> found = get_calibration(deals)
    >>> found["verdict"], found["n"], found["k"], round(found["brier"]["win"], 4)
    ('better', 80, 60, 0.01)
    >>> get_calibration([])["verdict"]
    'little'
    """
    pairs = [(deal["win"], bool(deal["won"])) for deal in deals]
    keys = [deal.get("deal", (None, index)) for index, deal in enumerate(deals)]
    outcomes = dict(zip(keys, (won for _chance, won in pairs), strict=True))
    won = sum(won for _chance, won in pairs)
    if base is None:
        base = won / len(pairs) if pairs else 0.0
    brier, gain, counts = {"win": get_brier(pairs)}, {}, {"win": len(pairs)}
    deal_counts = {"win": len(outcomes)}
    for name in ("base", "default", "seller"):
        default = base if name == "base" else None
        known = [
            (key, pair, deal.get(name, default))
            for key, pair, deal in zip(keys, pairs, deals, strict=True)
            if deal.get(name, default) is not None
        ]
        of_known = [key for key, _pair, _other in known]
        others = [other for _key, _pair, other in known]
        counts[name], deal_counts[name] = len(known), len(set(of_known))
        brier[name] = get_brier([(other, won) for _key, (_chance, won), other in known])
        gain[name] = compare([pair for _key, pair, _other in known], others, z, of_known)
    bins = get_bins(pairs, number, z, keys)
    _mean, low, high = gain["base"]
    verdict = SAME
    if deal_counts["base"] < DEALS_MIN:
        verdict = LITTLE
    elif low > 0:
        verdict = BETTER
    elif high < 0:
        verdict = WORSE
    return {
        "n": len(pairs),
        "k": won,
        "deals": len(outcomes),
        "won": sum(outcomes.values()),
        "base": base,
        "brier": brier,
        "gain": gain,
        "counts": counts,
        "deal_counts": deal_counts,
        "bins": bins,
        "fits": are_bins_bad_luck(bins, z),
        "bias": get_mean([chance - won for chance, won in pairs], z, keys),
        "parts": get_decomposition(pairs, number),
        "verdict": verdict,
    }
