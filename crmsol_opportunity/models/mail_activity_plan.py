from odoo import api, fields, models, tools
from odoo.fields import Domain


class MailActivityPlan(models.Model):
    """A plan of actions; on opportunities it belongs to phases."""

    _name = "mail.activity.plan"
    _inherit = ["mail.activity.plan", "crmsol.cached.mixin"]

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

    # === BUSINESS METHODS === #

    @api.model
    @tools.ormcache("self.env.uid", "self.env.su", "tuple(self.env.companies.ids)", "company_ids")
    def _crmsol_get_plan_ids(self, company_ids):
        """Return the ids of the user's plans for opportunities of the companies, in order.

        Plans seldom change, and every form of an opportunity asks for them.

        :param tuple company_ids: besides those of all companies
        """
        domain = (
            Domain("res_model", "=", "crmsol.opportunity")
            & Domain("template_ids", "!=", False)
            & Domain("company_id", "in", [False, *company_ids])
        )
        return self.with_context(active_test=True).search(domain, order="name, id")._ids


class MailActivityPlanTemplate(models.Model):
    """A step of a plan: a plan without any is not offered."""

    _name = "mail.activity.plan.template"
    _inherit = ["mail.activity.plan.template", "crmsol.cached.mixin"]
