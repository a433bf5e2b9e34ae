from odoo import api, fields, models


class CrmsolOpportunityPartner(models.Model):
    """A supplier, or simply support, that helps to close the sale."""

    _name = "crmsol.opportunity.partner"
    _description = "Partner of an Opportunity"
    _inherit = ["crmsol.opportunity.relation.mixin"]

    partner_id = fields.Many2one(help="The person or company that helps you in this opportunity.")
    commercial_partner_id = fields.Many2one(
        related="partner_id.commercial_partner_id", string="Partner's Company", store=True
    )
    kind_id = fields.Many2one(
        "crmsol.partner.kind",
        index="btree_not_null",
        ondelete="restrict",
        help="In which way the partner helps you.",
    )
    contribution = fields.Text(help="What the partner does so that this sale is closed.")

    _partner_uniq = models.Constraint(
        "UNIQUE(opportunity_id, partner_id)",
        "A person or company can be a partner in an opportunity only once.",
    )

    # === CONSTRAINT METHODS === #

    @api.constrains("opportunity_id", "partner_id")
    def _check_not_customer(self):
        return super()._check_not_customer()

    # === BUSINESS METHODS === #

    @api.model
    def _get_once_message(self, partner, opportunity):
        return self.env._(
            "“%(partner)s” is already a partner in “%(opportunity)s”. "
            "Complete that row instead of adding another one.",
            partner=partner.display_name,
            opportunity=opportunity.name,
        )

    def _get_customer_message(self):
        self.ensure_one()
        return self.env._(
            "“%(partner)s” belongs to the customer of “%(opportunity)s”, and the customer cannot "
            "be its own partner. Choose who helps you from outside; "
            "the customer's people go under References.",
            partner=self.partner_id.display_name,
            opportunity=self.opportunity_id.name,
        )
