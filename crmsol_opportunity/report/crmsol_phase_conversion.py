from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..client_input import is_id
from ..const import LOST, OPEN, WON
from ..engine.rates import get_rate, get_velocity
from ..models.crmsol_opportunity_history import STATE_FIELDS
from .crmsol_phase_stay import EXITS, LEFT, MOVED_ON, PERCENTILES
from .period import get_period

#: With fewer closed deals a win rate is no ground for a speed.
MIN_CLOSED = 5

# Why there is no speed.
FEW_CLOSED, NONE_WON, NO_CYCLE = "few_closed", "none_won", "no_cycle"


class CrmsolPhaseStay(models.Model):
    """How many go on from each phase, how long it takes them, and what the pipeline sells a day."""

    _inherit = "crmsol.phase.stay"  # pylint: disable=consider-merging-classes-inherited

    # === BUSINESS METHODS === #

    @api.model
    @api.readonly
    def get_phase_report(self, date_from, date_to, team_id=False, user_id=False):
        """Return the conversion from phase to phase and the velocity, as far as the user reads.

        Stays count that began in the period; the deals that won, lost and cycle are of were closed
        in it. The rate of moving on is of the stays that came to an end: what is still there may
        go either way. The rate of winning is of the opportunities that are closed today, each
        counted once a phase however often it was there, so that a reopened one counts as open.
        Days are those of the stays that came to an end.

        :param str date_from: first day of the period, in the user's time zone
        :param str date_to: last day of the period, which is in it
        :param int team_id: of this sales team only
        :param int user_id: of this salesperson only
        :return: ``phases`` in their order, the ``domain`` of their stays, and ``velocity`` with
            the domains of the opportunities that it is of
        :rtype: dict
        :raise UserError: with a sentence that says what to give
        """
        begin, end = get_period(self.env, date_from, date_to)
        scope = self._get_report_scope(team_id, user_id)
        domain = Domain("date_from", ">=", begin) & Domain("date_from", "<", end) & scope
        closed = Domain("date_closed", ">=", date_from) & Domain("date_closed", "<=", date_to)
        return {
            "phases": self._get_conversions(domain),
            "domain": self._to_client_domain(domain),
            "velocity": self._get_velocity(closed, scope),
        }

    @api.model
    def _to_client_domain(self, domain):
        """Return a domain with text for dates, as a client sends it back."""
        return [
            [*leaf[:2], str(leaf[2])] if isinstance(leaf, tuple) and "date" in leaf[0] else leaf
            for leaf in domain
        ]

    @api.model
    def _get_report_scope(self, team_id, user_id):
        scope = Domain.TRUE
        for fname, id_ in (("team_id", team_id), ("user_id", user_id)):
            if id_ and not is_id(id_):
                raise UserError(self.env._("Choose a sales team and a salesperson from the lists."))
            if id_:
                scope &= Domain(fname, "=", id_)
        return scope

    @api.model
    def _get_conversions(self, domain):
        """Return what came of the stays in each phase, in one pass over them."""
        self.browse().check_access("read")
        query = self._search(domain)
        column = {
            fname: self._field_to_sql(self._table, fname, query)
            for fname in ("phase_id", "exit", "days", "outcome", "opportunity_id")
        }
        left = SQL("%s IN %s", column["exit"], LEFT)
        select = {
            "phase_id": column["phase_id"],
            **{
                exit_: SQL("COUNT(*) FILTER (WHERE %s = %s)", column["exit"], exit_)
                for exit_, _label in EXITS
            },
            **{
                func: self._get_percentile(part, column["days"], left)
                for func, part in PERCENTILES.items()
            },
            **{
                f"deals_{outcome}": SQL(
                    "COUNT(DISTINCT %s) FILTER (WHERE %s = %s)",
                    column["opportunity_id"],
                    column["outcome"],
                    outcome,
                )
                for outcome in (OPEN, WON, LOST)
            },
        }
        query.groupby = column["phase_id"]
        found = [] if query.is_empty() else self.env.execute_query(query.select(*select.values()))
        rows = {values[0]: dict(zip(select, values, strict=True)) for values in found}
        Phase = self.env["crmsol.phase"].with_context(active_test=False)
        shown = Domain("id", "in", list(rows))
        shown |= Domain("active", "=", True) & Domain("is_closing", "=", False)
        nothing = dict.fromkeys(select, 0)
        return [
            self._prepare_conversion(phase, rows.get(phase.id, nothing))
            for phase in Phase.search(shown)
        ]

    @api.model
    def _prepare_conversion(self, phase, row):
        exits = {exit_: row[exit_] for exit_, _label in EXITS}
        moved_on = sum(exits[exit_] for exit_ in MOVED_ON)
        left = sum(exits[exit_] for exit_ in LEFT)
        return {
            "id": phase.id,
            "name": phase.name,
            "entered": sum(exits.values()),
            "moved_on": moved_on,
            **exits,
            "rate": get_rate(moved_on, left),
            "days": {func: row[func] if left else False for func in PERCENTILES},
            "win_rate": get_rate(row["deals_won"], row["deals_won"] + row["deals_lost"]),
            "deals_open": row["deals_open"],
        }

    @api.model
    def _get_velocity(self, closed, scope):
        """Return the speed of the pipeline and its four factors, each with what it is of.

        Amounts are in the currency of the user's company. Opportunities of companies with another
        one are left out, as they cannot be added up.
        """
        Opportunity = self.env["crmsol.opportunity"]
        currency = self.env.company.currency_id
        foreign = self.env.companies.filtered(lambda company: company.currency_id != currency)
        scope &= Domain("company_id", "not in", foreign.ids)
        deals = Opportunity.search_count(scope & Domain("outcome", "=", OPEN))
        groups = {
            outcome: (count, amount)
            for outcome, count, amount in Opportunity._read_group(
                scope & closed, ["outcome"], ["__count", "amount_company:sum"]
            )
        }
        won, amount = groups.get(WON, (0, 0.0))
        lost, _amount = groups.get(LOST, (0, 0.0))
        cycles, days = self._get_cycle(scope & closed & Domain("outcome", "=", WON))
        reason = False
        if won + lost < MIN_CLOSED:
            reason = FEW_CLOSED
        elif not won:
            reason = NONE_WON
        elif not days:
            reason = NO_CYCLE
        win_rate = get_rate(won, won + lost)
        average = amount / won if won else False
        return {
            "domain": {
                OPEN: self._to_client_domain(scope & Domain("outcome", "=", OPEN)),
                "closed": self._to_client_domain(scope & closed),
                WON: self._to_client_domain(scope & closed & Domain("outcome", "=", WON)),
            },
            "currency_id": currency.id,
            "left_out": foreign.mapped("name"),
            "reason": reason,
            "minimum": MIN_CLOSED,
            "per_day": not reason and get_velocity(deals, win_rate["rate"], average, days),
            "open": deals,
            "win_rate": win_rate,
            "average": {"amount": average, "n": won},
            "cycle": {"days": days, "n": cycles},
        }

    @api.model
    def _get_cycle(self, domain):
        """Return how many won opportunities were seen open before, and their average days.

        From the moment at which the history of an opportunity begins to that of its last close.
        What was imported as won has no beginning and is left out.
        """
        Opportunity = self.env["crmsol.opportunity"]
        Opportunity.flush_model(STATE_FIELDS)  # history is written with them
        query = Opportunity._search(domain)
        ((count, days),) = self.env.execute_query(
            SQL(
                """
                SELECT COUNT(c.days), AVG(c.days)::float8
                  FROM (SELECT EXTRACT(EPOCH FROM
                               MAX(h.phase_date_from) FILTER (WHERE h.date_to IS NULL)
                               - MIN(h.date_from) FILTER (WHERE h.outcome = %s)) / 86400 AS days
                          FROM crmsol_opportunity_history h
                         WHERE h.opportunity_id IN %s
                      GROUP BY h.opportunity_id) c
                """,
                OPEN,
                query.subselect(),
            )
        )
        return count, days or False
