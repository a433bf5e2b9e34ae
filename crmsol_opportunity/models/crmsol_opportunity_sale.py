from odoo import fields, models


class CrmsolOpportunity(models.Model):
    """The quotations proposed to the customer in the course of the negotiation."""

    # by concern in several files, as one would be longer than anybody reads
    _inherit = "crmsol.opportunity"  # pylint: disable=consider-merging-classes-inherited

    order_ids = fields.One2many("sale.order", "crmsol_opportunity_id", string="Quotations")
    order_count = fields.Integer(compute="_compute_order_count")

    # === COMPUTE METHODS === #

    def _compute_order_count(self):
        counts = dict(
            self.env["sale.order"]._read_group(
                [("crmsol_opportunity_id", "in", self.ids)], ["crmsol_opportunity_id"], ["__count"]
            )
        )
        for opportunity in self:
            opportunity.order_count = counts.get(opportunity._origin, 0)

    # === ACTION METHODS === #

    def action_new_quotation(self):
        """Open a new quotation that takes over customer, salesperson, team and source."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("New quotation"),
            "res_model": "sale.order",
            "view_mode": "form",
            "context": self._prepare_quotation_context(),
        }

    def action_view_orders(self):
        """List the quotations of the opportunity."""
        self.ensure_one()
        domain = [("crmsol_opportunity_id", "=", self.id)]
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Quotations"),
            "res_model": "sale.order",
            "view_mode": "list,form",
            "domain": domain,
            "context": self._prepare_quotation_context(),
        }

    # === BUSINESS METHODS === #

    def _prepare_quotation_context(self):
        """Return the defaults of a quotation made from the opportunity."""
        self.ensure_one()
        return {
            "default_crmsol_opportunity_id": self.id,
            "default_partner_id": self.partner_id.id,
            "default_company_id": self.company_id.id,
            "default_user_id": self.user_id.id,
            "default_team_id": self.team_id.id,
            "default_campaign_id": self.campaign_id.id,
            "default_medium_id": self.medium_id.id,
            "default_source_id": self.source_id.id,
            "default_tag_ids": self.tag_ids.ids,
            "default_origin": self.name,
        }
