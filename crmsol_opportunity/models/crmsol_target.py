from calendar import monthrange
from collections import defaultdict

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import format_date

from ..const import OPEN, WON, YEAR_MAX, YEAR_MIN
from ..number_input import check_number, to_number


class CrmsolTarget(models.Model):
    """What a salesperson is to win in a month, and how far they are.

    The figures follow the rights of who reads them: they count the opportunities that the user
    may see.
    """

    _name = "crmsol.target"
    _description = "Sales Target"
    _order = "date_month desc, user_id, id"
    _check_company_auto = True

    user_id = fields.Many2one(
        "res.users",
        string="Salesperson",
        required=True,
        index=True,
        check_company=True,
        ondelete="cascade",
        domain="[('share', '=', False)]",
    )
    date_month = fields.Date(
        "Month",
        required=True,
        index=True,
        default=lambda self: fields.Date.context_today(self).replace(day=1),
        help="Any day of the month may be given; the first one is kept.",
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    amount = fields.Monetary(
        "Target",
        required=True,
        help="What is to be won in the month, in the company's currency.",
    )

    # Progress
    won_amount = fields.Monetary(
        "Won in the Month",
        compute="_compute_progress",
        help="The amounts of the opportunities that the salesperson won in the month.",
    )
    forecast_amount = fields.Monetary(
        "Forecast",
        compute="_compute_progress",
        help="What was won in the month, and amount × probability of what is expected to close in "
        "it. Overdue opportunities are expected this month, as they cannot close earlier.",
    )
    gap_amount = fields.Monetary(
        "Gap",
        compute="_compute_progress",
        help="The forecast less the target: negative as long as the forecast does not reach it.",
    )
    progress = fields.Float(
        "Progress (%)", compute="_compute_progress", help="What was won, in percent of the target."
    )

    _user_month_uniq = models.Constraint(
        "UNIQUE(company_id, user_id, date_month)",
        "The salesperson has a target for that month already. Change that one, "
        "or give another month.",
    )
    _month_first_day = models.Constraint(
        "CHECK(EXTRACT(day FROM date_month) = 1)", "The month of a target is kept as its first day."
    )
    # PostgreSQL holds NaN for greater than every number
    _amount_positive = models.Constraint(
        "CHECK(amount > 0 AND amount <> 'NaN')", "A target is more than 0."
    )

    # === COMPUTE METHODS === #

    @api.depends("user_id", "date_month")
    def _compute_display_name(self):
        for target in self:
            month = format_date(self.env, target.date_month, date_format="LLLL yyyy")
            target.display_name = f"{target.user_id.display_name}, {month}"

    @api.depends("user_id", "date_month", "company_id", "amount")
    @api.depends_context("uid", "allowed_company_ids", "tz")
    def _compute_progress(self):
        won, forecast = self._read_progress()
        for target in self:
            key = (target.company_id.id, target.user_id.id, target.date_month)
            target.won_amount = won[key]
            target.forecast_amount = forecast[key]
            target.gap_amount = forecast[key] - target.amount
            target.progress = 100 * won[key] / target.amount if target.amount else 0.0

    def _read_progress(self):
        """Return what was won and what is forecast: (company, user, month) -> amount."""
        won, forecast = defaultdict(float), defaultdict(float)
        months = [month for month in self.mapped("date_month") if month]
        if not months:
            return won, forecast
        today = fields.Date.context_today(self)
        this_month, last = today.replace(day=1), max(months)
        last = last.replace(day=monthrange(last.year, last.month)[1])
        is_overdue = Domain("outcome", "=", OPEN) & Domain("date_forecast", "<", today)
        in_months = Domain("date_forecast", ">=", min(months)) & Domain("date_forecast", "<=", last)
        if this_month in months:
            in_months |= is_overdue
        rows = self.env["crmsol.opportunity"]._read_group(
            Domain("company_id", "in", self.company_id.ids)
            & Domain("user_id", "in", self.user_id.ids)
            & in_months,
            ["company_id", "user_id", "outcome", "date_forecast:month"],
            ["forecast_amount:sum"],
        )
        for company, user, outcome, month, amount in rows:
            # past months have what was won in them, and nothing else to expect
            expected = max(month, this_month) if outcome == OPEN else month
            forecast[company.id, user.id, expected] += amount
            if outcome == WON:
                won[company.id, user.id, month] += amount
        return won, forecast

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._prepare_values(vals) for vals in vals_list])

    def write(self, vals):
        return super().write(self._prepare_values(vals))

    def copy_data(self, default=None):
        """A copy is the target of the month after: there is one a month."""
        vals_list = super().copy_data(default=default)
        for target, vals in zip(self, vals_list, strict=True):
            if "date_month" not in (default or {}):
                vals["date_month"] = target.date_month + relativedelta(months=1)
        return vals_list

    # === ACTION METHODS === #

    def action_copy_last_month(self):
        """Give this month's salespeople without a target the one that they had last month."""
        this_month = fields.Date.context_today(self).replace(day=1)
        of_company = Domain("company_id", "=", self.env.company.id)
        targets = self.search(
            of_company & Domain("date_month", "=", this_month - relativedelta(months=1))
        )
        if not targets:
            raise UserError(
                self.env._(
                    "%(company)s has no targets for last month. Give this month's by hand.",
                    company=self.env.company.name,
                )
            )
        present = self.search(of_company & Domain("date_month", "=", this_month)).user_id
        missing = targets.filtered(lambda t: t.user_id.active and t.user_id not in present)
        if not missing:
            raise UserError(self.env._("All of last month's targets have one for this month."))
        missing.copy({"date_month": this_month})
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("Targets copied: %(count)s.", count=len(missing)),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    # === BUSINESS METHODS === #

    @api.model
    def _prepare_values(self, vals):
        """Return the values with the first day of the month.

        :raise ValidationError: with a sentence that says what to give
        """
        if "amount" in vals:
            if to_number(vals["amount"]) <= 0:
                raise ValidationError(self.env._("The target must be more than 0. Give an amount."))
            check_number(self, "amount", vals["amount"])
        if "user_id" in vals and not vals["user_id"]:
            raise ValidationError(self.env._("Choose the salesperson of the target."))
        if "date_month" not in vals:
            return vals
        try:
            day = fields.Date.to_date(vals["date_month"])
        except (TypeError, ValueError):
            day = None
        if not day:
            raise ValidationError(
                self.env._("Give the month of the target as a date, for instance 2026-11-01.")
            )
        if not YEAR_MIN <= day.year <= YEAR_MAX:
            raise ValidationError(
                self.env._(
                    "The year %(year)s cannot be meant. Give the month of the target anew.",
                    year=day.year,
                )
            )
        return {**vals, "date_month": day.replace(day=1)}
