import operator as comparison
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from ..const import LOST, OPEN, WON
from ..engine.probability import COMPANY, PHASE, TEAM, get_spans

_COMPARISONS = {
    "<": comparison.lt,
    "<=": comparison.le,
    ">": comparison.gt,
    ">=": comparison.ge,
}

#: {field: key of an estimate}; shares are from 0 to 1 there, and percentages here.
_SHARES = {
    "win_probability": "win",
    "win_low": "low",
    "win_high": "high",
    "win_unresolved": "unresolved",
}
_FIGURES = {"win_k": "k", "win_n": "n", "win_open": "open", "win_basis": "level"}


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
        certain = {WON: 1.0, LOST: 0.0}
        percentages = self._get_percentages()
        estimates = []
        for id_, (outcome, phase) in zip(
            self._ids, self._get_columns("outcome", "phase_id"), strict=True
        ):
            estimate = found.get(id_)
            if not estimate:
                chance = certain.get(outcome, percentages.get(phase, 0.0) / 100)
                estimate = {"win": chance, "low": chance, "high": chance}
            estimates.append(estimate)
        for fname, key in _SHARES.items():
            self._set_column(fname, [100 * estimate.get(key, 0) for estimate in estimates])
        for fname, key in _FIGURES.items():
            self._set_column(fname, [estimate.get(key, False) for estimate in estimates])

    # === SEARCH METHODS === #

    def _search_win_probability(self, operator, value):
        """Find opportunities by the days in their phase in which the chance compares so.

        A chance only changes with the days: each company, phase and team has a few spans of them.
        """
        compare = _COMPARISONS.get(operator)
        if not compare or isinstance(value, bool) or not isinstance(value, (int, float)):
            return NotImplemented
        Table = self.env["crmsol.win.table"]
        matching = Domain.OR(
            Domain("outcome", "=", outcome)
            for outcome, chance in ((WON, 100.0), (LOST, 0.0))
            if compare(chance, value)
        )
        for company in self.env.companies.ids:
            tables = Table._get_chances(company).tables
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
        """Look the chances of the open ones up.

        :return: {id: what ``engine.probability.look_up`` returns, and ``date_known``}
        """
        Table = self.env["crmsol.win.table"]
        now, percentages, found = self.env.cr.now(), self._get_percentages(), {}
        columns = ("outcome", "phase_id", "date_last_stage_update", "team_id", "company_id")
        for id_, row in zip(self._ids, self._get_columns(*columns), strict=True):
            outcome, phase, entered, team, company = row
            if outcome != OPEN or phase is None:
                continue
            chances = Table._get_chances(company or self.env.company.id)
            found[id_] = {
                **chances.look_up(
                    phase or phase.origin,
                    (now - (entered or now)).days,
                    percentages[phase] / 100,
                    team,
                ),
                "date_known": chances.date_known,
            }
        return found

    def _get_percentages(self):
        """Return {phase's id: its percentage}."""
        return {phase.id: phase.probability for phase in self.phase_id}
