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
        return super()._get_rotting_depends_fields() + ["outcome", "date_last_contact"]

    def _get_rotting_domain(self):
        return super()._get_rotting_domain() & Domain("outcome", "=", OPEN)

    def _compute_rotting(self):
        """As the host's, counted from the last contact where that was later than the phase."""
        result = super()._compute_rotting()
        now = self.env.cr.now()
        for opportunity in self.filtered("is_rotting"):
            contact = opportunity.date_last_contact
            entered = opportunity.date_last_stage_update
            if contact and (not entered or contact > entered):
                days = timedelta(days=opportunity.phase_id.rotting_threshold_days)
                opportunity.is_rotting = contact + days < now
                opportunity.rotting_days = opportunity.is_rotting and (now - contact).days
        return result

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
