from odoo import api, models
from odoo.exceptions import AccessError

from ..const import OPPORTUNITY_MODEL

#: What only the methods of an action write: how it ended, and where it comes from.
_WRITTEN_BY_METHODS = {
    "crmsol_cancel_reason",
    "crmsol_cancelled",
    "crmsol_cancelled_by_id",
    "crmsol_date_cancelled",
    "crmsol_phase_id",
    "crmsol_plan_id",
    "crmsol_reminder_sent",
    "date_done",
}

#: What a closed action says happened.
_HISTORY = {
    "active",
    "activity_type_id",
    "crmsol_contact_id",
    "crmsol_date_start",
    "crmsol_duration",
    "date_deadline",
    "note",
    "summary",
    "user_id",
}


class MailActivity(models.Model):
    """What nobody falsifies, whichever way it comes in: read-only in a view is not by RPC."""

    _inherit = "mail.activity"  # pylint: disable=consider-merging-classes-inherited

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        given = {fname for vals in vals_list for fname, value in vals.items() if value}
        activities = super().create(vals_list)
        activities._crmsol_check_trace(given)
        return activities

    def write(self, vals):
        self._crmsol_check_trace(vals.keys())
        self._crmsol_check_history(vals)
        if self.env.su or not vals.keys() & {"res_id", "res_model", "res_model_id"}:
            return super().write(vals)
        before = self._crmsol_actions()
        result = super().write(vals)
        actions = self._crmsol_actions()
        if before - actions:
            raise AccessError(
                self.env._(
                    "An action is part of the history of its opportunity and is not taken off it. "
                    "Cancel it instead."
                )
            )
        # the host asks for the rights on the document that they leave, not on this one
        documents = set(actions.mapped("res_id"))
        self.env[OPPORTUNITY_MODEL].browse(documents).check_access("write")
        return result

    # === BUSINESS METHODS === #

    def _crmsol_check_trace(self, fnames):
        """Refuse to have a cancellation, a day or an origin of an action made up."""
        if not self.env.su and _WRITTEN_BY_METHODS & set(fnames) and self._crmsol_actions():
            raise AccessError(
                self.env._(
                    "When and by whom an action was done or cancelled is recorded by itself. "
                    "Use the buttons Done and Cancel of the action."
                )
            )

    def _crmsol_check_history(self, vals):
        """Refuse to rewrite a closed action of somebody else.

        Whoever closes the action of a colleague gives its result, once.
        """
        rewritten = _HISTORY & vals.keys()
        if self.env.su or not rewritten and "feedback" not in vals:
            return
        user = self.env.user
        if user.has_group("sales_team.group_sale_manager"):
            return
        for action in self._crmsol_actions():
            if action.active or user in action.user_id | action.create_uid:
                continue
            changed = "feedback" in vals and (action.feedback or "") not in (
                "",
                vals["feedback"] or "",
            )
            if changed or rewritten != {"active"} & rewritten or vals.get("active"):
                raise AccessError(
                    self.env._(
                        "“%(action)s” is closed and belongs to %(owner)s. "
                        "Ask them, or a sales manager, to correct it.",
                        action=action.summary,
                        owner=action.user_id.name or action.create_uid.name,
                    )
                )
