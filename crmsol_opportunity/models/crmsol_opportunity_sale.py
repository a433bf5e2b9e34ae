from odoo import Command, api, fields, models
from odoo.exceptions import ValidationError

from ..const import OPEN


class CrmsolOpportunity(models.Model):
    """The quotations proposed to the customer in the course of the negotiation.

    They are alternatives: one of them is the principal, which stands for the offer.
    """

    # by concern in several files, as one would be longer than anybody reads
    _inherit = "crmsol.opportunity"  # pylint: disable=consider-merging-classes-inherited

    order_ids = fields.One2many("sale.order", "crmsol_opportunity_id", string="Quotations")
    order_count = fields.Integer(compute="_compute_order_data")
    confirmed_order_id = fields.Many2one(
        "sale.order",
        compute="_compute_order_data",
        help="The quotation that the customer accepted last.",
    )
    win_offer = fields.Char(compute="_compute_win_offer")
    # One field, so that two users cannot make two quotations the principal at once.
    principal_order_id = fields.Many2one(
        "sale.order",
        string="Principal Quotation",
        compute="_compute_principal_order_id",
        store=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="The quotation that stands for the offer: the one chosen or else the first, "
        "as long as it is not cancelled.",
    )
    principal_choice_id = fields.Many2one(
        "sale.order",
        string="Chosen Quotation",
        copy=False,
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="The quotation chosen as the principal. While it is cancelled another one stands in, "
        "and it is the principal again when it is reactivated.",
    )

    # === COMPUTE METHODS === #

    @api.depends("order_ids", "order_ids.state")
    def _compute_order_data(self):
        Order = self.env["sale.order"]
        counts, confirmed = {}, {}
        some = self._without_empty("order_ids")
        for opportunity, state, count, last in Order._read_group(
            [("crmsol_opportunity_id", "in", some.ids)],
            ["crmsol_opportunity_id", "state"],
            ["__count", "id:max"],
        ):
            counts[opportunity.id] = counts.get(opportunity.id, 0) + count
            if state == "sale":
                confirmed[opportunity.id] = last
        for opportunity in self:
            key = opportunity._origin.id
            opportunity.order_count = counts.get(key, 0)
            opportunity.confirmed_order_id = confirmed.get(key, False)

    @api.depends("confirmed_order_id", "outcome", "active")
    def _compute_win_offer(self):
        """Ask whether to close an open opportunity whose quotation is confirmed."""
        for opportunity in self:
            opportunity.win_offer = False
            if (
                opportunity.confirmed_order_id
                and opportunity.outcome == OPEN
                and opportunity.active
            ):
                opportunity.win_offer = self.env._(
                    "The quotation %(order)s is confirmed. "
                    "Close the opportunity “%(name)s” as won?",
                    order=opportunity.confirmed_order_id.name,
                    name=opportunity.name,
                )

    @api.depends("order_ids", "order_ids.state", "principal_choice_id")
    def _compute_principal_order_id(self):
        for opportunity in self:
            active = opportunity.order_ids.filtered(lambda order: order.state != "cancel")
            preferred = (opportunity.principal_choice_id & active) or (
                opportunity.principal_order_id & active
            )
            opportunity.principal_order_id = preferred or active.sorted("id")[:1]

    # === CONSTRAINT METHODS === #

    @api.constrains("partner_id", "company_id")
    def _check_customer_of_orders(self):
        """Refuse another customer or company than that of the quotations made already."""
        # sudo: quotations of other salespeople count too; only their number is told
        for opportunity in self.sudo().filtered("order_ids"):
            if opportunity.order_ids._crmsol_filtered_foreign():
                raise ValidationError(
                    self.env._(
                        "“%(name)s” has quotations for its present customer and company. "
                        "Take them off the opportunity first, or open a new one for "
                        "“%(customer)s”.",
                        name=opportunity.name,
                        customer=opportunity.partner_id.display_name,
                    )
                )

    @api.constrains("principal_order_id")
    def _check_principal(self):
        # sudo: of quotations of other salespeople too
        for opportunity in self.sudo():
            principal = opportunity.principal_order_id
            opportunity._check_own_quotation(principal)
            if principal.state == "cancel":
                principal._crmsol_refuse_cancelled_principal()

    @api.constrains("principal_choice_id")
    def _check_principal_choice(self):
        # sudo: as above
        for opportunity in self.sudo():
            opportunity._check_own_quotation(opportunity.principal_choice_id)

    def _check_own_quotation(self, order):
        if order - self.order_ids:
            raise ValidationError(
                self.env._(
                    "%(order)s is no quotation of “%(name)s”. Choose one of its own.",
                    order=order.name,
                    name=self.name,
                )
            )

    # === ACTION METHODS === #

    def action_new_quotation(self):
        """Open a new quotation filled in from the opportunity, saved only when the user saves."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("New quotation"),
            "res_model": "sale.order",
            "view_mode": "form",
            "views": [(False, "form")],
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

    def _keep_principal(self):
        """Remember the principal quotation as the choice, after quotations came, went or changed.

        The row is written even where nothing changes. Of two users who change the quotations of
        one opportunity at once, the second is so refused by the database and tried again, and sees
        what the first one did.
        """
        for opportunity in self.exists():
            choice = opportunity.principal_choice_id
            if choice not in opportunity.order_ids:
                choice = opportunity.principal_order_id
            opportunity.write({"principal_choice_id": choice.id})

    def _prepare_quotation_context(self):
        """Return the context in which a new quotation is filled in from the opportunity.

        One key of our own instead of ``default_*``: those would also reach every other record that
        is created from the quotation's form, say a purchase order of its products.
        """
        self.ensure_one()
        return {"crmsol_quotation_of": self.id}

    def _prepare_quotation_values(self):
        """Return the values of a quotation made from the opportunity."""
        self.ensure_one()
        order_currency = self.pricelist_id.currency_id or self.company_id.currency_id
        values = {
            "crmsol_opportunity_id": self.id,
            "partner_id": self.partner_id.id,
            "company_id": self.company_id.id,
            "pricelist_id": self.pricelist_id.id,
            "user_id": self.user_id.id,
            "team_id": self.team_id.id,
            "campaign_id": self.campaign_id.id,
            "medium_id": self.medium_id.id,
            "source_id": self.source_id.id,
            "tag_ids": [Command.set(self.tag_ids.ids)],
            "origin": self.name,
            "order_line": [
                Command.create(line._prepare_order_line_values(order_currency))
                for line in self.line_ids
            ],
        }
        # what the opportunity does not know is left to the host's own defaults
        return {name: value for name, value in values.items() if value}

    def _is_win_offered(self):
        """Return whether the user may close the opportunity as won."""
        self.ensure_one()
        return self.has_access("write") and bool(self.win_offer)
