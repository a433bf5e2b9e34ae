from odoo import api, fields, models


class CrmsolOpportunityGateLine(models.TransientModel):
    """A person to name, or an action to tell of, before opportunities enter a phase."""

    _name = "crmsol.opportunity.gate.line"
    _description = "Reference or Action that a Phase Requires"

    gate_id = fields.Many2one("crmsol.opportunity.gate", required=True, ondelete="cascade")
    role_id = fields.Many2one("crmsol.reference.role", ondelete="cascade")
    activity_type_id = fields.Many2one("mail.activity.type", ondelete="cascade")
    label = fields.Char("What Is Missing", compute="_compute_label")
    partner_id = fields.Many2one("res.partner", string="Person", ondelete="cascade")
    result = fields.Char(help="What came out of the action. Leave it empty if it was not done.")

    # === COMPUTE METHODS === #

    @api.depends("role_id", "activity_type_id")
    def _compute_label(self):
        for line in self:
            if line.activity_type_id:
                line.label = line.activity_type_id.name
            elif line.role_id:
                line.label = self.env._("Reference: %(role)s", role=line.role_id.name)
            else:
                line.label = self.env._("Reference")

    # === BUSINESS METHODS === #

    def _add_reference(self, opportunity):
        """Make the person a reference of the opportunity, in the role."""
        Reference = self.env["crmsol.opportunity.reference"]
        existing = opportunity.reference_ids.filtered(lambda r: r.partner_id == self.partner_id)
        if existing and not existing.role_id:
            existing.role_id = self.role_id
            return
        Reference.create(
            {
                "opportunity_id": opportunity.id,
                "partner_id": self.partner_id.id,
                "role_id": self.role_id.id,
            }
        )

    def _add_action(self, opportunity):
        """Log the action as done: the one that is planned, or else one that was not planned."""
        type_ = self.activity_type_id
        planned = opportunity._get_planned_actions().filtered(
            lambda activity: activity.activity_type_id == type_
        )
        contact = self.partner_id or opportunity._get_action_contacts()[opportunity]
        activity = planned.sorted("date_deadline")[:1] or opportunity.activity_schedule(
            activity_type_id=type_.id,
            date_deadline=fields.Date.context_today(self),
            user_id=self.env.uid,
            crmsol_contact_id=contact.id,
        )
        activity.action_feedback(feedback=self.result)
