from odoo import api, fields, models
from odoo.exceptions import UserError


class CrmsolOpportunityLine(models.Model):
    """A product that is offered in a negotiation, or a section or a note between them.

    Prices, descriptions and subtotals come about as on a quotation's line, so that the quotation
    made of the lines says the same.
    """

    _name = "crmsol.opportunity.line"
    _description = "Product of an Opportunity"
    _inherit = ["crmsol.derived.mixin"]
    _order = "opportunity_id, sequence, id"
    _check_company_auto = True

    opportunity_id = fields.Many2one(
        "crmsol.opportunity", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="opportunity_id.company_id", store=True, index=True, precompute=True
    )
    currency_id = fields.Many2one(related="opportunity_id.currency_id")
    sequence = fields.Integer(default=10)
    display_type = fields.Selection(
        [
            ("line_section", "Section"),
            ("line_subsection", "Subsection"),
            ("line_note", "Note"),
        ],
        default=False,
    )
    parent_id = fields.Many2one(
        "crmsol.opportunity.line",
        string="Parent Section",
        compute="_compute_parent_id",
        help="The section or subsection in which the line stands.",
    )

    # Product
    product_id = fields.Many2one(
        "product.product",
        change_default=True,
        ondelete="restrict",
        index="btree_not_null",
        check_company=True,
        # a combo is put together in the quotation, with its configurator
        domain="[('sale_ok', '=', True), ('type', '!=', 'combo')]",
    )
    product_type = fields.Selection(related="product_id.type", depends=["product_id"])
    name = fields.Text(
        "Description",
        required=True,
        compute="_compute_name",
        store=True,
        readonly=False,
        precompute=True,
    )
    product_uom_qty = fields.Float(
        "Quantity",
        required=True,
        default=1.0,
        digits="Product Unit",
        compute="_compute_product_uom_qty",
        store=True,
        readonly=False,
        precompute=True,
    )
    product_uom_id = fields.Many2one(
        "uom.uom",
        string="Unit",
        compute="_compute_product_uom_id",
        store=True,
        readonly=False,
        precompute=True,
        ondelete="restrict",
        domain="[('id', 'in', allowed_uom_ids)]",
    )
    allowed_uom_ids = fields.Many2many("uom.uom", compute="_compute_allowed_uom_ids")

    # Price
    pricelist_item_id = fields.Many2one(
        "product.pricelist.item", compute="_compute_pricelist_item_id"
    )
    price_unit = fields.Float(
        "Unit Price",
        required=True,
        min_display_digits="Product Price",
        compute="_compute_price_unit",
        store=True,
        readonly=False,
        precompute=True,
    )
    # What the pricelist gave. Where the unit price differs, somebody set it by hand.
    technical_price_unit = fields.Float()
    discount = fields.Float(
        "Discount (%)",
        digits="Discount",
        compute="_compute_discount",
        store=True,
        readonly=False,
        precompute=True,
    )
    price_subtotal = fields.Monetary(
        "Subtotal",
        compute="_compute_price_subtotal",
        store=True,
        help="Quantity × unit price less the discount, taxes excluded.",
    )

    _product_line_complete = models.Constraint(
        "CHECK(display_type IS NOT NULL "
        "OR (product_id IS NOT NULL AND product_uom_id IS NOT NULL))",
        "Choose the product of the line, or remove the line.",
    )
    _text_line_without_product = models.Constraint(
        "CHECK(display_type IS NULL OR (product_id IS NULL AND product_uom_id IS NULL "
        "AND product_uom_qty = 0 AND price_unit = 0 AND discount = 0))",
        "A section or a note is text only: it has neither product, quantity nor price.",
    )
    # In SQL every finite number is less than infinity, and NaN is greater than all.
    _quantity_positive = models.Constraint(
        "CHECK(display_type IS NOT NULL OR (product_uom_qty > 0 "
        "AND product_uom_qty::float8 < 'Infinity'::float8))",
        "The quantity of a product is more than 0. To offer it no longer, remove its line.",
    )
    _price_positive = models.Constraint(
        "CHECK(price_unit >= 0 AND price_unit::float8 < 'Infinity'::float8)",
        "The unit price cannot be negative. Give a number of 0 or more.",
    )
    _discount_range = models.Constraint(
        "CHECK(discount >= 0 AND discount <= 100)",
        "The discount is a percentage: give a number from 0 to 100.",
    )

    # === COMPUTE METHODS === #

    @api.depends("sequence", "display_type", "opportunity_id.line_ids")
    def _compute_parent_id(self):
        for opportunity, lines in self.grouped("opportunity_id").items():
            section = subsection = self.browse()
            parents = {}
            for line in opportunity.line_ids.sorted("sequence"):
                if line.display_type == "line_section":
                    parents[line] = self.browse()
                    section, subsection = line, self.browse()
                elif line.display_type == "line_subsection":
                    parents[line] = section
                    subsection = line
                else:
                    parents[line] = subsection or section
            for line in lines:
                line.parent_id = parents.get(line, False)

    @api.depends("product_id")
    def _compute_name(self):
        """Describe the product in the customer's language, as the quotation will."""
        for line in self.filtered("product_id"):
            product = line.product_id.with_context(lang=line.opportunity_id._get_partner_lang())
            line.name = product.get_product_multiline_description_sale()

    @api.depends("display_type")
    def _compute_product_uom_qty(self):
        for line in self:
            if line.display_type:
                line.product_uom_qty = 0.0

    @api.depends("product_id")
    def _compute_product_uom_id(self):
        for line in self:
            line.product_uom_id = line.product_id.uom_id

    @api.depends("product_id", "product_id.uom_id", "product_id.uom_ids")
    def _compute_allowed_uom_ids(self):
        for line in self:
            line.allowed_uom_ids = line.product_id.uom_id | line.product_id.uom_ids

    @api.depends("product_id", "product_uom_id", "product_uom_qty", "opportunity_id.pricelist_id")
    def _compute_pricelist_item_id(self):
        for line in self:
            pricelist = line.opportunity_id.pricelist_id
            if not line.product_id or not pricelist:
                line.pricelist_item_id = False
                continue
            line.pricelist_item_id = pricelist._get_product_rule(
                product=line.product_id, **line._get_pricelist_kwargs()
            )

    @api.depends(
        "product_id",
        "product_uom_id",
        "product_uom_qty",
        "opportunity_id.pricelist_id",
        "opportunity_id.currency_id",
    )
    def _compute_price_unit(self):
        for line in self:
            if not line.opportunity_id or line._has_manual_price():
                continue
            line._reset_price_unit()

    @api.depends("product_id", "product_uom_id", "product_uom_qty", "opportunity_id.pricelist_id")
    def _compute_discount(self):
        shows_discounts = self.env["product.pricelist.item"]._is_discount_feature_enabled()
        for line in self:
            if not line.product_id:
                line.discount = 0.0
            if not shows_discounts or not line.opportunity_id.pricelist_id:
                continue  # by hand
            line.discount = 0.0
            rule = line.pricelist_item_id
            if not line.product_id or not rule._show_discount():
                continue
            line = line.with_company(line.company_id)
            kwargs = line._get_pricelist_kwargs()
            base = rule._compute_price_before_discount(product=line.product_id, **kwargs)
            price = rule._compute_price(product=line.product_id, **kwargs)
            if base > 0 and price < base:
                line.discount = (base - price) / base * 100

    @api.depends(
        "product_id", "product_uom_qty", "price_unit", "discount", "currency_id", "company_id"
    )
    def _compute_price_subtotal(self):
        AccountTax = self.env["account.tax"]
        for line in self:
            if not line.product_id:
                line.price_subtotal = 0.0
                continue
            opportunity = line.opportunity_id
            company = line.company_id or self.env.company
            base_line = AccountTax._prepare_base_line_for_taxes_computation(
                line,
                tax_ids=opportunity._get_fiscal_position().map_tax(line._get_product_taxes()),
                quantity=line.product_uom_qty,
                partner_id=opportunity.partner_id,
                currency_id=line.currency_id or company.currency_id,
                rate=1.0,  # of the company's currency, in which no figure is taken from here
            )
            AccountTax._add_tax_details_in_base_line(base_line, company)
            AccountTax._round_base_lines_tax_details([base_line], company)
            line.price_subtotal = base_line["tax_details"]["total_excluded_currency"]

    # === ONCHANGE METHODS === #

    @api.onchange("product_id")
    def _onchange_product_id(self):
        """Another product has a price of its own, also where the former's was set by hand."""
        if self.product_id:
            self._reset_price_unit()

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        default_type = self.default_get(["display_type"]).get("display_type")
        for vals in vals_list:
            if vals.setdefault("display_type", default_type):
                vals["product_uom_qty"] = 0.0
                self._check_values({"name": vals.get("name")}, of_product=False)
            else:
                self._check_values({"product_id": False, **vals})
            if "price_unit" not in vals:  # read-only in the view: to be computed
                vals.pop("technical_price_unit", None)
        by_hand = ["price_unit" in vals for vals in vals_list]
        known = ["technical_price_unit" in vals for vals in vals_list]
        lines = super().create(vals_list)
        for line, given, has_price in zip(lines, by_hand, known, strict=True):
            if line.product_id and given and not has_price:
                line.technical_price_unit = line._get_pricelist_price()
        return lines

    def _add_precomputed_values(self, vals_list):
        result = super()._add_precomputed_values(vals_list)
        for vals in vals_list:
            vals.setdefault("technical_price_unit", vals.get("price_unit", 0.0))
        return result

    def write(self, vals):
        if "display_type" in vals and any(
            line.display_type != (vals["display_type"] or False) for line in self
        ):
            raise UserError(
                self.env._(
                    "A product cannot be turned into a section or a note, nor the other way "
                    "round. Remove the line and add another one."
                )
            )
        if "opportunity_id" in vals and any(
            line.opportunity_id.id != vals["opportunity_id"] for line in self
        ):
            raise UserError(
                self.env._("A product stays in its opportunity. Add it to the other one instead.")
            )
        for of_product in {not line.display_type for line in self}:
            self._check_values(vals, of_product)
        return super().write(vals)

    # === ACTION METHODS === #

    @api.readonly
    def action_add_from_catalog(self):
        """Open the catalog for the opportunity that the context names."""
        opportunity = self.env["crmsol.opportunity"].browse(self.env.context.get("order_id"))
        return opportunity.action_add_from_catalog()

    # === BUSINESS METHODS === #

    def get_parent_section_line(self):
        """Return the section of the line; the name is the host catalog's."""
        self.ensure_one()
        parent = self.parent_id
        if not self.display_type and parent.display_type == "line_subsection":
            return parent.parent_id
        return parent

    def _get_product_catalog_lines_data(self, parent_record=False, **kwargs):
        """Return what the catalog shows of a product that is offered already."""
        self.product_id.ensure_one()
        if len(self) == 1:
            return {
                "quantity": self.product_uom_qty,
                "price": self._get_discounted_price(),
                "readOnly": self.opportunity_id._is_readonly(),
                "uomDisplayName": self.product_uom_id.display_name,
            }
        return {
            "quantity": sum(
                line.product_uom_id._compute_quantity(line.product_uom_qty, line.product_id.uom_id)
                for line in self
            ),
            "price": self.opportunity_id._get_catalog_price(self.product_id),
            "readOnly": True,  # which of the lines would be meant?
            "uomDisplayName": self.product_id.uom_id.display_name,
        }

    def _get_discounted_price(self):
        self.ensure_one()
        return self.price_unit * (1 - self.discount / 100)

    def _has_manual_price(self):
        """Return whether the unit price was set by hand, and so is kept."""
        self.ensure_one()
        currency = self.currency_id or self.env.company.currency_id
        return currency.compare_amounts(self.technical_price_unit, self.price_unit) != 0

    def _reset_price_unit(self):
        """Take the unit price from the pricelist."""
        self.ensure_one()
        price = self._get_pricelist_price() if self.product_id and self.product_uom_id else 0.0
        self.update({"price_unit": price, "technical_price_unit": price})

    def _get_pricelist_price(self):
        """Return the pricelist's price, before a discount that is shown as such.

        Taxes included in the product's price are changed as the customer's fiscal position says.
        """
        line = self.with_company(self.company_id)
        rule = line.pricelist_item_id
        kwargs = line._get_pricelist_kwargs()
        price = rule._compute_price(product=line.product_id, **kwargs)
        if rule._show_discount():
            base = rule._compute_price_before_discount(product=line.product_id, **kwargs)
            price = max(base, price)
        return line.product_id._get_tax_included_unit_price_from_price(
            price,
            product_taxes=line._get_product_taxes(),
            fiscal_position=line.opportunity_id._get_fiscal_position(),
        )

    def _get_pricelist_kwargs(self):
        return {
            "quantity": self.product_uom_qty or 1.0,
            "uom": self.product_uom_id,
            "date": fields.Datetime.now(),
            "currency": self.currency_id or self.env.company.currency_id,
        }

    def _get_product_taxes(self):
        company = self.company_id or self.env.company
        return self.product_id.taxes_id._filter_taxes_by_company(company)

    def _prepare_order_line_values(self, order_currency):
        """Return the values of a quotation's line that offers the same.

        :param order_currency: the currency of the quotation, into which prices are converted
        """
        self.ensure_one()
        values = {
            "display_type": self.display_type,
            "sequence": self.sequence,
            "name": self.name,
        }
        if self.display_type:
            return values

        def convert(price):
            return self.currency_id._convert(
                price, order_currency, self.company_id, fields.Date.today(), round=False
            )

        price, discount = self.price_unit, self.discount
        if not self.env.user.has_group("sale.group_discount_per_so_line"):
            # the quotation's form would not show the discount, and lose it
            price, discount = self._get_discounted_price(), 0.0
        return values | {
            "product_id": self.product_id.id,
            "product_uom_qty": self.product_uom_qty,
            "product_uom_id": self.product_uom_id.id,
            "price_unit": convert(price),
            # the quotation too tells a price set by hand from the pricelist's
            "technical_price_unit": convert(self.technical_price_unit),
            "discount": discount,
        }
