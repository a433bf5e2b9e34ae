import math

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from ..client_input import is_id
from ..const import NUMBER_MAX, OPEN, WON
from ..engine.forecast import find_deciding, forecast
from ..number_input import to_number

QUANTILES = {"p10": 0.1, "p50": 0.5, "p90": 0.9}

#: How strongly the deals of a month move together: standard deviation of their log-odds.
SHOCKS = {"none": 0.0, "slight": 0.25, "medium": 0.5, "strong": 1.0}

#: Open deals of a month that are summed one by one, the largest; the others count weighted.
MAX_DEALS = 20_000
#: Salespeople and teams that are offered to choose from.
MAX_CHOICES = 200

YEAR_MIN, YEAR_MAX = 1970, 2999


class CrmsolOpportunity(models.Model):
    """What may be won in a month: not one figure but how likely each one is."""

    _inherit = "crmsol.opportunity"  # pylint: disable=consider-merging-classes-inherited

    # === BUSINESS METHODS === #

    @api.model
    @api.readonly
    def get_month_distribution(
        self, month=None, company_id=None, user_id=None, team_id=None, target=None, shock="none"
    ):
        """Return the distribution of what is won in a month, of the deals that the user may read.

        It is what was won in the month already, and the sum of the open deals that are expected to
        close in it, each with its probability. Overdue ones are expected this month, as they
        cannot close earlier; in a month that is over, nothing is expected any more. Archived deals
        do not count.

        :param str month: any day of it; this month by default
        :param int company_id: one of the companies that are switched on; the first by default
        :param int user_id: only the deals of this salesperson
        :param int team_id: only the deals of this team
        :param float target: in the company's currency; the salespeople's target by default
        :param str shock: one of ``SHOCKS``
        :return: figures in the company's currency; chances and probabilities from 0 to 1; dates as
            strings
        :raise UserError: with a sentence that says what to give
        """
        today = fields.Date.context_today(self)
        month = self._to_month(month) or today.replace(day=1)
        company = self._get_distribution_company(company_id)
        strength = self._get_shock(shock)
        wanted = self._get_distribution_domain(company, user_id, team_id)
        won, won_count = self._read_won_of_month(wanted, month)
        opportunities, rest, rest_count = self._read_open_of_month(wanted, month, today)

        scale = 10**company.currency_id.decimal_places
        deals = [
            (round(o.amount_company * scale), min(max(o.probability / 100, 0.0), 1.0))
            for o in opportunities
        ]
        target, is_typed = self._get_distribution_target(company, month, user_id, team_id, target)
        cents = round(target * scale) if target else None
        total = forecast(deals, round((won + rest) * scale), strength)
        errors = [total.get_quantile_error(q) for q in QUANTILES.values()]
        return {
            "month": fields.Date.to_string(month),
            "is_past": month < today.replace(day=1),
            "is_current": month == today.replace(day=1),
            "currency_id": company.currency_id.id,
            "company_id": company.id,
            "won_amount": won,
            "won_count": won_count,
            "open_amount": sum(amount for amount, _ in deals) / scale,
            "open_count": len(deals) + rest_count,
            "overdue_count": len(
                opportunities.filtered(lambda o: o.date_deadline and o.date_deadline < today)
            ),
            "undated_count": self._count_undated(wanted) if month >= today.replace(day=1) else 0,
            "left_out_count": rest_count,
            **get_band(total, scale),
            "mean": total.mean / scale,
            "deviation": total.deviation / scale,
            "method": total.method,
            "error": max(errors) / scale if None not in errors else False,
            "target": target or False,
            "target_is_typed": is_typed,
            "chance": total.chance(cents) if cents else False,
            "bins": [
                {"from": low / scale, "to": high / scale, "chance": chance}
                for low, high, chance in (total.get_bins(scale, target=cents) if deals else [])
            ],
            "deciding": self._get_deciding(opportunities, total, deals, cents, scale),
            **self._get_distribution_choices(company, month, today, user_id, team_id),
        }

    @api.model
    def _get_deciding(self, opportunities, total, deals, cents, scale):
        """Return the deals that decide the month, as dicts, the most decisive first."""
        found = [
            (opportunities[i], effect)
            for i, effect in find_deciding(total, deals, cents)
            # no chance that anybody would read as one
            if effect > (0.0005 if cents else 0)
        ]
        # the others, thousands maybe, need not be read for them
        named = self.browse([opportunity.id for opportunity, _ in found])
        return [
            {
                "id": opportunity.id,
                "name": opportunity.name,
                "partner": opportunity.partner_id.display_name,
                "amount": opportunity.amount_company,
                "probability": opportunity.probability / 100,
                "effect": effect if cents else effect / scale,
            }
            for opportunity, (_, effect) in zip(named, found, strict=True)
        ]

    # === WHAT COUNTS === #

    @api.model
    def _get_distribution_domain(self, company, user_id, team_id):
        domain = Domain("company_id", "=", company.id)
        if user_id:
            domain &= Domain("user_id", "=", self._to_id(user_id))
        if team_id:
            domain &= Domain("team_id", "=", self._to_id(team_id))
        return domain

    @api.model
    def _get_won_domain(self, month):
        return (
            Domain("outcome", "=", WON)
            & Domain("date_closed", ">=", month)
            & Domain("date_closed", "<", month + relativedelta(months=1))
        )

    @api.model
    def _get_open_domain(self, month, today):
        """Return the domain of the open deals that are expected to close in the month."""
        this_month = today.replace(day=1)
        if month < this_month:
            return Domain.FALSE
        expected = Domain("date_deadline", "<", month + relativedelta(months=1))
        if month > this_month:
            expected &= Domain("date_deadline", ">=", month)
        return Domain("outcome", "=", OPEN) & expected

    @api.model
    def _read_won_of_month(self, wanted, month):
        [(amount, count)] = self._read_group(
            wanted & self._get_won_domain(month), [], ["amount_company:sum", "__count"]
        )
        return amount or 0.0, count

    @api.model
    def _read_open_of_month(self, wanted, month, today):
        """Return the open deals, and the weighted amount and the number of those left out."""
        domain = wanted & self._get_open_domain(month, today)
        names = ["amount_company", "probability", "weighted_amount", "date_deadline"]
        found = self.search_fetch(
            domain, names, order="amount_company desc, id", limit=MAX_DEALS + 1
        )
        if len(found) <= MAX_DEALS:
            return found, 0.0, 0
        found = found[:MAX_DEALS]
        [(weighted, count)] = self._read_group(domain, [], ["weighted_amount:sum", "__count"])
        return found, weighted - sum(found.mapped("weighted_amount")), count - MAX_DEALS

    @api.model
    def _count_undated(self, wanted):
        return self.search_count(
            wanted & Domain("outcome", "=", OPEN) & Domain("date_deadline", "=", False)
        )

    @api.model
    def _get_distribution_target(self, company, month, user_id, team_id, target):
        """Return the target of the month, 0 without one, and whether the user typed it."""
        if target is not None and target is not False and target != "":  # 0 is none at all
            amount = to_number(target)
            if not math.isfinite(amount) or not 0 <= amount <= NUMBER_MAX:
                raise ValidationError(
                    self.env._("The target is no amount. Give a number of 0 or more.")
                )
            return amount, True
        domain = Domain("company_id", "=", company.id) & Domain("date_month", "=", month)
        if user_id:
            domain &= Domain("user_id", "=", self._to_id(user_id))
        if team_id:
            domain &= Domain("user_id.crm_team_ids", "in", [self._to_id(team_id)])
        [(amount,)] = self.env["crmsol.target"]._read_group(domain, [], ["amount:sum"])
        return amount or 0.0, False

    # === WHAT THE PAGE OFFERS === #

    @api.model
    def _get_distribution_choices(self, company, month, today, user_id, team_id):
        """Return the companies, the salespeople and the teams to choose from, as (id, name)."""
        seen = Domain("company_id", "=", company.id) & (
            Domain("outcome", "=", OPEN) | self._get_won_domain(month)
        )

        def read(fname, chosen):
            Model = self.env[self._fields[fname].comodel_name]
            groups = self._read_group(
                seen & Domain(fname, "!=", False), [fname], order=fname, limit=MAX_CHOICES
            )
            records = Model.union(*(record for (record,) in groups))
            if chosen:  # by any id: of whom the user may not read, the name is not told
                records |= Model.browse(self._to_id(chosen)).exists()._filtered_access("read")
            # sudo: the name of whoever has a deal that the user may read
            return [(record.id, record.display_name) for record in records.sudo()]

        return {
            "companies": [(c.id, c.display_name) for c in self.env.companies],
            "users": read("user_id", user_id),
            "teams": read("team_id", team_id),
        }

    @api.model
    def _get_distribution_company(self, company_id):
        """Return one company that is switched on: amounts of several are never added up."""
        if not company_id:
            return self.env.company
        company = self.env["res.company"].browse(self._to_id(company_id))
        if company not in self.env.companies:
            raise UserError(
                self.env._("Choose one of the companies that are switched on at the top.")
            )
        return company

    @api.model
    def _get_shock(self, shock):
        if not isinstance(shock, str) or shock not in SHOCKS:
            raise UserError(
                self.env._(
                    "There is no such strength of what deals have in common. Choose one of: "
                    "%(choices)s.",
                    choices=", ".join(SHOCKS),
                )
            )
        return SHOCKS[shock]

    @api.model
    def _to_month(self, value):
        """Return the first day of the month, None without a value."""
        if not value:
            return None
        try:
            day = fields.Date.to_date(value)
        except (TypeError, ValueError):
            day = None
        if not day or not YEAR_MIN <= day.year <= YEAR_MAX:
            raise UserError(self.env._("Give the month as a date, for instance 2026-11-01."))
        return day.replace(day=1)

    @api.model
    def _to_id(self, value):
        """Return what a client gives as an id, as an integer that no record has if it is none."""
        return value if is_id(value) else 0


def get_band(total, scale):
    """Return P10, P50 and P90 in the currency, of which a unit has ``scale`` cents."""
    return {name: total.quantile(q) / scale for name, q in QUANTILES.items()}
