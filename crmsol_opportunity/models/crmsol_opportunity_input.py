from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import format_date

from ..const import HTML_TAG, NAME_MAX_LENGTH, OPEN, OUTCOME_TRANSITIONS, YEAR_MAX, YEAR_MIN
from ..number_input import check_number, to_number

_DATES = ("date_closed", "date_deadline")
_NUMBERS = ("amount", "budget", "probability")


class CrmsolOpportunity(models.Model):
    """What is refused, whichever way it comes in, and the sentences that say what to give."""

    _inherit = "crmsol.opportunity"

    # === CONSTRAINT METHODS === #

    @api.constrains("date_closed", "date_deadline")
    def _check_years(self):
        """A date centuries away is a slip of the pen, and would stretch every forecast to it."""
        for opportunity in self:
            for fname in _DATES:
                value = opportunity[fname]
                if value and not YEAR_MIN <= value.year <= YEAR_MAX:
                    self._refuse_date(fname, value.isoformat())

    @api.constrains("date_closed")
    def _check_date_closed(self):
        """A deal is closed today or earlier, in the time zone of whoever closes it."""
        today = fields.Date.context_today(self)
        for opportunity in self:
            if opportunity.date_closed and opportunity.date_closed > today:
                raise ValidationError(
                    self.env._(
                        "“%(name)s” cannot be closed in the future, on %(date)s. Give the day on "
                        "which the customer decided, today at the latest.",
                        name=opportunity.name,
                        date=format_date(self.env, opportunity.date_closed),
                    )
                )

    # === BUSINESS METHODS === #

    @api.model
    def _check_outcome_of_phase(self, name, phase, outcome):
        """Refuse an open opportunity in the closing phase, and a closed one in any other.

        :raise ValidationError: with a sentence that says what to give
        """
        if phase.is_closing and outcome == OPEN:
            raise ValidationError(
                self.env._(
                    "“%(name)s” cannot be left open in the phase “%(phase)s”. "
                    "Say whether it is won or lost: use the buttons Win or Lose, "
                    "or give the outcome together with the phase.",
                    name=name,
                    phase=phase.name,
                )
            )
        if phase and not phase.is_closing and outcome != OPEN:
            raise ValidationError(
                self.env._(
                    "“%(name)s” can be won or lost only in the closing phase “%(closing)s”, "
                    "not in “%(phase)s”. Use the buttons Win or Lose, or give both data together.",
                    name=name,
                    phase=phase.name,
                    closing=phase._get_closing_phase().name,
                )
            )

    @api.model
    def _check_values(self, vals):
        """Refuse names and numbers that nobody can mean, before the database meets them.

        SQL holds most of these bounds too, but speaks of them in fewer words.

        :raise ValidationError: with a sentence that says what to give
        """
        if "name" in vals:
            self._check_name(vals["name"])
        if "partner_id" in vals and not vals["partner_id"]:
            raise ValidationError(
                self.env._("Choose the customer: whom does the negotiation address?")
            )
        for fname in _DATES:
            try:
                fields.Date.to_date(vals.get(fname))
            except (
                TypeError,
                ValueError,
            ):  # an import writes the year 1 as “1”, which nobody reads back
                self._refuse_date(fname, vals[fname])
        for fname in _NUMBERS:
            if fname not in vals:
                continue
            check_number(self, fname, vals[fname])
            if fname == "probability" and to_number(vals[fname]) > 100:
                raise ValidationError(
                    self.env._(
                        "“%(field)s” cannot be more than 100. Give a percentage from 0 to 100.",
                        field=self._fields[fname]._description_string(self.env),
                    )
                )

    @api.model
    def _refuse_date(self, fname, value):
        raise ValidationError(
            self.env._(
                "“%(field)s” cannot be %(date)s. "
                "Give a date between the years %(min)s and %(max)s.",
                field=self._fields[fname]._description_string(self.env),
                date=value,
                min=YEAR_MIN,
                max=YEAR_MAX,
            )
        )

    def _check_date_of_phase(self, vals, is_new=False):
        """Refuse to say that a phase was entered at another time: it hides how stale a deal is.

        An import gives it with the new opportunity; a manager may correct it. What is ahead nobody
        knows.
        """
        if (
            "date_last_stage_update" in vals
            and not is_new
            and not self.env.su
            and not self.env.user.has_group("sales_team.group_sale_manager")
        ):
            raise AccessError(
                self.env._(
                    "When an opportunity entered its phase is recorded by itself. "
                    "Ask a sales manager if it has to be corrected."
                )
            )
        try:
            entered = fields.Datetime.to_datetime(vals.get("date_last_stage_update"))
        except (TypeError, ValueError):
            self._refuse_date("date_last_stage_update", vals["date_last_stage_update"])
        if entered and entered > self.env.cr.now() + timedelta(minutes=1):  # clocks differ
            raise ValidationError(
                self.env._(
                    "An opportunity cannot have entered its phase in the future, on %(date)s. "
                    "Give the day on which it did, today at the latest.",
                    date=format_date(self.env, entered),
                )
            )

    @api.model
    def _check_name(self, name):
        """Refuse a name that is blank, too long or not plain text."""
        if not isinstance(name, str) or not name.strip():
            raise ValidationError(self.env._("Give the opportunity a name."))
        if len(name) > NAME_MAX_LENGTH:
            raise ValidationError(
                self.env._(
                    "The name has %(length)s characters and %(max)s is the most. "
                    "Shorten it and write the details in the description.",
                    length=len(name),
                    max=NAME_MAX_LENGTH,
                )
            )
        if tag := HTML_TAG.search(name):
            raise ValidationError(
                self.env._(
                    "The name is plain text and cannot hold HTML tags. "
                    "Remove “%(tag)s” and save again.",
                    tag=tag.group()[:40],
                )
            )

    def _check_outcome_transition(self, outcome):
        """Refuse a change of outcome that is not one of ``OUTCOME_TRANSITIONS``."""
        for opportunity in self:
            if opportunity.outcome == outcome:
                continue
            if (opportunity.outcome, outcome) not in OUTCOME_TRANSITIONS:
                raise UserError(opportunity._get_closed_sentence())
