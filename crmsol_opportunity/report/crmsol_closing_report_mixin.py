from math import floor

from babel.numbers import format_percent
from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.misc import babel_locale_parse

from ..const import LOST, OPEN, WON
from ..engine.rates import wilson
from .period import get_today

#: Of fewer deals than these a rate tells next to nothing: it is shown grey, and said in words.
SMALL_SAMPLE = 5

#: Rows of a page. The pivot has them all.
MAX_ROWS = 100


class CrmsolClosingReportMixin(models.AbstractModel):
    """Closed deals, beside whatever a report sets them against: a row a deal and such a thing.

    A deal with two competitors has two rows; every count of deals counts it once.
    """

    _name = "crmsol.closing.report.mixin"
    _description = "Report on Closed Opportunities"
    _rec_name = "opportunity_id"
    _order = "date_closed desc, id desc"
    #: aggregates that count each deal once, of columns that are 0 or 1
    _counts_of_deals = ("deal_count:sum", "won_count:sum", "lost_count:sum")
    _depends = {
        "crmsol.opportunity": [
            "active",
            "partner_id",
            "user_id",
            "team_id",
            "company_id",
            "outcome",
            "phase_before_close_id",
            "loss_reason_id",
            "date_closed",
            "amount_company",
        ],
        "crmsol.opportunity.history": ["opportunity_id", "phase_id", "outcome", "date_to"],
        "res.company": ["currency_id"],
    }

    opportunity_id = fields.Many2one("crmsol.opportunity", readonly=True)
    active = fields.Boolean(readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    customer_id = fields.Many2one("res.partner", readonly=True)
    user_id = fields.Many2one("res.users", string="Salesperson", readonly=True)
    team_id = fields.Many2one("crm.team", string="Sales Team", readonly=True)
    outcome = fields.Selection([(WON, "Won"), (LOST, "Lost")], readonly=True)
    phase_id = fields.Many2one(
        "crmsol.phase",
        string="Closed From",
        readonly=True,
        help="The phase that the opportunity was in when it was closed. Empty: not known, or the "
        "phase has been deleted since.",
    )
    loss_reason_id = fields.Many2one("crmsol.loss.reason", readonly=True)
    date_closed = fields.Date("Closing Date", readonly=True)
    amount = fields.Monetary(readonly=True, aggregator=None, help="In the company's currency.")
    deal_count = fields.Integer(
        "Closed Deals", readonly=True, help="Each deal once, however many rows it has."
    )
    won_count = fields.Integer("Deals Won", readonly=True)
    lost_count = fields.Integer("Deals Lost", readonly=True)
    win_rate = fields.Float(
        readonly=True, aggregator="avg", help="Deals won ÷ deals closed. Each deal counts once."
    )

    # === TABLE METHODS === #

    @api.model
    def _select_closed(self):
        """Return the columns that all these reports have, of ``opportunity`` and ``company``."""
        return SQL(
            """
                opportunity.id AS opportunity_id,
                opportunity.active,
                opportunity.company_id,
                company.currency_id,
                opportunity.partner_id AS customer_id,
                opportunity.user_id,
                opportunity.team_id,
                opportunity.outcome,
                -- who was closed before that was recorded has it in its history
                COALESCE(opportunity.phase_before_close_id, (
                    SELECT history.phase_id
                    FROM crmsol_opportunity_history history
                    WHERE history.opportunity_id = opportunity.id
                        AND history.outcome = %(open)s
                        AND history.date_to IS NOT NULL
                    ORDER BY history.date_to DESC
                    LIMIT 1
                )) AS phase_id,
                opportunity.loss_reason_id,
                opportunity.date_closed,
                COALESCE(opportunity.amount_company, 0) AS amount,
                1 AS deal_count,
                CASE WHEN opportunity.outcome = %(won)s THEN 1 ELSE 0 END AS won_count,
                CASE WHEN opportunity.outcome = %(lost)s THEN 1 ELSE 0 END AS lost_count,
                CASE WHEN opportunity.outcome = %(won)s THEN 1 ELSE 0 END::float8 AS win_rate
            """,
            open=OPEN,
            won=WON,
            lost=LOST,
        )

    @api.model
    def _from_closed(self):
        return SQL(
            "crmsol_opportunity opportunity JOIN res_company company"
            " ON company.id = opportunity.company_id"
        )

    def _read_group_select(self, aggregate_spec, query):
        """Count each deal once, and reckon the rate from such counts."""
        deal = self._field_to_sql(self._table, "opportunity_id", query)
        if aggregate_spec in self._counts_of_deals:
            counted = self._field_to_sql(self._table, aggregate_spec.split(":")[0], query)
            return SQL("COUNT(DISTINCT CASE WHEN %s = 1 THEN %s END)", counted, deal)
        if aggregate_spec == "win_rate:avg":
            won = self._field_to_sql(self._table, "won_count", query)
            return SQL(
                "COUNT(DISTINCT CASE WHEN %s = 1 THEN %s END)::float8"
                " / NULLIF(COUNT(DISTINCT %s), 0)",
                won,
                deal,
                deal,
            )
        return super()._read_group_select(aggregate_spec, query)

    @api.model
    def _search(self, domain, *args, **kwargs):
        # the phase is read from history where it is not recorded; it follows every flush
        self.env["crmsol.opportunity"].flush_model()
        return super()._search(domain, *args, **kwargs)

    # === ACTION METHODS === #

    def action_open_opportunity(self):
        """Open the opportunity of the row."""
        self.ensure_one()
        return self.opportunity_id.get_formview_action()

    # === PAGES === #

    @api.model
    def _get_closed_domain(self, period, company_id):
        """Return one company and the domain of what it closed in a period.

        :param str period: ``all``, ``year``, ``last_year`` or ``months``, the last twelve ones
        :param int company_id: one of the companies that are switched on; the first by default
        :raise UserError: with a sentence that says what to choose
        """
        company = self.env["crmsol.opportunity"]._get_distribution_company(company_id)
        today = get_today(self.env)
        new_year = today.replace(month=1, day=1)
        days = {
            "all": Domain.TRUE,
            "year": Domain("date_closed", ">=", new_year),
            "last_year": Domain("date_closed", ">=", new_year - relativedelta(years=1))
            & Domain("date_closed", "<", new_year),
            "months": Domain("date_closed", ">", today - relativedelta(months=12)),
        }
        if not isinstance(period, str) or period not in days:
            raise UserError(self.env._("Choose one of the periods that the page offers."))
        return company, days[period] & Domain("company_id", "=", company.id)

    @api.model
    def _read_closed(self, domain):
        """Return how many deals are closed, how many of them are won, and the amount of these.

        They are counted where they are, not in the rows of the report: so the page shows whether
        these tell of all of them.

        :rtype: tuple
        """
        groups = self.env["crmsol.opportunity"]._read_group(
            domain & Domain("outcome", "!=", OPEN), ["outcome"], ["__count", "amount_company:sum"]
        )
        by_outcome = {outcome: (count, amount) for outcome, count, amount in groups}
        won, amount = by_outcome.get(WON, (0, 0))
        return won + by_outcome.get(LOST, (0, 0))[0], won, amount

    @api.model
    def _format_page(self, company, deals, won):
        """Return what every page says of a company's closed deals."""
        return {
            "company_id": company.id,
            "companies": [(c.id, c.name) for c in self.env.companies],
            "currency_id": company.currency_id.id,
            "total": self._format_rate(won, deals),
            "sentence": self._get_sentence(won, deals),
        }

    @api.model
    def _format_rate(self, won, deals):
        """Return a win rate with its interval, from 0 to 1; the rate of no deal is false."""
        low, high = wilson(won, deals)
        return {
            "won": won,
            "lost": deals - won,
            "deals": deals,
            "rate": won / deals if deals else False,
            "low": low,
            "high": high,
            "is_small": deals < SMALL_SAMPLE,
        }

    @api.model
    def _get_sentence(self, won, deals):
        """Return what the closed deals tell, in a sentence that is sane for few of them too."""
        if not deals:
            return self.env._(
                "No deal has been closed in this period: there is nothing to compare yet."
            )
        if deals == 1:
            return self.env._(
                "Only one deal has been closed in this period: it tells nothing about the next one."
            )
        low, high = wilson(won, deals)
        values = {"won": won, "deals": deals, "low": self._percent(low)}
        values |= {"high": self._percent(high), "rate": self._percent(won / deals)}
        if won == deals:
            return self.env._(
                "All the %(deals)s closed deals were won: what makes you lose cannot be seen in "
                "them. With 95%% confidence the win rate is %(low)s or more.",
                **values,
            )
        if not won:
            return self.env._(
                "All the %(deals)s closed deals were lost: what makes you win cannot be seen in "
                "them. With 95%% confidence the win rate is %(high)s or less.",
                **values,
            )
        return self.env._(
            "%(won)s of %(deals)s closed deals were won: %(rate)s; with 95%% confidence between "
            "%(low)s and %(high)s.",
            **values,
        )

    @api.model
    def _percent(self, rate):
        """Return the rate as the user's language writes it, e.g. “35 %” in Spanish.

        Halves are rounded up, as the browser does it for the table beside the sentence.
        """
        locale = babel_locale_parse(self.env.lang or "en_US")
        return format_percent(floor(rate * 100 + 0.5) / 100, locale=locale)
