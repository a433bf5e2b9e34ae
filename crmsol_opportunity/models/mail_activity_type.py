from odoo import api, fields, models

#: Besides calls and meetings, which their category tells, what of the lists is done with a person.
_CONTACT_TYPES = ("mail.mail_activity_data_email", "crmsol_opportunity.activity_type_visit")


class MailActivityType(models.Model):
    """Which actions bring the salesperson together with the customer."""

    _inherit = "mail.activity.type"

    crmsol_is_contact = fields.Boolean(
        "Customer Contact",
        compute="_compute_crmsol_is_contact",
        store=True,
        readonly=False,
        help="An action of this type that was done counts as a contact with the customer: it ends "
        "the silence of the opportunity. A task at the desk does not.",
    )

    # === COMPUTE METHODS === #

    @api.depends("category")
    def _compute_crmsol_is_contact(self):
        known = {self.env["ir.model.data"]._xmlid_to_res_id(xmlid) for xmlid in _CONTACT_TYPES}
        known.discard(False)  # deleted since
        for activity_type in self:
            activity_type.crmsol_is_contact = (
                activity_type.category in ("phonecall", "meeting")
                or activity_type._origin.id in known
            )

    # === CRUD METHODS === #

    def write(self, vals):
        changed = self.browse()
        if "crmsol_is_contact" in vals:
            is_contact = bool(vals["crmsol_is_contact"])
            changed = self.filtered(lambda t: t.crmsol_is_contact != is_contact)
        result = super().write(vals)
        if changed:
            changed._crmsol_renew_last_contact()
        return result

    # === BUSINESS METHODS === #

    def _crmsol_renew_last_contact(self):
        """Find the last contact of all opportunities with done actions of these types anew."""
        # sudo: what the type means holds for the opportunities of everybody
        groups = (
            self.env["mail.activity"]
            .sudo()
            .with_context(active_test=False)
            ._read_group(
                [
                    ("activity_type_id", "in", self.ids),
                    ("res_model", "=", "crmsol.opportunity"),
                    ("active", "=", False),
                ],
                ["res_id"],
            )
        )
        self.env["crmsol.opportunity"].browse(res_id for (res_id,) in groups)._renew_last_contact()
