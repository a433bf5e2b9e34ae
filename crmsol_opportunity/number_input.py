"""Numbers as clients give them: checked in words before the database meets them."""

import math

from odoo.exceptions import ValidationError

from .const import NUMBER_MAX


def to_number(value):
    """Return the value as a float; NaN where it is no number, as by RPC anything may come."""
    try:
        return float(value or 0)
    except (TypeError, ValueError):
        return math.nan


def check_number(model, fname, value):
    """Refuse a value that is no number, negative, or so large that cents are lost.

    :param model: the model of the field, in the language of the user
    :raise ValidationError: with a sentence that says what to give
    """
    number = to_number(value)
    label = model._fields[fname]._description_string(model.env)
    if not math.isfinite(number):
        raise ValidationError(
            model.env._("“%(field)s” is not a number. Give a number of 0 or more.", field=label)
        )
    if number < 0:
        raise ValidationError(
            model.env._("“%(field)s” cannot be negative. Give a number of 0 or more.", field=label)
        )
    if number > NUMBER_MAX:
        raise ValidationError(
            model.env._(
                "“%(field)s” is too large. Check whether a decimal separator is missing.",
                field=label,
            )
        )
