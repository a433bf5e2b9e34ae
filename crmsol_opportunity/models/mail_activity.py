from datetime import datetime, timedelta

import pytz

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from ..client_input import is_id
from ..const import ACTION_CANCELLED, ACTION_STATES, OPPORTUNITY_MODEL

#: Context key of the housekeeping that deletes activities for good, without a trace. It counts for
#: the superuser only: a client can put any key into the context.
DELETE_KEY = "crmsol_delete_actions"


class MailActivity(models.Model):
    """An activity; on an opportunity, a commercial action: with whom, when, with what result.

    The fields have a meaning on opportunities only. A cancelled action is archived like a done
    one, and told apart by :attr:`crmsol_cancelled`.
    """

    _inherit = "mail.activity"

    crmsol_opportunity_id = fields.Many2one(
        OPPORTUNITY_MODEL, string="Opportunity", compute="_compute_crmsol_opportunity_id"
    )

    # With whom
    crmsol_contact_id = fields.Many2one(
        "res.partner",
        string="Contact",
        index="btree_not_null",
        ondelete="restrict",
        help="The person with whom the action is carried out.",
    )
    crmsol_contact_name = fields.Char(related="crmsol_contact_id.name", string="Contact's Name")
    crmsol_contact_phone = fields.Char(related="crmsol_contact_id.phone", string="Contact's Phone")
    crmsol_contact_email = fields.Char(related="crmsol_contact_id.email", string="Contact's Email")

    # When
    crmsol_date_start = fields.Datetime(
        "Date and Time",
        help="When the action begins. Leave it empty if any time of the due date will do.",
    )
    crmsol_duration = fields.Float(
        "Duration", default=0.5, help="How long the action takes, in hours."
    )
    crmsol_reminder_id = fields.Many2one(
        "calendar.alarm",
        string="Reminder",
        ondelete="set null",
        help="How long before the start the person in charge is reminded.",
    )
    crmsol_reminder_date = fields.Datetime(
        "Reminder Date", compute="_compute_crmsol_reminder_date", store=True
    )
    crmsol_reminder_sent = fields.Boolean("Reminder Sent", readonly=True)

    # How it ended
    crmsol_state = fields.Selection(
        ACTION_STATES,
        string="Status",
        compute="_compute_crmsol_state",
        search="_search_crmsol_state",
    )
    crmsol_cancelled = fields.Boolean("Cancelled", readonly=True)
    crmsol_date_cancelled = fields.Datetime("Cancelled On", readonly=True)
    crmsol_cancelled_by_id = fields.Many2one(
        "res.users", string="Cancelled By", readonly=True, ondelete="set null"
    )
    crmsol_cancel_reason = fields.Char("Reason for Cancelling", readonly=True)
    crmsol_date_closed = fields.Date("Closed On", compute="_compute_crmsol_date_closed")
    crmsol_result = fields.Text("Result", compute="_compute_crmsol_result")

    # Where it comes from
    crmsol_phase_id = fields.Many2one(
        "crmsol.phase",
        string="Phase of the Action",
        readonly=True,
        ondelete="set null",
        help="The phase in which the opportunity was when the action was planned.",
    )
    crmsol_plan_id = fields.Many2one(
        "mail.activity.plan",
        string="Plan of the Action",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )

    _crmsol_subject_and_contact = models.Constraint(
        "CHECK(COALESCE(res_model, '') <> 'crmsol.opportunity' "
        "OR (crmsol_contact_id IS NOT NULL AND btrim(COALESCE(summary, '')) <> ''))",
        "An action of an opportunity needs a subject and a contact. Give both.",
    )
    _crmsol_cancelled_is_closed = models.Constraint(
        "CHECK(crmsol_cancelled IS NOT TRUE OR active IS NOT TRUE)",
        "A cancelled action is not planned any more. Plan a new one instead.",
    )
    _crmsol_duration_positive = models.Constraint(
        "CHECK(crmsol_duration IS NULL OR (crmsol_duration >= 0 AND crmsol_duration <= 8760))",
        "The duration of an action is given in hours and cannot be negative.",
    )
    _crmsol_reminder_idx = models.Index(
        "(crmsol_reminder_date) WHERE crmsol_reminder_date IS NOT NULL "
        "AND active IS TRUE AND crmsol_reminder_sent IS NOT TRUE"
    )
    # for the states of the next actions on the board; “active” as the host's query says it, since
    # PostgreSQL does not take “active IS TRUE” for the same
    _crmsol_planned_idx = models.Index(
        "(res_id) INCLUDE (date_deadline, user_tz) "
        f"WHERE active AND res_model = '{OPPORTUNITY_MODEL}'"
    )
    # somebody's actions of today and before, in the order of My Day
    _crmsol_agenda_idx = models.Index(
        "(user_id, date_deadline, crmsol_date_start, id) "
        f"WHERE active IS TRUE AND res_model = '{OPPORTUNITY_MODEL}'"
    )

    # === DEFAULTS === #

    @api.model
    def default_get(self, fields):
        res = super().default_get(fields)
        if self.env.context.get("default_res_model") != OPPORTUNITY_MODEL:
            return res
        res_id = res.get("res_id") or self.env.context.get("default_res_id")
        if "crmsol_contact_id" in fields and not res.get("crmsol_contact_id") and is_id(res_id):
            opportunity = self.env[OPPORTUNITY_MODEL].browse(res_id)
            res["crmsol_contact_id"] = opportunity._get_action_contacts()[opportunity].id
        if "summary" in fields and not res.get("summary"):
            type_id = res.get("activity_type_id") or self.env.context.get(
                "default_activity_type_id"
            )
            activity_type = self.env["mail.activity.type"].browse(type_id if is_id(type_id) else [])
            res["summary"] = activity_type.summary or activity_type.name
        return res

    # === COMPUTE METHODS === #

    @api.depends("active", "crmsol_cancelled")
    def _compute_date_done(self):
        cancelled = self.filtered("crmsol_cancelled")
        cancelled.date_done = False
        return super(MailActivity, self - cancelled)._compute_date_done()

    @api.depends("res_model", "res_id")
    def _compute_crmsol_opportunity_id(self):
        for activity in self:
            is_action = activity.res_model == OPPORTUNITY_MODEL
            activity.crmsol_opportunity_id = is_action and activity.res_id

    @api.depends("active", "date_deadline", "crmsol_cancelled", "user_id")
    def _compute_crmsol_state(self):
        for activity in self:
            activity.crmsol_state = (
                ACTION_CANCELLED if activity.crmsol_cancelled else activity.state
            )

    @api.depends("date_done", "crmsol_date_cancelled")
    def _compute_crmsol_date_closed(self):
        for activity in self:
            cancelled = activity.crmsol_date_cancelled
            activity.crmsol_date_closed = activity.date_done or (
                cancelled and fields.Datetime.context_timestamp(self, cancelled).date()
            )

    @api.depends("feedback", "crmsol_cancel_reason")
    def _compute_crmsol_result(self):
        for activity in self:
            activity.crmsol_result = (
                activity.crmsol_cancel_reason if activity.crmsol_cancelled else activity.feedback
            )

    @api.depends("crmsol_date_start", "crmsol_reminder_id.duration_minutes")
    def _compute_crmsol_reminder_date(self):
        for activity in self:
            start, alarm = activity.crmsol_date_start, activity.crmsol_reminder_id
            activity.crmsol_reminder_date = (
                start - timedelta(minutes=alarm.duration_minutes) if start and alarm else False
            )

    # === SEARCH METHODS === #

    def _search_crmsol_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        # Like the host, which tells an action of today from an overdue one where its owner lives.
        # sudo: which time zones there are tells nothing about the activities
        zones = self.sudo()._read_group([("active", "=", True)], ["user_tz"])
        days = {}
        for (zone,) in zones:
            now = datetime.now(pytz.timezone(zone) if zone else pytz.utc)
            days.setdefault(now.date(), []).append(zone)
        planned = {"overdue": "<", "today": "=", "planned": ">"}
        closed = {"done": False, ACTION_CANCELLED: True}
        return Domain.OR(
            Domain("active", "=", True)
            & Domain("user_tz", "in", of_day)
            & Domain("date_deadline", planned[state], day)
            for state in value
            if state in planned
            for day, of_day in days.items()
        ) | Domain.OR(
            Domain("active", "=", False) & Domain("crmsol_cancelled", "=", closed[state])
            for state in value
            if state in closed
        )

    @api.model
    def _search(self, domain, offset=0, limit=None, order=None, **kwargs):
        domain = Domain(domain)
        if any(c.field_expr == "crmsol_state" for c in domain.iter_conditions()):
            # the state tells whether archived ones are meant
            self = self.with_context(active_test=False)
        if self.env.context.get("crmsol_hide_cancelled"):
            domain &= Domain("crmsol_cancelled", "!=", True)
        return super()._search(domain, offset, limit, order, **kwargs)

    # === ONCHANGE METHODS === #

    @api.onchange("activity_type_id")
    def _onchange_activity_type_id(self):
        """On an opportunity, keep what the user has given already: subject, owner and hour."""
        if self.res_model != OPPORTUNITY_MODEL:
            return super()._onchange_activity_type_id()
        subject, owner, start = self.summary, self.user_id, self.crmsol_date_start
        super()._onchange_activity_type_id()
        types = self.env["mail.activity.type"].search(
            [("res_model", "in", [False, OPPORTUNITY_MODEL])]
        )
        if subject and subject not in {*types.mapped("summary"), *types.mapped("name")}:
            self.summary = subject
        else:
            self.summary = self.activity_type_id.summary or self.activity_type_id.name
        if owner and not self.activity_type_id.default_user_id:
            self.user_id = owner
        if start:
            self.date_deadline = self._crmsol_day_of(start, self.user_id)
        return None

    @api.onchange("crmsol_date_start")
    def _onchange_crmsol_date_start(self):
        if self.crmsol_date_start:
            self.date_deadline = self._crmsol_day_of(self.crmsol_date_start, self.user_id)

    @api.onchange("date_deadline")
    def _onchange_date_deadline(self):
        if self.crmsol_date_start and self.date_deadline:
            self.crmsol_date_start = self._crmsol_move_to_day(
                self.crmsol_date_start, self.date_deadline, self.user_id
            )

    # === CONSTRAINT METHODS === #

    @api.constrains("crmsol_contact_id", "res_id")
    def _check_crmsol_contact_company(self):
        actions = self._crmsol_actions()
        # sudo: a colleague's action may be of an opportunity that its owner may not read
        opportunities = self.env[OPPORTUNITY_MODEL].sudo().browse(actions.mapped("res_id"))
        actions.crmsol_contact_id.fetch(["company_id"])
        for action, opportunity in zip(actions, opportunities, strict=True):
            company = action.crmsol_contact_id.company_id
            if company and company != opportunity.company_id:
                raise ValidationError(
                    self.env._(
                        "“%(contact)s” belongs to the company %(contact_company)s and the "
                        "opportunity to %(company)s. Choose another contact.",
                        contact=action.crmsol_contact_id.display_name,
                        contact_company=company.name,
                        company=opportunity.company_id.name,
                    )
                )

    # === CRUD METHODS === #

    def write(self, vals):
        actions = self._crmsol_actions()
        if not actions:
            return super().write(vals)
        self._crmsol_check_values(vals)
        vals = dict(vals)
        if vals.get("active"):
            vals |= {
                "crmsol_cancelled": False,
                "crmsol_date_cancelled": False,
                "crmsol_cancelled_by_id": False,
                "crmsol_cancel_reason": False,
            }
        if vals.keys() & {"crmsol_date_start", "crmsol_reminder_id", "user_id", "date_deadline"}:
            vals["crmsol_reminder_sent"] = False
        if vals.get("crmsol_date_start"):
            self._crmsol_write_start(vals)
        else:
            super().write(vals)
            if "crmsol_date_start" not in vals and vals.keys() & {"date_deadline", "user_id"}:
                actions._crmsol_realign("date_deadline" in vals)
        if "crmsol_duration" in vals and "crmsol_date_start" not in vals:
            actions._crmsol_update_events()
        if "attachment_ids" in vals:
            actions._crmsol_file_attachments()
        return True

    def _crmsol_write_host(self, vals):
        """Write without what :meth:`write` does for actions, which calls this."""
        return super().write(vals)  # pylint: disable=super-method-mismatch

    def unlink(self):
        """Cancel planned actions of existing opportunities instead of deleting them.

        The host's chatter and activity menu cancel by deleting. What goes with its opportunity,
        with the addon or by the host's housekeeping is deleted.
        """
        if self.env.su and self.env.context.get(DELETE_KEY):
            return super().unlink()
        actions = self._crmsol_actions()
        opportunities = self.env[OPPORTUNITY_MODEL].browse(set(actions.mapped("res_id")))
        existing = set(opportunities.exists().ids)
        planned = actions.filtered(lambda a: a.active and a.res_id in existing)
        planned = planned.with_env(self.env)
        planned.check_access("unlink")
        planned._crmsol_cancel()
        return super(MailActivity, self - planned).unlink()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_closed_actions(self):
        if self.env.su or self.env.user.has_group("sales_team.group_sale_manager"):
            return
        if self._crmsol_actions():
            raise UserError(
                self.env._(
                    "Done and cancelled actions are the history of the opportunity and stay. "
                    "Ask a sales manager if one of them has to be deleted."
                )
            )

    @api.autovacuum
    def _gc_delete_old_overdue_activities(self):
        return super(
            MailActivity, self.with_context(**{DELETE_KEY: True})
        )._gc_delete_old_overdue_activities()

    @api.model
    def get_activity_data(self, *args, **kwargs):
        """Leave the cancelled ones out: the host counts whatever is archived as done."""
        hiding = self.with_context(crmsol_hide_cancelled=True)
        return super(MailActivity, hiding).get_activity_data(*args, **kwargs)

    # === BUSINESS METHODS === #

    def _crmsol_actions(self):
        """Return those of ``self`` that are actions of opportunities."""
        # sudo: the model of an activity decides how it is treated, whoever may read it
        return self.sudo().filtered(lambda a: a.res_model == OPPORTUNITY_MODEL)

    def _prepare_next_activity_values(self):
        vals = super()._prepare_next_activity_values()
        if self.res_model == OPPORTUNITY_MODEL:
            # computed along with the type, not given by anybody
            for fname in ("crmsol_date_start", "crmsol_reminder_id"):
                vals.pop(fname, None)
            vals["crmsol_contact_id"] = self.crmsol_contact_id.id
        return vals

    def _crmsol_file_attachments(self):
        """Make the opportunity the document of the files attached to its actions.

        So their rights are those of the opportunity, and they stay when the action is done.
        """
        for activity in self._crmsol_actions():
            activity.attachment_ids.filtered(
                lambda a, activity=activity: (
                    a.res_model == activity._name
                    and a.res_id in (0, False, activity.id)
                    and (a.res_id or a.create_uid == self.env.user)
                )
            ).write({"res_model": OPPORTUNITY_MODEL, "res_id": activity.res_id})
