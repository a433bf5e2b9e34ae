"""Rates with what a sample of their size can tell, and the speed at which a pipeline sells."""

from math import sqrt
from statistics import NormalDist

#: Standard deviations to either side within which 95 % of a normal distribution lie.
Z_95 = NormalDist().inv_cdf(0.975)


def wilson(k, n, z=Z_95):
    """Return the bounds of the score interval of a rate: k of n.

    Unlike the textbook interval it stays within 0 and 1, and says something when all or none of
    few did it. E. B. Wilson, "Probable inference, the law of succession, and statistical
    inference", Journal of the American Statistical Association 22 (1927) 209-212.

    :param int k: how many did it, from 0 to n
    :param int n: of how many; of none nothing is known, and the rate may be anything
    :param float z: standard deviations to either side
    :return: the lower and the upper bound, from 0 to 1
    :rtype: tuple
    :raise ValueError: if k is none of 0 … n

    >>> [round(bound, 3) for bound in wilson(5, 10)]
    [0.237, 0.763]
    >>> [round(bound, 3) for bound in wilson(0, 10)], [round(bound, 3) for bound in wilson(1, 1)]
    ([0.0, 0.278], [0.207, 1.0])
    >>> wilson(0, 0)
    (0.0, 1.0)
    >>> wilson(2, 1)
    Traceback (most recent call last):
    ValueError: 2 of 1
    """
    if not 0 <= k <= n:
        raise ValueError(f"{k} of {n}")
    if not n:
        return 0.0, 1.0
    rate = k / n
    middle = rate + z * z / (2 * n)
    reach = z * sqrt(rate * (1 - rate) / n + z * z / (4 * n * n))
    scale = 1 + z * z / n
    # the bounds are exact at the ends, where floats would miss them by their last digit
    low = 0.0 if k == 0 else (middle - reach) / scale
    high = 1.0 if k == n else (middle + reach) / scale
    return low, high


def get_rate(k, n):
    """Return a rate and its interval as a client gets them; the rate of none is false.

    >>> get_rate(0, 0)
    {'k': 0, 'n': 0, 'rate': False, 'low': 0.0, 'high': 1.0}
    """
    low, high = wilson(k, n)
    return {"k": k, "n": n, "rate": k / n if n else False, "low": low, "high": high}


def get_velocity(deals, win_rate, average_amount, cycle_days):
    """Return what the pipeline sells a day: deals × win rate × average amount / cycle.

    This is the sales velocity equation as Salesforce and HubSpot define it. It tells what the open
    deals bring a day if they end as the closed ones did, as often, at that size and in that time.

    :param int deals: open deals
    :param float win_rate: the part that is won, from 0 to 1
    :param float average_amount: of a won deal
    :param float cycle_days: days from the beginning of a won deal to its close, more than 0
    :return: amount a day, in the currency of the average
    :raise ValueError: without a time there is no speed

    >>> get_velocity(40, 0.25, 18000, 90)
    2000.0
    >>> get_velocity(40, 0.25, 18000, 0)
    Traceback (most recent call last):
    ValueError: a cycle of 0 days
    """
    if not cycle_days > 0:
        raise ValueError(f"a cycle of {cycle_days} days")
    return deals * win_rate * average_amount / cycle_days
