from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..const import OPEN


class CrmsolOpportunity(models.Model):
    """The products that are offered, their pricelist and the host's product catalog."""

    _name = "crmsol.opportunity"
    _inherit = ["crmsol.opportunity", "product.catalog.mixin"]

    pricelist_id = fields.Many2one(
        "product.pricelist",
        compute="_compute_pricelist_id",
        store=True,
        readonly=False,
        precompute=True,
        check_company=True,
        index="btree_not_null",
        domain="[('company_id', 'in', [False, company_id])]",
        help="Gives the prices of the products, and of the quotations made from them.",
    )
    line_ids = fields.One2many(
        "crmsol.opportunity.line", "opportunity_id", string="Products", copy=True
    )
    products_total = fields.Monetary(
        "Total of Products",
        compute="_compute_products_total",
        store=True,
        currency_field="currency_id",
        help="Sum of the products, taxes excluded, in the opportunity's currency.",
    )
    # the name by which the host's section and note widget asks
    locked = fields.Boolean(
        compute="_compute_locked",
        help="A closed or archived opportunity: its products are no longer edited.",
    )

    # === COMPUTE METHODS === #

    @api.depends("partner_id", "company_id")
    def _compute_pricelist_id(self):
        for opportunity in self:
            partner = opportunity.partner_id.with_company(opportunity.company_id)
            opportunity.pricelist_id = partner.property_product_pricelist

    @api.depends("line_ids.price_subtotal")
    def _compute_products_total(self):
        for opportunity in self:
            opportunity.products_total = sum(opportunity.line_ids.mapped("price_subtotal"))

    @api.depends("outcome", "active")
    def _compute_locked(self):
        for opportunity in self:
            opportunity.locked = opportunity.outcome != OPEN or not opportunity.active

    # === CRUD METHODS === #

    def _add_precomputed_values(self, vals_list):
        """Insert the total of no products, rather than compute it after the insertion."""
        result = super()._add_precomputed_values(vals_list)
        for vals in vals_list:
            if not vals.get("line_ids"):
                vals.setdefault("products_total", 0.0)
        return result

    # === BUSINESS METHODS === #

    def _get_partner_lang(self):
        """Return the language in which the customer is written to."""
        return self.partner_id.lang or self.env.lang

    def _get_fiscal_position(self):
        """Return the fiscal position that a quotation to the customer would take."""
        if not self.partner_id:
            return self.env["account.fiscal.position"]
        company = self.company_id or self.env.company
        delivery = self.partner_id.browse(self.partner_id.address_get(["delivery"])["delivery"])
        FiscalPosition = self.env["account.fiscal.position"].with_company(company)
        return FiscalPosition._get_fiscal_position(self.partner_id, delivery)

    # === CATALOG METHODS === #

    def _is_readonly(self):
        self.ensure_one()
        return self.locked

    def _get_parent_field_on_child_model(self):
        return "opportunity_id"

    def _get_product_catalog_domain(self):
        return super()._get_product_catalog_domain() & Domain("sale_ok", "=", True)

    def _get_action_add_from_catalog_extra_context(self):
        return {
            **super()._get_action_add_from_catalog_extra_context(),
            "order_id": self.id,
            "child_field": "line_ids",
            "product_catalog_currency_id": self.currency_id.id,
            "product_catalog_digits": self.line_ids._fields["price_unit"].get_digits(self.env),
            "show_sections": bool(self.id),
        }

    def _get_product_catalog_order_data(self, products, **kwargs):
        data = super()._get_product_catalog_order_data(products, **kwargs)
        prices = self.pricelist_id._get_products_price(
            quantity=1.0, products=products, currency=self.currency_id, date=fields.Datetime.now()
        )
        for product in products:
            data[product.id]["price"] = prices.get(product.id)
        return data

    def _get_product_catalog_record_lines(self, product_ids, *, section_id=None, **kwargs):
        if section_id is None:
            first = self.line_ids[:1]
            section_id = first.id if first.display_type == "line_section" else False
        return self.line_ids.filtered(
            lambda line: (
                not line.display_type
                and line.product_id.id in product_ids
                and line.get_parent_section_line().id == section_id
            )
        ).grouped("product_id")

    def _get_catalog_price(self, product):
        return self.pricelist_id._get_product_price(
            product=product, quantity=1.0, currency=self.currency_id, date=fields.Datetime.now()
        )

    def _update_order_line_info(
        self, product_id, quantity, *, section_id=False, child_field="line_ids", **kwargs
    ):
        """Offer the quantity of the product, none with 0.

        :return: the unit price, after the discount, at this quantity
        :raise UserError: where the products are no longer edited, or the product is not for sale
        """
        self.ensure_one()
        self.check_access("write")
        if self._is_readonly():
            raise UserError(
                self.env._(
                    "“%(name)s” is closed. Reopen it to change its products.", name=self.name
                )
            )
        product = self.env["product.product"].search(
            self._get_product_catalog_domain() & Domain("id", "=", product_id)
        )
        if not product:
            raise UserError(
                self.env._("This product is not for sale here. Choose one of the catalog.")
            )
        lines = self._get_product_catalog_record_lines([product_id], section_id=section_id)
        line = lines.get(product, self.line_ids.browse())
        if len(line) > 1:
            raise UserError(
                self.env._(
                    "“%(product)s” stands on several lines. Change the quantities in the list.",
                    product=product.display_name,
                )
            )
        if not quantity:
            line.unlink()
            return self._get_catalog_price(product)
        if line:
            line.product_uom_qty = quantity
        else:
            # checked first: making room moves the lines that follow
            self.line_ids._check_number("product_uom_qty", quantity)
            line = line.create(
                {
                    "opportunity_id": self.id,
                    "product_id": product.id,
                    "product_uom_qty": quantity,
                    "sequence": self._get_new_line_sequence("line_ids", section_id),
                }
            )
        return line._get_discounted_price()
