from odoo import api, fields, models
from odoo.exceptions import UserError

from ..const import LOST, OPEN, WON


class CrmsolOpportunityClose(models.TransientModel):
    """Asks for the outcome of opportunities, and closes them with what is known of it."""

    _name = "crmsol.opportunity.close"
    _description = "Close Opportunities"

    opportunity_ids = fields.Many2many("crmsol.opportunity", required=True)
    outcome = fields.Selection([(WON, "Won"), (LOST, "Lost")], default=LOST)
    loss_reason_id = fields.Many2one("crmsol.loss.reason")
    competitor_ids = fields.Many2many(
        "crmsol.opportunity.competitor", compute="_compute_competitor_ids"
    )
    competitor_id = fields.Many2one(
        "crmsol.opportunity.competitor",
        string="Competitor that Won",
        domain="[('id', 'in', competitor_ids)]",
        help="Who got the order, of the competitors noted in the opportunity.",
    )
    date_closed = fields.Date("Closing Date", required=True, default=fields.Date.context_today)
    note = fields.Text()
    action_count = fields.Integer("Planned Actions", compute="_compute_action_count")
    is_cancelling_actions = fields.Boolean("Cancel the planned actions")

    # === COMPUTE METHODS === #

    @api.depends("opportunity_ids")
    def _compute_competitor_ids(self):
        for wizard in self:
            # of several opportunities, nobody could say which one the competitor won
            single = wizard.opportunity_ids if len(wizard.opportunity_ids) == 1 else False
            wizard.competitor_ids = single and single.competitor_ids

    @api.depends("opportunity_ids")
    def _compute_action_count(self):
        for wizard in self:
            wizard.action_count = len(wizard._get_planned_actions())

    # === ACTION METHODS === #

    def action_close(self):
        """Close the opportunities as won or as lost, on the given date."""
        self.ensure_one()
        opportunities = self.opportunity_ids
        if not self.outcome:
            raise UserError(self.env._("Say whether it is won or lost."))
        planned = self._get_planned_actions() if self.is_cancelling_actions else None
        values = {"date_closed": self.date_closed}
        if self.outcome == LOST:
            values["loss_reason_id"] = self.loss_reason_id.id
        opportunities._close(self.outcome, **values)
        if self.outcome == LOST and self.competitor_id in opportunities.competitor_ids:
            self._note_winner(self.competitor_id)
        if planned:
            planned._crmsol_cancel(self.env._("The opportunity is closed."))
        if self.note:
            for opportunity in opportunities:
                opportunity._message_log(body=self.note)
        action = {"type": "ir.actions.act_window_close"}
        return action | opportunities._get_celebration() if self.outcome == WON else action

    # === BUSINESS METHODS === #

    def _get_planned_actions(self):
        """Return the actions that nobody needs any more once the opportunities are closed."""
        return self.env["mail.activity"].search(
            [
                ("res_model", "=", self.opportunity_ids._name),
                ("res_id", "in", self.opportunity_ids.filtered(lambda o: o.outcome == OPEN).ids),
            ]
        )

    @api.model
    def _note_winner(self, winner):
        """Write that the competitor won, and that the others of the opportunity did not."""
        winner.result = "won"
        others = winner.opportunity_id.competitor_ids - winner
        others.filtered(lambda c: c.result == "pending").result = "lost"
