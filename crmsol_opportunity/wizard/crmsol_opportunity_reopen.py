from odoo import api, fields, models

from ..const import OPEN
from .crmsol_opportunity_close import MAX_NAMED


class CrmsolOpportunityReopen(models.TransientModel):
    """Asks in which phase closed opportunities go on, and why, and opens them again."""

    _name = "crmsol.opportunity.reopen"
    _description = "Reopen Opportunities"

    opportunity_ids = fields.Many2many("crmsol.opportunity", required=True)
    opportunity_count = fields.Integer("Opportunities", compute="_compute_opportunity_data")
    is_named = fields.Boolean(compute="_compute_opportunity_data")
    moved_ids = fields.Many2many(
        "crmsol.opportunity",
        "crmsol_opportunity_reopen_moved_rel",
        help="Open ones of the same selection, which go into the phase with the reopened ones.",
    )
    team_ids = fields.Many2many("crm.team", compute="_compute_opportunity_data")
    phase_id = fields.Many2one(
        "crmsol.phase",
        compute="_compute_phase_id",
        store=True,
        readonly=False,
        domain="[('is_closing', '=', False), '|', ('team_ids', '=', False),"
        " ('team_ids', 'in', team_ids)]",
        help="Where the negotiation goes on. Empty: each one in the phase it was closed from.",
    )
    note = fields.Text()

    # === COMPUTE METHODS === #

    @api.depends("opportunity_ids")
    def _compute_opportunity_data(self):
        for wizard in self:
            opportunities = wizard.opportunity_ids
            wizard.opportunity_count = len(opportunities)
            wizard.is_named = len(opportunities) <= MAX_NAMED
            wizard.team_ids = opportunities.team_id

    @api.depends("opportunity_ids")
    def _compute_phase_id(self):
        for wizard in self:
            common = wizard.opportunity_ids._get_reopening_phase_of_all()
            wizard.phase_id = wizard.phase_id or common

    # === ACTION METHODS === #

    def action_reopen(self):
        """Open the closed ones again, and move the open ones of the selection with them."""
        self.ensure_one()
        closed = self.opportunity_ids._filtered_to_reopen()
        phase = self.phase_id or closed._get_reopening_phase_of_all()
        entering = closed | self.moved_ids
        if phase and entering._filtered_entering(phase)._get_missing_items(phase):
            return entering._get_gate_dialog(phase, reopen_id=self.id)
        return self._reopen()

    # === BUSINESS METHODS === #

    def _reopen(self):
        """Reopen those that are closed still, and note what the user said of it.

        :return: what the client does then
        """
        self.ensure_one()
        closed = self.opportunity_ids._filtered_to_reopen()
        closed._reopen(self.phase_id)
        moved = self.moved_ids.filtered(lambda o: o.outcome == OPEN)
        if self.phase_id:
            moved.phase_id = self.phase_id
        closed._log_note(self.note)
        return {"type": "ir.actions.act_window_close"}
