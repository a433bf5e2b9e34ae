import logging
from datetime import timedelta

from odoo import api, fields, models, tools
from odoo.fields import Domain
from odoo.tools import SQL

from ..const import LOST, OPEN, WON
from ..engine.probability import Chances, Count, build_tables

_logger = logging.getLogger(__name__)

#: Tables younger than that are left as they are by the scheduled action, which runs every day.
FRESH = timedelta(hours=20)

#: The stays of a company's deals in open phases as they were known at a moment, counted by kind.
#: What was closed by mistake and reopened has not ended: it goes on in the phase where it was
#: reopened. Deals that were archived while open were last seen then. d is a deal as it was known,
#: k are its states up to then, both of the table itself: of a common table expression PostgreSQL
#: knows no numbers, takes the deals for few, and goes through all states once for each of them.
_COUNTS = """
WITH stay AS (
    SELECT k.opportunity_id, k.phase_id, k.phase_date_from AS begin, d.outcome, d.active,
           MAX(LEAST(k.date_to, %(moment)s)) AS end,
           MAX(LEAST(k.date_to, %(moment)s)) FILTER (WHERE k.active) AS last_seen,
           (ARRAY_AGG(k.team_id ORDER BY k.date_from DESC))[1] AS team_id
      FROM crmsol_opportunity_history d
      JOIN crmsol_opportunity_history k ON k.opportunity_id = d.opportunity_id
     WHERE d.date_from <= %(moment)s AND (d.date_to IS NULL OR d.date_to > %(moment)s)
       AND d.company_id = %(company)s AND %(sample)s
       AND k.date_from <= %(moment)s AND k.outcome = %(open)s
  GROUP BY k.opportunity_id, k.phase_id, k.phase_date_from, d.outcome, d.active
), followed AS (
    SELECT opportunity_id, phase_id, begin, "end", last_seen, team_id, outcome, active,
           LEAD(phase_id) OVER (PARTITION BY opportunity_id ORDER BY begin) AS next_phase_id
      FROM stay
), measured AS (
    SELECT opportunity_id, phase_id, team_id, begin, outcome, next_phase_id,
           GREATEST(FLOOR(EXTRACT(EPOCH FROM
               CASE WHEN next_phase_id IS NULL AND outcome = %(open)s AND NOT active
                    THEN COALESCE(last_seen, begin) ELSE "end" END - begin) / 86400), 0)::int
           AS days
      FROM followed
), ranked AS (
    SELECT phase_id, team_id, days, next_phase_id, outcome,
           ROW_NUMBER() OVER (PARTITION BY opportunity_id, phase_id ORDER BY days DESC, begin)
           AS number
      FROM measured
)
  SELECT phase_id, team_id, days, next_phase_id, outcome,
         COUNT(*), COUNT(*) FILTER (WHERE number = 1)
    FROM ranked
GROUP BY phase_id, team_id, days, next_phase_id, outcome
ORDER BY phase_id, team_id, days, next_phase_id, outcome
"""


class CrmsolWinTable(models.Model):
    """What the deals of a company, or of one of its teams, tell of the chance to win.

    The chance of one opportunity is looked up in it, so that lists and boards need no history.
    """

    _name = "crmsol.win.table"
    _description = "Win Probability Table"
    _inherit = ["crmsol.cached.mixin"]
    _order = "company_id, id"
    _rec_name = "team_id"

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="cascade"
    )
    team_id = fields.Many2one(
        "crm.team",
        string="Sales Team",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
        help="Empty: the whole company.",
    )
    date_known = fields.Datetime(
        "Known Until", required=True, readonly=True, help="Nothing after that is in the table."
    )
    deals_won = fields.Integer(readonly=True)
    deals_lost = fields.Integer(readonly=True)
    deals_open = fields.Integer(readonly=True, help="Neither won nor lost by then.")
    rate_won = fields.Float("Rate Won (%)", compute="_compute_rate_won", aggregator=None)
    curves = fields.Json(readonly=True, help="By phase: chances over the days in it.")
    prior = fields.Float(
        readonly=True,
        help="How many deals the percentages of the phases are worth, or, for a team, how many "
        "the company's deals are.",
        aggregator=None,
    )

    _scope_uniq = models.UniqueIndex("(company_id, COALESCE(team_id, 0))")

    # === COMPUTE METHODS === #

    @api.depends("deals_won", "deals_lost")
    def _compute_rate_won(self):
        for table in self:
            closed = table.deals_won + table.deals_lost
            table.rate_won = 100 * table.deals_won / closed if closed else 0

    @api.depends("company_id", "team_id")
    def _compute_display_name(self):
        for table in self:
            table.display_name = table.team_id.name or table.company_id.name

    # === ACTION METHODS === #

    @api.model
    def action_refresh(self, *_args):
        """Learn from what has happened in the user's companies up to now."""
        self.check_access("read")  # it is the managers' to see, and to ask for
        self._refresh(self.env.companies)
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    # === BUSINESS METHODS === #

    @api.model
    def _count_stays(self, company, moment, ids=None):
        """Return the stays of a company's deals, as they were known at a moment.

        :param list ids: of the opportunities that are looked at; without them, all
        :rtype: list[Count]
        """
        self.env["crmsol.opportunity"].flush_model()
        rows = self.env.execute_query(
            SQL(
                _COUNTS.replace("%(moment)s", "%(moment)s::timestamp"),
                moment=moment,
                sample=SQL("TRUE") if ids is None else SQL("d.opportunity_id = ANY(%s)", ids),
                company=company.id,
                open=OPEN,
            )
        )
        return [
            Count(
                phase,
                team,
                days,
                next_phase or (outcome if outcome != OPEN else None),
                outcome,
                stays,
                deals,
            )
            for phase, team, days, next_phase, outcome, stays, deals in rows
        ]

    @api.model
    def _get_defaults(self):
        """Return {open phase's id: its percentage, from 0 to 1}, of archived phases, too."""
        Phase = self.env["crmsol.phase"].with_context(active_test=False)
        phases = Phase.search([("is_closing", "=", False)])
        return {phase.id: phase.probability / 100 for phase in phases}

    @api.model
    def _build(self, company, moment=None, ids=None):
        """Return the tables of a company, from what was known at a moment and nothing later.

        :param datetime moment: in UTC; without one, now
        :param list ids: as in :meth:`_count_stays`
        :return: what ``engine.probability.build_tables`` returns, and the counts
        """
        counts = self._count_stays(company, moment or self.env.cr.now(), ids)
        return build_tables(counts, self._get_defaults()), counts

    @api.model
    def _refresh(self, companies):
        """Replace the tables of the companies by those of what is known now."""
        # sudo: nobody writes tables but this method
        Table = self.sudo()
        now = self.env.cr.now()
        present = {
            (table.company_id.id, table.team_id.id): table
            for table in Table.search([("company_id", "in", companies.ids)])
        }
        to_create = []
        for company in companies:
            tables, counts = self._build(company, now)
            for team in [None, *tables["teams"]]:
                vals = {
                    "company_id": company.id,
                    "team_id": team,
                    "date_known": now,
                    "curves": tables["teams"][team] if team else tables["company"],
                    "prior": tables["team_prior"] if team else tables["prior"],
                    **self._summarize(counts, team),
                }
                table = present.pop((company.id, team or False), None)
                if table:
                    table.write(vals)
                else:
                    to_create.append(vals)
        Table.browse([table.id for table in present.values()]).unlink()
        Table.create(to_create)

    @api.model
    def _summarize(self, counts, team):
        """Return how many deals ended how: each has one stay that did not lead to another one."""
        ends = dict.fromkeys((WON, LOST, None), 0)
        for count in counts:
            if count.exit in ends and team in (None, count.team):
                ends[count.exit] += count.stays
        return {"deals_won": ends[WON], "deals_lost": ends[LOST], "deals_open": ends[None]}

    @api.model
    def _cron_refresh(self):
        """Refresh what is not fresh, company by company: a run that is stopped is gone on with."""
        now = self.env.cr.now()
        fresh = Domain("date_known", ">", now - FRESH) & Domain("team_id", "=", False)
        done = self.search(fresh).company_id
        stale = self.env["res.company"].search([("id", "not in", done.ids)])
        remaining = len(stale)
        for company in stale:
            try:
                with self.env.cr.savepoint():
                    self._refresh(company)
            except Exception:  # whatever it is, the other companies are to be refreshed
                _logger.exception("The win probability of %s could not be refreshed", company.name)
            remaining -= 1
            if not self.env["ir.cron"]._commit_progress(1, remaining=remaining):
                break

    @api.model
    @tools.ormcache("company_id")
    def _get_chances(self, company_id):
        """Return what the deals of a company and its teams tell.

        They are kept until the tables are learnt anew: to parse the curves for each board and list
        takes longer than to read the opportunities. Nobody may change what is returned.

        :rtype: engine.probability.Chances
        """
        # By SQL: salespeople see the chances of their deals, the deals behind them stay numbers.
        fnames = ["team_id", "curves", "prior", "date_known"]
        self.flush_model([*fnames, "company_id"])
        rows = self.env.execute_query(
            SQL(
                "SELECT %s FROM crmsol_win_table WHERE company_id = %s",
                SQL(", ").join(map(SQL.identifier, fnames)),
                company_id,
            )
        )
        tables, known = {}, None
        for team_id, curves, prior, date_known in rows:
            if team_id:
                tables.setdefault("teams", {})[team_id] = curves
                tables["team_prior"] = prior
            else:
                tables["company"] = curves
                tables["prior"] = prior
                known = date_known
        # a team's table without its company's would stand on nothing
        return Chances(tables if "company" in tables else {}, known)
