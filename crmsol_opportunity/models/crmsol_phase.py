from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL, ormcache

#: Fields of an opportunity that a phase can require: those that a salesperson fills in.
REQUIRABLE_FIELDS = (
    "amount",
    "budget",
    "campaign_id",
    "competitor_ids",
    "contact_id",
    "date_deadline",
    "description",
    "line_ids",
    "medium_id",
    "partner_line_ids",
    "reference_ids",
    "source_id",
    "tag_ids",
    "team_id",
    "user_id",
)

#: Lists of what else a phase can require.
REQUIREMENT_LISTS = ("required_field_ids", "required_role_ids", "required_activity_type_ids")

#: What of a phase is kept in the registry's cache.
_KEPT = {*REQUIREMENT_LISTS, "active", "is_closing", "sequence", "team_ids"}


class CrmsolPhase(models.Model):
    """A step of the sales process.

    Exactly one phase closes the process and it is always the last one: there an opportunity
    is won or lost, in every other phase it is open.
    """

    _name = "crmsol.phase"
    _description = "Opportunity Phase"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=lambda self: self._default_sequence())
    active = fields.Boolean(default=True)
    fold = fields.Boolean(
        "Folded in Pipeline", help="This phase is folded in the pipeline until it is opened there."
    )
    is_closing = fields.Boolean(
        "Closing Phase",
        copy=False,
        readonly=True,
        help="Opportunities in the closing phase are won or lost. There is exactly one.",
    )
    team_ids = fields.Many2many(
        "crm.team",
        string="Sales Teams",
        help="Teams that use this phase. Leave it empty to share it with all of them.",
    )
    probability = fields.Float(
        "Default Probability (%)",
        help="Chance of winning, in percent, that an opportunity takes when it enters the phase.",
    )
    rotting_threshold_days = fields.Integer(
        "Days to Stale",
        help="Days in this phase after which an open opportunity is stale. 0: never.",
    )
    guidance = fields.Text(
        translate=True, help="What a salesperson should achieve before leaving this phase."
    )
    required_field_ids = fields.Many2many(
        "ir.model.fields",
        "crmsol_phase_required_field_rel",
        "phase_id",
        "field_id",
        string="Required Data",
        domain=lambda self: self._get_requirable_domain(),
        help="Data that an opportunity needs before it enters this phase.",
    )
    required_role_ids = fields.Many2many(
        "crmsol.reference.role",
        "crmsol_phase_required_role_rel",
        "phase_id",
        "role_id",
        string="Required References",
        help="An opportunity needs a reference with each of these roles before it enters this "
        "phase.",
    )
    is_product_required = fields.Boolean(
        "Product Required", help="An opportunity needs a product before it enters this phase."
    )
    is_quotation_required = fields.Boolean(
        "Quotation Required",
        help="An opportunity needs a quotation that is not cancelled before it enters this phase.",
    )
    required_activity_type_ids = fields.Many2many(
        "mail.activity.type",
        "crmsol_phase_required_activity_type_rel",
        "phase_id",
        "activity_type_id",
        string="Required Actions",
        domain="[('res_model', 'in', [False, 'crmsol.opportunity'])]",
        help="An action of each of these types has to be done before an opportunity enters this "
        "phase.",
    )

    _probability_range = models.Constraint(
        "CHECK(probability >= 0 AND probability <= 100)",
        "The probability of a phase is a percentage: give a number from 0 to 100.",
    )
    _rotting_threshold_positive = models.Constraint(
        "CHECK(rotting_threshold_days >= 0)",
        "The days to stale cannot be negative. Give 0 for phases that never get stale.",
    )
    _closing_uniq = models.UniqueIndex(
        "(is_closing) WHERE is_closing",
        "There is already a closing phase and there can be only one.",
    )

    # === DEFAULTS === #

    @api.model
    def _default_sequence(self):
        """A new phase goes just before the closing one."""
        return self._get_closing_phase().sequence or 10

    @api.model
    def _get_requirable_domain(self):
        """Return the domain of the fields that a phase can require, an administrator's too."""
        return [
            ("model", "=", "crmsol.opportunity"),
            ("store", "=", True),
            "|",
            ("name", "in", REQUIRABLE_FIELDS),
            "&",
            ("state", "=", "manual"),
            ("readonly", "=", False),
        ]

    # === CONSTRAINT METHODS === #

    @api.constrains("required_field_ids")
    def _check_required_fields(self):
        """Salespeople must be able to give what is required of them."""
        # sudo: who may write phases need not be allowed to read the fields of models
        required = self.sudo().required_field_ids
        other = required - required.filtered_domain(self._get_requirable_domain())
        if other:
            raise ValidationError(
                self.env._(
                    "“%(field)s” cannot be required: it is not filled in by salespeople in an "
                    "opportunity. Choose among the data that the list offers.",
                    field=other[0].field_description,
                )
            )

    @api.constrains("is_closing", "sequence", "active")
    def _check_closing_phase(self):
        """An active phase closes the process (the index: only one), and none stands after it."""
        Phase = self.env["crmsol.phase"].with_context(active_test=False)
        closing = Phase.search([("is_closing", "=", True)])
        if not closing:
            raise ValidationError(
                self.env._(
                    "One phase has to close the process: keep the closing phase, "
                    "you can give it another name."
                )
            )
        if not closing.active:
            raise ValidationError(
                self.env._(
                    "The closing phase “%(phase)s” cannot be archived: "
                    "without it no opportunity could be won or lost.",
                    phase=closing.name,
                )
            )
        after = Phase.search([("active", "=", True), ("sequence", ">", closing.sequence)], limit=1)
        if after:
            raise ValidationError(
                self.env._(
                    "The closing phase is always the last one: "
                    "move “%(phase)s” before “%(closing)s”.",
                    phase=after.name,
                    closing=closing.name,
                )
            )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        if any(vals.get("is_closing") for vals in vals_list):
            closing = self._get_closing_phase()
            if closing or sum(bool(vals.get("is_closing")) for vals in vals_list) > 1:
                self._refuse_second_closing_phase(closing)
        phases = super().create(vals_list)
        phases._make_room_before_closing()
        self.env.registry.clear_cache()  # see _get_requirements_in_use, _get_first_open_phase_ids
        return phases

    def write(self, vals):
        if vals.get("is_closing"):
            closing = self._get_closing_phase()
            if len(self | closing) > 1:
                self._refuse_second_closing_phase(closing)
        result = super().write(vals)
        if "sequence" in vals:
            self._make_room_before_closing()
        if _KEPT & vals.keys():
            self.env.registry.clear_cache()  # as by create
        return result

    def unlink(self):
        self.env.registry.clear_cache()  # as by create
        return super().unlink()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_closing(self):
        closing = self.filtered("is_closing")
        if closing:
            raise UserError(
                self.env._(
                    "The closing phase “%(phase)s” cannot be deleted: "
                    "without it no opportunity could be won or lost. You can rename it.",
                    phase=closing.name,
                )
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_in_use(self):
        # sudo: a phase is in use also through opportunities that this user may not see
        Opportunity = self.env["crmsol.opportunity"].sudo().with_context(active_test=False)
        counts = Opportunity._read_group([("phase_id", "in", self.ids)], ["phase_id"], ["__count"])
        if counts:
            phase, count = counts[0]
            raise UserError(
                self.env._(
                    "The phase “%(phase)s” is used by %(count)s opportunities and cannot be "
                    "deleted. Move them to another phase first, or archive this one.",
                    phase=phase.sudo(False).name,
                    count=count,
                )
            )
        past = Opportunity.history_ids.search([("phase_id", "in", self.ids)], limit=1)
        if past:
            raise UserError(
                self.env._(
                    "Opportunities have been in the phase “%(phase)s”, and their history tells so. "
                    "Archive the phase instead of deleting it.",
                    phase=past.phase_id.sudo(False).name,
                )
            )

    # === BUSINESS METHODS === #

    def _prefetch_requirements(self):
        """Know which lists of requirements are empty without a statement for each.

        Most phases require nothing of most kinds.
        """
        self.ensure_one()
        if not self.id:
            return
        in_use = self._get_requirements_in_use(self.id)
        for fname in REQUIREMENT_LISTS:
            field = self._fields[fname]
            if fname not in in_use and self.id not in field._get_cache(self.env):
                field._insert_cache(self, [()])

    @api.model
    @ormcache("phase_id")
    def _get_requirements_in_use(self, phase_id):
        """Return the names of the lists of requirements that are not empty, or once were not."""
        lists = [self._fields[fname] for fname in REQUIREMENT_LISTS]
        self.flush_model(REQUIREMENT_LISTS)
        [row] = self.env.execute_query(
            SQL(
                "SELECT %s",
                SQL(", ").join(
                    SQL(
                        "EXISTS (SELECT FROM %s WHERE %s = %s)",
                        SQL.identifier(field.relation),
                        SQL.identifier(field.column1),
                        phase_id,
                    )
                    for field in lists
                ),
            )
        )
        return tuple(field.name for field, is_used in zip(lists, row, strict=True) if is_used)

    def _make_room_before_closing(self):
        """Move the closing phase on if another one has its sequence, which it has by default."""
        closing = self._get_closing_phase()
        same = Domain("sequence", "=", closing.sequence) & Domain("id", "!=", closing.id)
        if self.with_context(active_test=False).search_count(same, limit=1):
            closing.sequence += 1

    def _refuse_second_closing_phase(self, closing):
        """Say it before the unique index would: that one has no room for an explanation."""
        raise ValidationError(
            self.env._(
                "There can be only one closing phase and “%(phase)s” is it already. "
                "Leave this one open, or rename the closing phase.",
                phase=closing.name or self[:1].name or "",
            )
        )

    @api.model
    def _get_closing_phase(self):
        """Return the phase that closes the process (empty before the first one is made).

        All the phases are read with it: whoever closes asks for the one that is left, too.
        """
        phases = self.with_context(active_test=False).search_fetch([])
        return phases.filtered("is_closing")[:1]

    @api.model
    def _get_first_open_phase(self, team=None):
        """Return the phase in which an opportunity of the team begins.

        :param crm.team team: the sales team; without one, phases kept for teams are passed over
        """
        self.check_access("read")
        team_ids = tuple(team.ids if team else ())
        is_active = self.env.context.get("active_test", True)
        return self.browse(self._get_first_open_phase_ids(team_ids, is_active))

    @api.model
    @ormcache("team_ids", "is_active")
    def _get_first_open_phase_ids(self, team_ids, is_active):
        """Return the id of the phase in which an opportunity begins, if there is one.

        :param tuple team_ids: of the sales team, or none
        :param bool is_active: whether archived phases are passed over
        """
        domain = [("is_closing", "=", False), ("team_ids", "in", [False, *team_ids])]
        # sudo: the same for everybody; the caller asks for the right to read phases
        phases = self.sudo().with_context(active_test=is_active)
        return phases.search(domain, limit=1).ids
