from odoo import api, fields, models
from odoo.tools import SQL

#: From how many stays on a median says something: of fewer, one more may turn it over.
MIN_STAYS = 5


class CrmsolPhasePace(models.Model):
    """How long opportunities used to stay in a phase, by company and by its sales teams.

    A stay is counted once the opportunity has left the phase, be it for another one, forwards or
    backwards, or closed. It counts for the team that had the opportunity then. The rows are found
    anew every night: a list of opportunities reads them instead of the whole history.
    """

    _name = "crmsol.phase.pace"
    _description = "Usual Stay in a Phase"
    _rec_name = "phase_id"
    _log_access = False

    phase_id = fields.Many2one("crmsol.phase", required=True, readonly=True, ondelete="cascade")
    company_id = fields.Many2one("res.company", required=True, readonly=True, ondelete="cascade")
    team_id = fields.Many2one(
        "crm.team",
        readonly=True,
        ondelete="cascade",
        help="Empty: all teams of the company.",
    )
    median_days = fields.Float(readonly=True, aggregator=None)
    stay_count = fields.Integer("Stays", readonly=True, help="How many stays the median is of.")

    _phase_uniq = models.UniqueIndex("(phase_id, company_id, COALESCE(team_id, 0))")

    # === BUSINESS METHODS === #

    @api.model
    def _refresh(self):
        """Find the medians anew from the history, all at once."""
        self.env["crmsol.opportunity"].flush_model()
        self.env.execute_query(SQL("DELETE FROM crmsol_phase_pace RETURNING id"))
        self.env.execute_query(
            SQL(
                """
                INSERT INTO crmsol_phase_pace
                       (phase_id, company_id, team_id, median_days, stay_count)
                SELECT phase_id, company_id, team_id,
                       PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY days), COUNT(*)
                  FROM (SELECT h.phase_id, h.company_id, h.team_id,
                               EXTRACT(EPOCH FROM h.date_to - h.phase_date_from) / 86400 AS days
                          FROM crmsol_opportunity_history h
                          JOIN crmsol_opportunity_history n
                            ON n.opportunity_id = h.opportunity_id AND n.date_from = h.date_to
                           AND n.phase_id <> h.phase_id
                         WHERE h.outcome = 'open') stay
              GROUP BY GROUPING SETS ((phase_id, company_id), (phase_id, company_id, team_id))
                HAVING COUNT(*) >= %s AND (team_id IS NOT NULL OR GROUPING(team_id) = 1)
             RETURNING id
                """,
                MIN_STAYS,
            )
        )
        self.invalidate_model(flush=False)
        self.env["crmsol.opportunity"].invalidate_model(["phase_median_days"], flush=False)
