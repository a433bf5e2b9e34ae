from odoo import models
from odoo.tools import SQL

from ..const import OPEN
from .crmsol_opportunity_history import STATE_FIELDS


class CrmsolOpportunity(models.Model):
    """The times on the phase bar."""

    _inherit = "crmsol.opportunity"  # pylint: disable=consider-merging-classes-inherited

    # === COMPUTE METHODS === #

    def _compute_duration_tracking(self):
        """Sum the stays in each phase, in seconds, as the history has them.

        The host reads tracked changes instead, and so knows nothing of what was imported. As in
        the analysis, time in which the opportunity was closed or archived does not count.
        """
        durations = {}
        if self.ids:
            self.env["crmsol.opportunity"].flush_model(STATE_FIELDS)  # history is written with them
            rows = self.env.execute_query(
                SQL(
                    """
                    SELECT opportunity_id, phase_id, SUM(EXTRACT(
                               EPOCH FROM COALESCE(date_to, %s::timestamp) - date_from))::bigint
                      FROM crmsol_opportunity_history
                     WHERE opportunity_id = ANY(%s) AND outcome = %s AND active
                  GROUP BY opportunity_id, phase_id
                    """,
                    self.env.cr.now(),
                    list(self.ids),
                    OPEN,
                )
            )
            for opportunity_id, phase_id, seconds in rows:
                durations.setdefault(opportunity_id, {})[str(phase_id)] = seconds
        for opportunity in self:
            opportunity.duration_tracking = durations.get(opportunity._origin.id, {})
