from odoo import api, fields, models
from odoo.exceptions import UserError


class MailActivitySchedule(models.TransientModel):
    """The host's dialog of the chatter, which asks for contact and hour on an opportunity."""

    _inherit = "mail.activity.schedule"

    crmsol_contact_id = fields.Many2one(
        "res.partner",
        string="Contact",
        compute="_compute_crmsol_contact_id",
        store=True,
        readonly=False,
    )
    crmsol_date_start = fields.Datetime("Date and Time")
    crmsol_duration = fields.Float("Duration", default=0.5)
    crmsol_reminder_id = fields.Many2one("calendar.alarm", string="Reminder")

    # === COMPUTE METHODS === #

    @api.depends("res_model", "res_ids")
    def _compute_crmsol_contact_id(self):
        for scheduler in self:
            opportunity = scheduler._crmsol_opportunities()
            contacts = opportunity._get_action_contacts()
            scheduler.crmsol_contact_id = len(contacts) == 1 and contacts[opportunity]

    # === ACTION METHODS === #

    def action_schedule_plan(self):
        """Let the actions know from which plan they come."""
        planning = self.with_context(crmsol_plan_id=self.plan_id.id)
        return super(MailActivitySchedule, planning).action_schedule_plan()

    # === BUSINESS METHODS === #

    def _crmsol_opportunities(self):
        self.ensure_one()
        opportunities = self.env["crmsol.opportunity"]
        if self.res_model == opportunities._name:
            opportunities = opportunities.browse(self._evaluate_res_ids())
        return opportunities

    def _action_schedule_activities(self):
        opportunities = self._crmsol_opportunities()
        if not opportunities:
            return super()._action_schedule_activities()
        if len(opportunities) == 1 and not self.crmsol_contact_id:
            raise UserError(
                self.env._("The action has no contact. Choose the person with whom you will talk.")
            )
        scheduler = self.with_context(
            default_crmsol_contact_id=self.crmsol_contact_id.id,
            default_crmsol_date_start=self.crmsol_date_start,
            default_crmsol_duration=self.crmsol_duration,
            default_crmsol_reminder_id=self.crmsol_reminder_id.id,
        )
        return super(MailActivitySchedule, scheduler)._action_schedule_activities()
