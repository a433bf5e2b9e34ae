from datetime import timedelta

from odoo import models
from odoo.fields import Domain

from ..const import OPEN


class CrmsolOpportunity(models.Model):
    """When an open opportunity is stale: the host's flag, with the customer in view.

    It is stale when for the days of its phase nothing has brought it on: neither has it entered
    the phase since, nor has anybody talked with the customer.
    """

    _inherit = "crmsol.opportunity"  # pylint: disable=consider-merging-classes-inherited

    # === COMPUTE METHODS === #

    def _get_rotting_depends_fields(self):
        return super()._get_rotting_depends_fields() + [
            "outcome",
            "date_last_contact",
            "create_date",
        ]

    def _get_rotting_domain(self):
        return super()._get_rotting_domain() & Domain("outcome", "=", OPEN)

    def _compute_rotting(self):
        """As the host's, counted from the last contact where that was later than the phase.

        Of all records together: the host filters and assigns them one by one.
        """
        now = self.env.cr.now()
        limits = {
            phase.id: timedelta(days=phase.rotting_threshold_days)
            for phase in self.phase_id
            if phase.rotting_threshold_days
        }
        dates = ("date_last_stage_update", "date_last_contact", "create_date")
        silences = []
        for outcome, phase, *days in self._get_columns("outcome", "phase_id", *dates):
            entered, contact, created = days
            since = max(filter(None, (entered, contact)), default=created or now)
            is_rotting = outcome == OPEN and phase in limits and since + limits[phase] < now
            silences.append(now - since if is_rotting else None)
        self._set_column("is_rotting", [silence is not None for silence in silences])
        self._set_column("rotting_days", [silence.days if silence else 0 for silence in silences])

    # === SEARCH METHODS === #

    def _search_is_rotting(self, operator, value):
        """Find stale opportunities of any age: the host forgets those of over a year."""
        if operator not in ("in", "not in"):
            return NotImplemented
        now = self.env.cr.now()
        phases = (
            self.env["crmsol.phase"]
            .with_context(active_test=False)
            .search([("rotting_threshold_days", ">", 0)])
        )
        stale = Domain("outcome", "=", OPEN) & Domain.OR(
            Domain("phase_id", "in", of_days.ids)
            & Domain("date_last_stage_update", "<", now - timedelta(days=days))
            & (
                Domain("date_last_contact", "=", False)
                | Domain("date_last_contact", "<", now - timedelta(days=days))
            )
            for days, of_days in phases.grouped("rotting_threshold_days").items()
        )
        return stale if (operator == "in") == (True in value) else ~stale
