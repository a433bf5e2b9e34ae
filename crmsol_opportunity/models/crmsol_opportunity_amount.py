from odoo import api, fields, models
from odoo.exceptions import UserError

MANUAL = "manual"
PRODUCTS = "products"
QUOTATION = "quotation"


class CrmsolOpportunity(models.Model):
    """What the deal is worth by each source, and which of them feeds the amount.

    No source ever overwrites the amount: where they part, the drift is shown, and one click takes
    over what the source says.
    """

    _inherit = "crmsol.opportunity"  # pylint: disable=consider-merging-classes-inherited

    amount_source = fields.Selection(
        [
            (MANUAL, "By hand"),
            (PRODUCTS, "Products"),
            (QUOTATION, "Principal quotation"),
        ],
        required=True,
        default=MANUAL,
        copy=False,
        tracking=13,
        help="Where the amount was taken from. It is not changed when the source changes: "
        "the difference is shown.",
    )
    quoted_total = fields.Monetary(
        "Principal Quotation Total",
        compute="_compute_quoted_total",
        currency_field="currency_id",
        help="Total of the principal quotation, taxes excluded, in the opportunity's currency at "
        "the rate of the quotation's date. Other quotations are alternatives and not added up.",
    )
    products_difference = fields.Monetary(
        compute="_compute_amount_differences", currency_field="currency_id"
    )
    quoted_difference = fields.Monetary(
        compute="_compute_amount_differences", currency_field="currency_id"
    )
    budget_difference = fields.Monetary(
        compute="_compute_amount_differences", currency_field="currency_id"
    )
    amount_drift = fields.Monetary(
        compute="_compute_amount_drift",
        currency_field="currency_id",
        help="What the source of the amount says now, less the amount. "
        "Zero where the amount was set by hand.",
    )
    is_amount_drifting = fields.Boolean(
        "Amount Differs from Its Source",
        compute="_compute_amount_drift",
        help="The drift is more than the tolerance of the company's settings.",
    )

    # === COMPUTE METHODS === #

    @api.depends(
        "currency_id",
        "principal_order_id.amount_untaxed",
        "principal_order_id.currency_rate",
        "principal_order_id.date_order",
    )
    def _compute_quoted_total(self):
        """Not stored: who may not read the quotation does not read its total here either."""
        readable = self.principal_order_id._filtered_access("read")
        rates = {}
        for opportunity in self:
            order = opportunity.principal_order_id
            if order not in readable:
                opportunity.quoted_total = 0.0
                continue
            target, company = opportunity.currency_id, order.company_id
            total = order.amount_untaxed
            if order.currency_id != target:
                total /= order.currency_rate or 1.0  # the rate kept with the quotation
                key = (target, company, fields.Date.to_date(order.date_order))
                if key not in rates:
                    rates[key] = target._get_conversion_rate(
                        company.currency_id, target, company, key[-1]
                    )
                total *= rates[key]
            opportunity.quoted_total = target.round(total)

    @api.depends("amount", "products_total", "quoted_total", "budget", "currency_id")
    def _compute_amount_differences(self):
        for opportunity in self:
            amount = opportunity.amount
            opportunity.products_difference = opportunity.products_total - amount
            opportunity.quoted_difference = opportunity.quoted_total - amount
            opportunity.budget_difference = opportunity.budget - amount

    @api.depends(
        "amount",
        "amount_source",
        "products_total",
        "quoted_total",
        "principal_order_id",
        "company_id.crmsol_amount_drift_percent",
    )
    def _compute_amount_drift(self):
        readable = self.principal_order_id._filtered_access("read")
        for opportunity in self:
            order = opportunity.principal_order_id
            totals = {PRODUCTS: opportunity.products_total}
            if not order or order in readable:  # else nobody can say
                totals[QUOTATION] = opportunity.quoted_total
            currency = opportunity.currency_id or self.env.company.currency_id
            amount = opportunity.amount
            drift = currency.round(totals.get(opportunity.amount_source, amount) - amount)
            # sudo: the tolerance of the opportunity's company, also where another one is active
            percent = opportunity.company_id.sudo().crmsol_amount_drift_percent
            opportunity.amount_drift = drift
            opportunity.is_amount_drifting = (
                currency.compare_amounts(abs(drift), abs(amount) * percent / 100) > 0
            )

    @api.onchange("amount")
    def _onchange_amount(self):
        """Say at once that an amount that is typed in comes from nowhere else."""
        self.amount_source = MANUAL

    # === CRUD METHODS === #

    @api.model
    def _create(self, data_list):
        """Give the currencies first: the host rounds one amount after the other as they come.

        One that it does not know yet, it reads from the row that it has just written.
        """
        for data in data_list:
            stored = data["stored"]
            first = {
                fname: stored[fname] for fname in ("company_id", "currency_id") if fname in stored
            }
            data["stored"] = first | stored
        return super()._create(data_list)

    def write(self, vals):
        if "amount" not in vals or "amount_source" in vals:
            return super().write(vals)
        self._check_values({"amount": vals["amount"]})
        amount = float(vals["amount"] or 0)
        by_hand = self.filtered(
            lambda o: o.amount_source != MANUAL and o.currency_id.compare_amounts(o.amount, amount)
        )
        if by_hand:
            super(CrmsolOpportunity, by_hand).write({**vals, "amount_source": MANUAL})
        return super(CrmsolOpportunity, self - by_hand).write(vals)

    # === ACTION METHODS === #

    def action_adopt_products(self):
        """Take over the total of the products as the amount."""
        for opportunity in self:
            if not opportunity.line_ids.product_id:
                raise UserError(
                    self.env._(
                        "“%(name)s” has no products yet. Add them in the tab Products.",
                        name=opportunity.name,
                    )
                )
            opportunity.write({"amount": opportunity.products_total, "amount_source": PRODUCTS})

    def action_adopt_quotation(self):
        """Take over the total of the principal quotation as the amount."""
        for opportunity in self:
            if not opportunity.principal_order_id:
                raise UserError(
                    self.env._(
                        "“%(name)s” has no quotation that is in force. "
                        "Make one in the tab Quotations.",
                        name=opportunity.name,
                    )
                )
            opportunity.principal_order_id.check_access("read")
            opportunity.write({"amount": opportunity.quoted_total, "amount_source": QUOTATION})

    def action_adopt_budget(self):
        """Take over the customer's budget as the amount. What follows is up to the seller."""
        for opportunity in self:
            if not opportunity.budget:
                raise UserError(
                    self.env._(
                        "“%(name)s” has no established budget yet. Ask the customer for it.",
                        name=opportunity.name,
                    )
                )
            opportunity.write({"amount": opportunity.budget, "amount_source": MANUAL})

    # === VIEW METHODS === #

    @api.model
    def _get_view_cache_key(self, view_id=None, view_type="form", **options):
        key = super()._get_view_cache_key(view_id, view_type, **options)
        return key + (self.env.company.currency_id.symbol,)

    @api.model
    def _get_view(self, view_id=None, view_type="form", **options):
        """Write the currency's symbol into the label of the amount in the creation dialog."""
        arch, view = super()._get_view(view_id, view_type, **options)
        if view_type == "form":
            symbol = self.env.company.currency_id.symbol
            for node in arch.xpath(
                "//form[hasclass('o_crmsol_new_dialog')]//field[@name='amount']"
            ):
                node.set("string", self.env._("Amount (%(currency)s)", currency=symbol))
        return arch, view
