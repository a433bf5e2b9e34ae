from odoo import fields, models


class CrmsolActionClose(models.TransientModel):
    """Asks how a commercial action went, or why it is cancelled, and closes it."""

    _name = "crmsol.action.close"
    _description = "Close a Commercial Action"

    activity_id = fields.Many2one("mail.activity", required=True, ondelete="cascade")
    outcome = fields.Selection(
        [("done", "Done"), ("cancelled", "Cancelled")], required=True, default="done"
    )
    # with the rights of the user: any action can be given to the dialog by RPC
    contact_id = fields.Many2one(related="activity_id.crmsol_contact_id", related_sudo=False)
    result = fields.Text(help="What came out of it. It is written to the opportunity's messages.")
    reason = fields.Char(help="Why the action will not take place.")

    def action_done(self):
        """Mark the action as done with its result."""
        self.activity_id._crmsol_require_planned()
        self.activity_id.action_feedback(feedback=self.result)
        return {"type": "ir.actions.act_window_close"}

    def action_done_and_plan_next(self):
        """Mark the action as done and open the dialog of the next one."""
        self.activity_id._crmsol_require_planned()
        return self.activity_id.action_feedback_schedule_next(feedback=self.result) or {
            "type": "ir.actions.act_window_close"
        }

    def action_cancel(self):
        """Cancel the action; it stays in the list."""
        self.activity_id._crmsol_require_planned()
        self.activity_id.action_cancel(self.reason)
        return {"type": "ir.actions.act_window_close"}
