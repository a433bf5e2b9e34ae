"""Cells of a pipeline of another system as numbers, dates and plain texts.

How numbers and dates are written is found out from all the values of a column at once: a single
``1.234`` or ``03/04/2026`` can be read two ways.
"""

import datetime as dt
import math
import re
from decimal import Decimal, InvalidOperation

ISO, DMY, MDY = "ymd", "dmy", "mdy"
#: How a date of each format looks: the last day of a month, so that day and month are told apart.
DATE_EXAMPLES = {ISO: "2026-12-31", DMY: "31/12/2026", MDY: "12/31/2026"}
COMMA, POINT = ",", "."
NUMBER_EXAMPLES = {COMMA: "12.345,67", POINT: "12,345.67"}

_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")
_OTHER = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4})")
_TIME = re.compile(r"[T ]+(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?\s*(Z|UTC|[+-]\d{2}:?\d{2})?")
_CURRENCY = re.compile(r"^[^\d\-+(.,]*|[^\d).,]*$")
_BLANKS = re.compile(r"[\s\u00a0\u202f'’]")
_GROUPED = {
    COMMA: re.compile(r"-?(\d{1,3}(\.\d{3})+|\d+)(,\d+)?"),
    POINT: re.compile(r"-?(\d{1,3}(,\d{3})+|\d+)(\.\d+)?"),
}
_FORMULA = re.compile(r"=|[-+@].*[(|!]")


class CellError(ValueError):
    """A cell that cannot be used. ``code`` says why, for all the cells with the same fault."""

    def __init__(self, code, value, column=""):
        super().__init__(code, value)
        self.code, self.value, self.column = code, str(value), column


# === NUMBERS === #


def _strip_number(text):
    """Return a number without currency and blanks, with a minus where accountants write brackets.

    >>> _strip_number("€ 1 234,50"), _strip_number("(12.00 USD)"), _strip_number("1'234.5 CHF")
    ('1234,50', '-12.00', '1234.5')
    """
    text = _BLANKS.sub("", text)
    if text.startswith("(") and text.endswith(")"):
        text = "-" + text[1:-1]
    sign, digits = ("-", text[1:]) if text.startswith("-") else ("", text.removeprefix("+"))
    return sign + _CURRENCY.sub("", digits)


def parse_number(cell, decimal=POINT):
    """Return the number of a cell, exactly as it is written.

    >>> parse_number("12.345,67", COMMA), parse_number("12,345.67", POINT), parse_number(0.1)
    (Decimal('12345.67'), Decimal('12345.67'), Decimal('0.1'))
    >>> for cell in ("12,345.67", "NaN", "1e5", "ten", "1.23.4"):
    ...     try:
    ...         parse_number(cell, COMMA)
    ...     except CellError as error:
    ...         print(error)
    ('number', '12,345.67')
    ('number', 'NaN')
    ('number', '1e5')
    ('number', 'ten')
    ('number', '1.23.4')
    >>> parse_number("-5")  # doctest: +IGNORE_EXCEPTION_DETAIL
    Traceback (most recent call last):
        ...
    CellError: ('negative', '-5')
    """
    if isinstance(cell, int | float):
        if not math.isfinite(cell):
            raise CellError("number", cell)
        number = Decimal(repr(cell))
    else:
        text = _strip_number(cell)
        if not _GROUPED[decimal].fullmatch(text):
            raise CellError("number", cell)
        thousands = COMMA if decimal == POINT else POINT
        try:
            number = Decimal(text.replace(thousands, "").replace(decimal, POINT))
        except InvalidOperation:
            raise CellError("number", cell) from None
    if number < 0:
        raise CellError("negative", cell)
    return number


def detect_decimal(cells):
    """Return the decimal separator, or ``None`` where it cannot be told.

    >>> detect_decimal(["1.234", "12.345,67"]), detect_decimal(["1,234", "0.5"])
    (',', '.')
    >>> detect_decimal(["1,5"]), detect_decimal(["5", "", "ten", 5.5]), detect_decimal(["1.234"])
    (',', '.', None)
    """
    texts = [_strip_number(cell) for cell in cells if isinstance(cell, str) and cell]
    fitting = {
        decimal: {text for text in texts if pattern.fullmatch(text)}
        for decimal, pattern in _GROUPED.items()
    }
    only_comma, only_point = fitting[COMMA] - fitting[POINT], fitting[POINT] - fitting[COMMA]
    if only_comma or only_point:
        return COMMA if len(only_comma) > len(only_point) else POINT
    if any(COMMA in text or POINT in text for text in fitting[COMMA]):
        return None
    return POINT


# === DATES === #


def parse_date(cell, date_format):
    """Return ``(date, time)`` of a cell; the time is ``None`` where there is none.

    What is written in ISO is understood in every format. A time with an offset is turned into UTC
    and has it as its time zone.

    >>> parse_date("3/1/2017", MDY), parse_date("2017-03-01", DMY)
    ((datetime.date(2017, 3, 1), None), (datetime.date(2017, 3, 1), None))
    >>> parse_date("2017-03-01T23:30:00-02:00", ISO)
    (datetime.date(2017, 3, 2), datetime.time(1, 30, tzinfo=datetime.timezone.utc))
    >>> parse_date("31/12/2017", MDY)  # doctest: +IGNORE_EXCEPTION_DETAIL
    Traceback (most recent call last):
        ...
    CellError: ('date', '31/12/2017')
    """
    text = str(cell)
    iso = _ISO.match(text)
    match = iso or (date_format != ISO and _OTHER.match(text)) or None
    if match is None:
        raise CellError("date", cell)
    rest = text[match.end() :]
    clock = _TIME.fullmatch(rest)
    if rest and not clock:
        raise CellError("date", cell)
    if iso:
        year, month, day = map(int, match.groups())
    else:
        first, second, year = (int(match[i]) for i in (1, 3, 4))
        day, month = (first, second) if date_format == DMY else (second, first)
    try:
        date = dt.date(year, month, day)
        if year < 1900:
            raise ValueError
        return _with_time(date, clock) if clock else (date, None)
    except (ValueError, OverflowError):
        raise CellError("date", cell) from None


def _with_time(date, clock):
    hour, minute, second, zone = clock.groups()
    moment = dt.datetime.combine(date, dt.time(int(hour), int(minute), int(second or 0)))
    if not zone:
        return date, moment.time()
    if zone not in ("Z", "UTC"):
        sign = -1 if zone[0] == "-" else 1
        moment -= sign * dt.timedelta(hours=int(zone[1:3]), minutes=int(zone[-2:]))
    return moment.date(), moment.time().replace(tzinfo=dt.timezone.utc)


def detect_date_formats(cells):
    """Return the formats in which most of the dates can be read, the likeliest first.

    >>> detect_date_formats(["3/1/2017", "10/20/2016"]), detect_date_formats(["31.12.2017", "x"])
    (['mdy'], ['dmy'])
    >>> detect_date_formats(["3/4/2017"]), detect_date_formats(["2017-03-04", ""])
    (['dmy', 'mdy'], ['ymd'])
    """
    texts = {str(cell) for cell in cells if cell != ""}
    count = {}
    for date_format in (ISO, DMY, MDY):
        count[date_format] = 0
        for text in texts:
            try:
                parse_date(text, date_format)
            except CellError:
                continue
            count[date_format] += 1
    best = max(count.values())
    fitting = [date_format for date_format, number in count.items() if number == best]
    return [ISO] if ISO in fitting else fitting


# === TEXTS === #


def check_text(cell, max_length):
    """Return a text that is neither a formula nor too long; a number as it would be typed in.

    >>> check_text("GTX Pro", 10), check_text(1001, 10), check_text("-50 %", 10)
    ('GTX Pro', '1001', '-50 %')
    >>> check_text("=HYPERLINK(A1)", 99)  # doctest: +IGNORE_EXCEPTION_DETAIL
    Traceback (most recent call last):
        ...
    CellError: ('formula', '=HYPERLINK(A1)')
    """
    text = " ".join(str(cell).split())
    if _FORMULA.match(text):
        raise CellError("formula", text)
    if len(text) > max_length:
        raise CellError("too_long", text)
    return text
