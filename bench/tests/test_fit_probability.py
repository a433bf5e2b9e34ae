"""The estimate is fitted on what was known, without Odoo."""

from datetime import date

import pytest

from bench.crm_sales import LOST, OPEN, WON, Deal, Seller
from bench.fit_probability import PHASE, fit, get_stays, score

SELLERS = {"ann": Seller("ann", "boss", "Central")}


def deal(key, outcome, engaged, closed=None):
    return Deal(key, "ann", "GTX Pro", None, outcome, 2, engaged, closed, 0)


@pytest.fixture
def deals():
    return [
        deal("before", WON, date(2017, 1, 1), date(2017, 2, 1)),
        deal("after", LOST, date(2017, 1, 11), date(2017, 6, 1)),
        deal("never", OPEN, date(2017, 1, 21)),
        deal("unborn", WON, date(2017, 5, 1), date(2017, 5, 2)),
        deal("undated", OPEN, None),
    ]


def test_nothing_after_the_day_is_known(deals):
    stays = get_stays(deals, SELLERS, date(2017, 3, 1))
    found = {stay.deal: (stay.end - stay.begin, stay.exit) for stay in stays}
    assert found == {"before": (31, WON), "after": (49, None), "never": (39, None)}
    assert {stay.phase for stay in stays} == {PHASE}


def test_deals_open_on_the_day_and_closed_later_are_scored(deals):
    stays = get_stays(deals, SELLERS, date(2017, 3, 1))
    tables, base, closed = fit(stays)
    assert (base, closed) == (1.0, 1)
    [scored] = score(tables, base, stays, {deal.key: deal.outcome for deal in deals})
    assert not scored["won"]
    assert 0 < scored["win"] < 1
