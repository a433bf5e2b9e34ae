import operator as comparison
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from ..const import LOST, OPEN, WON
from ..engine.probability import COMPANY, PHASE, TEAM, get_spans, look_up

_COMPARISONS = {
    "<": comparison.lt,
    "<=": comparison.le,
    ">": comparison.gt,
    ">=": comparison.ge,
}


class CrmsolOpportunity(models.Model):
    """The chance to win, as the deals that were in the same place before tell it.

    It stands beside the percentage that the phase or the salesperson gives, and never replaces it.
    """

    _inherit = "crmsol.opportunity"  # pylint: disable=consider-merging-classes-inherited

    win_probability = fields.Float(
        "Win Probability (%)",
        compute="_compute_win",
        search="_search_win_probability",
        aggregator=None,
        help="Chance of winning, in percent, learnt from the deals that were in the same phase for "
        "as many days. It does not replace the probability that you give.",
    )
    win_low = fields.Float("Win Probability, from (%)", compute="_compute_win", aggregator=None)
    win_high = fields.Float("Win Probability, to (%)", compute="_compute_win", aggregator=None)
    win_unresolved = fields.Float(
        "Unresolved (%)",
        compute="_compute_win",
        aggregator=None,
        help="Part of the similar deals of which history does not tell the end.",
    )
    win_k = fields.Integer("Similar Deals Won", compute="_compute_win", aggregator=None)
    win_n = fields.Integer("Similar Deals Closed", compute="_compute_win", aggregator=None)
    win_open = fields.Integer("Similar Deals Open", compute="_compute_win", aggregator=None)
    win_basis = fields.Selection(
        [
            (TEAM, "Deals of the sales team"),
            (COMPANY, "Deals of the company"),
            (PHASE, "The phase's percentage"),
        ],
        "Win Probability Based on",
        compute="_compute_win",
    )

    # === COMPUTE METHODS === #

    @api.depends(
        "outcome",
        "phase_id",
        "phase_id.probability",
        "date_last_stage_update",
        "team_id",
        "company_id",
    )
    def _compute_win(self):
        found = self._get_win_estimates()
        certain = {WON: 100.0, LOST: 0.0}
        for opportunity in self:
            estimate = found.get(opportunity.id)
            if not estimate:
                chance = certain.get(opportunity.outcome, opportunity.phase_id.probability)
                estimate = {"win": chance / 100, "low": chance / 100, "high": chance / 100}
            opportunity.win_probability = 100 * estimate["win"]
            opportunity.win_low = 100 * estimate["low"]
            opportunity.win_high = 100 * estimate["high"]
            opportunity.win_unresolved = 100 * estimate.get("unresolved", 0)
            opportunity.win_k = estimate.get("k", 0)
            opportunity.win_n = estimate.get("n", 0)
            opportunity.win_open = estimate.get("open", 0)
            opportunity.win_basis = estimate.get("level", False)

    # === SEARCH METHODS === #

    def _search_win_probability(self, operator, value):
        """Find opportunities by the days in their phase in which the chance compares so.

        A chance only changes with the days: each company, phase and team has a few spans of them.
        """
        compare = _COMPARISONS.get(operator)
        if not compare or isinstance(value, bool) or not isinstance(value, (int, float)):
            return NotImplemented
        companies = self.env.companies
        Table = self.env["crmsol.win.table"]
        # sudo: salespeople may not read the tables, only the chances that follow from them
        teams = Table.sudo().search([("company_id", "in", companies.ids)]).team_id
        by_company = Table._get_tables(companies, teams)
        matching = Domain.OR(
            Domain("outcome", "=", outcome)
            for outcome, chance in ((WON, 100.0), (LOST, 0.0))
            if compare(chance, value)
        )
        for company, tables in by_company.items():
            own = list(tables.get("teams", {}))
            for team in [None, *own]:
                scope = Domain("company_id", "=", company)
                scope &= Domain("team_id", "=", team) if team else Domain("team_id", "not in", own)
                for phase, default in Table._get_defaults().items():
                    spans = [
                        (first, last)
                        for first, last, win in get_spans(tables, phase, default, team)
                        if compare(100 * win, value)
                    ]
                    matching |= (
                        scope & Domain("phase_id", "=", phase) & self._get_days_domain(spans)
                    )
        return matching

    @api.model
    def _get_days_domain(self, spans):
        """Return the domain of open opportunities that are in their phase for so many days.

        :param list spans: (first day, last day or ``None``), in order
        """
        joined = []
        for first, last in spans:
            if joined and joined[-1][1] is not None and joined[-1][1] + 1 == first:
                first = joined.pop()[0]
            joined.append((first, last))
        now = self.env.cr.now()
        domains = []
        for first, last in joined:
            domain = Domain("outcome", "=", OPEN)
            if first:  # a date in the future counts as today
                domain &= Domain("date_last_stage_update", "<=", now - timedelta(days=first))
            if last is not None:
                domain &= Domain("date_last_stage_update", ">", now - timedelta(days=last + 1))
            domains.append(domain)
        return Domain.OR(domains)

    # === BUSINESS METHODS === #

    def _get_days_in_phase(self):
        self.ensure_one()
        now = self.env.cr.now()
        return max((now - (self.date_last_stage_update or now)).days, 0)

    def _get_win_estimates(self):
        """Look the chances of the open ones up, with one query for all of them.

        :return: {id: what ``engine.probability.look_up`` returns, and ``date_known``}
        """
        open_ = self.filtered(lambda o: o.outcome == OPEN and o.phase_id)
        if not open_:
            return {}
        companies = open_.company_id | self.env.company
        by_company = self.env["crmsol.win.table"]._get_tables(companies, open_.team_id)
        found = {}
        for opportunity in open_:
            company = opportunity.company_id or self.env.company
            tables = by_company[company.id]
            estimate = look_up(
                tables,
                opportunity.phase_id._origin.id,
                opportunity._get_days_in_phase(),
                opportunity.phase_id.probability / 100,
                opportunity.team_id._origin.id,
            )
            found[opportunity.id] = {**estimate, "date_known": tables.get("date_known")}
        return found
