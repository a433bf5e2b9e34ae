"""Parsing and mapping, without Odoo."""

from datetime import date
from decimal import Decimal

import pytest

from bench import crm_sales
from bench.crm_sales import (
    LOST,
    OPEN,
    WON,
    Skip,
    Source,
    SourceError,
    Total,
    parse_date,
    parse_value,
)

from .common import HEADER, OTHERS, write_folder

GOOD = "K1,Bench Bob,GTX Pro,Betatech,Won,10/20/2016,3/1/2017,10"


def load(folder, *rows, **options):
    source = Source(write_folder(folder, rows), **options)
    return source, [deal for _line, deal in source.deals()]


@pytest.mark.parametrize(
    "text, value",
    [
        ("", None),
        ("10/20/2016", date(2016, 10, 20)),
        ("3/1/2017", date(2017, 3, 1)),
        ("02/29/2016", date(2016, 2, 29)),
    ],
)
def test_date(text, value):
    assert parse_date(text) == value


@pytest.mark.parametrize(
    "text", ["20/10/2016", "2/29/2017", "2016-10-20", "1/1/17", "0/1/2017", "soon"]
)
def test_bad_date(text):
    with pytest.raises(Skip, match="bad date"):
        parse_date(text)


@pytest.mark.parametrize(
    "text, value", [("", None), ("0", "0"), ("1054", "1054"), ("0.1", "0.10"), ("7.50", "7.50")]
)
def test_value(text, value):
    assert parse_value(text) == (None if value is None else Decimal(value))


@pytest.mark.parametrize(
    "text, reason",
    [
        ("-1", "negative"),
        ("ten", "not a number"),
        ("NaN", "not a number"),
        ("Infinity", "not a number"),
        ("1E5", "not a number"),
        ("1_000", "not a number"),
        ("1,5", "not a number"),
        ("9" * 30, "not a number"),
        ("0.005", "fractions of a cent"),
    ],
)
def test_bad_value(text, reason):
    with pytest.raises(Skip, match=reason):
        parse_value(text)


def test_mapping(tmp_path):
    source = Source(write_folder(tmp_path))
    deals = {deal.key: deal for _line, deal in source.deals()}
    assert (source.read, len(deals), source.skipped, source.placeholders) == (12, 12, [], 2)
    won, lost, engaged, prospect = deals["W1"], deals["L2"], deals["E1"], deals["P2"]
    assert (won.outcome, won.closed, won.amount) == (WON, date(2017, 3, 1), Decimal("1054.00"))
    assert won.product == "GTX Pro", "spelt otherwise in the pipeline"
    assert won.name == "GTX Pro · Acme Corporation · W1"
    assert (lost.outcome, lost.closed, lost.amount) == (LOST, date(2017, 3, 2), Decimal("10.10"))
    assert (engaged.outcome, engaged.phase, engaged.closed) == (OPEN, 2, None)
    assert engaged.amount == Decimal("4821"), "the list price"
    assert (prospect.outcome, prospect.phase, prospect.engaged) == (OPEN, 0, None)
    assert prospect.account is None and prospect.name == "MG Special · (sin cuenta) · P2"
    assert prospect.amount == Decimal("55.50")
    assert source.totals == {WON: Total(5, Decimal("4001.55")), LOST: Total(3, Decimal("10.10"))}
    assert source.unloaded == {WON: Total(), LOST: Total()}
    assert len({deal.name for deal in deals.values()}) == 12


def test_without_account_skip(tmp_path):
    source = Source(write_folder(tmp_path), without_account="skip")
    assert len(list(source.deals())) == 10
    assert source.reasons() == [("no account", 2)]


@pytest.mark.parametrize(
    "row, reason",
    [
        (GOOD.replace("Won", "won"), "unknown stage"),
        (GOOD.replace("Won", ""), "unknown stage"),
        (GOOD.replace("3/1/2017", "31/1/2017"), "bad date"),
        (GOOD.replace("10/20/2016", "yesterday"), "bad date"),
        (GOOD.replace("3/1/2017", ""), "closed deal without a closing date"),
        (GOOD.replace("3/1/2017", "10/19/2016"), "closed before it began"),
        (GOOD[:-2], "closed deal without a value"),
        (GOOD[:-2] + "-10", "negative value"),
        (GOOD[:-2] + "ten", "value is not a number"),
        (GOOD.replace("Bob", "Bert"), "unknown seller"),
        (GOOD.replace("GTX Pro", "GTX Prof"), "unknown product"),
        (GOOD.replace("Betatech", "Betamax"), "unknown account"),
        (GOOD.replace("K1", ""), "opportunity_id missing or unusable"),
        (GOOD.replace("K1", "K 1"), "opportunity_id missing or unusable"),
        (GOOD + ",more", "wrong number of columns"),
        ("K1,Bench Bob", "wrong number of columns"),
        (GOOD.replace("Won", "Engaging"), "open deal with a closing date"),
    ],
)
def test_bad_row(tmp_path, row, reason):
    source, deals = load(tmp_path, GOOD.replace("K1", "K0"), row, GOOD.replace("K1", "K2"))
    assert [deal.key for deal in deals] == ["K0", "K2"], "its neighbours are loaded"
    assert source.reasons() == [(reason, 1)]
    assert source.skipped[0][0] == 3, "the line"
    kept = sum((deal.amount for deal in deals), Decimal(0))
    assert source.totals[WON].amount - source.unloaded[WON].amount == kept, "the totals still match"


def test_twice(tmp_path):
    source, deals = load(tmp_path, GOOD, GOOD)
    assert len(deals) == 1 and source.reasons() == [("opportunity_id occurs twice", 1)]
    assert source.totals[WON] - source.unloaded[WON] == Total(1, Decimal(10))


def test_totals_are_decimal(tmp_path):
    rows = [f"K{n}{GOOD[2:-2]}0.10" for n in range(1000)]
    source, _deals = load(tmp_path, *rows)
    assert source.totals[WON] == Total(1000, Decimal("100.00"))


def test_spaces_bom_and_quotes(tmp_path):
    source, deals = load(tmp_path, [f" {cell} " for cell in GOOD.split(",")])
    path = tmp_path / "sales_pipeline.csv"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert [deal for _line, deal in source.deals()] == deals
    assert deals[0].account == "Betatech"


def test_empty_pipeline(tmp_path):
    source, deals = load(tmp_path)
    assert (source.count(), source.read, deals) == (0, 0, [])


@pytest.mark.parametrize(
    "files, message",
    [
        ({"products": ["product,sales_price", "GTX Pro,many"]}, "products.csv, line 2"),
        ({"products": ["product,sales_price", "GTX Pro,"]}, "no price"),
        ({"products": ["product,price", "GTX Pro,1"]}, "no column sales_price"),
        (
            {"accounts": ["account,office_location", "A B,Spain", "A-B,Spain"]},
            "cannot be told from A B",
        ),
        ({"accounts": ["account,office_location", ",Spain"]}, "misshapen"),
        ({"accounts": ["account,office_location", "A"]}, "misshapen"),
        ({"accounts": ["account,office_location", '"A,Spain']}, "accounts.csv"),
        ({"sales_teams": ["sales_agent,manager,regional_office", "A,,East"]}, "no manager"),
    ],
)
def test_unusable_files(tmp_path, files, message):
    with pytest.raises(SourceError, match=message):
        Source(write_folder(tmp_path, **files))


def test_missing_files(tmp_path):
    with pytest.raises(SourceError, match="no such folder"):
        Source(tmp_path / "nowhere")
    source = Source(write_folder(tmp_path, header=HEADER.replace("deal_stage", "stage")))
    with pytest.raises(SourceError, match="no column deal_stage"):
        source.count()
    for name in ["sales_pipeline.csv", *OTHERS]:
        (tmp_path / name).unlink()
        with pytest.raises(SourceError, match=f"{name}: not there"):
            Source(tmp_path).count()
        write_folder(tmp_path)


def test_not_utf8(tmp_path):
    source = Source(write_folder(tmp_path))
    (tmp_path / "sales_pipeline.csv").write_bytes(HEADER.encode() + b"\nK\xff,a\n")
    with pytest.raises(SourceError, match="sales_pipeline.csv"):
        source.count()


def test_slug():
    assert crm_sales.slug("Mei-Mei Johns") == "mei.mei.johns"
