import math

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..number_input import check_number, to_number


class CrmsolOpportunityCompetitor(models.Model):
    """A company with similar products in which the customer is interested.

    One row compares one offer of theirs with one product of ours: a company that offers several
    has several rows, each with its price. The same comparison twice would only hide a mistake.
    """

    _name = "crmsol.opportunity.competitor"
    _description = "Competitor in an Opportunity"
    _inherit = ["crmsol.opportunity.relation.mixin"]
    _once_fields = ("partner_id", "product_id", "competing_product")

    partner_id = fields.Many2one(
        string="Competitor", help="The company whose offer the customer compares with yours."
    )
    product_id = fields.Many2one(
        "product.product",
        string="Our Product",
        check_company=True,
        domain="[('sale_ok', '=', True)]",
        index="btree_not_null",
        ondelete="restrict",
        help="The product of yours with which the customer compares.",
    )
    competing_product = fields.Char("Their Product")
    currency_id = fields.Many2one(related="opportunity_id.currency_id")
    price = fields.Monetary(
        "Their Price",
        aggregator=None,  # what different companies ask for adds up to nothing
        help="What they ask for it, in the opportunity's currency. 0: not known.",
    )
    strengths = fields.Text(help="In what the customer sees them better than you.")
    weaknesses = fields.Text(help="In what the customer sees you better than them.")
    threat = fields.Selection(
        [("low", "Low"), ("medium", "Moderate"), ("high", "High")],
        required=True,
        default="medium",
        help="How likely it is that they win this deal.",
    )
    result = fields.Selection(
        [
            ("pending", "Pending"),
            ("won", "Won the deal"),
            ("lost", "Lost the deal"),
            ("withdrew", "Withdrew"),
            ("unknown", "Unknown"),
        ],
        required=True,
        default="pending",
        copy=False,
        help="How they ended up once the opportunity is closed.",
    )

    _comparison_uniq = models.UniqueIndex(
        "(opportunity_id, partner_id, COALESCE(product_id, 0),"
        " lower(trim(COALESCE(competing_product, ''))))",
        "The same products of a competitor can be compared in an opportunity only once.",
    )
    # PostgreSQL holds NaN for greater than every number, infinity included.
    _price_positive = models.Constraint(
        "CHECK(price >= 0 AND price < 'Infinity')",
        "The competitor's price cannot be negative.",
    )

    # === CONSTRAINT METHODS === #

    @api.constrains("opportunity_id", "partner_id")
    def _check_not_customer(self):
        return super()._check_not_customer()

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_price(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._check_price(vals)
        return super().write(vals)

    # === BUSINESS METHODS === #

    @api.model
    def _check_price(self, vals):
        """Refuse a price that nobody can mean, before the database meets it."""
        price = to_number(vals.get("price"))
        if not (math.isfinite(price) and price >= 0):
            raise ValidationError(
                self.env._(
                    "The competitor's price is a number of 0 or more. Give 0 if you do not know it."
                )
            )
        check_number(self, "price", price)

    @api.model
    def _get_once_key(self, vals):
        *key, competing_product = super()._get_once_key(vals)
        return *key, (competing_product or "").strip(" ").lower()

    @api.model
    def _get_once_message(self, partner, opportunity):
        return self.env._(
            "“%(partner)s” is already a competitor in “%(opportunity)s” with the same products. "
            "Complete that row, or say with which other product they compete.",
            partner=partner.display_name,
            opportunity=opportunity.name,
        )

    def _get_customer_message(self):
        self.ensure_one()
        return self.env._(
            "“%(partner)s” belongs to the customer of “%(opportunity)s”, and the customer cannot "
            "be its own competitor. Choose the company whose offer the customer compares.",
            partner=self.partner_id.display_name,
            opportunity=self.opportunity_id.name,
        )
