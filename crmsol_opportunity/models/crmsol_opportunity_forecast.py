import re
from calendar import monthrange

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from ..const import LOST, OPEN, OVERDUE, UNDATED, WON

#: How many months the forecast shows at least, the present one included, and at the most.
FORECAST_MONTHS = 4
FORECAST_MONTHS_MAX = 60

_MONTH = re.compile(r"(?!0000)(\d{4})-(0[1-9]|1[0-2])")


class CrmsolOpportunity(models.Model):
    """The forecast: when a deal brings in its money, and how much of it is to be expected."""

    _inherit = "crmsol.opportunity"  # pylint: disable=consider-merging-classes-inherited

    date_forecast = fields.Date(
        "Forecast Date",
        compute="_compute_date_forecast",
        store=True,
        precompute=True,
        index=True,
        help="The day on which the opportunity was closed; of an open one, its expected close.",
    )
    forecast_amount = fields.Monetary(
        "Forecast",
        compute="_compute_forecast_amount",
        store=True,
        precompute=True,
        currency_field="company_currency_id",
        help="What is to be expected of the opportunity, in the company's currency: the amount "
        "× probability while it is open, the whole amount once it is won, nothing once it is lost.",
    )
    forecast_month = fields.Char(
        compute="_compute_forecast_month",
        inverse="_inverse_forecast_month",
        search="_search_forecast_month",
        group_expand="_read_group_expand_forecast_month",
        exportable=False,
        help="The column of the forecast: a month as 2026-11, “overdue” or “undated”. "
        "It depends on the day, so it is not stored.",
    )

    # === COMPUTE METHODS === #

    @api.depends("outcome", "date_deadline", "date_closed")
    def _compute_date_forecast(self):
        for opportunity in self:
            is_open = opportunity.outcome == OPEN
            opportunity.date_forecast = (
                opportunity.date_deadline if is_open else opportunity.date_closed
            )

    @api.depends("outcome", "amount_company", "weighted_amount")
    def _compute_forecast_amount(self):
        for opportunity in self:
            certain = {WON: opportunity.amount_company, LOST: 0.0}
            opportunity.forecast_amount = certain.get(
                opportunity.outcome, opportunity.weighted_amount
            )

    @api.depends("outcome", "date_forecast")
    @api.depends_context("tz")
    def _compute_forecast_month(self):
        for opportunity in self:
            opportunity.forecast_month = opportunity._get_forecast_month()

    # === SEARCH AND INVERSE METHODS === #

    def _inverse_forecast_month(self):
        """Plan the close in another month, as dropping a card on its column does."""
        moved = self.filtered(lambda o: o.forecast_month != o._get_forecast_month())
        days = {o.id: o._get_day_of_forecast(o.forecast_month) for o in moved}
        for day, opportunities in moved.grouped(lambda o: days[o.id]).items():
            opportunities.date_deadline = day

    def _search_forecast_month(self, operator, value):
        if operator != "in":
            return NotImplemented
        return Domain.OR(self._get_forecast_domain(month) for month in value)

    # === READ GROUP METHODS === #

    def _read_group_groupby(self, alias, groupby_spec, query):
        """Let PostgreSQL group by the column of the forecast."""
        if groupby_spec != "forecast_month":
            return super()._read_group_groupby(alias, groupby_spec, query)
        date = self._field_to_sql(alias, "date_forecast", query)
        return SQL(
            """CASE
                WHEN %(date)s IS NULL THEN %(undated)s
                WHEN %(outcome)s = %(open)s AND %(date)s < %(today)s THEN %(overdue)s
                ELSE to_char(%(date)s, 'YYYY-MM')
            END""",
            date=date,
            outcome=self._field_to_sql(alias, "outcome", query),
            open=OPEN,
            today=fields.Date.context_today(self),
            undated=UNDATED,
            overdue=OVERDUE,
        )

    @api.model
    def _read_group_expand_forecast_month(self, months, domain):
        """Show the overdue ones first, then those without a date, then the months.

        The present month and the next ones are shown also when they are empty; the context key
        ``crmsol_forecast_months`` says how many.
        """
        this_month = fields.Date.context_today(self).replace(day=1)
        count = self.env.context.get("crmsol_forecast_months")
        if not isinstance(count, int) or not 0 < count <= FORECAST_MONTHS_MAX:
            count = FORECAST_MONTHS
        shown = {_month_of(this_month + relativedelta(months=i)) for i in range(count)}
        return [OVERDUE, UNDATED, *sorted((shown | set(months)) - {OVERDUE, UNDATED})]

    @api.model
    def _web_read_group_format(self, groupby, aggregates, groups):
        """Fold the two columns that are no months as long as they are empty."""
        result = super()._web_read_group_format(groupby, aggregates, groups)
        if list(groupby) == ["forecast_month"] and self._web_read_group_field_expand(groupby):
            for group in result:
                if group["forecast_month"] in (OVERDUE, UNDATED):
                    group["__fold"] = not group.get("__count")
        return result

    @api.model
    def fields_get(self, allfields=None, attributes=None):
        """Keep the board's columns out of what the user may group lists and pivots by."""
        result = super().fields_get(allfields, attributes)
        if "groupable" in result.get("forecast_month", {}):
            result["forecast_month"]["groupable"] = False
        return result

    # === BUSINESS METHODS === #

    def _get_forecast_month(self):
        """Return the column of the forecast in which the opportunity is today."""
        self.ensure_one()
        date = self.date_forecast
        if not date:
            return UNDATED
        if self.outcome == OPEN and date < fields.Date.context_today(self):
            return OVERDUE
        return _month_of(date)

    @api.model
    def _get_forecast_domain(self, month):
        """Return the domain of a column, in terms of stored fields. Unknown columns are empty."""
        today = fields.Date.context_today(self)
        is_overdue = Domain("outcome", "=", OPEN) & Domain("date_forecast", "<", today)
        if month == OVERDUE:
            return is_overdue
        if month == UNDATED:
            return Domain("date_forecast", "=", False)
        first = _first_day_of(month)
        if not first:
            return Domain.FALSE
        in_month = Domain("date_forecast", ">=", first) & Domain(
            "date_forecast", "<=", _in_month(first, 31)
        )
        return in_month if first >= today else in_month & ~is_overdue

    def _get_day_of_forecast(self, month):
        """Return the expected close that brings an open opportunity into a column.

        It is the same day of that month, or the month's last one where it is shorter or there was
        no date; never a day that has passed.

        :param str month: a month as ``2026-11``, or ``undated``
        :rtype: date | bool
        :raise UserError: with a sentence that says what to do
        """
        self.ensure_one()
        if self.outcome != OPEN:
            raise UserError(
                self.env._(
                    "“%(name)s” is closed: it counts in the month in which it was closed. "
                    "Reopen it to plan it for another month.",
                    name=self.name,
                )
            )
        if month == UNDATED:
            return False
        if month == OVERDUE:
            raise UserError(
                self.env._(
                    "“%(name)s” cannot be planned for a day that has passed. "
                    "Drop it on the month in which you expect the customer to decide.",
                    name=self.name,
                )
            )
        first = _first_day_of(month)
        if not first:
            raise UserError(
                self.env._(
                    "“%(month)s” is no month. Give it as year and month, for instance 2026-11.",
                    month=month,
                )
            )
        today = fields.Date.context_today(self)
        if _in_month(first, 31) < today:
            raise UserError(
                self.env._(
                    "%(month)s is over. Plan “%(name)s” for this month or a later one.",
                    month=format_date(self.env, first, date_format="LLLL yyyy").capitalize(),
                    name=self.name,
                )
            )
        return max(_in_month(first, self.date_deadline.day if self.date_deadline else 31), today)


def _month_of(date):
    """Return the month of a date, as the forecast names it.

    >>> from datetime import date
    >>> _month_of(date(2026, 11, 24)), _month_of(date(1, 1, 1))
    ('2026-11', '0001-01')
    """
    return f"{date.year:04}-{date.month:02}"


def _first_day_of(month):
    """Return the first day of a month that is named as in the forecast, None for anything else.

    >>> _first_day_of("2026-11")
    datetime.date(2026, 11, 1)
    >>> _first_day_of("2026-13"), _first_day_of("0000-01"), _first_day_of(None)
    (None, None, None)
    """
    is_month = isinstance(month, str) and _MONTH.fullmatch(month)
    return fields.Date.to_date(f"{month}-01") if is_month else None


def _in_month(first, day):
    """Return the day of the month that begins on ``first``, its last one where it is shorter.

    >>> from datetime import date
    >>> _in_month(date(2027, 2, 1), 31), _in_month(date(9999, 12, 1), 31)
    (datetime.date(2027, 2, 28), datetime.date(9999, 12, 31))
    """
    return first.replace(day=min(day, monthrange(first.year, first.month)[1]))
