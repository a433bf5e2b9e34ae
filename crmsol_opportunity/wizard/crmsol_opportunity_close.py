from odoo import api, fields, models
from odoo.exceptions import UserError

from ..const import LOST, OPEN, WON

#: Up to so many opportunities are named in the dialog, more are counted.
MAX_NAMED = 8


class CrmsolOpportunityClose(models.TransientModel):
    """Asks for the outcome of opportunities, and closes them with what is known of it."""

    _name = "crmsol.opportunity.close"
    _description = "Close Opportunities"

    opportunity_ids = fields.Many2many("crmsol.opportunity", required=True)
    opportunity_count = fields.Integer("Opportunities", compute="_compute_opportunity_data")
    is_named = fields.Boolean(compute="_compute_opportunity_data")
    outcome = fields.Selection([(WON, "Won"), (LOST, "Lost")], default=LOST)
    loss_reason_id = fields.Many2one("crmsol.loss.reason")
    is_reason_required = fields.Boolean(compute="_compute_opportunity_data")
    competitor_ids = fields.Many2many(
        "crmsol.opportunity.competitor", compute="_compute_opportunity_data"
    )
    competitor_id = fields.Many2one(
        "crmsol.opportunity.competitor",
        string="Competitor that Won",
        domain="[('id', 'in', competitor_ids)]",
        help="Who got the order, of the competitors noted in the opportunity.",
    )
    date_closed = fields.Date("Closing Date", required=True, default=fields.Date.context_today)
    note = fields.Text()
    action_count = fields.Integer(compute="_compute_action_count")
    planned_actions = fields.Selection(
        [("keep", "Keep them"), ("cancel", "Cancel them")],
        default="keep",
        help="What becomes of the actions that are planned still: the calls, visits and tasks.",
    )

    # === COMPUTE METHODS === #

    @api.depends("opportunity_ids")
    def _compute_opportunity_data(self):
        for wizard in self:
            opportunities = wizard.opportunity_ids
            wizard.opportunity_count = len(opportunities)
            wizard.is_named = len(opportunities) <= MAX_NAMED
            # of several opportunities, nobody could say which one the competitor won
            single = opportunities if len(opportunities) == 1 else opportunities.browse()
            wizard.competitor_ids = single.competitor_ids
            # sudo: users need not be allowed to read the companies of their opportunities
            companies = opportunities.company_id.sudo()
            wizard.is_reason_required = any(companies.mapped("crmsol_loss_reason_required"))

    @api.depends("opportunity_ids")
    def _compute_action_count(self):
        for wizard in self:
            opened = wizard.opportunity_ids.filtered(lambda o: o.outcome == OPEN)
            wizard.action_count = len(opened._get_planned_actions())

    # === ACTION METHODS === #

    def action_close(self):
        """Close the opportunities as won or as lost, on the given date."""
        self.ensure_one()
        if not self.outcome:
            raise UserError(self.env._("Say whether it is won or lost."))
        opened = self.opportunity_ids._filtered_to_close()
        closing = self.env["crmsol.phase"]._get_closing_phase()
        if opened._get_missing_items(closing):
            return opened._get_gate_dialog(closing, close_id=self.id)
        return self._close(closing)

    # === BUSINESS METHODS === #

    def _close(self, closing=None):
        """Close those that are open still, and note what the user said of it.

        :param crmsol.phase closing: the closing phase, of whoever knows it already
        :return: what the client does then
        """
        self.ensure_one()
        opened = self.opportunity_ids._filtered_to_close()
        is_cancelling = self.planned_actions == "cancel"
        planned = opened._get_planned_actions() if is_cancelling else None
        values = {"date_closed": self.date_closed}
        if self.outcome == LOST:
            values["loss_reason_id"] = self.loss_reason_id.id
        closed = opened._close(self.outcome, closing, **values)
        winner = self.competitor_id
        if self.outcome == LOST and winner and winner in closed.competitor_ids:
            self._note_winner(winner)
        if planned:
            planned._crmsol_cancel(self.env._("The opportunity is closed."))
        closed._log_note(self.note)
        action = {"type": "ir.actions.act_window_close"}
        return action | closed._get_celebration() if self.outcome == WON else action

    @api.model
    def _note_winner(self, winner):
        """Write that the competitor won, and that the others of the opportunity did not."""
        winner.result = "won"
        others = winner.opportunity_id.competitor_ids - winner
        others.filtered(lambda c: c.result == "pending").result = "lost"
