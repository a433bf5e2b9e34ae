from datetime import datetime, time

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ..client_input import to_ids
from ..const import LOST, NAME_MAX_LENGTH, OF_CLOSED, OPEN, PRIORITIES, WON


class CrmsolOpportunity(models.Model):
    """A possibility to sell: one negotiation with one customer, from first contact to its close."""

    _name = "crmsol.opportunity"
    _description = "Opportunity"
    _inherit = [
        "crmsol.derived.mixin",
        "crmsol.thread.mixin",
        "mail.tracking.duration.mixin",
        "mail.activity.mixin",
        "utm.mixin",
        "crmsol.counted.mixin",  # last: next to what the host does itself
    ]
    _order = "priority desc, id desc"
    _check_company_auto = True
    _rec_names_search = ["name", "partner_id.name"]
    _track_duration_field = "phase_id"

    # Identification
    name = fields.Char(
        required=True, index="trigram", tracking=1, help="A title that identifies the opportunity."
    )
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        check_company=True,
        index=True,
        tracking=2,
        help="The company or person the negotiation addresses.",
    )
    contact_id = fields.Many2one(
        "res.partner",
        check_company=True,
        index="btree_not_null",
        domain="[('id', 'child_of', commercial_partner_id), ('is_company', '=', False)]",
        help="The person at the customer's with whom you talk.",
    )
    commercial_partner_id = fields.Many2one(related="partner_id.commercial_partner_id")
    phone = fields.Char(compute="_compute_contact_data")
    email = fields.Char(compute="_compute_contact_data")
    description = fields.Html()
    color = fields.Integer()

    # Process
    phase_id = fields.Many2one(
        "crmsol.phase",
        required=True,
        index=True,
        copy=False,
        tracking=3,
        ondelete="restrict",
        default=lambda self: self._default_phase_id(),
        domain="[('team_ids', 'in', [False, team_id])]",
        group_expand="_read_group_expand_phase",
    )
    # For SQL's check. Written together with the phase rather than related to it: a related field is
    # recomputed later than the outcome may be flushed.
    phase_is_closing = fields.Boolean(readonly=True, copy=False)
    phase_guidance = fields.Text(related="phase_id.guidance")
    date_last_stage_update = fields.Datetime(
        "Last Phase Change",
        compute="_compute_date_last_stage_update",
        store=True,
        readonly=False,  # an import gives the date of a phase entered in the past
        precompute=True,
        copy=False,
    )
    outcome = fields.Selection(
        [(OPEN, "Open"), (WON, "Won"), (LOST, "Lost")],
        required=True,
        default=OPEN,
        index=True,
        copy=False,
        tracking=4,
    )
    loss_reason_id = fields.Many2one(
        "crmsol.loss.reason", copy=False, index="btree_not_null", ondelete="restrict", tracking=5
    )
    phase_before_close_id = fields.Many2one(
        "crmsol.phase",
        copy=False,
        readonly=True,
        ondelete="set null",
        help="The phase from which the opportunity was closed, and to which it is reopened.",
    )
    date_deadline = fields.Date(
        "Expected Close",
        index=True,
        copy=False,
        tracking=9,
        help="The day on which you expect the customer to decide.",
    )
    # not read-only: an import gives it
    date_closed = fields.Date("Closing Date", index=True, copy=False, tracking=10)
    closed_by_id = fields.Many2one("res.users", copy=False, readonly=True, ondelete="set null")
    date_closing_recorded = fields.Datetime(
        "Closing Recorded On",
        copy=False,
        readonly=True,
        help="When somebody closed the opportunity here: the customer may have decided before.",
    )
    priority = fields.Selection(PRIORITIES, default="0")

    # Value
    currency_id = fields.Many2one(
        "res.currency",
        required=True,
        compute="_compute_currency_id",
        store=True,
        readonly=False,
        precompute=True,
        tracking=7,
    )
    company_currency_id = fields.Many2one(
        "res.currency", related="company_id.currency_id", string="Company Currency"
    )
    amount = fields.Monetary(
        currency_field="currency_id",
        tracking=6,
        help="What the deal is worth, or your estimate of it, in the opportunity's currency.",
    )
    currency_rate = fields.Float(
        compute="_compute_amount_company",
        store=True,
        precompute=True,
        digits=0,
        copy=False,
        aggregator=None,
        help="Units of the company's currency for one unit of the opportunity's currency, as of "
        "the last time that the amount or the currency was set.",
    )
    currency_rate_date = fields.Date(
        compute="_compute_amount_company", store=True, precompute=True, copy=False
    )
    amount_company = fields.Monetary(
        "Amount in Company Currency",
        compute="_compute_amount_company",
        store=True,
        precompute=True,
        currency_field="company_currency_id",
        help="The amount converted at the rate kept with the opportunity.",
    )
    budget = fields.Monetary(
        "Established Budget",
        currency_field="currency_id",
        tracking=8,
        help="What the customer has set aside for this purchase. It is neither your quotation "
        "nor the amount that you expect.",
    )
    probability = fields.Float(
        "Probability (%)",
        compute="_compute_probability",
        store=True,
        readonly=False,
        precompute=True,
        copy=False,
        aggregator="avg",
        tracking=13,
        help="Chance of winning, in percent: the phase's unless you give another one. "
        "A won opportunity counts 100, a lost one 0.",
    )
    weighted_amount = fields.Monetary(
        compute="_compute_weighted_amount",
        store=True,
        precompute=True,
        currency_field="company_currency_id",
        help="Amount in company currency × probability.",
    )

    # Assignment and classification
    user_id = fields.Many2one(
        "res.users",
        string="Salesperson",
        check_company=True,
        index=True,
        tracking=11,
        default=lambda self: self.env.user,
        domain="[('share', '=', False)]",
    )
    team_id = fields.Many2one(
        "crm.team",
        string="Sales Team",
        check_company=True,
        index=True,
        tracking=12,
        compute="_compute_team_id",
        store=True,
        readonly=False,
        precompute=True,
        ondelete="set null",
    )
    tag_ids = fields.Many2many("crm.tag", string="Tags")
    opportunity_properties = fields.Properties(
        "Properties", definition="team_id.crmsol_properties_definition", copy=True
    )
    campaign_id = fields.Many2one(ondelete="set null")
    source_id = fields.Many2one(ondelete="set null")
    medium_id = fields.Many2one(ondelete="set null")

    _name_length = models.Constraint(
        f"CHECK(char_length(name) <= {NAME_MAX_LENGTH})",
        f"The name of an opportunity has {NAME_MAX_LENGTH} characters at the most. "
        "Shorten it and write the details in the description.",
    )
    # PostgreSQL holds NaN for greater than every number, so the sign alone would let it in.
    _amount_positive = models.Constraint(
        "CHECK(amount >= 0 AND amount <> 'NaN')",
        "The amount of an opportunity cannot be negative.",
    )
    _budget_positive = models.Constraint(
        "CHECK(budget >= 0 AND budget <> 'NaN')",
        "The established budget cannot be negative.",
    )
    _probability_range = models.Constraint(
        "CHECK(probability >= 0 AND probability <= 100)",
        "The probability is a percentage: give a number from 0 to 100.",
    )
    _outcome_phase = models.Constraint(
        "CHECK((outcome = 'open') = (phase_is_closing IS NOT TRUE))",
        "In the closing phase an opportunity is won or lost, in every other phase it is open. "
        "Use the buttons Win or Lose, or give phase and outcome together.",
    )
    _outcome_date_closed = models.Constraint(
        "CHECK((outcome = 'open') = (date_closed IS NULL))",
        "An opportunity has a closing date when it is won or lost, and only then.",
    )
    _default_order_idx = models.Index("(priority DESC, id DESC) WHERE active IS TRUE")
    _phase_order_idx = models.Index("(phase_id, priority DESC, id DESC) WHERE active IS TRUE")
    # the same of a salesperson's own board
    _seller_phase_order_idx = models.Index(
        "(user_id, phase_id, priority DESC, id DESC) WHERE active IS TRUE"
    )
    # what a salesperson closes next, without reading what the others do
    _agenda_idx = models.Index(
        f"(user_id, date_deadline, id) WHERE active IS TRUE AND outcome = '{OPEN}'"
    )
    # What is summed by board, forecast and pivots, an eighth of the table: for index-only scans.
    _figures_idx = models.Index(
        "(outcome, phase_id) INCLUDE (id, company_id, user_id, team_id, date_deadline,"
        " amount_company, weighted_amount) WHERE active IS TRUE"
    )
    _amount_order_idx = models.Index("(amount_company) WHERE active IS TRUE")

    # === DEFAULTS === #

    @api.model
    def _default_phase_id(self):
        team = self.env["crm.team"].browse(to_ids(self.env.context.get("default_team_id")))
        return self.env["crmsol.phase"]._get_first_open_phase(team)

    # === COMPUTE METHODS === #

    @api.depends("partner_id", "contact_id")
    def _compute_contact_data(self):
        for opportunity in self:
            person = opportunity.contact_id or opportunity.partner_id
            opportunity.phone = person.phone or opportunity.partner_id.phone
            opportunity.email = person.email or opportunity.partner_id.email

    @api.depends("phase_id")
    def _compute_date_last_stage_update(self):
        self.date_last_stage_update = self.env.cr.now()

    @api.depends("company_id")
    def _compute_currency_id(self):
        # sudo: what follows from the company of an opportunity follows whoever may read it
        (self.company_id | self.env.company).sudo()._crmsol_fetch()
        for opportunity in self:
            if not opportunity.currency_id:
                opportunity.currency_id = (opportunity.company_id or self.env.company).currency_id

    @api.depends("amount", "currency_id", "company_id")
    def _compute_amount_company(self):
        today = fields.Date.context_today(self)
        for opportunity in self:
            company = opportunity.company_id or self.env.company
            currency = opportunity.currency_id or company.currency_id
            rate = self.env["res.currency"]._get_conversion_rate(
                currency, company.currency_id, company, today
            )
            opportunity.currency_rate = rate
            opportunity.currency_rate_date = today
            opportunity.amount_company = company.currency_id.round(opportunity.amount * rate)

    @api.depends("phase_id", "outcome")
    def _compute_probability(self):
        certain = {WON: 100.0, LOST: 0.0}
        for opportunity in self:
            opportunity.probability = certain.get(
                opportunity.outcome, opportunity.phase_id.probability
            )

    @api.depends("amount_company", "probability")
    def _compute_weighted_amount(self):
        self.company_id.sudo()._crmsol_fetch()  # sudo: as related fields do
        for opportunity in self:
            weighted = opportunity.amount_company * opportunity.probability / 100
            currency = opportunity.company_currency_id or self.env.company.currency_id
            opportunity.weighted_amount = currency.round(weighted)

    @api.depends("user_id")
    def _compute_team_id(self):
        """Propose the salesperson's team, unless the present one is theirs already."""
        for user, opportunities in self.grouped("user_id").items():
            if not user:
                continue
            foreign = opportunities.filtered(
                lambda o, user=user: user not in (o.team_id.member_ids | o.team_id.user_id)
            )
            if foreign:
                foreign.team_id = self.env["crm.team"]._get_default_team_id(user_id=user.id)

    # === READ GROUP METHODS === #

    @api.model
    def _read_group_expand_phase(self, phases, domain):
        """Show every column, also the empty ones; of phases kept for teams, those of the user's."""
        shown = Domain.TRUE
        if not self.env.user.has_group("sales_team.group_sale_salesman_all_leads"):
            shown = Domain("team_ids", "in", [False, *self.env.user.crm_team_ids.ids])
        # with all their fields: the columns' names and the cards' chances are read right after
        return phases.search_fetch(shown | Domain("id", "in", phases.ids))

    # === CONSTRAINT METHODS === #

    @api.constrains("partner_id", "contact_id", "company_id")
    def _check_customer_company(self):
        # sudo: the customer of a company that the user does not see is still to be named
        opportunities = self.sudo()
        (opportunities.partner_id | opportunities.contact_id).fetch(["company_id"])
        for opportunity in opportunities:
            for partner in (opportunity.partner_id, opportunity.contact_id):
                company = partner.company_id
                if company and company != opportunity.company_id:
                    raise ValidationError(
                        self.env._(
                            "“%(partner)s” belongs to the company %(partner_company)s and the "
                            "opportunity to %(company)s. Choose a customer of %(company)s or one "
                            "that is shared.",
                            partner=partner.display_name,
                            partner_company=company.name,
                            company=opportunity.company_id.name,
                        )
                    )

    @api.constrains("phase_id", "outcome")
    def _check_outcome_phase(self):
        for opportunity in self:
            self._check_outcome_of_phase(
                opportunity.name, opportunity.phase_id, opportunity.outcome
            )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        today = fields.Date.context_today(self)
        fnames = ["name", "partner_id", "phase_id", "outcome"]
        defaults = {**dict.fromkeys(fnames), **self.default_get(fnames)}
        for vals in vals_list:
            if not vals.get("date_last_stage_update"):  # a blank cell of an import: now
                vals.pop("date_last_stage_update", None)
            for fname in fnames:
                vals.setdefault(fname, defaults[fname])
            self._check_values(vals)
            self._check_date_of_phase(vals, is_new=True)
            phase_id, outcome = vals["phase_id"], vals["outcome"]
            # before the insertion: SQL would refuse it with fewer words
            phase = self.env["crmsol.phase"].browse(to_ids(phase_id))
            self._check_outcome_of_phase(vals.get("name"), phase, outcome)
            vals["phase_is_closing"] = phase.is_closing
            if outcome == OPEN:
                vals["date_closed"] = False
            elif not vals.get("date_closed"):
                vals["date_closed"] = today
            else:  # closed in the past, as in an import: at noon it is that day everywhere
                closed = fields.Date.to_date(vals["date_closed"])
                entered = datetime.combine(closed, time(12))
                vals.setdefault("date_last_stage_update", min(entered, self.env.cr.now()))
        return super().create(vals_list)

    def write(self, vals):
        if "date_last_stage_update" in vals and not vals["date_last_stage_update"]:
            vals = {k: v for k, v in vals.items() if k != "date_last_stage_update"}
        self._check_values(vals)
        self._check_date_of_phase(vals)
        if "phase_id" in vals:
            phase = self.env["crmsol.phase"].browse(to_ids(vals["phase_id"]))
            # with those that are left, whose names are to be read for the thread
            phase = phase.with_prefetch({*phase.ids, *self.phase_id.ids})
            vals = {**vals, "phase_is_closing": phase.is_closing}
        if "outcome" not in vals:
            return super().write(vals)
        self._check_outcome_transition(vals["outcome"])
        if vals["outcome"] == OPEN:
            return super().write({**dict.fromkeys(OF_CLOSED, False), **vals})
        today = fields.Date.context_today(self)
        to_close = self.filtered(lambda o: o.outcome == OPEN)
        for phase, opportunities in to_close.grouped("phase_id").items():
            super(CrmsolOpportunity, opportunities).write(
                {
                    "date_closed": today,
                    **vals,
                    "phase_before_close_id": phase.id,
                    "closed_by_id": self.env.uid,
                    "date_closing_recorded": self.env.cr.now(),
                }
            )
        return super(CrmsolOpportunity, self - to_close).write(vals)

    def copy_data(self, default=None):
        vals_list = super().copy_data(default=default)
        if "name" not in (default or {}):
            for opportunity, vals in zip(self, vals_list, strict=True):
                name = self.env._("%(name)s (copy)", name=opportunity.name)
                vals["name"] = name if len(name) <= NAME_MAX_LENGTH else opportunity.name
        return vals_list

    # === MAIL METHODS === #

    def _track_subtype(self, init_values):
        self.ensure_one()
        if "outcome" in init_values and self.outcome != OPEN:
            name = self.outcome
        elif "phase_id" in init_values:
            name = "phase"
        else:
            return super()._track_subtype(init_values)
        # without the query by which ``env.ref`` makes sure that it exists: the thread does so
        xmlid = f"crmsol_opportunity.mt_opportunity_{name}"
        id_ = self.env["ir.model.data"]._xmlid_to_res_id(xmlid, raise_if_not_found=True)
        return self.env["mail.message.subtype"].browse(id_)

    def _creation_message(self):
        self.ensure_one()
        return self.env._("Opportunity created")
