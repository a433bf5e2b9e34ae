from odoo import fields, models

from ..const import LOST


class CrmsolOpportunityClose(models.TransientModel):
    """Asks why opportunities are lost, and closes them."""

    _name = "crmsol.opportunity.close"
    _description = "Close Opportunities as Lost"

    opportunity_ids = fields.Many2many("crmsol.opportunity", required=True)
    loss_reason_id = fields.Many2one("crmsol.loss.reason")
    date_closed = fields.Date("Closing Date", required=True, default=fields.Date.context_today)
    note = fields.Text()

    def action_lose(self):
        """Close the opportunities as lost on the given date."""
        self.ensure_one()
        opportunities = self.opportunity_ids
        opportunities._close(
            LOST, loss_reason_id=self.loss_reason_id.id, date_closed=self.date_closed
        )
        if self.note:
            for opportunity in opportunities:
                opportunity._message_log(body=self.note)
        return {"type": "ir.actions.act_window_close"}
