"""Days as users give them, and the moments (UTC) at which they begin and end for these users."""

from datetime import datetime, time, timedelta

import pytz

from odoo import fields
from odoo.exceptions import UserError
from odoo.tools import format_date

#: No deal is older. Earlier days are slips of the keyboard.
FIRST_YEAR = 1900


def get_today(env):
    """Return the day that it is for the user."""
    return fields.Datetime.context_timestamp(env["res.users"], env.cr.now()).date()


def get_midnight(env, day):
    """Return the moment, in UTC, at which the day begins in the user's time zone."""
    midnight = env.tz.localize(datetime.combine(day, time.min))
    return midnight.astimezone(pytz.utc).replace(tzinfo=None)


def get_end(env, day):
    """Return the moment at which the day ends: the midnight that follows it.

    :raise UserError: if the day is still to come
    """
    if day > get_today(env):
        raise UserError(
            env._("%(day)s is still to come. Choose a day up to today.", day=format_date(env, day))
        )
    return get_midnight(env, day + timedelta(days=1))


def get_period(env, date_from, date_to):
    """Return the moments at which a period of whole days begins and ends.

    :param date_from: the first day, as a date or as text
    :param date_to: the last day, which is in the period
    :raise UserError: with a sentence that says what to give
    """
    first, last = _to_day(env, date_from), _to_day(env, date_to)
    if first > last:
        raise UserError(
            env._(
                "The period begins on %(first)s, after its end on %(last)s. "
                "Choose a first day that is not later than the last one.",
                first=format_date(env, first),
                last=format_date(env, last),
            )
        )
    return get_midnight(env, first), get_end(env, last)


def _to_day(env, value):
    try:
        day = fields.Date.to_date(value)
    except (TypeError, ValueError):
        day = None
    if not day or day.year < FIRST_YEAR:
        raise UserError(env._("Choose the first and the last day of the period."))
    return day
