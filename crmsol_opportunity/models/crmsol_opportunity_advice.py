from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..const import OPEN
from ..engine.advice import MAX_ADVICE, get_advice


class CrmsolOpportunity(models.Model):
    """What to do next about the negotiation: the decision table, fed with the record's facts."""

    _inherit = "crmsol.opportunity"  # pylint: disable=consider-merging-classes-inherited

    advice = fields.Json(
        "Next Best Action",
        compute="_compute_advice",
        export_string_translation=False,
        help="What to do next, the most urgent first, each with the fact it rests on and the "
        "action that one click plans.",
    )

    # === COMPUTE METHODS === #

    @api.depends(
        "active",
        "progress_facts",
        "date_deadline",
        "amount",
        "contact_id",
        "principal_order_id",
        "phase_id.is_quotation_required",
        "company_id.crmsol_contact_days",
        "activity_ids.activity_type_id",
        "activity_ids.crmsol_contact_id",
        "reference_ids.partner_id.email_normalized",
        "reference_ids.role_id.is_decisive",
        "reference_ids.date_last_contact",
    )
    @api.depends_context("uid", "lang", "tz")
    def _compute_advice(self):
        rules = self.env["crmsol.advice.rule"]._get_rules()
        found = self._origin._get_advice(rules=rules)
        formatted = self._origin._format_advice(found, rules)
        for opportunity in self:
            opportunity.advice = formatted.get(opportunity._origin.id, [])

    # === BUSINESS METHODS === #

    @api.readonly
    def get_advice(self):
        """Return what to do next about each of the opportunities.

        :return: {id as a text, as JSON and XML-RPC have keys: list of at most three dicts}, see
            :meth:`_format_advice`
        :rtype: dict
        """
        self.check_access("read")
        return {str(opportunity.id): opportunity.advice or [] for opportunity in self}

    def apply_advice(self, code, mark):
        """Do what a piece of advice proposes: plan its action, or move the late one.

        Done twice, or by two users at once, it is done once.

        :param str code: of the rule
        :param str mark: of the occasion, as :meth:`get_advice` gave it
        :return: ``message`` for the user, ``activity_id`` of the action or False if the advice no
            longer holds, and ``action``: a dialog to open, or False
        :rtype: dict
        """
        advice = self._claim_advice(code, mark)
        if not advice:
            return self._get_stale_answer()
        rule = self.env["crmsol.advice.rule"]._get_rules()[code]
        if rule.is_move:
            return self._move_late_action(advice)
        owner = self.user_id or self.env.user
        sentence = self._get_advice_sentence(advice)
        values = {
            "res_model_id": self.env["ir.model"]._get_id(self._name),
            "res_id": self.id,
            "activity_type_id": rule._get_activity_type().id,
            "summary": self._get_advice_subject(rule),
            "date_deadline": advice.date,
            "user_id": owner.id,
            "note": Markup("<p>%s</p>") % sentence,
        }
        if advice.contact:  # else whomever actions of the opportunity address
            values["crmsol_contact_id"] = advice.contact
        activity = self.env["mail.activity"].create(values)
        self._answer_advice(rule, mark, activity)
        return {
            "activity_id": activity.id,
            "message": self.env._(
                "Planned: %(action)s", action=self._get_proposal_text(rule, advice)
            ),
            "action": False,
        }

    def dismiss_advice(self, code, mark):
        """Set a piece of advice aside, until its fact is another one.

        :return: ``message`` for the user, and whether it was ``dismissed``
        :rtype: dict
        """
        if not self._claim_advice(code, mark):
            return {**self._get_stale_answer(), "dismissed": False}
        self._answer_advice(self.env["crmsol.advice.rule"]._get_rules()[code], mark)
        return {
            "message": self.env._("The advice is set aside until the facts have changed."),
            "dismissed": True,
        }

    def restore_advice(self, code, mark):
        """Give a piece of advice again that was set aside."""
        self._check_answer(code, mark)
        # sudo: nobody writes answers by hand
        self.env["crmsol.advice.dismissal"].sudo().search(
            [
                ("opportunity_id", "=", self.id),
                ("rule_id.code", "=", code),
                ("fact", "=", mark),
                ("activity_id", "=", False),
            ]
        ).unlink()
        self.invalidate_recordset(["advice"])
        return True

    def _check_answer(self, code, mark):
        """Refuse answers of who may not write, and those to what is no advice."""
        self.ensure_one()
        self.check_access("write")
        if not isinstance(code, str) or not isinstance(mark, str):
            raise UserError(self.env._("There is no such advice. Reload the page."))

    def _claim_advice(self, code, mark):
        """Return the advice if it still holds, for the one who answers it first.

        The row is rewritten, so that of two transactions PostgreSQL refuses the second one: Odoo
        repeats it, and it finds that the advice was answered.
        """
        self._check_answer(code, mark)
        self.env.cr.execute(
            SQL("UPDATE crmsol_opportunity SET write_date = write_date WHERE id = %s", self.id)
        )
        found = self._get_advice(limit=None).get(self.id, [])
        return next((a for a in found if (a.code, a.mark) == (code, mark)), None)

    def _get_stale_answer(self):
        return {
            "activity_id": False,
            "message": self.env._(
                "This advice no longer holds: somebody has seen to it, or the facts have changed."
            ),
            "action": False,
        }

    def _move_late_action(self, advice):
        """Give the late action its new day; a meeting's is agreed with its guests, in its form."""
        activity = self.env["mail.activity"].browse(advice.facts["next_action_id"])
        if activity.calendar_event_id:
            return {
                "activity_id": activity.id,
                "message": False,
                "action": activity.action_crmsol_edit(),
            }
        rule = self.env["crmsol.advice.rule"]._get_rules()[advice.code]
        message = self.env._("Done: %(action)s", action=self._get_proposal_text(rule, advice))
        activity.date_deadline = advice.date
        self.invalidate_recordset(["advice"])
        return {"activity_id": activity.id, "message": message, "action": False}

    def _answer_advice(self, rule, mark, activity=None):
        """Remember that the occasion was answered, by an action or by setting it aside."""
        # sudo: nobody writes answers by hand
        Dismissal = self.env["crmsol.advice.dismissal"].sudo()
        occasion = {"opportunity_id": self.id, "rule_id": rule.id, "fact": mark}
        answer = {"activity_id": activity and activity.id, "user_id": self.env.uid}
        known = Dismissal.search([(fname, "=", value) for fname, value in occasion.items()])
        if known:  # its action was cancelled since
            known.write(answer)
        else:
            Dismissal.create({**occasion, **answer})
        self.invalidate_recordset(["advice"])

    # === FACTS === #

    def _get_advice(self, limit=MAX_ADVICE, without=(), rules=None):
        """Return the advice of open opportunities, in a constant number of queries.

        :param int limit: how many pieces of advice for each at most, None for all
        :param without: codes of rules that are left out
        :param dict rules: the rules that count, of whoever knows them already
        :return: {id: list of engine.advice.Advice}, without those that have none
        :rtype: dict
        """
        opportunities = self.filtered(lambda o: o.id and o.active and o.outcome == OPEN)
        if rules is None:
            rules = self.env["crmsol.advice.rule"]._get_rules()
        rules = [rule._to_engine() for code, rule in rules.items() if code not in without]
        if not opportunities or not rules:
            return {}
        today = fields.Date.context_today(self)
        answered = opportunities._get_answered_advice()
        found = {
            id_: get_advice(facts, rules, today, answered.get(id_, ()), limit)
            for id_, facts in opportunities._get_advice_facts(today).items()
        }
        return {id_: advice for id_, advice in found.items() if advice}

    def _get_answered_advice(self):
        """Return {id: {(code, mark)}} of what was set aside, or has an action that stands."""
        Dismissal, Activity = self.env["crmsol.advice.dismissal"], self.env["mail.activity"]
        Dismissal.flush_model(["opportunity_id", "rule_id", "fact", "activity_id"])
        Activity.flush_model(["crmsol_cancelled"])
        self.env["crmsol.advice.rule"].flush_model(["code"])
        # by SQL: an answer counts whoever gave it, and whatever became of the action
        rows = self.env.execute_query(
            SQL(
                """
                SELECT d.opportunity_id, r.code, d.fact
                  FROM crmsol_advice_dismissal d
                  JOIN crmsol_advice_rule r ON r.id = d.rule_id
             LEFT JOIN mail_activity a ON a.id = d.activity_id
                 WHERE d.opportunity_id = ANY(%s) AND a.crmsol_cancelled IS NOT TRUE
                """,
                self.ids,
            )
        )
        found = {}
        for id_, code, fact in rows:
            found.setdefault(id_, set()).add((code, fact))
        return found

    def _get_advice_facts(self, today):
        """Return {id: facts} as engine.advice knows them, in a constant number of queries."""
        actions = self._get_action_facts(today)
        people = self._get_people_facts(today)
        contacts = self._get_action_contacts()
        return {
            opportunity.id: {
                **opportunity._get_own_facts(today),
                **actions[opportunity.id],
                **people[opportunity.id],
                "contact_id": contacts[opportunity].id or None,
            }
            for opportunity in self
        }

    def _get_own_facts(self, today):
        """Return the facts that the record itself has."""
        self.ensure_one()
        # sudo: the settings of a company that the user may not read
        company = self.company_id.sudo()
        expiry, deadline = self.quotation_date_expiry, self.date_deadline
        entered = self.date_last_stage_update
        began = [date for date in (self.create_date, entered) if date]
        since = self.date_last_contact or min(began, default=None)
        return {
            "is_open": self.outcome == OPEN,
            "next_action_state": self.next_action_state or None,
            "next_action_days": self.next_action_days,
            "silence_days": self.silence_days,
            "silence_limit": company.crmsol_silence_days,
            "silence_since": since and since.date(),
            "quotation_id": self.principal_order_id.id or None,
            "quotation_date": expiry or None,
            "quotation_days": (expiry - today).days if expiry else None,
            "quotation_limit": company.crmsol_quotation_expiry_days,
            "needs_quotation": self.phase_id.is_quotation_required,
            "deadline": deadline if deadline and deadline < today else None,
            "deadline_days": max((today - deadline).days, 0) if deadline else 0,
            "slip_count": self.slip_count,
            "slip_days": self.slip_days,
            "phase_id": self.phase_id.id,
            "phase_since": entered and entered.date(),
            "days_in_phase": self.days_in_phase,
            "phase_median_days": self.phase_median_days,
            "amount": self.amount,
            "budget": self.budget,
        }

    def _get_action_facts(self, today):
        """Return the facts of the planned actions.

        A contact that is planned too far ahead, as the company's settings have it, is none yet.
        """
        by_opportunity = {}
        for id_, *values in self._get_action_rows():
            by_opportunity.setdefault(id_, []).append(values)
        facts = {}
        for opportunity in self:
            rows = by_opportunity.get(opportunity.id, ())
            planned = [row for row in rows if row[1]]
            # sudo: the settings of a company that the user may not read
            far = opportunity.company_id.sudo().crmsol_far_action_days
            contacts = [
                (day, contact)
                for _id, _active, day, contact, is_contact in planned
                if is_contact and day >= today and (not far or (day - today).days <= far)
            ]
            first, _active, day, contact, _is = planned[0] if planned else (None,) * 5
            facts[opportunity.id] = {
                "next_action_id": first,
                "next_action_date": day,
                "next_action_contact_id": contact,
                "last_action_id": max((row[0] for row in rows), default=None),
                "contact_days": (contacts[0][0] - today).days if contacts else None,
                "planned_people": tuple(dict.fromkeys(who for _day, who in contacts if who)),
            }
        return facts

    def _get_action_rows(self):
        """Return rows of the planned actions, the first one first, and of the last one of each.

        A row: opportunity's id, id, whether it is planned, day, contact, whether it is one with the
        customer. By SQL: as in the state of the next action, what is planned counts whoever may
        open it.
        """
        Activity = self.env["mail.activity"]
        fnames = ["res_model", "res_id", "active", "date_deadline", "activity_type_id"]
        Activity.flush_model([*fnames, "crmsol_contact_id"])
        self.env["mail.activity.type"].flush_model(["crmsol_is_contact"])
        return self.env.execute_query(
            SQL(
                """
                SELECT a.res_id, a.id, a.active, a.date_deadline, a.crmsol_contact_id,
                       t.crmsol_is_contact
                  FROM mail_activity a
             LEFT JOIN mail_activity_type t ON t.id = a.activity_type_id
                 WHERE a.res_model = %(model)s AND a.res_id = ANY(%(ids)s)
                   AND (a.active OR a.id = (SELECT MAX(l.id) FROM mail_activity l
                                             WHERE l.res_model = %(model)s AND l.res_id = a.res_id))
              ORDER BY a.date_deadline, a.id
                """,
                model=self._name,
                ids=self.ids,
            )
        )

    def _get_people_facts(self, today):
        """Return the facts of the references: who decides, and who has been talked to."""
        self.reference_ids.mapped("date_last_contact")  # of all of them at once
        return {
            opportunity.id: opportunity._get_people_facts_of(
                opportunity.reference_ids.filtered("partner_id"), today
            )
            for opportunity in self
        }

    def _get_people_facts_of(self, references, today):
        coverage = self._get_coverage_facts(references, today)
        references = references.sorted(lambda r: (not r.is_primary, r.sequence, r.id))
        deciders = references.filtered("role_id.is_decisive")
        days = {reference: self._get_days_since(reference, today) for reference in references}
        most = self._get_contact_days()
        recent = references.filtered(lambda r: days[r] is not None and days[r] <= most)
        known = {self._get_person_key(reference) for reference in recent}
        others = references.filtered(lambda r: self._get_person_key(r) not in known)
        second = (others & deciders)[:1] or others[:1]
        return {
            "risks": tuple(coverage["risks"]),
            "decider_id": deciders[:1].partner_id.id or None,
            "decider_ids": tuple(deciders.partner_id.ids),
            "decider_days": coverage["decider_days"],
            "decider_since": max(filter(None, deciders.mapped("date_last_contact")), default=None),
            "recent_person_id": recent[:1].partner_id.id or None,
            "second_id": second.partner_id.id or None,
        }
