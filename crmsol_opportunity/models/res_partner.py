from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

#: What a contact can be in opportunities: {field of the number: model with a ``partner_id``}
_PARTS = {
    "crmsol_opportunity_count": "crmsol.opportunity",
    "crmsol_reference_count": "crmsol.opportunity.reference",
    "crmsol_partner_line_count": "crmsol.opportunity.partner",
    "crmsol_competitor_count": "crmsol.opportunity.competitor",
}


class ResPartner(models.Model):
    _inherit = "res.partner"

    # Rows with this contact or with a contact of this company
    crmsol_opportunity_count = fields.Integer(
        "Sales Opportunities",
        compute="_compute_crmsol_counts",
        groups="sales_team.group_sale_salesman",
    )
    crmsol_reference_count = fields.Integer(
        "Reference in Opportunities",
        compute="_compute_crmsol_counts",
        groups="sales_team.group_sale_salesman",
    )
    crmsol_partner_line_count = fields.Integer(
        "Partner in Opportunities",
        compute="_compute_crmsol_counts",
        groups="sales_team.group_sale_salesman",
    )
    crmsol_competitor_count = fields.Integer(
        "Competitor in Opportunities",
        compute="_compute_crmsol_counts",
        groups="sales_team.group_sale_salesman",
    )

    # === COMPUTE METHODS === #

    @api.depends_context("crmsol_name_only")
    def _compute_display_name(self):
        """Leave the company out where it is known: it would hide the person in a narrow column."""
        result = super()._compute_display_name()
        context = self.env.context
        if context.get("crmsol_name_only") and not context.get("formatted_display_name"):
            for contact in self.filtered("name"):
                contact.display_name = contact.name
        return result

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_crmsol_counts(self):
        contacts = self._get_crmsol_contacts()
        for fname, model in _PARTS.items():
            self[fname] = 0
            groups = (
                self.env[model]
                .with_context(active_test=False)
                ._read_group([("partner_id", "in", contacts.ids)], ["partner_id"], ["__count"])
            )
            for contact, count in groups:
                while contact:
                    if contact.id in self._ids:
                        contact.with_env(self.env)[fname] += count
                    contact = contact.parent_id

    # === CRUD METHODS === #

    @api.ondelete(at_uninstall=False)
    def _unlink_except_in_opportunities(self):
        labels = {
            "crmsol_opportunity_count": self.env._("customer"),
            "crmsol_reference_count": self.env._("reference"),
            "crmsol_partner_line_count": self.env._("partner"),
            "crmsol_competitor_count": self.env._("competitor"),
        }
        columns = [(labels[fname], model, "partner_id") for fname, model in _PARTS.items()]
        columns.append((self.env._("contact of actions"), "mail.activity", "crmsol_contact_id"))
        parts = {}  # contact -> what it is, and how often
        for label, model, fname in columns:
            # sudo: opportunities that this user may not see need their contacts too
            Model = self.env[model].sudo().with_context(active_test=False)
            groups = Model._read_group([(fname, "in", self.ids)], [fname], ["__count"])
            for contact, count in groups:
                parts.setdefault(contact.id, []).append(f"{label}: {count}")
        for contact in self:
            if contact.id in parts:
                raise UserError(
                    self.env._(
                        "“%(contact)s” takes part in opportunities (%(parts)s) and cannot be "
                        "deleted. Archive the contact instead: the opportunities keep it, and "
                        "nobody can choose it any more.",
                        contact=contact.display_name,
                        parts=", ".join(parts[contact.id]),
                    )
                )

    # === ACTION METHODS === #

    @api.readonly
    def action_view_crmsol_opportunities(self):
        """List the opportunities whose customer is the contact."""
        return self._get_crmsol_action("crmsol_opportunity_action")

    @api.readonly
    def action_view_crmsol_references(self):
        """List where the contact is a reference."""
        return self._get_crmsol_action("crmsol_opportunity_reference_action")

    @api.readonly
    def action_view_crmsol_partner_lines(self):
        """List where the contact is a partner."""
        return self._get_crmsol_action("crmsol_opportunity_partner_action")

    @api.readonly
    def action_view_crmsol_competitors(self):
        """List where the contact is a competitor."""
        return self._get_crmsol_action("crmsol_opportunity_competitor_action")

    # === BUSINESS METHODS === #

    @api.model
    def name_search(self, name="", domain=None, operator="ilike", limit=100):
        """Offer the people of a negotiation before all others, where the context names one."""
        first = self._get_crmsol_first_domain()
        if first is None:
            return super().name_search(name, domain, operator, limit)
        domain = Domain(domain or Domain.TRUE)
        found = super().name_search(name, domain & first, operator, limit)
        if limit and len(found) >= limit:
            return found
        others = domain & Domain("id", "not in", [id_ for id_, _name in found])
        return found + super().name_search(name, others, operator, limit and limit - len(found))

    @api.model
    def _get_crmsol_first_domain(self):
        """Return whom to offer first: the people of a customer, or those of an opportunity."""
        customer_id = self.env.context.get("crmsol_first_commercial_partner_id")
        if customer_id:
            return Domain("commercial_partner_id", "=", customer_id)
        opportunity_id = self.env.context.get("crmsol_suggest_opportunity_id")
        if not isinstance(opportunity_id, int):
            return None
        opportunity = self.env["crmsol.opportunity"].browse(opportunity_id).exists()
        if not opportunity or not opportunity.has_access("read"):
            return None
        return opportunity._get_suggested_contacts_domain()

    def _get_crmsol_contacts(self):
        """Return the contacts and the contacts of these, with their parents prefetched."""
        return self.with_context(active_test=False).search_fetch(
            [("id", "child_of", self.ids)], ["parent_id"]
        )

    def _get_crmsol_action(self, xmlid):
        """Return the action with exactly the rows that the smart button counts."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(f"crmsol_opportunity.{xmlid}")
        action["domain"] = [("partner_id", "in", self._get_crmsol_contacts().ids)]
        action["context"] = {"active_test": False, "create": False}
        # a short list tells more of one contact than a pipeline
        action["views"] = sorted(action["views"], key=lambda view: view[1] != "list")
        return action
