from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..client_input import is_id


class SaleOrder(models.Model):
    _inherit = "sale.order"

    crmsol_opportunity_id = fields.Many2one(
        "crmsol.opportunity",
        # not "Opportunity", which is sale_crm's label where Odoo's own CRM is installed too
        string="Sales Opportunity",
        check_company=True,
        index="btree_not_null",
        copy=True,
        ondelete="set null",
        help="The negotiation in which this quotation is proposed to the customer.",
    )
    crmsol_commercial_partner_id = fields.Many2one(
        related="partner_id.commercial_partner_id", string="Commercial Entity of the Customer"
    )
    crmsol_is_principal = fields.Boolean(
        "Principal",
        compute="_compute_crmsol_is_principal",
        # whether a quotation that the user may read is the principal, be the deal theirs or not
        compute_sudo=True,
        help="This quotation stands for the offer of its opportunity.",
    )
    crmsol_quotation_state = fields.Selection(
        [
            ("draft", "Being prepared"),
            ("sent", "Sent"),
            ("expired", "Expired"),
            ("confirmed", "Confirmed"),
            ("cancelled", "Cancelled"),
        ],
        string="Quotation Status",
        compute="_compute_crmsol_quotation_state",
        help="Expired: the validity has ended and the customer has not confirmed.",
    )
    crmsol_expires_soon = fields.Boolean(
        "Expires Soon",
        compute="_compute_crmsol_quotation_state",
        help="The validity ends within the days of the company's settings.",
    )

    # === COMPUTE METHODS === #

    @api.depends("crmsol_opportunity_id.principal_order_id")
    def _compute_crmsol_is_principal(self):
        for order in self:
            principal = order.crmsol_opportunity_id.principal_order_id
            order.crmsol_is_principal = bool(principal) and principal == order._origin

    @api.depends("state", "validity_date", "company_id.crmsol_quotation_expiry_days")
    def _compute_crmsol_quotation_state(self):
        today = fields.Date.context_today(self)
        for order in self:
            end = order.validity_date
            status = {"sale": "confirmed", "cancel": "cancelled"}.get(order.state, order.state)
            if status in ("draft", "sent") and end and end < today:
                status = "expired"
            # sudo: a setting of the order's company, also where another one is active
            notice = timedelta(days=order.company_id.sudo().crmsol_quotation_expiry_days)
            order.crmsol_quotation_state = status
            order.crmsol_expires_soon = bool(
                status in ("draft", "sent") and end and end <= today + notice
            )

    # === CONSTRAINT METHODS === #

    @api.constrains("crmsol_opportunity_id", "partner_id", "company_id")
    def _check_crmsol_opportunity(self):
        if foreign := self._crmsol_filtered_foreign()[:1]:
            # sudo: the user may have lost sight of the opportunity that is named
            opportunity = foreign.sudo().crmsol_opportunity_id
            raise ValidationError(
                self.env._(
                    "The quotation is for “%(customer)s” of %(company)s, and the opportunity "
                    "“%(opportunity)s” for “%(opportunity_customer)s” of %(opportunity_company)s. "
                    "Choose an opportunity of the same customer and company.",
                    customer=foreign.partner_id.commercial_partner_id.display_name,
                    company=foreign.company_id.name,
                    opportunity=opportunity.name,
                    opportunity_customer=opportunity.commercial_partner_id.display_name,
                    opportunity_company=opportunity.company_id.name,
                )
            )

    def _crmsol_filtered_foreign(self):
        """Return the orders of another customer or company than their opportunity."""
        # sudo: the rule holds whoever changes the customer, be the opportunity theirs or not
        return self.filtered(
            lambda order: (
                (opportunity := order.sudo().crmsol_opportunity_id)
                and (
                    opportunity.company_id != order.company_id
                    or opportunity.commercial_partner_id != order.partner_id.commercial_partner_id
                )
            )
        )

    # === CRUD METHODS === #

    @api.model
    def default_get(self, fields):
        """Fill a quotation made from an opportunity in with what the opportunity knows."""
        values = super().default_get(fields)
        opportunity_id = self.env.context.get("crmsol_quotation_of")
        opportunity = self.env["crmsol.opportunity"].browse(opportunity_id or [])
        if not is_id(opportunity_id) or not opportunity.exists():
            return values
        opportunity.check_access("read")
        return values | {
            name: value
            for name, value in opportunity._prepare_quotation_values().items()
            if name in fields
        }

    @api.model_create_multi
    def create(self, vals_list):
        orders = super().create(vals_list)
        if opportunities := orders.crmsol_opportunity_id:
            opportunities.check_access("read")
            orders._crmsol_keep_principal()
        return orders

    def write(self, vals):
        if not {"crmsol_opportunity_id", "state"} & vals.keys():
            return super().write(vals)
        opportunity_id = vals.get("crmsol_opportunity_id")
        if is_id(opportunity_id):  # the host takes anything else for none
            self.env["crmsol.opportunity"].browse(opportunity_id).check_access("read")
        # sudo: see _crmsol_keep_principal
        before = self.sudo().crmsol_opportunity_id
        result = super().write(vals)
        self._crmsol_keep_principal(before)
        if "crmsol_opportunity_id" in vals:
            # the mails of a quotation come and go with it; a new one has none
            (before | self.sudo().crmsol_opportunity_id)._renew_last_contact()
        return result

    def unlink(self):
        # sudo: see _crmsol_keep_principal
        opportunities = self.sudo().crmsol_opportunity_id
        result = super().unlink()
        opportunities._keep_principal()
        opportunities._renew_last_contact()
        return result

    def copy_data(self, default=None):
        """A copy is another alternative of the negotiation, if the user may see that."""
        vals_list = super().copy_data(default=default)
        # sudo: only to find out which of them the user may read
        opportunities = self.sudo().crmsol_opportunity_id.sudo(False)
        readable = set(opportunities._filtered_access("read").ids)
        for vals in vals_list:
            if vals.get("crmsol_opportunity_id") not in readable:
                vals.pop("crmsol_opportunity_id", None)
        return vals_list

    # === ACTION METHODS === #

    def action_confirm(self):
        """Offer to close the opportunity as won, where the form's button asks for it."""
        offer = self.env.context.get("crmsol_offer_win")
        orders = self.with_context(crmsol_offer_win=False) if offer else self
        result = super(SaleOrder, orders).action_confirm()
        if not offer or result is not True or len(self) != 1:
            return result
        # sudo: only to find out whether the user may close it
        opportunity = self.sudo().crmsol_opportunity_id.sudo(False)
        if not opportunity or not opportunity._is_win_offered():
            return result
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crmsol_opportunity.crmsol_opportunity_action_offer_win"
        )
        return action | {"res_id": opportunity.id}

    def action_crmsol_set_principal(self):
        """Let the quotation stand for the offer of its opportunity."""
        for order in self:
            if order.state == "cancel":
                order._crmsol_refuse_cancelled_principal()
            if not order.crmsol_opportunity_id:
                raise UserError(
                    self.env._(
                        "%(name)s belongs to no opportunity. Choose one in the quotation first.",
                        name=order.name,
                    )
                )
            order.crmsol_opportunity_id.principal_choice_id = order

    # === BUSINESS METHODS === #

    def _crmsol_refuse_cancelled_principal(self):
        raise UserError(
            self.env._(
                "%(name)s is cancelled and cannot be the principal quotation. "
                "Set it to quotation again first, or choose another one.",
                name=self.name,
            )
        )

    def _crmsol_keep_principal(self, before=None):
        """Keep the rule of one principal in the opportunities of the orders.

        :param before: opportunities (sudo) to which the orders belonged until now
        """
        # sudo: who confirms or cancels a quotation, be it the customer in the portal, need not have
        # the right to write the opportunity; nothing but the principal is written
        opportunities = self.sudo().crmsol_opportunity_id
        (opportunities | before if before else opportunities)._keep_principal()
