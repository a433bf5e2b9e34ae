"""Whether chances that were given came true: what to trust of them, once the deals are closed."""

from math import fsum, sqrt

from .rates import Z_95, wilson

#: The verdicts, from the one that trusts least.
LITTLE, WORSE, SAME, BETTER = VERDICTS = ("little", "worse", "same", "better")

#: Closed deals below which nothing is said of how good chances are.
DEALS_MIN = 30


def get_brier(pairs):
    """Return the mean squared error of chances: 0 is best, 0.25 is what 50 % for all deals gets.

    G. W. Brier, "Verification of forecasts expressed in terms of probability", Monthly Weather
    Review 78 (1950) 1-3.

    :param pairs: list of (chance from 0 to 1, whether the deal was won); false: there is none

    >>> get_brier([(1, True), (0.5, False)]), get_brier([])
    (0.125, False)
    """
    return fsum((chance - won) ** 2 for chance, won in pairs) / len(pairs) if pairs else False


def get_bins(pairs, number=10, z=Z_95):
    """Return what became of the deals, by the chance that they were given.

    :param pairs: list of (chance from 0 to 1, whether the deal was won)
    :param int number: bins of equal width; those without a deal are left out
    :return: list of {"from", "to": bounds, "chance": mean of those given, "k", "n": won and all
        deals, "rate", "low", "high": what became of them with its interval, "fits": whether the
        chance lies in it}

    >>> [found] = get_bins([(0.62, True), (0.68, False)], 5)
    >>> found["from"], found["to"], round(found["chance"], 2), found["k"], found["n"]
    (0.6, 0.8, 0.65, 1, 2)
    """
    bins = {}
    for chance, won in pairs:
        bins.setdefault(min(int(chance * number), number - 1), []).append((chance, won))
    found = []
    for index, deals in sorted(bins.items()):
        won, count = sum(bool(won) for _chance, won in deals), len(deals)
        chance = fsum(chance for chance, _won in deals) / count
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


def compare(pairs, others, z=Z_95):
    """Return how much smaller the Brier score of chances is than that of others for the same deals.

    :param pairs: list of (chance, whether the deal was won)
    :param others: list of other chances, of the same deals in the same order
    :return: (mean difference, lower, upper bound): positive where the first ones are better. The
        bounds are those of a mean of pairs, without a sense for fewer than two deals: then false.

    >>> [round(value, 3) for value in compare([(0.9, True), (0.2, False)] * 20, [0.5] * 40)]
    [0.225, 0.22, 0.23]
    >>> compare([(1, True)], [0.5])
    (0.25, False, False)
    """
    gains = [
        (other - won) ** 2 - (chance - won) ** 2
        for (chance, won), other in zip(pairs, others, strict=True)
    ]
    if not gains:
        return False, False, False
    count = len(gains)
    mean = fsum(gains) / count
    if count < 2:
        return mean, False, False
    deviation = sqrt(fsum((gain - mean) ** 2 for gain in gains) / (count - 1) / count)
    return mean, mean - z * deviation, mean + z * deviation


def get_calibration(deals, base=None, number=10, z=Z_95):
    """Return how good the chances of closed deals were, and whether to trust such chances.

    The verdict compares with the base rate, the part of all deals that is won, which takes no
    knowledge of a deal: ``better`` or ``worse`` where the whole interval of the difference lies on
    that side, ``same`` where it does not, and ``little`` below ``DEALS_MIN`` deals.

    :param deals: list of {"won": whether, "win": the chance from 0 to 1, and where they are known
        "default": the phase's percentage, "seller": the salesperson's own, from 0 to 1}
    :param float base: the rate that was known when the chances were given; without one, that of
        these very deals, which nobody knew then: the hardest to be better than
    :return: {"n", "k": deals, won ones, "base", "bins", "verdict", "parts": of the Brier score,
        "brier": {name: score}, "gain": {name: (difference, lower, upper bound) of the chances
        against it}}; names are "win", "base", "default" and "seller", which are scored on the deals
        that have them ("counts": how many)

    >>> deals = [{"won": i % 4 > 0, "win": 0.9 if i % 4 else 0.1} for i in range(80)]
    >>> found = get_calibration(deals)
    >>> found["verdict"], found["n"], found["k"], round(found["brier"]["win"], 4)
    ('better', 80, 60, 0.01)
    >>> get_calibration([])["verdict"]
    'little'
    """
    pairs = [(deal["win"], bool(deal["won"])) for deal in deals]
    won = sum(won for _chance, won in pairs)
    if base is None:
        base = won / len(pairs) if pairs else 0.0
    brier, gain, counts = {"win": get_brier(pairs)}, {}, {"win": len(pairs)}
    for name in ("base", "default", "seller"):
        known = [
            (pair, base if name == "base" else deal[name])
            for pair, deal in zip(pairs, deals, strict=True)
            if name == "base" or deal.get(name) is not None
        ]
        counts[name] = len(known)
        brier[name] = get_brier([(other, won) for (_chance, won), other in known])
        gain[name] = compare([pair for pair, _other in known], [other for _pair, other in known], z)
    _mean, low, high = gain["base"]
    verdict = SAME
    if len(pairs) < DEALS_MIN:
        verdict = LITTLE
    elif low > 0:
        verdict = BETTER
    elif high < 0:
        verdict = WORSE
    return {
        "n": len(pairs),
        "k": won,
        "base": base,
        "brier": brier,
        "gain": gain,
        "counts": counts,
        "bins": get_bins(pairs, number, z),
        "parts": get_decomposition(pairs, number),
        "verdict": verdict,
    }
