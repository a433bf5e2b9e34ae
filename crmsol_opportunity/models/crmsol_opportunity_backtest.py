from collections import defaultdict
from datetime import datetime, time, timedelta

from dateutil.relativedelta import relativedelta
from pytz import UTC

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..const import OPEN, WON
from ..engine.forecast import CELLS, forecast
from ..engine.rates import wilson
from .crmsol_opportunity_distribution import get_band

MAX_MONTHS = 24
MAX_WEEKS = 52
#: Salespeople of whom each month is shown, those who won or expected most.
MAX_SELLERS = 50
#: Cells in which one month is reckoned at least, however many there are.
MIN_CELLS = 2000

#: Key of all the salespeople together.
ALL = 0


class CrmsolOpportunity(models.Model):
    """How good the forecasts were: what was known then against what happened."""

    _inherit = "crmsol.opportunity"  # pylint: disable=consider-merging-classes-inherited

    # === BUSINESS METHODS === #

    @api.model
    @api.readonly
    def get_forecast_backtest(
        self, weeks=4, months=12, company_id=None, user_id=None, team_id=None, shock="none"
    ):
        """Return the forecasts of past months, made some weeks before each one's end.

        A forecast uses what the history held at its moment and nothing later: the open deals with
        their amount, probability and expected close of then, and what was won in the month until
        then. What happened is the amount of the deals that were won in the month and still are at
        its end. Salespeople are those of then. A month in which no deal was open, or of which the
        history does not yet tell, is no forecast and is not counted.

        :param int weeks: 0 to 52, before the end of the month
        :param int months: 1 to 24, the last ones that are over
        :param company_id, user_id, team_id, shock: as in :meth:`get_month_distribution`
        :return: ``total`` and ``sellers``, each with ``months`` (newest first; figures in the
            company's currency), ``inside`` of ``count`` forecasts, whose P10 and P90 hold what
            happened, and the ``low`` and ``high`` share by Wilson's interval of 95 %
        :raise UserError: with a sentence that says what to give
        """
        weeks = self._to_number_within(weeks, 0, MAX_WEEKS, self.env._("weeks"))
        months = self._to_number_within(months, 1, MAX_MONTHS, self.env._("months"))
        company = self._get_distribution_company(company_id)
        strength = self._get_shock(shock)
        wanted = self._get_distribution_domain(company, user_id, team_id)
        spans = self._get_backtest_spans(weeks, months, wanted)
        scale = 10**company.currency_id.decimal_places
        deals = self._read_open_of_then(spans, wanted, scale)
        won_before, won = self._read_won_of_then(spans, wanted, scale)

        size = defaultdict(int)  # what each salesperson expected and won, in cents
        for (user, _), of_month in deals.items():
            size[user] += round(sum(amount * chance for amount, chance in of_month))
        for (user, _), amount in won.items():
            size[user] += amount
        sellers = sorted(size, key=lambda user: (user != ALL, -size[user]))[: MAX_SELLERS + 1]
        cells = max(CELLS // max(len(sellers) * len(spans), 1), MIN_CELLS)
        results = []
        for seller in sellers:
            rows = []
            for month in spans:
                of_month = deals.get((seller, month), [])
                before, actual = won_before[seller, month], won[seller, month]
                if not of_month and not actual:
                    continue
                band = get_band(forecast(of_month, before, strength, cells), scale)
                rows.append(
                    {
                        "month": fields.Date.to_string(month),
                        "open_count": len(of_month),
                        **band,
                        "actual": actual / scale,
                        "is_counted": bool(of_month),
                        "is_inside": band["p10"] <= actual / scale <= band["p90"],
                    }
                )
            results.append((seller, rows))
        # sudo: the name of whoever had a deal that the user may read
        users = self.env["res.users"].sudo().browse([s for s, _ in results if s not in (ALL, None)])
        names = {user.id: user.display_name for user in users}
        summaries = [
            {
                "id": seller or False,
                "name": names.get(seller, False),
                **self._sum_up_backtest(rows),
            }
            for seller, rows in results
        ]
        return {
            "currency_id": company.currency_id.id,
            "weeks": weeks,
            "total": summaries[0] if summaries else {"id": False, **self._sum_up_backtest([])},
            "sellers": summaries[1:],
            "sellers_left_out": len(size) - len(summaries),
        }

    @api.model
    def _sum_up_backtest(self, rows):
        counted = [row for row in rows if row["is_counted"]]
        inside = sum(row["is_inside"] for row in counted)
        low, high = wilson(inside, len(counted))
        return {"months": rows, "inside": inside, "count": len(counted), "low": low, "high": high}

    # === WHAT WAS KNOWN === #

    @api.model
    def _get_backtest_spans(self, weeks, months, wanted):
        """Return of each month, newest first, when it began, was forecast and ended (UTC).

        Months that were forecast before the history begins are left out.
        """

        def to_utc(day):
            moment = self.env.tz.localize(datetime.combine(day, time.min))
            return moment.astimezone(UTC).replace(tzinfo=None)

        History = self.env["crmsol.opportunity.history"]
        [(begin,)] = History._read_group(wanted, [], ["date_from:min"])
        spans = {}
        month = fields.Date.context_today(self).replace(day=1)
        for _ in range(months):
            end, month = month, month - relativedelta(months=1)
            moment = to_utc(end - timedelta(weeks=weeks))
            if begin and begin < moment:
                # overdue deals are expected in the month that has begun, as in the live forecast
                overdue = end - timedelta(weeks=weeks) >= month
                spans[month] = (to_utc(month), moment, to_utc(end), end, overdue)
        return spans

    @api.model
    def _read_open_of_then(self, spans, wanted, scale):
        """Return the open deals as they were known then: (user, month) -> [(cents, chance)]."""
        deals = defaultdict(list)
        if not spans:
            return deals
        moments = sorted(moment for _, moment, _, _, _ in spans.values())
        columns = (
            "user_id",
            "amount_company",
            "probability",
            "date_deadline",
            "date_from",
            "date_to",
        )
        is_open = Domain("outcome", "=", OPEN) & Domain("active", "=", True)
        rows = self.env.execute_query(
            SQL(
                # A row of the history was in force at the moments from one number to another one.
                # Ordered, so that no figure depends on how PostgreSQL went about it.
                """
                SELECT t.month, h.user_id, h.amount_company, h.probability, count(*)
                  FROM (%(history)s) h
            CROSS JOIN LATERAL (
                       SELECT width_bucket(h.date_from, %(moments)s) + 1,
                              width_bucket(COALESCE(h.date_to, 'infinity'), %(moments)s)
                       ) n (first, last)
                  JOIN (VALUES %(spans)s) t (month, number, until, overdue)
                    ON t.number BETWEEN n.first AND n.last
                 WHERE n.first <= n.last
                   AND h.date_deadline < t.until AND (t.overdue OR h.date_deadline >= t.month)
              GROUP BY t.month, h.user_id, h.amount_company, h.probability
              ORDER BY t.month, h.user_id, h.amount_company, h.probability
                """,
                history=self._get_readable_history(wanted & is_open, *columns),
                moments=SQL("%s::timestamp[]", moments),
                spans=SQL(", ").join(
                    SQL("(%s::date, %s, %s::date, %s)", month, number, end, overdue)
                    for month, (_, moment, _, end, overdue) in spans.items()
                    for number in [moments.index(moment) + 1]
                ),
            )
        )
        for month, user, amount, probability, count in rows:
            deal = (round((amount or 0) * scale), min(max((probability or 0) / 100, 0.0), 1.0))
            deals[ALL, month] += [deal] * count
            deals[user, month] += [deal] * count
        return deals

    @api.model
    def _read_won_of_then(self, spans, wanted, scale):
        """Return what was won in the month until the forecast, and in all: (user, month) -> cents.

        The deals that were won in the month, and were still so at the moment. One that is there
        only since it was won, and closed before the month, was entered later: it is no sale of it.
        """
        before, won = defaultdict(int), defaultdict(int)
        if not spans:
            return before, won
        columns = (
            "opportunity_id",
            "user_id",
            "amount_company",
            "phase_date_from",
            "date_from",
            "date_to",
        )
        is_won = Domain("outcome", "=", WON) & Domain("active", "=", True)
        rows = self.env.execute_query(
            SQL(
                """
                SELECT t.month, t.is_end, h.user_id, sum(h.amount_company)
                  FROM (VALUES %(spans)s) t (month, is_end, since, moment)
                  JOIN (%(history)s) h
                    ON h.date_from < t.moment AND (h.date_to IS NULL OR h.date_to >= t.moment)
                   AND h.phase_date_from >= t.since
                  JOIN crmsol_opportunity o ON o.id = h.opportunity_id
                 WHERE o.date_closed >= t.month OR o.date_closed IS NULL OR EXISTS (
                       SELECT FROM crmsol_opportunity_history p
                        WHERE p.opportunity_id = o.id AND p.date_from < h.phase_date_from)
              GROUP BY t.month, t.is_end, h.user_id
                """,
                spans=SQL(", ").join(
                    SQL("(%s::date, %s, %s::timestamp, %s::timestamp)", month, is_end, begin, at)
                    for month, (begin, moment, end, _, _) in spans.items()
                    for is_end, at in ((False, moment), (True, end))
                ),
                history=self._get_readable_history(wanted & is_won, *columns),
            )
        )
        for month, is_end, user, amount in rows:
            target = won if is_end else before
            target[ALL, month] += round(amount * scale)
            target[user, month] += round(amount * scale)
        return before, won

    @api.model
    def _get_readable_history(self, domain, *columns):
        """Return the sub-select of the rows that the user may read, which flushes them, too."""
        self.env["crmsol.opportunity"].flush_model(["date_closed"])
        query = self.env["crmsol.opportunity.history"]._search(domain)
        return query.select(*(SQL.identifier("crmsol_opportunity_history", c) for c in columns))

    @api.model
    def _to_number_within(self, value, low, high, label):
        if not isinstance(value, int) or not low <= value <= high:
            raise UserError(
                self.env._(
                    "Give a whole number of %(label)s from %(low)s to %(high)s.",
                    label=label,
                    low=low,
                    high=high,
                )
            )
        return value
