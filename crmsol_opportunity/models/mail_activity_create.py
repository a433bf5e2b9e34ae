from contextlib import suppress

from odoo import api, fields, models
from odoo.exceptions import MissingError, UserError

from ..client_input import to_ids
from ..const import OPPORTUNITY_MODEL

#: What is read of an opportunity for which an action is planned, the data of its rules too.
_READ_FOR_ACTIONS = (
    "company_id",
    "contact_id",
    "name",
    "partner_id",
    "phase_id",
    "team_id",
    "user_id",
)


class MailActivity(models.Model):
    """What a new action of an opportunity is completed with, by whichever route it comes."""

    _inherit = "mail.activity"  # pylint: disable=consider-merging-classes-inherited

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        activities = super().create(self._crmsol_prepare_create(vals_list))
        activities._crmsol_file_attachments()
        return activities

    # === BUSINESS METHODS === #

    def _crmsol_prepare_create(self, vals_list):
        """Complete the values of new actions, and refuse those with an empty subject or contact.

        Host routes know neither contact nor phase: where the key is absent it gets its default.
        """
        model_id = self.env["ir.model"]._get_id(OPPORTUNITY_MODEL)
        fnames = ["res_model_id", "activity_type_id", "user_id", "crmsol_date_start"]
        wanted = [f for f in fnames if not all(f in vals for vals in vals_list)]
        defaults = self.default_get([*wanted, "res_id", "crmsol_contact_id"])
        prepared = []
        for vals in vals_list:
            full = {**defaults, **vals}
            is_action = full.get("res_model_id") == model_id or (
                not full.get("res_model_id") and vals.get("res_model") == OPPORTUNITY_MODEL
            )
            if is_action:
                self._crmsol_check_values(vals)
            prepared.append((dict(vals), full if is_action else None))
        Opportunity = self.env[OPPORTUNITY_MODEL]
        opportunities = Opportunity.browse(
            {full["res_id"] for _vals, full in prepared if full and full.get("res_id")}
        )
        if opportunities:
            self.env["res.users"]._crmsol_fetch_session()
            # the name of the model follows from it by a field, which would be read
            model = self.env["ir.model"].browse(model_id)
            model._fields["model"]._insert_cache(model, [OPPORTUNITY_MODEL])
        opportunities.fetch(_READ_FOR_ACTIONS)
        existing = Opportunity.browse()
        for opportunity in opportunities:
            with suppress(MissingError):
                existing |= opportunity.phase_id and opportunity
        to_find = {
            full.get("res_id")
            for vals, full in prepared
            if full and "crmsol_contact_id" not in vals
        }
        contacts = existing.filtered(lambda o: o.id in to_find)._get_action_contacts()
        for vals, full in prepared:
            opportunity = full and Opportunity.browse(full.get("res_id") or 0)
            if not opportunity or opportunity not in existing:
                continue  # the host refuses what is linked to nothing
            vals["res_model_id"] = model_id
            # what would be computed after the insertion, with an update
            vals["res_name"] = opportunity.display_name
            owner = self.env["res.users"].browse(to_ids(full.get("user_id")))
            vals["user_tz"] = owner.sudo().tz  # sudo: as the related field does
            if "crmsol_contact_id" not in vals:
                same = defaults.get("res_id") in (False, None, opportunity.id)
                vals["crmsol_contact_id"] = (same and defaults.get("crmsol_contact_id")) or (
                    contacts[opportunity].id
                )
            if "summary" not in vals:
                activity_type = self.env["mail.activity.type"].browse(
                    full.get("activity_type_id") or []
                )
                vals["summary"] = (
                    self.env.context.get("default_summary")
                    or activity_type.summary
                    or activity_type.name
                    or self.env._("Action")
                )
            vals["crmsol_phase_id"] = opportunity.phase_id.id
            vals.setdefault("crmsol_plan_id", self.env.context.get("crmsol_plan_id", False))
            start = fields.Datetime.to_datetime(full.get("crmsol_date_start"))
            if start:
                vals["date_deadline"] = self._crmsol_day_of(start, owner)
        return [vals for vals, _full in prepared]

    @api.model
    def _crmsol_check_values(self, vals):
        """Refuse an empty subject or contact that was given for an action."""
        if "summary" in vals and not str(vals["summary"] or "").strip():
            raise UserError(
                self.env._("The action has no subject. Write in a few words what it is about.")
            )
        if "crmsol_contact_id" in vals and not vals["crmsol_contact_id"]:
            raise UserError(
                self.env._("The action has no contact. Choose the person with whom you will talk.")
            )
