from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import is_html_empty

from ..models.crmsol_opportunity_requirement import OVERRIDE_KEY
from .crmsol_opportunity_close import MAX_NAMED

#: Fields of an opportunity of which the dialog has a field with the same name and meaning.
_SAME_FIELDS = (
    "amount",
    "budget",
    "campaign_id",
    "contact_id",
    "date_deadline",
    "description",
    "medium_id",
    "source_id",
    "tag_ids",
    "team_id",
    "user_id",
)
_FILLED_OTHERWISE = ("competitor_ids", "line_ids", "partner_line_ids", "reference_ids")


class CrmsolOpportunityGate(models.TransientModel):
    """Asks for what a phase requires and opportunities lack, and then moves them there.

    What is given goes to those that lack it. A manager can let them pass without, with a reason.
    """

    _name = "crmsol.opportunity.gate"
    _description = "What a Phase Requires"

    opportunity_ids = fields.Many2many("crmsol.opportunity", required=True)
    phase_id = fields.Many2one("crmsol.phase", required=True, ondelete="cascade")
    # how it goes on
    close_id = fields.Many2one("crmsol.opportunity.close", ondelete="cascade")
    reopen_id = fields.Many2one("crmsol.opportunity.reopen", ondelete="cascade")

    # what is missing
    opportunity_count = fields.Integer("Opportunities", compute="_compute_opportunity_data")
    company_id = fields.Many2one("res.company", compute="_compute_opportunity_data")
    currency_id = fields.Many2one("res.currency", compute="_compute_opportunity_data")
    commercial_partner_id = fields.Many2one("res.partner", compute="_compute_opportunity_data")
    is_override_allowed = fields.Boolean(compute="_compute_is_override_allowed")
    missing_keys = fields.Char(compute="_compute_missing")
    missing_lines = fields.Text("Missing", compute="_compute_missing")
    missing_elsewhere = fields.Char("Not to Be Given Here", compute="_compute_missing")

    # the fields of the opportunity that can be given here
    amount = fields.Monetary()
    budget = fields.Monetary("Established Budget")
    campaign_id = fields.Many2one("utm.campaign", ondelete="cascade")
    contact_id = fields.Many2one(
        "res.partner",
        domain="[('id', 'child_of', commercial_partner_id), ('is_company', '=', False)]",
        ondelete="cascade",
    )
    date_deadline = fields.Date("Expected Close")
    description = fields.Html()
    medium_id = fields.Many2one("utm.medium", ondelete="cascade")
    source_id = fields.Many2one("utm.source", ondelete="cascade")
    tag_ids = fields.Many2many("crm.tag", string="Tags")
    team_id = fields.Many2one("crm.team", string="Sales Team", ondelete="cascade")
    user_id = fields.Many2one(
        "res.users",
        string="Salesperson",
        domain="[('share', '=', False)]",
        ondelete="cascade",
    )
    # the rest
    competitor_id = fields.Many2one("res.partner", ondelete="cascade")
    support_id = fields.Many2one("res.partner", string="Partner", ondelete="cascade")
    product_id = fields.Many2one(
        "product.product",
        domain="[('sale_ok', '=', True), ('type', '!=', 'combo')]",
        ondelete="cascade",
    )
    product_uom_qty = fields.Float("Quantity", default=1.0, digits="Product Unit")
    is_quotation_made = fields.Boolean(
        "Make the Quotation",
        help="A draft is made of the opportunity's products. Complete it and send it then.",
    )
    line_ids = fields.One2many(
        "crmsol.opportunity.gate.line",
        "gate_id",
        string="References and Actions",
        compute="_compute_line_ids",
        store=True,
        readonly=False,
    )
    override_reason = fields.Text(
        "Reason to Let It Pass", help="It is written to the timeline, with what was missing."
    )

    # === COMPUTE METHODS === #

    @api.depends("opportunity_ids")
    def _compute_opportunity_data(self):
        for gate in self:
            opportunities = gate.opportunity_ids
            gate.opportunity_count = len(opportunities)
            gate.company_id = opportunities.company_id[:1]
            gate.currency_id = opportunities[:1].currency_id or self.env.company.currency_id
            gate.commercial_partner_id = opportunities.commercial_partner_id[:1]

    @api.depends_context("uid")
    def _compute_is_override_allowed(self):
        self.is_override_allowed = self._is_manager()

    @api.depends("opportunity_ids", "phase_id")
    def _compute_missing(self):
        for gate in self:
            missing = gate._get_missing()
            items = dict.fromkeys(item for items in missing.values() for item in items)
            keys = {item.key if item.kind == "field" else item.kind for item in items}
            gate.missing_keys = f"|{'|'.join(sorted(keys))}|"
            lines = gate.opportunity_ids._get_missing_lines(dict(list(missing.items())[:MAX_NAMED]))
            if len(missing) > MAX_NAMED:
                lines.append(self.env._("… and %(count)s more", count=len(missing) - MAX_NAMED))
            gate.missing_lines = "\n".join(lines)
            gate.missing_elsewhere = ", ".join(
                item.label
                for item in items
                if item.kind == "field" and item.key not in (*_SAME_FIELDS, *_FILLED_OTHERWISE)
            )

    @api.depends("opportunity_ids", "phase_id")
    def _compute_line_ids(self):
        """A line for every role and every type of action that some of them lack."""
        for gate in self:
            missing = gate._get_missing()
            items = dict.fromkeys(item for items in missing.values() for item in items)
            single = gate.opportunity_ids if len(gate.opportunity_ids) == 1 else False
            contact = single and single._get_action_contacts()[single]
            lines = []
            for item in items:
                if item.kind == "role":
                    lines.append({"role_id": item.key})
                elif item.kind == "field" and item.key == "reference_ids":
                    lines.append({})
                elif item.kind == "action":
                    lines.append(
                        {"activity_type_id": item.key, "partner_id": contact and contact.id}
                    )
            gate.line_ids = [Command.clear(), *(Command.create(values) for values in lines)]

    # === ACTION METHODS === #

    def action_move(self):
        """Fill in what was given, and go on with the move.

        :raise ValidationError: with what is missing still
        """
        self.ensure_one()
        self._fill_in()
        return self._go_on()

    def action_override(self):
        """Go on with the move although something is missing, and write down why."""
        self.ensure_one()
        if not self._is_manager():
            raise AccessError(
                self.env._("Only a sales manager lets an opportunity pass without what is missing.")
            )
        reason = (self.override_reason or "").strip()
        if not reason:
            raise UserError(
                self.env._("Say why it may pass: the reason is written to the timeline.")
            )
        self._fill_in()
        moved = (
            self.opportunity_ids | self.close_id.opportunity_ids | self.reopen_id.opportunity_ids
        )
        (moved | self.reopen_id.moved_ids).check_access("write")
        missing = self._get_missing()
        # sudo: the key counts for the superuser only; the user may write them all
        action = self.sudo().with_context(**{OVERRIDE_KEY: True})._go_on()
        if missing:
            self.opportunity_ids._log_override(self.phase_id, missing, reason)
        return action

    # === BUSINESS METHODS === #

    @api.model
    def _is_manager(self):
        return self.env.user.has_group("sales_team.group_sale_manager")

    def _get_missing(self):
        entering = self.opportunity_ids._origin._filtered_entering(self.phase_id)
        return entering._get_missing_items(self.phase_id)

    def _go_on(self):
        if self.close_id:
            return self.close_id._close()
        if self.reopen_id:
            return self.reopen_id._reopen()
        self.opportunity_ids.phase_id = self.phase_id
        return {"type": "ir.actions.act_window_close"}

    def _fill_in(self):
        """Write what was given to the opportunities that lack it."""
        for opportunity, items in self._get_missing().items():
            values = self._prepare_values([item.key for item in items if item.kind == "field"])
            kinds = {item.kind for item in items}
            if self.product_id and "product" in kinds:
                values["line_ids"] = [Command.create(self._prepare_line_values())]
            if values:
                opportunity.write(values)
            keys = {(item.kind, item.key) for item in items}
            for line in self.line_ids:
                if line.activity_type_id:
                    if ("action", line.activity_type_id.id) in keys and (line.result or "").strip():
                        line._add_action(opportunity)
                elif line.partner_id and (
                    ("role", line.role_id.id) in keys or ("field", "reference_ids") in keys
                ):
                    line._add_reference(opportunity)
            if self.is_quotation_made and "quotation" in kinds:
                self.env["sale.order"].create(opportunity._prepare_quotation_values())

    def _prepare_line_values(self):
        return {"product_id": self.product_id.id, "product_uom_qty": self.product_uom_qty}

    def _prepare_values(self, fnames):
        """Return the values of an opportunity for the fields that were filled in here."""
        values = {}
        for fname in fnames:
            if fname in _SAME_FIELDS:
                value = self[fname]
                is_given = not is_html_empty(value) if fname == "description" else bool(value)
                if is_given:
                    field = self._fields[fname]
                    values[fname] = field.convert_to_write(value, self)
            elif fname == "competitor_ids" and self.competitor_id:
                values[fname] = [Command.create({"partner_id": self.competitor_id.id})]
            elif fname == "partner_line_ids" and self.support_id:
                values[fname] = [Command.create({"partner_id": self.support_id.id})]
            elif fname == "line_ids" and self.product_id:
                values[fname] = [Command.create(self._prepare_line_values())]
        return values
