"""Ids and days as clients give them: by RPC anything may come."""

from odoo import fields

from .const import YEAR_MAX, YEAR_MIN

#: the first number that is no id in PostgreSQL any more
ID_END = 2**31


def is_id(value):
    """Tell whether a value may be the id of a record."""
    return type(value) is int and 0 < value < ID_END


def to_ids(value):
    """Return the id in a list, as ``browse`` takes it; an empty one where it cannot be any."""
    return [value] if is_id(value) else []


def to_day(value):
    """Return the date, None where the value is none or years away from any deal."""
    try:
        day = fields.Date.to_date(value)
    except (TypeError, ValueError):
        return None
    return day if day and YEAR_MIN <= day.year <= YEAR_MAX else None
