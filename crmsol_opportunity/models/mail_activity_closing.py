from datetime import timedelta

from markupsafe import Markup

from odoo import api, models
from odoo.exceptions import UserError


class MailActivity(models.Model):
    """How an action ends, and the buttons of the tab that lead there."""

    _inherit = "mail.activity"  # pylint: disable=consider-merging-classes-inherited

    # === ACTION METHODS === #

    def action_cancel(self, reason=False):
        """Cancel planned activities; of those of opportunities a trace stays.

        :param str reason: why, for the history of the opportunity
        """
        planned = self.filtered("active")
        actions = planned.filtered(lambda a: a.res_model == "crmsol.opportunity")
        actions.check_access("write")
        actions._crmsol_cancel(reason)
        return super(MailActivity, planned - actions).action_cancel()

    def action_create_calendar_event(self):
        """Invite the contact too, and take over start and duration."""
        action = super().action_create_calendar_event()
        if self.res_model != "crmsol.opportunity":
            return action
        partners = self.user_id.partner_id | self.crmsol_contact_id
        context = {
            **action["context"],
            "default_res_id": self.res_id,
            "default_res_model": self.res_model,
            "default_name": self.summary,
            "default_partner_ids": partners.ids,
            "default_crmsol_contact_id": self.crmsol_contact_id.id,
        }
        if self.crmsol_date_start:
            context["default_start"] = self.crmsol_date_start
            context["default_duration"] = self.crmsol_duration or 1
            context["default_stop"] = self.crmsol_date_start + timedelta(
                hours=context["default_duration"]
            )
            context["initial_date"] = self.crmsol_date_start
        return action | {"context": context}

    def action_crmsol_schedule_meeting(self):
        """Save the action and go on in the form of its calendar event."""
        self.ensure_one()
        return self._crmsol_event_action(self.action_create_calendar_event()["context"])

    def action_crmsol_edit(self):
        """Open the dialog of the action; of a meeting, that of its calendar event."""
        self.ensure_one()
        if self.calendar_event_id and self.active:
            return self._crmsol_event_action({}) | {"res_id": self.calendar_event_id.id}
        dialog = (
            self.env["crmsol.opportunity"]
            .browse(self.res_id)
            ._get_action_dialog(self.env._("Commercial Action"), {})
        )
        hidden = set(dialog["context"]["crmsol_hidden_type_ids"]) - set(self.activity_type_id.ids)
        dialog["context"]["crmsol_hidden_type_ids"] = list(hidden)
        return dialog | {"res_id": self.id}

    def action_crmsol_ask_result(self):
        """Ask for the result, then mark the action as done."""
        return self._crmsol_closing_dialog(self.env._("Result of the Action"), "done")

    def action_crmsol_ask_reason(self):
        """Ask for the reason, then cancel the action."""
        return self._crmsol_closing_dialog(self.env._("Cancel the Action"), "cancelled")

    def action_crmsol_log(self):
        """Mark an action that was just saved as done, with the result that was given with it."""
        self.ensure_one()
        self._crmsol_require_planned()
        self.action_feedback(feedback=self.feedback)
        return {"type": "ir.actions.act_window_close"}

    def action_feedback_schedule_next(self, feedback=False, attachment_ids=None):
        """Plan the next action in the dialog of opportunities, with the same contact."""
        self.ensure_one()
        if self.res_model != "crmsol.opportunity":
            return super().action_feedback_schedule_next(feedback, attachment_ids)
        opportunity = self.env["crmsol.opportunity"].browse(self.res_id)
        action = super().action_feedback_schedule_next(feedback, attachment_ids)
        if not action:
            return action
        context = {**action["context"], "default_crmsol_contact_id": self.crmsol_contact_id.id}
        return opportunity._get_action_dialog(self.env._("Plan the Next Action"), context)

    # === BUSINESS METHODS === #

    def _crmsol_cancel(self, reason=False):
        """Archive planned actions as cancelled and note it in the threads."""
        if not self:
            return
        self._crmsol_write_host(
            {
                "active": False,
                "crmsol_cancelled": True,
                "crmsol_date_cancelled": self.env.cr.now(),
                "crmsol_cancelled_by_id": self.env.uid,
                "crmsol_cancel_reason": reason,
            }
        )
        self._crmsol_log_cancellation(reason)
        events = self.calendar_event_id.filtered("active")
        # set by the event itself, with sudo: a client that sends the key does not keep the event
        if not (self.env.su and self.env.context.get("crmsol_event_is_leaving")):
            events.write({"active": False})

    def _crmsol_log_cancellation(self, reason):
        bodies = {}
        for res_id, actions in self.grouped("res_id").items():
            lines = [
                self.env._(
                    "Action cancelled: %(type)s “%(subject)s”",
                    type=action.activity_type_id.name or self.env._("Action"),
                    subject=action.summary,
                )
                for action in actions
            ]
            if reason:
                lines.append(self.env._("Reason: %(reason)s", reason=reason))
            bodies[res_id] = Markup("<br/>").join(lines)
        # sudo: who may cancel an action may leave the note about it
        self.env["crmsol.opportunity"].sudo().browse(bodies)._message_log_batch(
            bodies, author_id=self.env.user.partner_id.id
        )

    def _crmsol_require_planned(self):
        if not all(self.mapped("active")):
            raise UserError(
                self.env._("This action is closed already. Reload the page to see how it ended.")
            )

    def _crmsol_closing_dialog(self, name, outcome):
        self.ensure_one()
        self._crmsol_require_planned()
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": "crmsol.action.close",
            "view_mode": "form",
            "target": "new",
            "context": {"default_activity_id": self.id, "default_outcome": outcome},
        }

    @api.model
    def _crmsol_event_action(self, context):
        """Return the action that opens the calendar's dialog, with the context's defaults."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Meeting"),
            "res_model": "calendar.event",
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
            "context": {**context, "dialog_size": "large"},
        }
