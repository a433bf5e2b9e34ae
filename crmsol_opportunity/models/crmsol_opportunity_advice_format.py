from odoo import api, models
from odoo.tools import format_amount, format_date

from ..engine.advice import get_over_budget
from .crmsol_opportunity_facts_format import ALERT, WARNING

_ICONS = {
    "overdue": "fa-exclamation-triangle",
    "quotation": "fa-file-text-o",
    "deadline": "fa-calendar-times-o",
    "no_action": "fa-calendar-plus-o",
    "silent": "fa-bell-slash-o",
    "decider": "fa-gavel",
    "no_decider": "fa-question-circle-o",
    "postponed": "fa-share",
    "single_thread": "fa-user-o",
    "budget": "fa-money",
    "no_quotation": "fa-file-o",
    "slow": "fa-hourglass-half",
    "far": "fa-calendar",
}
#: What the customer will notice, or has noticed already.
_ALERTS = {"overdue", "deadline", "no_action"}


class CrmsolOpportunity(models.Model):
    """What to do next, in words: each piece of advice is a sentence with its fact."""

    _inherit = "crmsol.opportunity"  # pylint: disable=consider-merging-classes-inherited

    # === BUSINESS METHODS === #

    def _format_advice(self, found, rules=None):
        """Return the advice in the user's language, as the web client shows it.

        :param dict found: of :meth:`_get_advice`
        :param dict rules: the rules that count, of whoever knows them already
        :return: {id: list of dicts}: ``code`` and ``mark`` to answer it with, ``icon``, ``tone``,
            ``sentence``, ``proposal``, what one click does, ``is_move``, whether it moves an action
            instead of planning one, and ``can_act``, whether the user may do it
        :rtype: dict
        """
        if found and rules is None:
            rules = self.env["crmsol.advice.rule"]._get_rules()
        of_found = self.browse(found)
        writable = of_found._filtered_access("write")
        self._prefetch_cited(advice for of_deal in found.values() for advice in of_deal)
        return {
            opportunity.id: [
                {
                    "code": advice.code,
                    "mark": advice.mark,
                    "icon": _ICONS[advice.code],
                    "tone": opportunity._get_advice_tone(advice),
                    "sentence": opportunity._get_advice_sentence(advice),
                    "proposal": opportunity._get_proposal_text(rules[advice.code], advice),
                    "is_move": rules[advice.code].is_move,
                    "can_act": opportunity in writable,
                }
                for advice in found[opportunity.id]
            ]
            for opportunity in of_found
        }

    @api.model
    def _prefetch_cited(self, advice):
        """Read whom and what the advice cites at once."""
        facts = [{**item.facts, "contact_id": item.contact} for item in advice]
        people = ("contact_id", "decider_id", "recent_person_id", "second_id")
        ids = {of_item.get(name) for of_item in facts for name in people} - {None}
        self._get_cited_person(ids).fetch(["name"])
        ids = {of_item.get("next_action_id") for of_item in facts} - {None}
        # sudo: see _get_cited_action
        self.env["mail.activity"].sudo().browse(ids).fetch(
            ["summary", "activity_type_id", "date_deadline"]
        )

    def _get_advice_tone(self, advice):
        expired = advice.code == "quotation" and advice.facts["quotation_days"] < 0
        return ALERT if expired or advice.code in _ALERTS else WARNING

    def _get_advice_subject(self, rule):
        """Return the subject of the action that is planned."""
        activity_type = rule._get_activity_type()
        return rule.summary or activity_type.summary or activity_type.name or rule.name

    def _get_proposal_text(self, rule, advice):
        """Return what one click does: which action, with whom and when."""
        self.ensure_one()
        date = format_date(self.env, advice.date)
        if rule.is_move:
            action = self._get_cited_action(advice)
            return self.env._(
                "“%(subject)s”, which was due on %(due)s, moves to %(date)s",
                subject=action.summary or action.activity_type_id.name or "",
                due=format_date(self.env, action.date_deadline),
                date=date,
            )
        contact = self._get_cited_person(advice.contact)
        return self.env._(
            "%(type)s with %(contact)s on %(date)s: “%(subject)s”",
            type=rule._get_activity_type().name,
            contact=contact.name or contact.display_name,
            date=date,
            subject=self._get_advice_subject(rule),
        )

    def _get_cited_action(self, advice):
        # sudo: as in the facts, what is planned is told whoever may open it
        return self.env["mail.activity"].sudo().browse(advice.facts["next_action_id"])

    @api.model
    def _get_cited_person(self, partner_id):
        # sudo: the client shows the name of whom a record points to as well
        return self.env["res.partner"].sudo().browse(partner_id or [])

    def _get_advice_sentence(self, advice):
        """Return the sentence of a piece of advice, with the fact that it rests on."""
        self.ensure_one()
        return getattr(self, f"_get_sentence_of_{advice.code}")(advice.facts)

    def _get_sentence_of_overdue(self, facts):
        days = -facts["next_action_days"]
        if days == 1:
            return self.env._("The next action is 1 day late: do it, or give it a new day.")
        return self.env._(
            "The next action is %(days)s days late: do it, or give it a new day.", days=days
        )

    def _get_sentence_of_quotation(self, facts):
        left = facts["quotation_days"]
        date = format_date(self.env, facts["quotation_date"])
        if left < 0:
            return self.env._(
                "The quotation expired %(days)s ago, on %(date)s: renew it, and tell the customer.",
                days=self._format_days(-left),
                date=date,
            )
        if not left:
            return self.env._("The quotation expires today: ask for the answer, or renew it.")
        return self.env._(
            "The quotation expires in %(days)s, on %(date)s: ask for the answer, or renew it.",
            days=self._format_days(left),
            date=date,
        )

    def _get_sentence_of_deadline(self, facts):
        return self.env._(
            "The expected close, %(date)s, passed %(days)s ago: ask the customer for a new date.",
            date=format_date(self.env, facts["deadline"]),
            days=self._format_days(facts["deadline_days"]),
        )

    def _get_sentence_of_no_action(self, facts):
        return self.env._("No next action is planned: plan one, so that the deal goes on.")

    def _get_sentence_of_silent(self, facts):
        days = self._format_days(facts["silence_days"])
        if not self.date_last_contact:
            return self.env._("%(days)s without any contact yet: call the customer.", days=days)
        return self.env._(
            "%(days)s without contact, the last one on %(date)s: call the customer.",
            days=days,
            date=format_date(self.env, facts["silence_since"]),
        )

    def _get_sentence_of_decider(self, facts):
        name = self._get_cited_person(facts["decider_id"]).name
        if facts["decider_days"] is None:
            return self.env._(
                "No one who decides has been contacted yet: meet %(contact)s.", contact=name
            )
        return self.env._(
            "No one who decides has been contacted in %(days)s days, the last time was %(ago)s "
            "ago: meet %(contact)s.",
            days=self._get_contact_days(),
            ago=self._format_days(facts["decider_days"]),
            contact=name,
        )

    def _get_sentence_of_no_decider(self, facts):
        return self.env._("None of the references takes the decision: find out who does.")

    def _get_sentence_of_postponed(self, facts):
        days = self._format_days(facts["slip_days"])
        if facts["slip_count"] == 1:
            return self.env._(
                "The expected close was postponed once, by %(days)s: decide whether the deal goes "
                "on.",
                days=days,
            )
        return self.env._(
            "The expected close was postponed %(count)s times, by %(days)s in all: decide whether "
            "the deal goes on.",
            count=facts["slip_count"],
            days=days,
        )

    def _get_sentence_of_single_thread(self, facts):
        values = {
            "contact": self._get_cited_person(facts["recent_person_id"]).name,
            "days": self._get_contact_days(),
            "second": self._get_cited_person(facts["second_id"]).name,
        }
        if not facts["second_id"]:
            return self.env._(
                "Only %(contact)s has been contacted in the last %(days)s days, and nobody else is "
                "known: ask for a second person to talk to.",
                **values,
            )
        return self.env._(
            "Only %(contact)s has been contacted in the last %(days)s days: talk to %(second)s "
            "too.",
            **values,
        )

    def _get_sentence_of_budget(self, facts):
        currency = self.currency_id
        gap = currency.round(facts["amount"] - facts["budget"])
        return self.env._(
            "The amount is %(gap)s (%(percent)s %%) over the budget of %(budget)s: talk about it "
            "before the customer does.",
            gap=format_amount(self.env, gap, currency),
            percent=round(get_over_budget(facts)),
            budget=format_amount(self.env, facts["budget"], currency),
        )

    def _get_sentence_of_no_quotation(self, facts):
        return self.env._(
            "There is no quotation yet, and “%(phase)s” asks for one: prepare it.",
            phase=self.phase_id.name,
        )

    def _get_sentence_of_slow(self, facts):
        usual = facts["phase_median_days"]
        return self.env._(
            "In “%(phase)s” for %(days)s, usually %(usual)s: find out what holds it up.",
            phase=self.phase_id.name,
            days=self._format_days(int(facts["days_in_phase"])),
            usual=self._format_days(usual) if usual >= 0.5 else self.env._("less than a day"),
        )

    def _get_sentence_of_far(self, facts):
        return self.env._(
            "The next action is only in %(days)s: talk to the customer before.",
            days=self._format_days(facts["next_action_days"]),
        )
