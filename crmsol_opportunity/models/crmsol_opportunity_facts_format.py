from odoo import api, fields, models
from odoo.tools import format_amount, format_date

from ..const import OPEN
from .crmsol_opportunity_facts import NO_ACTION

#: How much a fact asks for attention: not at all, a look, something to do. Icon and words say it
#: too.
CALM, WARNING, ALERT = "calm", "warning", "alert"

#: As many facts as a card has room for.
CHIPS_MAX = 2


class CrmsolOpportunity(models.Model):
    """The facts of the progress in words, for the main tab and the cards."""

    _inherit = "crmsol.opportunity"  # pylint: disable=consider-merging-classes-inherited

    progress_facts = fields.Json(
        compute="_compute_progress_facts",
        export_string_translation=False,
        help="What the main tab and the card show: a list of facts, each with name, icon, text, "
        "title and tone; chip is the short text of those shown on the card.",
    )
    # apart, as a board has hundreds of cards: the other facts take most of the time
    progress_chips = fields.Json(
        compute="_compute_progress_chips",
        export_string_translation=False,
        help="Of the facts of the progress, those that the card shows.",
    )

    # === COMPUTE METHODS === #

    @api.depends(
        "days_in_phase",
        "phase_median_days",
        "silence_days",
        "is_silent",
        "date_last_contact",
        "next_action_days",
        "next_action_state",
        "slip_count",
        "slip_days",
        "quotation_date_expiry",
        "budget",
        "budget_gap",
        "currency_id",
        "company_id.crmsol_quotation_expiry_days",
    )
    @api.depends_context("lang", "tz")
    def _compute_progress_facts(self):
        self._prefetch_day_facts()
        for opportunity in self:
            facts, is_open = [], opportunity.outcome == OPEN
            slip = opportunity._get_slip_fact(
                is_open, opportunity.slip_count, opportunity.slip_days
            )
            if is_open and opportunity._origin:
                contact = opportunity.date_last_contact
                facts = [
                    opportunity._get_next_action_fact(
                        opportunity.next_action_state, opportunity.next_action_days
                    ),
                    opportunity._get_silence_fact(
                        opportunity.is_silent,
                        opportunity.silence_days,
                        contact and self._get_local_day(contact),
                    ),
                    slip,
                    opportunity._get_phase_fact(),
                    opportunity._get_quotation_fact(),
                    opportunity._get_budget_fact(),
                ]
            elif opportunity._origin:
                facts = [slip]
            facts = [fact for fact in facts if fact]
            chips = [fact for fact in facts if fact.get("chip")]
            for fact in chips[CHIPS_MAX:] if is_open else chips:
                del fact["chip"]
            opportunity.progress_facts = facts

    @api.depends(
        "outcome",
        "silence_days",
        "is_silent",
        "date_last_contact",
        "next_action_days",
        "next_action_state",
        "slip_count",
        "slip_days",
    )
    @api.depends_context("lang", "tz")
    def _compute_progress_chips(self):
        columns = (
            *("outcome", "next_action_state", "next_action_days", "is_silent", "silence_days"),
            *("date_last_contact", "slip_count", "slip_days"),
        )
        worded = {}

        def word(get_fact, *values):
            """Word what is the same of several opportunities once."""
            key = get_fact, *values
            if key not in worded:
                worded[key] = get_fact(*values)
            return worded[key]

        found = []
        for id_, row in zip(self._ids, self._get_columns(*columns), strict=True):
            outcome, state, days_left, is_silent, silence, contact, slips, slip_days = row
            chips, is_open = [], outcome == OPEN
            if is_open and state in (NO_ACTION, "overdue"):
                chips.append(word(self._get_next_action_fact, state, days_left))
            if is_open and is_silent:
                day = contact and self._get_local_day(contact)
                chips.append(word(self._get_silence_fact, is_silent, silence, day))
            if slips and len(chips) < CHIPS_MAX:
                chips.append(word(self._get_slip_fact, is_open, slips, slip_days))
            found.append(chips if id_ or id_.origin else [])
        self._set_column("progress_chips", found)

    # === BUSINESS METHODS === #

    @api.model
    def _format_days(self, days):
        """Return a number of days in words, such as “1 day” or “12 days”."""
        days = round(days)
        if days == 1:
            return self.env._("1 day")
        return self.env._("%(days)s days", days=days)

    @api.model
    def _get_local_day(self, moment):
        """Return the day of a moment where the user is."""
        return fields.Datetime.context_timestamp(self, moment).date()

    @api.model
    def _get_next_action_fact(self, state, days_left):
        days = self._format_days(abs(days_left))
        if state == NO_ACTION:
            icon, tone, text = "fa-calendar-times-o", ALERT, self.env._("No next action")
        elif state == "overdue":
            icon, tone = "fa-exclamation-triangle", ALERT
            text = self.env._("Action overdue by %(days)s", days=days)
        elif state == "today":
            icon, tone, text = "fa-clock-o", WARNING, self.env._("Next action today")
        elif state == "far":
            icon, tone = "fa-calendar", WARNING
            text = self.env._("Next action only in %(days)s", days=days)
        else:
            icon, tone = "fa-calendar-check-o", CALM
            text = self.env._("Next action in %(days)s", days=days)
        return {
            "name": "next_action",
            "icon": icon,
            "tone": tone,
            "text": text,
            "title": self._fields["next_action_state"]._description_help(self.env),
            "chip": text if tone == ALERT else False,
        }

    @api.model
    def _get_silence_fact(self, is_silent, silence_days, contact_day):
        """:param contact_day: of the last contact with the customer, if there was any"""
        days = self._format_days(silence_days)
        if contact_day:
            title = self.env._(
                "Last contact with the customer: %(date)s",
                date=format_date(self.env, contact_day),
            )
        else:
            title = self._fields["silence_days"]._description_help(self.env)
        if not contact_day:
            text = self.env._("No contact yet, %(days)s", days=days)
        elif not silence_days:
            text = self.env._("In contact today")
        else:
            text = self.env._("%(days)s without contact", days=days)
        return {
            "name": "silence",
            "icon": "fa-bell-slash-o" if is_silent else "fa-comments-o",
            "tone": WARNING if is_silent else CALM,
            "text": text,
            "title": title,
            "chip": text if is_silent else False,
        }

    @api.model
    def _get_slip_fact(self, is_open, slip_count, slip_days):
        if not slip_count:
            return None
        if slip_count == 1:
            chip = self.env._("Postponed once")
        else:
            chip = self.env._("Postponed %(count)s times", count=slip_count)
        return {
            "name": "slip",
            "icon": "fa-share",
            "tone": WARNING if is_open else CALM,
            "text": self.env._(
                "%(times)s, %(days)s", times=chip, days=self._format_days(slip_days)
            ),
            "title": self._fields["slip_count"]._description_help(self.env),
            "chip": chip,
        }

    def _get_phase_fact(self):
        days, median = self.days_in_phase, self.phase_median_days
        is_slow = median and days > median
        if int(days):
            text = self.env._("%(days)s in the phase", days=self._format_days(int(days)))
        else:
            text = self.env._("In the phase since today")
        if median:
            usual = self._format_days(median) if median >= 0.5 else self.env._("less than a day")
            text = self.env._("%(fact)s, usually %(usual)s", fact=text, usual=usual)
        return {
            "name": "phase",
            "icon": "fa-hourglass-half" if is_slow else "fa-hourglass-start",
            "tone": WARNING if is_slow else CALM,
            "text": text,
            "title": self._fields["phase_median_days"]._description_help(self.env)
            if median
            else self._fields["days_in_phase"]._description_help(self.env),
        }

    def _get_quotation_fact(self):
        end = self.quotation_date_expiry
        if not end:
            return None
        left = (end - fields.Date.context_today(self)).days
        if left < 0:
            text = self.env._("Quotation expired %(days)s ago", days=self._format_days(-left))
        elif not left:
            text = self.env._("Quotation expires today")
        else:
            text = self.env._("Quotation expires in %(days)s", days=self._format_days(left))
        is_near = left <= self.company_id.crmsol_quotation_expiry_days
        return {
            "name": "quotation",
            "icon": "fa-file-text-o",
            "tone": ALERT if left < 0 else WARNING if is_near else CALM,
            "text": text,
            "title": self.env._(
                "The principal quotation is valid until %(date)s",
                date=format_date(self.env, end),
            ),
        }

    def _get_budget_fact(self):
        currency = self.currency_id
        if not self.budget or not currency:
            return None
        gap = currency.round(self.budget_gap)
        amount = format_amount(self.env, abs(gap), currency)
        if gap > 0:
            text = self.env._("%(amount)s over the budget", amount=amount)
        elif gap < 0:
            text = self.env._("%(amount)s below the budget", amount=amount)
        else:
            text = self.env._("As much as the budget")
        return {
            "name": "budget",
            "icon": "fa-money",
            "tone": WARNING if gap > 0 else CALM,
            "text": text,
            "title": self._fields["budget_gap"]._description_help(self.env),
        }
