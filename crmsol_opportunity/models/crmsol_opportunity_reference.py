from datetime import datetime

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..client_input import is_id


class CrmsolOpportunityReference(models.Model):
    """A contact person for one negotiation and the part they have in the decision."""

    _name = "crmsol.opportunity.reference"
    _description = "Reference of an Opportunity"
    _inherit = ["crmsol.opportunity.relation.mixin"]

    partner_id = fields.Many2one(
        string="Contact",
        domain="[('is_company', '=', False)]",
        help="The person with whom you talk about this opportunity.",
    )
    commercial_partner_id = fields.Many2one(
        related="partner_id.commercial_partner_id", string="Contact's Company", store=True
    )
    function = fields.Char(related="partner_id.function")
    role_id = fields.Many2one(
        "crmsol.reference.role",
        index="btree_not_null",
        ondelete="restrict",
        help="The part that the person has in the customer's decision.",
    )
    attitude = fields.Selection(
        [
            ("supporter", "In favor"),
            ("neutral", "Neutral"),
            ("sceptic", "Sceptical"),
            ("opponent", "Against"),
            ("unknown", "Not known"),
        ],
        required=True,
        default="unknown",
        help="How the person stands towards your offer.",
    )
    influence = fields.Selection(
        [("low", "Low"), ("medium", "Moderate"), ("high", "High")],
        help="The weight of the person's opinion in the decision.",
    )
    is_primary = fields.Boolean(
        "Primary",
        help="The first person to talk to about this opportunity. There is one at the most.",
    )
    note = fields.Char(help="What to bear in mind when you talk to this person.")
    date_last_contact = fields.Date(
        "Last Contact",
        compute="_compute_date_last_contact",
        help="The day of the last action done, meeting held or message exchanged with this "
        "person about this opportunity.",
    )

    _partner_uniq = models.Constraint(
        "UNIQUE(opportunity_id, partner_id)",
        "A person can be a reference of an opportunity only once.",
    )
    _primary_uniq = models.UniqueIndex(
        "(opportunity_id) WHERE is_primary",
        "Another reference of the opportunity has just been made the primary one. "
        "Reload the page and choose again.",
    )

    # === COMPUTE METHODS === #

    @api.depends("opportunity_id", "partner_id")
    @api.depends_context("uid", "tz")
    def _compute_date_last_contact(self):
        dates = self._get_last_contact_dates()
        for reference in self:
            key = reference.opportunity_id._origin.id, reference.partner_id._origin.id
            reference.date_last_contact = dates.get(key)

    # === CONSTRAINT METHODS === #

    @api.constrains("partner_id")
    def _check_person(self):
        for reference in self:
            if reference.partner_id.is_company:
                raise ValidationError(
                    self.env._(
                        "“%(partner)s” is a company and a reference is a person. "
                        "Choose the person with whom you talk there.",
                        partner=reference.partner_id.display_name,
                    )
                )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        return super().create(self._prepare_primary(vals_list))

    def write(self, vals):
        if "opportunity_id" in vals:
            vals = {"is_primary": False, **vals}  # it was the primary one of another opportunity
        if vals.get("is_primary"):
            opportunity_ids = [vals.get("opportunity_id")] * len(self)
            if "opportunity_id" not in vals:
                opportunity_ids = self.opportunity_id.ids
            if len(self) > len(set(opportunity_ids)):
                raise ValidationError(
                    self.env._(
                        "Only one reference of an opportunity can be the primary one: choose one."
                    )
                )
            self._release_primary(opportunity_ids, self)
        return super().write(vals)

    # === ACTION METHODS === #

    def action_call(self):
        """Plan or log a call with the person."""
        self.ensure_one()
        return self._with_contact().action_call()

    def action_mail(self):
        """Write a mail to the person."""
        self.ensure_one()
        return self._with_contact().action_mail()

    def action_meeting(self):
        """Plan a meeting with the person."""
        self.ensure_one()
        return self._with_contact().action_meeting()

    # === BUSINESS METHODS === #

    def _with_contact(self):
        """Return the opportunity, with the person as the contact of what is done with it."""
        return self.opportunity_id.with_context(crmsol_contact_id=self.partner_id.id)

    @api.model
    def _prepare_primary(self, vals_list):
        """Return the values of new references such that each opportunity has one primary at most.

        The first reference of an opportunity is the primary one; a later one only if it says so,
        and then it takes the place of the present one.
        """
        default_id = self.env.context.get("default_opportunity_id")
        opportunity_ids = [vals.get("opportunity_id", default_id) for vals in vals_list]
        opportunity_ids = [id_ if is_id(id_) else False for id_ in opportunity_ids]
        with_references = {
            opportunity.id
            for [opportunity] in self._read_group(
                [("opportunity_id", "in", opportunity_ids)], ["opportunity_id"]
            )
        }
        primary = {}  # opportunity -> position of its primary reference among the new ones
        for position, (opportunity_id, vals) in enumerate(
            zip(opportunity_ids, vals_list, strict=True)
        ):
            if vals.get("is_primary"):
                primary[opportunity_id] = position
            elif opportunity_id not in with_references:
                primary.setdefault(opportunity_id, position)
        self._release_primary(list(primary))
        return [
            {**vals, "is_primary": primary.get(opportunity_id) == position}
            for position, (opportunity_id, vals) in enumerate(
                zip(opportunity_ids, vals_list, strict=True)
            )
        ]

    @api.model
    def _release_primary(self, opportunity_ids, kept=None):
        """Make the primary references of the opportunities ordinary ones, but for those kept."""
        primary = self.search(
            [("opportunity_id", "in", opportunity_ids), ("is_primary", "=", True)]
        )
        if kept:
            primary -= kept
        primary.is_primary = False
        # at once: the index would refuse the new one if it reached the database first
        primary.flush_recordset(["is_primary"])

    @api.model
    def _get_once_message(self, partner, opportunity):
        return self.env._(
            "“%(partner)s” is already a reference of “%(opportunity)s”. "
            "Complete that row instead of adding another one.",
            partner=partner.display_name,
            opportunity=opportunity.name,
        )

    # === LAST CONTACT === #

    def _get_last_contact_dates(self):
        """Return when each person was last in contact about each opportunity.

        Only through what the user may read; a constant number of queries.

        :return: {(opportunity id, person's id): date in the user's time zone}
        :rtype: dict
        """
        opportunities, people = self.opportunity_id._origin, self.partner_id._origin
        dates = {}
        if not opportunities or not people:
            return dates
        for get_rows in (
            self._get_action_dates,
            self._get_meeting_dates,
            self._get_message_dates,
        ):
            for opportunity_id, person, date in get_rows(opportunities, people):
                if isinstance(date, datetime):
                    date = fields.Datetime.context_timestamp(self, date).date()
                key = opportunity_id, person.id
                dates[key] = max(date, dates.get(key, date))
        return dates

    @api.model
    def _get_action_dates(self, opportunities, people):
        """Return (opportunity id, person, date) of the last actions done with the people."""
        domain = [
            ("res_model", "=", opportunities._name),
            ("res_id", "in", opportunities.ids),
            ("crmsol_contact_id", "in", people.ids),
            ("active", "=", False),  # the host archives what is done
            ("date_done", "!=", False),
            ("crmsol_cancelled", "=", False),
        ]
        return self.env["mail.activity"]._read_group(
            domain, ["res_id", "crmsol_contact_id"], ["date_done:max"]
        )

    @api.model
    def _get_meeting_dates(self, opportunities, people):
        """Return (opportunity id, person, datetime) of the last meetings that are over."""
        domain = [
            ("res_model", "=", opportunities._name),
            ("res_id", "in", opportunities.ids),
            ("partner_ids", "in", people.ids),
            ("stop", "<=", fields.Datetime.now()),
        ]
        return self.env["calendar.event"]._read_group(
            domain, ["res_id", "partner_ids"], ["stop:max"]
        )

    @api.model
    def _get_message_dates(self, opportunities, people):
        """Return (opportunity id, person, datetime) of the last messages from and to the people."""
        Message = self.env["mail.message"]
        domain = [
            ("model", "=", opportunities._name),
            ("res_id", "in", opportunities.ids),
            ("message_type", "in", ["comment", "email", "email_outgoing"]),
        ]
        written = [*domain, ("author_id", "in", people.ids)]
        # an internal note that names a person does not reach them
        sent = [
            *domain,
            ("partner_ids", "in", people.ids),
            ("is_internal", "=", False),
            ("subtype_id.internal", "=", False),
        ]
        return [
            *Message._read_group(written, ["res_id", "author_id"], ["date:max"]),
            *Message._read_group(sent, ["res_id", "partner_ids"], ["date:max"]),
        ]
