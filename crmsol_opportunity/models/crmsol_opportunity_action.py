from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain


class CrmsolOpportunity(models.Model):
    """The commercial actions of the negotiation: the host's activities."""

    _inherit = "crmsol.opportunity"  # pylint: disable=consider-merging-classes-inherited

    action_ids = fields.One2many(
        "mail.activity",
        string="Commercial Actions",
        compute="_compute_action_ids",
        context={"active_test": False},
        help="Planned actions by date, then the done and cancelled ones, newest first.",
    )
    action_plan_ids = fields.Many2many(
        "mail.activity.plan",
        string="Plans of the Phase",
        compute="_compute_action_plan_ids",
        help="The plans of actions for the present phase that were not applied in it yet.",
    )
    action_contact_id = fields.Many2one(
        "res.partner",
        string="Contact for Actions",
        compute="_compute_action_contact_id",
        help="With whom you talk: the contact, else the first reference, else the customer.",
    )
    action_phone = fields.Char("Phone of the Contact", compute="_compute_action_contact_id")
    action_email = fields.Char("Email of the Contact", compute="_compute_action_contact_id")

    # === COMPUTE METHODS === #

    @api.depends("activity_ids.active", "activity_ids.date_deadline", "activity_ids.res_id")
    def _compute_action_ids(self):
        actions = self._get_readable_actions()
        by_opportunity = actions.grouped("res_id")
        nothing = self.env["mail.activity"]
        for opportunity in self:
            of_opportunity = by_opportunity.get(opportunity._origin.id, nothing)
            planned = of_opportunity.filtered("active").sorted(
                lambda a: (a.date_deadline, a._crmsol_hour_of_day(), a.id)
            )
            closed = (of_opportunity - planned).sorted(
                lambda a: (a.crmsol_date_closed or a.date_deadline, a.id), reverse=True
            )
            opportunity.action_ids = planned + closed

    @api.depends("phase_id", "company_id", "activity_ids.crmsol_plan_id", "activity_ids.active")
    def _compute_action_plan_ids(self):
        Plan = self.env["mail.activity.plan"]
        plans = Plan.browse(Plan._crmsol_get_plan_ids(tuple(self.company_id.ids)))
        for opportunity in self:
            phase, company = opportunity.phase_id, opportunity.company_id
            applied = opportunity.action_ids.filtered(
                lambda a, phase=phase: a.crmsol_phase_id == phase
            ).crmsol_plan_id
            opportunity.action_plan_ids = plans.filtered(
                lambda p, phase=phase, company=company, applied=applied: (
                    p not in applied
                    and (not p.crmsol_phase_ids or phase in p.crmsol_phase_ids)
                    and (not p.company_id or p.company_id == company)
                )
            )

    @api.depends("contact_id", "partner_id")
    def _compute_action_contact_id(self):
        contacts = self._get_action_contacts()
        for opportunity in self:
            contact = contacts[opportunity]
            opportunity.action_contact_id = contact
            opportunity.action_phone = contact.phone
            opportunity.action_email = contact.email

    # === CRUD METHODS === #

    def unlink(self):
        """Leave the meetings in the calendars, without a link to what is no more."""
        # sudo: those of colleagues too, private ones included
        events = self.env["calendar.event"].sudo().with_context(active_test=False)
        events = events.search([("res_model", "=", self._name), ("res_id", "in", self.ids)])
        result = super().unlink()
        events.write({"res_model_id": False, "res_id": False})
        return result

    # === ACTION METHODS === #

    def action_plan_action(self):
        """Open the dialog that plans an action, of the type that the context gives."""
        self.ensure_one()
        context = {}
        xmlid = self.env.context.get("crmsol_action_type", "mail.mail_activity_data_call")
        activity_type = self.env.ref(str(xmlid), raise_if_not_found=False)
        if activity_type and activity_type._name == "mail.activity.type":
            context["default_activity_type_id"] = activity_type.id
        return self._get_action_dialog(self.env._("Plan an Action"), context)

    def action_call(self):
        """Open the dialog that logs a call that is being made: its result, or its planning."""
        self.ensure_one()
        context = {
            "crmsol_log": True,
            "default_crmsol_contact_id": self._get_context_contact().id,
            "default_crmsol_date_start": fields.Datetime.now(),
            "default_crmsol_duration": 0.25,
        }
        return self._get_action_dialog(self.env._("Call"), context)

    def action_mail(self):
        """Write a mail to the contact, on the thread of the opportunity."""
        self.ensure_one()
        contact = self._get_context_contact()
        if not contact.email:
            raise UserError(
                self.env._(
                    "“%(contact)s” has no email address. Write it on the contact first.",
                    contact=contact.display_name,
                )
            )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Write a Mail"),
            "res_model": "mail.compose.message",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_model": self._name,
                "default_res_ids": self.ids,
                "default_composition_mode": "comment",
                "default_partner_ids": [Command.link(contact.id)],
                "default_subject": self.name,
                "force_email": True,
            },
        }

    def action_meeting(self):
        """Open a new calendar event with the contact and the salesperson."""
        self.ensure_one()
        contact = self._get_context_contact()
        owner = self.user_id or self.env.user
        return self.env["mail.activity"]._crmsol_event_action(
            {
                "default_name": self.env._(
                    "Meeting with %(contact)s", contact=contact.name or contact.display_name
                ),
                "default_res_model": self._name,
                "default_res_id": self.id,
                "default_user_id": owner.id,
                "default_partner_ids": (owner.partner_id | self.env.user.partner_id | contact).ids,
                "default_crmsol_contact_id": contact.id,
            }
        )

    # === BUSINESS METHODS === #

    def activity_schedule(
        self, act_type_xmlid="", date_deadline=None, summary="", note="", **act_values
    ):
        """Name actions after their type where it gives no subject."""
        if not summary:
            activity_type = (
                self.env.ref(act_type_xmlid, raise_if_not_found=False)
                if act_type_xmlid and isinstance(act_type_xmlid, str)
                else self.env["mail.activity.type"].browse(act_values.get("activity_type_id") or [])
            ) or self._default_activity_type()
            summary = activity_type.summary or activity_type.name
        return super().activity_schedule(act_type_xmlid, date_deadline, summary, note, **act_values)

    def _get_action_contacts(self):
        """Return ``{opportunity: partner}``: whom an action addresses unless another is given.

        The contact, else the primary or first reference, else the customer.
        """
        without = self.filtered(lambda o: not o.contact_id)._without_empty("reference_ids")
        references = self.env["crmsol.opportunity.reference"].search_fetch(
            [("opportunity_id", "in", without.ids)],
            ["opportunity_id", "partner_id"],
            order="is_primary desc, sequence, id",
        )
        first = {}
        for reference in references:
            first.setdefault(reference.opportunity_id.id, reference.partner_id)
        return {
            opportunity: opportunity.contact_id
            or first.get(opportunity._origin.id)
            or opportunity.partner_id
            for opportunity in self
        }

    def _get_context_contact(self):
        """Return the person whom a row names in the context, else the one of the opportunity."""
        self.ensure_one()
        given = self.env["res.partner"].browse(self.env.context.get("crmsol_contact_id") or [])
        return given.exists() or self._get_action_contacts()[self]

    def _get_suggested_contacts_domain(self):
        """Return the domain of the persons who have to do with the opportunity."""
        self.ensure_one()
        references = self.env["crmsol.opportunity.reference"].search(
            [("opportunity_id", "=", self.id)]
        )
        near = references.partner_id | self.contact_id
        return Domain("id", "in", near.ids) | Domain(
            "id", "child_of", self.commercial_partner_id.ids
        )

    def _get_action_dialog(self, name, context):
        """Return the dialog of actions, for a new action of the opportunity."""
        self.ensure_one()
        view = self.env.ref("crmsol_opportunity.crmsol_mail_activity_view_form")
        call = self.env.ref("mail.mail_activity_data_call", raise_if_not_found=False)
        if call:
            context = {"default_activity_type_id": call.id, **context}
        # the host's to-do stays for its own routes: here there are tasks
        todo = self.env.ref("mail.mail_activity_data_todo", raise_if_not_found=False)
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": "mail.activity",
            "view_mode": "form",
            "views": [(view.id, "form")],
            "target": "new",
            "context": {
                **context,
                "default_res_model": self._name,
                "default_res_id": self.id,
                "crmsol_hidden_type_ids": todo.ids if todo else [],
                "dialog_size": "large",
            },
        }
