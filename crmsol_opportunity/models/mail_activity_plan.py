from odoo import fields, models


class MailActivityPlan(models.Model):
    """A plan of actions; on opportunities it belongs to phases."""

    _inherit = "mail.activity.plan"

    crmsol_phase_ids = fields.Many2many(
        "crmsol.phase",
        string="Phases",
        help="In these phases the plan is offered on an opportunity. Leave it empty to offer it "
        "in every phase.",
    )

    # === ACTION METHODS === #

    def action_crmsol_apply(self):
        """Plan the actions of the plan on the opportunity of the context, once for its phase.

        What the plan leaves to whoever applies it goes to the salesperson of the opportunity.
        """
        self.ensure_one()
        opportunity = self.env["crmsol.opportunity"].browse(
            self.env.context.get("crmsol_opportunity_id")
        )
        if self not in opportunity.action_plan_ids:
            return  # somebody else was faster: the list shows it
        owner = opportunity.user_id or self.env.user
        self.env["mail.activity.schedule"].with_context(
            active_model=opportunity._name, active_ids=opportunity.ids, active_id=opportunity.id
        ).create({"plan_id": self.id, "plan_on_demand_user_id": owner.id}).action_schedule_plan()
