"""Reads the folder crm_sales (CSV) and says what each row means. Knows nothing of Odoo.

A row becomes a :class:`Deal` or raises :class:`Skip` with the reason; there is nothing between.
"""

import csv
import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

OPEN, WON, LOST = "open", "won", "lost"

#: stage in the file -> (outcome, how many open phases are behind the deal)
STAGES = {"Prospecting": (OPEN, 0), "Engaging": (OPEN, 2), "Won": (WON, 2), "Lost": (LOST, 2)}

#: products that the pipeline spells otherwise than the list of products
PRODUCT_ALIASES = {"GTXPro": "GTX Pro"}

#: the customer of the rows that have no account
NO_ACCOUNT = "(sin cuenta)"

FILES = {
    "sales_pipeline.csv": (
        "opportunity_id",
        "sales_agent",
        "product",
        "account",
        "deal_stage",
        "engage_date",
        "close_date",
        "close_value",
    ),
    "accounts.csv": ("account", "office_location"),
    "products.csv": ("product", "sales_price"),
    "sales_teams.csv": ("sales_agent", "manager", "regional_office"),
}

_KEY = re.compile(r"[A-Za-z0-9_-]{1,64}")
_DATE = re.compile(r"\d{1,2}/\d{1,2}/\d{4}")
_NUMBER = re.compile(r"[+-]?[0-9]{1,12}(\.[0-9]+)?")  # stricter than Decimal: no NaN, 1E9 or 1_000
_CENT = Decimal("0.01")


class SourceError(Exception):
    """The files cannot be used at all."""


class Skip(Exception):
    """A row that is not loaded. ``reason`` is the same for all rows with the same fault."""

    def __init__(self, reason, detail=""):
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason
        self.detail = detail


@dataclass(frozen=True)
class Seller:
    name: str
    manager: str
    office: str

    @property
    def team(self):
        return (self.office, self.manager)


@dataclass(frozen=True)
class Deal:
    key: str
    seller: str
    product: str
    account: str | None  # None: the row has none
    outcome: str
    phase: int  # how many open phases come before the one that the deal is, or was, in
    engaged: date | None
    closed: date | None
    amount: Decimal

    @property
    def name(self):
        """A title; with the key, as 7 products and 85 accounts make 595 titles for 5,805 rows."""
        return f"{self.product} · {self.account or NO_ACCOUNT} · {self.key}"


def slug(name):
    """Return ``name`` as a part of a login or of an external identifier."""
    return re.sub(r"[^a-z0-9]+", ".", name.lower()).strip(".")


def parse_date(text):
    """Return the date of ``m/d/Y``, or ``None`` of nothing."""
    if not text:
        return None
    try:
        if not _DATE.fullmatch(text):
            raise ValueError
        return datetime.strptime(text, "%m/%d/%Y").date()
    except ValueError:
        raise Skip("bad date", text) from None


def parse_value(text):
    """Return the amount of a deal, or ``None`` of nothing."""
    if not text:
        return None
    if not _NUMBER.fullmatch(text):
        raise Skip("value is not a number", text)
    value = Decimal(text)
    if value < 0:
        raise Skip("negative value", text)
    if value != value.quantize(_CENT):
        raise Skip("value has fractions of a cent", text)
    return value.quantize(_CENT)


def rows_of(path, columns):
    """Yield (line, row) of a CSV file: a dict of stripped texts, or ``None`` if misshapen."""
    try:
        with open(path, encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            missing = [column for column in columns if column not in (reader.fieldnames or [])]
            if missing:
                raise SourceError(f"{path.name}: no column {', '.join(missing)}")
            for row in reader:
                whole = None not in row and None not in row.values()
                yield reader.line_num, {k: v.strip() for k, v in row.items()} if whole else None
    except FileNotFoundError:
        raise SourceError(f"{path.name}: not there") from None
    except (csv.Error, UnicodeDecodeError, OSError) as error:
        raise SourceError(f"{path.name}: {error}") from error


def table(path, columns):
    """Yield the rows of one of the small files; there, every fault is the end."""
    seen = {}
    for line, row in rows_of(path, columns):
        if row is None or not all(row[column] for column in columns[:1]):
            raise SourceError(f"{path.name}, line {line}: misshapen")
        name = row[columns[0]]
        if slug(name) in seen:
            raise SourceError(
                f"{path.name}, line {line}: {name} cannot be told from {seen[slug(name)]}"
            )
        if not slug(name):
            raise SourceError(f"{path.name}, line {line}: {name} has neither letter nor digit")
        seen[slug(name)] = name
        yield line, row


@dataclass
class Total:
    """Number and value of deals of one outcome."""

    count: int = 0
    amount: Decimal = Decimal("0.00")

    def add(self, amount):
        self.count += 1
        self.amount += amount

    def __sub__(self, other):
        return Total(self.count - other.count, self.amount - other.amount)


def no_totals():
    return {outcome: Total() for outcome in (WON, LOST)}


@dataclass
class Source:
    """The folder's small files, and what reading the big one has found."""

    folder: Path
    without_account: str = "placeholder"  # or "skip"
    prices: dict = field(default_factory=dict)
    accounts: dict = field(default_factory=dict)  # name -> country
    sellers: dict = field(default_factory=dict)  # name -> Seller
    read: int = 0
    placeholders: int = 0  # rows without an account that became deals
    skipped: list = field(default_factory=list)  # (line, key, Skip)
    totals: dict = field(default_factory=no_totals)  # the file's own: closed rows that have a value
    unloaded: dict = field(default_factory=no_totals)  # of those, the rows that were skipped

    def __post_init__(self):
        self.folder = Path(self.folder)
        if not self.folder.is_dir():
            raise SourceError(f"{self.folder}: no such folder")
        for line, row in self._table("products.csv"):
            try:
                price = parse_value(row["sales_price"])
            except Skip as skip:
                raise SourceError(f"products.csv, line {line}: {skip}") from None
            if price is None:
                raise SourceError(f"products.csv, line {line}: no price")
            self.prices[row["product"]] = price
        for _line, row in self._table("accounts.csv"):
            self.accounts[row["account"]] = row["office_location"]
        for line, row in self._table("sales_teams.csv"):
            if not row["manager"] or not row["regional_office"]:
                raise SourceError(f"sales_teams.csv, line {line}: no manager or no office")
            self.sellers[row["sales_agent"]] = Seller(
                row["sales_agent"], row["manager"], row["regional_office"]
            )

    def _table(self, name):
        return table(self.folder / name, FILES[name])

    def _pipeline(self):
        return rows_of(self.folder / "sales_pipeline.csv", FILES["sales_pipeline.csv"])

    def count(self):
        """Return how many rows the pipeline has."""
        return sum(1 for _ in self._pipeline())

    def deals(self):
        """Yield the deals of the pipeline, and keep account of the rows that are none."""
        self.read = self.placeholders = 0
        self.skipped, self.totals, self.unloaded = [], no_totals(), no_totals()
        seen = set()
        for line, row in self._pipeline():
            self.read += 1
            closed = self._tally(row)
            try:
                deal = self._deal(row)
                if deal.key in seen:
                    raise Skip("opportunity_id occurs twice", deal.key)
                seen.add(deal.key)
            except Skip as skip:
                self.skip(line, row["opportunity_id"] if row else "", skip, closed)
                continue
            self.placeholders += deal.account is None
            yield line, deal

    def skip(self, line, key, skip, closed=None):
        """Note that a row is not loaded; ``closed``: its outcome and its value if it has both."""
        self.skipped.append((line, key, skip))
        if closed:
            self.unloaded[closed[0]].add(closed[1])

    def reasons(self):
        """Return the number of skipped rows of each reason, the most frequent first."""
        return Counter(skip.reason for _line, _key, skip in self.skipped).most_common()

    def _tally(self, row):
        """Add up the file's own total, on its own: whatever else may be wrong with the row."""
        outcome = STAGES.get(row["deal_stage"], (OPEN,))[0] if row else OPEN
        if outcome == OPEN or not _NUMBER.fullmatch(row["close_value"]):
            return None
        value = Decimal(row["close_value"])
        self.totals[outcome].add(value)
        return outcome, value

    def _deal(self, row):
        if row is None:
            raise Skip("wrong number of columns")
        key = row["opportunity_id"]
        if not _KEY.fullmatch(key):
            raise Skip("opportunity_id missing or unusable", key)
        if row["deal_stage"] not in STAGES:
            raise Skip("unknown stage", row["deal_stage"])
        outcome, phase = STAGES[row["deal_stage"]]
        seller, product, account = self._references(row)
        engaged, closed = parse_date(row["engage_date"]), parse_date(row["close_date"])
        value = parse_value(row["close_value"])
        if outcome == OPEN:
            if closed:
                raise Skip("open deal with a closing date", row["close_date"])
            value = self.prices[product] if value is None else value
        else:
            if not closed:
                raise Skip("closed deal without a closing date")
            if value is None:
                raise Skip("closed deal without a value")
            if engaged and closed < engaged:
                raise Skip("closed before it began", f"{row['engage_date']} > {row['close_date']}")
        return Deal(key, seller, product, account, outcome, phase, engaged, closed, value)

    def _references(self, row):
        """Return seller, product and account, all of them known."""
        product = PRODUCT_ALIASES.get(row["product"], row["product"])
        if product not in self.prices:
            raise Skip("unknown product", product)
        if row["sales_agent"] not in self.sellers:
            raise Skip("unknown seller", row["sales_agent"])
        account = row["account"] or None
        if account and account not in self.accounts:
            raise Skip("unknown account", account)
        if not account and self.without_account == "skip":
            raise Skip("no account")
        return row["sales_agent"], product, account
