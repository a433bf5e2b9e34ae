import json
from datetime import timedelta
from unittest.mock import patch

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged
from odoo.tools import format_amount, json_default

from ..const import OPPORTUNITY_MODEL
from ..engine.advice import DECISIONS, get_due_date
from ..models.crmsol_advice_rule import CrmsolAdviceRule
from ..models.crmsol_my_day import PAGE_SIZE
from .common import CrmsolCommon

FEW, MANY = 10, 100


class AdviceCommon(CrmsolCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.now = fields.Datetime.now()
        cls.today = fields.Date.today()
        cls.Rule = cls.env["crmsol.advice.rule"]
        cls.rules = {
            rule.code: rule for rule in cls.Rule.with_context(active_test=False).search([])
        }
        cls.call = cls.env.ref("mail.mail_activity_data_call")
        cls.company.write(
            {
                "crmsol_silence_days": 14,
                "crmsol_far_action_days": 30,
                "crmsol_quotation_expiry_days": 7,
            }
        )
        cls.opportunity = cls._create_opportunity(name="Under test").with_user(cls.anna)

    def setUp(self):
        super().setUp()
        for code, rule in self.rules.items():
            rule.write({"active": True, "sequence": 10 * list(DECISIONS).index(code)})

    def _ago(self, days):
        return self.now - timedelta(days=days)

    def _date_back(self, opportunity, **days):
        """Let dates of the row be so many days ago."""
        self.env.flush_all()
        for column, number in days.items():
            self.env.cr.execute(
                f"UPDATE crmsol_opportunity SET {column} = %s WHERE id = %s",
                [self._ago(number), opportunity.id],
            )
        self.env.invalidate_all()

    def _only(self, *codes):
        """Switch all the other rules off."""
        for code, rule in self.rules.items():
            rule.active = code in codes

    def _plan(self, days=1, opportunity=None, **values):
        return self.env["mail.activity"].create(
            {
                "res_model_id": self.env["ir.model"]._get_id(OPPORTUNITY_MODEL),
                "res_id": (opportunity or self.opportunity).id,
                "activity_type_id": self.call.id,
                "summary": "Call",
                "user_id": self.anna.id,
                "date_deadline": self.today + timedelta(days=days),
                **values,
            }
        )

    def _get(self, opportunity=None, user=None):
        """Return the advice as another request of the user sees it."""
        self.env.flush_all()
        self.env.invalidate_all()
        return (opportunity or self.opportunity).with_user(user or self.anna).advice or []

    def _codes(self, opportunity=None, user=None):
        return [item["code"] for item in self._get(opportunity, user)]

    def _item(self, code, opportunity=None):
        return next(item for item in self._get(opportunity) if item["code"] == code)

    def _apply(self, code, opportunity=None, user=None):
        item = self._item(code, opportunity)
        return self._answer("apply_advice", item, opportunity, user)

    def _dismiss(self, code):
        return self._answer("dismiss_advice", self._item(code))

    def _answer(self, method, item, opportunity=None, user=None):
        record = (opportunity or self.opportunity).with_user(user or self.anna)
        return getattr(record, method)(item["code"], item["mark"])

    def _actions(self, opportunity=None):
        domain = [
            ("res_model", "=", OPPORTUNITY_MODEL),
            ("res_id", "=", (opportunity or self.opportunity).id),
        ]
        return self.env["mail.activity"].with_context(active_test=False).search(domain)

    def _refer(self, name, is_decisive=False):
        person = self.env["res.partner"].create({"name": name, "parent_id": self.customer.id})
        role = self.env["crmsol.reference.role"].create(
            {"name": f"Role of {name}", "is_decisive": is_decisive}
        )
        self.env["crmsol.opportunity.reference"].with_user(self.anna).create(
            {
                "opportunity_id": self.opportunity.id,
                "partner_id": person.id,
                "role_id": role.id,
            }
        )
        return person

    def _contact(self, person, days):
        """The person was sent a message so many days ago."""
        message = self.opportunity.message_post(
            body="Hello",
            partner_ids=person.ids,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        message.sudo().date = self._ago(days)


@tagged("post_install", "-at_install")
class TestAdvice(AdviceCommon):
    """Each rule in its own words: what it says, what one click plans, and when it is silent."""

    def _assert_planned(self, code, activity_type, contact, days):
        """One click plans the action of the rule: type, subject, person, day, and the seller."""
        rule = self.rules[code]
        before = self._actions()
        answer = self._apply(code)
        action = self._actions() - before
        self.assertEqual(action.id, answer["activity_id"])
        self.assertEqual(action.activity_type_id, activity_type)
        self.assertEqual(action.summary, rule.summary)
        self.assertEqual(action.crmsol_contact_id, contact)
        self.assertEqual(action.date_deadline, get_due_date(self.today, days))
        self.assertEqual(action.user_id, self.anna)
        self.assertTrue(answer["message"].startswith("Planned: "))
        self.assertNotIn(code, self._codes(), "what is planned is not advised any more")
        return action

    # === THE RULES === #

    def test_late_action_is_to_be_done_or_moved(self):
        self._only("overdue")
        action = self._plan(-1)
        item = self._item("overdue")
        self.assertEqual(
            item["sentence"], "The next action is 1 day late: do it, or give it a new day."
        )
        self.assertTrue(item["is_move"])
        action.date_deadline = self.today - timedelta(days=3)
        self.assertIn("is 3 days late", self._item("overdue")["sentence"])
        self._apply("overdue")
        self.assertEqual(self._actions(), action, "no second action")
        self.assertEqual(action.date_deadline, get_due_date(self.today, 1))
        self.assertEqual(self._codes(), [])

    def test_action_of_today_is_not_late(self):
        self._only("overdue")
        self._plan(0)
        self.assertEqual(self._codes(), [])

    def test_the_hour_of_a_late_action_is_kept(self):
        self._only("overdue")
        start = self._ago(4).replace(hour=10, minute=0, second=0, microsecond=0)
        action = self._plan(-4, crmsol_date_start=start)
        self._apply("overdue")
        day = get_due_date(self.today, 1)
        self.assertEqual(action.date_deadline, day)
        self.assertEqual(action.crmsol_date_start.date(), day)

    def test_late_meeting_is_opened_as_its_guests_have_to_agree(self):
        self._only("overdue")
        start = self._ago(3).replace(hour=10, minute=0, second=0, microsecond=0)
        event = (
            self.env["calendar.event"]
            .with_user(self.anna)
            .create(
                {
                    "name": "Meeting",
                    "start": start,
                    "stop": start + timedelta(hours=1),
                    "res_model_id": self.env["ir.model"]._get_id(OPPORTUNITY_MODEL),
                    "res_id": self.opportunity.id,
                }
            )
        )
        activity = event.activity_ids or self._plan(-3, calendar_event_id=event.id)
        answer = self._apply("overdue")
        self.assertEqual(answer["action"]["res_id"], event.id)
        self.assertEqual(activity.date_deadline, start.date(), "nothing is written yet")

    def test_no_next_action_wants_one(self):
        self._only("no_action")
        self.assertEqual(
            self._item("no_action")["sentence"],
            "No next action is planned: plan one, so that the deal goes on.",
        )
        self._assert_planned("no_action", self.call, self.customer, 1)

    def test_far_action_wants_one_before(self):
        self._only("far")
        self._plan(30)
        self.assertEqual(self._codes(), [])
        self._actions().date_deadline = self.today + timedelta(days=31)
        self.assertEqual(
            self._item("far")["sentence"],
            "The next action is only in 31 days: talk to the customer before.",
        )
        self._assert_planned("far", self.call, self.customer, 7)

    def test_silence_wants_a_call_to_the_main_contact(self):
        self._only("silent")
        person = self._refer("Ana")
        self._date_back(self.opportunity, date_last_contact=13.9, create_date=90)
        self.assertEqual(self._codes(), [])
        self._date_back(self.opportunity, date_last_contact=14.1)
        self.assertRegex(
            self._item("silent")["sentence"],
            r"^14 days without contact, the last one on .*: call the customer\.$",
        )
        self._assert_planned("silent", self.call, person, 1)

    def test_silence_from_the_beginning_is_said_so(self):
        self._only("silent")
        self._date_back(self.opportunity, create_date=20.5)
        self.assertEqual(
            self._item("silent")["sentence"],
            "20 days without any contact yet: call the customer.",
        )

    def test_call_that_is_planned_soon_covers_the_silence(self):
        self._only("silent")
        self._date_back(self.opportunity, create_date=20.5)
        task = self.env.ref("crmsol_opportunity.activity_type_task")
        self._plan(2, activity_type_id=task.id)
        self._plan(-2)
        self._plan(31)
        self.assertEqual(
            self._codes(), ["silent"], "neither a task, nor a late call, nor one that is far away"
        )
        self._plan(2)
        self.assertEqual(self._codes(), [])

    def _quote(self, days):
        """A quotation was sent that is valid for so many days."""
        product = self.env["product.product"].create({"name": "Product", "list_price": 100})
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "crmsol_opportunity_id": self.opportunity.id,
                "user_id": self.anna.id,
                "order_line": [Command.create({"product_id": product.id})],
            }
        )
        order.write({"state": "sent", "validity_date": self.today + timedelta(days=days)})
        return order

    def test_quotation_about_to_expire_wants_a_call_before(self):
        self._only("quotation")
        order = self._quote(8)
        self.assertEqual(self._codes(), [])
        order.validity_date = self.today + timedelta(days=7)
        self.assertRegex(
            self._item("quotation")["sentence"], r"^The quotation expires in 7 days, on "
        )
        order.validity_date = self.today + timedelta(days=1)
        self.assertRegex(self._item("quotation")["sentence"], r"expires in 1 day, on ")
        order.validity_date = self.today
        self.assertRegex(self._item("quotation")["sentence"], r"^The quotation expires today")
        self._apply("quotation")
        self.assertEqual(self._actions().date_deadline, self.today, "before it is too late")
        order.validity_date = self.today - timedelta(days=1)
        item = self._item("quotation")
        self.assertRegex(item["sentence"], r"^The quotation expired 1 day ago, on .*: renew it")
        self.assertEqual(item["tone"], "alert")
        order.validity_date = self.today + timedelta(days=30)
        self.assertEqual(self._codes(), [], "it was renewed")

    def test_expected_close_that_passed_wants_a_new_date(self):
        self._only("deadline")
        self.opportunity.date_deadline = self.today
        self.assertEqual(self._codes(), [])
        self.opportunity.date_deadline = self.today - timedelta(days=1)
        self.assertRegex(
            self._item("deadline")["sentence"],
            r"^The expected close, .*, passed 1 day ago: ask the customer for a new date\.$",
        )
        self._assert_planned("deadline", self.call, self.customer, 1)

    def test_postponed_deal_wants_a_decision(self):
        self._only("postponed")
        history = [
            (self._ago(40 - i), {"date_deadline": self.today + timedelta(days=10 * i)})
            for i in range(4)
        ]
        self.opportunity.date_deadline = self.today + timedelta(days=30)
        self.env[OPPORTUNITY_MODEL]._replace_history({self.opportunity.id: history[1:]})
        self.assertEqual((self.opportunity.slip_count, self._codes()), (2, []))
        self.env[OPPORTUNITY_MODEL]._replace_history({self.opportunity.id: history})
        self.assertEqual(
            self._item("postponed")["sentence"],
            "The expected close was postponed 3 times, by 30 days in all: decide whether the deal "
            "goes on.",
        )
        self._assert_planned("postponed", self.call, self.customer, 2)
        self.rules["postponed"].threshold = 1
        self.env[OPPORTUNITY_MODEL]._replace_history({self.opportunity.id: history[2:]})
        self.assertIn("was postponed once, by 10 days", self._item("postponed")["sentence"])

    def test_longer_in_the_phase_than_twice_its_median_wants_to_know_why(self):
        self._only("slow")
        self.env["crmsol.phase.pace"].sudo().create(
            {
                "phase_id": self.phase_new.id,
                "company_id": self.company.id,
                "median_days": 5,
                "stay_count": 9,
            }
        )
        self._date_back(self.opportunity, date_last_stage_update=9.9)
        self.assertEqual(self._codes(), [])
        self._date_back(self.opportunity, date_last_stage_update=10.1)
        self.assertEqual(
            self._item("slow")["sentence"],
            "In “First” for 10 days, usually 5 days: find out what holds it up.",
        )
        self._assert_planned("slow", self.call, self.customer, 2)
        self.opportunity.phase_id = self.phase_proposal
        self.assertEqual(self._codes(), [], "where nothing is usual nothing is slow")

    def test_amount_over_the_budget_wants_to_be_talked_about(self):
        self._only("budget")
        self.opportunity.write({"amount": 1099, "budget": 1000})
        self.assertEqual(self._codes(), [])
        self.opportunity.amount = 1250
        gap, budget = (
            format_amount(self.env, amount, self.company.currency_id) for amount in (250, 1000)
        )
        self.assertEqual(
            self._item("budget")["sentence"],
            f"The amount is {gap} (25 %) over the budget of {budget}: talk about it before the "
            "customer does.",
        )
        self.opportunity.budget = 0
        self.assertEqual(self._codes(), [], "nobody knows the budget")
        self.opportunity.write({"budget": 1000, "amount": 0})
        self.assertEqual(self._codes(), [])
        self.opportunity.amount = 1250
        self._assert_planned("budget", self.call, self.customer, 3)

    def test_who_decides_and_was_not_contacted_in_thirty_days_is_to_be_met(self):
        self._only("decider")
        other = self._refer("Leo")
        boss = self._refer("Ana", is_decisive=True)
        self._contact(other, 1)
        self.assertEqual(
            self._item("decider")["sentence"],
            "No one who decides has been contacted yet: meet Ana.",
        )
        self._contact(boss, 31)
        self.assertEqual(
            self._item("decider")["sentence"],
            "No one who decides has been contacted in 30 days, the last time was 31 days ago: "
            "meet Ana.",
        )
        visit = self.env.ref("crmsol_opportunity.activity_type_visit")
        self._assert_planned("decider", visit, boss, 7)
        self._contact(boss, 30)
        self.assertEqual(self._codes(), [])

    def test_call_planned_with_who_decides_covers_it(self):
        self._only("decider")
        boss = self._refer("Ana", is_decisive=True)
        self._plan(3, crmsol_contact_id=self.customer.id)
        self.assertEqual(self._codes(), ["decider"])
        self._plan(3, crmsol_contact_id=boss.id)
        self.assertEqual(self._codes(), [])

    def test_nobody_who_decides_is_known(self):
        self._only("no_decider")
        self.assertEqual(self._codes(), [], "without references nothing is said")
        person = self._refer("Leo")
        self.assertEqual(
            self._item("no_decider")["sentence"],
            "None of the references takes the decision: find out who does.",
        )
        self._assert_planned("no_decider", self.call, person, 3)

    def test_deal_that_hangs_on_one_person_wants_a_second_one(self):
        self._only("single_thread")
        person = self._refer("Leo")
        self._contact(person, 1)
        self.assertEqual(
            self._item("single_thread")["sentence"],
            "Only Leo has been contacted in the last 30 days, and nobody else is known: ask for a "
            "second person to talk to.",
        )
        self.assertIn("Call with Leo on", self._item("single_thread")["proposal"])
        second = self._refer("Eli")
        boss = self._refer("Ana", is_decisive=True)
        self.assertEqual(
            self._item("single_thread")["sentence"],
            "Only Leo has been contacted in the last 30 days: talk to Ana too.",
        )
        self._assert_planned("single_thread", self.call, boss, 5)
        self._contact(second, 2)
        self.assertEqual(self._codes(), [])

    def test_phase_that_asks_for_a_quotation_misses_it(self):
        self._only("no_quotation")
        self.phase_new.is_quotation_required = True
        self.assertEqual(
            self._item("no_quotation")["sentence"],
            "There is no quotation yet, and “First” asks for one: prepare it.",
        )
        task = self.env.ref("crmsol_opportunity.activity_type_task")
        self._assert_planned("no_quotation", task, self.customer, 1)
        self.opportunity.phase_id = self.phase_proposal
        self.phase_proposal.is_quotation_required = True
        self.assertEqual(self._codes(), ["no_quotation"], "another phase asks anew")
        self._quote(30)
        self.assertEqual(self._codes(), [])

    # === ALL TOGETHER === #

    def test_three_at_most_the_most_urgent_first(self):
        self._date_back(self.opportunity, create_date=60, date_last_stage_update=60)
        self.opportunity.write(
            {
                "date_deadline": self.today - timedelta(days=5),
                "budget": 100,
            }
        )
        self._refer("Leo")
        self.assertEqual(self._codes(), ["deadline", "no_action", "silent"])
        self.rules["budget"].with_user(self.dora).sequence = -5
        self.assertEqual(self._codes(), ["budget", "deadline", "no_action"])
        self.rules["deadline"].with_user(self.dora).active = False
        self.assertEqual(self._codes(), ["budget", "no_action", "silent"])

    def test_closed_archived_and_new_ones_have_no_advice(self):
        self.assertEqual(self._codes(), ["no_action"])
        self.opportunity.action_archive()
        self.assertEqual(self._codes(), [])
        self.opportunity.action_unarchive()
        self.opportunity._close("lost")
        self.assertEqual(self._codes(), [])
        self.assertFalse(self.env[OPPORTUNITY_MODEL].with_user(self.anna).new({}).advice)

    def test_form_opens_with_it_and_follows_what_is_typed_once_it_is_saved(self):
        self._only("budget")
        with Form(self.opportunity) as form:
            form.budget = 500
        self.assertEqual(self._codes(), ["budget"])

    def test_get_advice_answers_for_several_and_is_fit_for_the_wire(self):
        other = self._create_opportunity(name="Another").with_user(self.anna)
        other._close("won")
        found = (self.opportunity | other).get_advice()
        self.assertEqual(found[other.id], [])
        self.assertEqual([item["code"] for item in found[self.opportunity.id]], ["no_action"])
        json.dumps(found, default=json_default)

    def test_in_spanish_no_sentence_is_english(self):
        self._in_spanish(self.anna)
        record = self.opportunity.with_context(lang="es_ES")
        (item,) = record.advice
        self.assertNotIn("planned", item["sentence"])

    # === ANSWERS === #

    def test_removing_the_fact_removes_the_advice(self):
        self._only("budget", "deadline")
        self.opportunity.write({"budget": 100, "date_deadline": self.today - timedelta(days=2)})
        self.assertEqual(self._codes(), ["deadline", "budget"])
        self.opportunity.date_deadline = self.today + timedelta(days=2)
        self.assertEqual(self._codes(), ["budget"])
        self.opportunity.budget = 0
        self.assertEqual(self._codes(), [])

    def test_running_twice_changes_nothing(self):
        self._only("deadline")
        self.opportunity.date_deadline = self.today - timedelta(days=2)
        item = self._item("deadline")
        self._answer("apply_advice", item)
        again = self._answer("apply_advice", item)
        self.assertFalse(again["activity_id"])
        self.assertIn("no longer holds", again["message"])
        self.assertEqual(len(self._actions()), 1)
        self.assertFalse(self._answer("dismiss_advice", item)["dismissed"])

    def test_moving_twice_moves_once(self):
        self._only("overdue")
        self._plan(-2)
        item = self._item("overdue")
        self._answer("apply_advice", item)
        self.assertFalse(self._answer("apply_advice", item)["activity_id"])
        self.assertEqual(len(self._actions()), 1)

    def test_stale_click_of_another_tab_plans_nothing(self):
        self._only("budget")
        self.opportunity.budget = 100
        item = self._item("budget")
        self.opportunity.budget = 0
        self.assertFalse(self._answer("apply_advice", item)["activity_id"])
        self.assertFalse(self._actions())

    def test_done_action_has_seen_to_it_and_a_cancelled_one_has_not(self):
        self._only("deadline")
        self.opportunity.date_deadline = self.today - timedelta(days=2)
        self._apply("deadline")
        self._actions().with_user(self.anna).action_cancel("No time")
        self.assertEqual(self._codes(), ["deadline"])
        self._apply("deadline")
        self._actions().filtered("active").with_user(self.anna).action_done()
        self.assertEqual(self._codes(), [])
        self.opportunity.date_deadline = self.today - timedelta(days=1)
        self.assertEqual(self._codes(), ["deadline"], "another date passed")

    def test_dismissed_advice_comes_again_with_another_fact(self):
        self._only("silent")
        self._date_back(self.opportunity, create_date=90, date_last_contact=15)
        self.assertTrue(self._dismiss("silent")["dismissed"])
        self.assertEqual(self._codes(), [])
        self._date_back(self.opportunity, date_last_contact=1)
        self.assertEqual(self._codes(), [])
        self._date_back(self.opportunity, date_last_contact=17)
        self.assertEqual(self._codes(), ["silent"], "silence began anew")

    def test_silence_that_was_set_aside_is_told_again_when_it_has_doubled(self):
        self._only("silent")
        self._date_back(self.opportunity, create_date=90, date_last_contact=15)
        self._dismiss("silent")
        moment = self.now + timedelta(days=12)
        self._at(moment)
        self.env.invalidate_all()
        self.assertEqual((self.opportunity.silence_days, self._codes()), (27, []))
        self._at(moment + timedelta(days=1))
        self.assertEqual((self._codes(), self.opportunity.silence_days), (["silent"], 28))

    def test_setting_aside_is_undone(self):
        item = self._item("no_action")
        self._dismiss("no_action")
        self.assertEqual(self._codes(), [])
        self.opportunity.restore_advice(item["code"], item["mark"])
        self.assertEqual(self._codes(), ["no_action"])
        self._apply("no_action")
        self.opportunity.restore_advice(item["code"], item["mark"])
        self.assertEqual(self._codes(), [], "what is planned is not advised again")

    def test_answer_remembers_who_gave_it(self):
        self._dismiss("no_action")
        answer = self.env["crmsol.advice.dismissal"].search(
            [("opportunity_id", "=", self.opportunity.id)]
        )
        self.assertEqual(answer.user_id, self.anna)
        self.assertFalse(answer.activity_id)

    # === WHO === #

    def test_action_is_the_salespersons_whoever_plans_it(self):
        for user in (self.clara, self.dora):
            with self.subTest(user.login):
                opportunity = self._create_opportunity(name="Of Anna")
                self._apply("no_action", opportunity, user)
                self.assertEqual(self._actions(opportunity).user_id, self.anna)

    def test_unassigned_deal_is_of_whoever_plans(self):
        opportunity = self._create_opportunity(self.clara, user_id=False)
        self._apply("no_action", opportunity, self.ben)
        self.assertEqual(self._actions(opportunity).user_id, self.ben)

    def test_deals_of_others_and_of_other_companies_are_not_answered(self):
        item = self._item("no_action")
        for user in (self.ben, self.eva, self.clerk, self.portal):
            for method in ("apply_advice", "dismiss_advice", "restore_advice"):
                with self.subTest(user.login, method=method), self.assertRaises(AccessError):
                    self._answer(method, item, user=user)
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.opportunity.with_user(user).sudo(False).get_advice()
        self.assertFalse(self._actions())

    def test_who_may_only_read_sees_no_buttons_and_plans_nothing(self):
        self.env["ir.rule"].create(
            {
                "name": "Nobody of these writes",
                "model_id": self.env["ir.model"]._get_id(OPPORTUNITY_MODEL),
                "domain_force": [("name", "!=", "Under test")],
                "perm_read": False,
            }
        )
        item = self._item("no_action")
        self.assertFalse(item["can_act"])
        with self.assertRaises(AccessError):
            self._answer("apply_advice", item)
        with self.assertRaises(AccessError):
            self._answer("dismiss_advice", item)

    def test_answers_are_written_by_the_advice_only(self):
        rule = self.rules["no_action"]
        values = {"opportunity_id": self.opportunity.id, "rule_id": rule.id, "fact": "x"}
        for user in (self.anna, self.clara, self.dora):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.env["crmsol.advice.dismissal"].with_user(user).create(values)

    def test_answers_are_read_with_the_opportunity(self):
        self._dismiss("no_action")
        Dismissal = self.env["crmsol.advice.dismissal"]
        for user, found in {
            self.anna: 1,
            self.ben: 0,
            self.clara: 1,
            self.dora: 1,
            self.eva: 0,
        }.items():
            with self.subTest(user.login):
                domain = [("opportunity_id", "=", self.opportunity.id)]
                self.assertEqual(Dismissal.with_user(user).search_count(domain), found)

    # === BAD INPUT === #

    def test_advice_that_nobody_gave_is_refused_or_answered_with_a_sentence(self):
        for code, mark in (("invented", "x"), ("no_action", "x"), ("", "")):
            with self.subTest(code):
                answer = self.opportunity.apply_advice(code, mark)
                self.assertIn("no longer holds", answer["message"])
        for code, mark in ((None, "x"), ("no_action", None), (["no_action"], "x"), (3, 4)):
            with self.subTest(code), self.assertRaisesRegex(UserError, "no such advice"):
                self.opportunity.apply_advice(code, mark)

    def test_rule_without_type_or_with_an_archived_one_plans_a_call(self):
        own = self.env["mail.activity.type"].create({"name": "Own type", "summary": "Own"})
        rule = self.rules["no_action"]
        rule.write({"activity_type_id": own.id, "summary": False})
        self._apply("no_action")
        self.assertEqual(self._actions().activity_type_id, own)
        self.assertEqual(self._actions().summary, "Own")
        own.active = False
        other = self._create_opportunity(name="Another")
        self._apply("no_action", other)
        self.assertEqual(self._actions(other).activity_type_id, self.call)
        rule.activity_type_id = False
        third = self._create_opportunity(name="A third")
        self._apply("no_action", third)
        self.assertEqual(self._actions(third).activity_type_id, self.call)

    def test_bad_rules_are_refused_with_a_sentence(self):
        rules = {code: rule.with_user(self.dora) for code, rule in self.rules.items()}
        for code, threshold in (
            ("overdue", 0),
            ("overdue", 3651),
            ("deadline", -1),
            ("postponed", 0.5),
            ("slow", 0),
            ("budget", 1001),
            ("budget", float("nan")),
        ):
            sentence = f"threshold of “{rules[code].name}” is a number from 1 to"
            with self.subTest(code, threshold=threshold), self._refused(sentence):
                rules[code].threshold = threshold
        for days in (-1, 366):
            with self.subTest(days=days), self._refused("in 0 to 365 days"):
                rules["silent"].delay_days = days
        meeting = self.env.ref("mail.mail_activity_data_meeting")
        with self._refused("cannot be planned by one click"):
            rules["silent"].activity_type_id = meeting
        foreign = self.env["mail.activity.type"].create(
            {"name": "Foreign", "res_model": "res.partner"}
        )
        with self._refused("no type of action of opportunities"):
            rules["silent"].activity_type_id = foreign

    def test_contact_of_another_company_is_refused_and_nothing_is_planned(self):
        person = self.env["res.partner"].create({"name": "Ana", "parent_id": self.customer.id})
        self.opportunity.contact_id = person
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE res_partner SET company_id = %s WHERE id = %s",
            [self.other_company.id, person.id],
        )
        item = self._item("no_action")
        self.assertIn("Ana", item["proposal"], "the form opens all the same")
        opportunity = self.opportunity.with_context(lang="en_US")
        with self._refused("“.*Ana” belongs to the company Other Company|multi-company"):
            opportunity.apply_advice(item["code"], item["mark"])
        self.assertFalse(self._actions())

    # === CONFIGURATION === #

    def test_every_condition_has_its_rule(self):
        self.assertEqual(set(self.rules), set(DECISIONS))
        selection = dict(self.Rule._fields["code"]._description_selection(self.env))
        self.assertEqual(set(selection), set(DECISIONS))

    def test_managers_set_rules_and_nobody_adds_or_deletes_them(self):
        rule = self.rules["deadline"]
        rule.with_user(self.dora).write({"threshold": 5, "name": "Late close"})
        for user in (self.anna, self.clara):
            with self.subTest(user.login), self.assertRaises(AccessError):
                rule.with_user(user).threshold = 9
        for user in (self.anna, self.dora):
            with self.subTest(user.login), self.assertRaises(AccessError):
                rule.with_user(user).unlink()
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.Rule.with_user(user).create({"name": "Mine", "code": "deadline"})

    def test_thresholds_that_the_company_has_are_not_set_twice(self):
        of_unit = {rule.code: rule.threshold_unit for rule in self.rules.values()}
        for code in ("silent", "far", "quotation"):
            self.assertEqual(of_unit[code], "setting")
        self._only("silent")
        self._date_back(self.opportunity, create_date=20.5)
        self.assertEqual(self._codes(), ["silent"])
        self.company.crmsol_silence_days = 0
        self.assertEqual(self._codes(), [])

    def test_menu_is_for_managers(self):
        menu = self.env.ref("crmsol_opportunity.menu_advice_rule")
        for user, sees in ((self.anna, False), (self.clara, False), (self.dora, True)):
            with self.subTest(user.login):
                menus = self.env["ir.ui.menu"].with_user(user).load_menus(False)
                self.assertEqual(menu.id in menus, sees)

    def test_without_rules_nothing_is_looked_for(self):
        self._only()
        with patch.object(CrmsolAdviceRule, "_to_engine") as called:
            self.assertEqual(self._codes(), [])
        called.assert_not_called()


@tagged("post_install", "-at_install")
class TestAdviceOfMyDay(AdviceCommon):
    """The section of My Day, and what it costs."""

    def _page(self, offset=0, user=None):
        self.env.flush_all()
        self.env.invalidate_all()
        return self.env["crmsol.my.day"].with_user(user or self.anna).get_page("advice", offset)

    def test_deals_with_advice_begin_with_priority_and_amount(self):
        small = self._create_opportunity(name="Small", amount=10)
        dear = self._create_opportunity(name="Dear", amount=20, priority="3")
        covered = self._create_opportunity(name="Covered", amount=5000)
        self._plan(3, covered)
        self._create_opportunity(self.ben, name="Of Ben", amount=9000)
        page = self._page()
        self.assertEqual(
            [row["id"] for row in page["rows"]], [dear.id, self.opportunity.id, small.id]
        )
        self.assertEqual((page["total"], page["looked"], page["deals"]), (3, 4, 4))
        self.assertEqual(page["rows"][0]["advice"]["code"], "no_action")

    def test_late_actions_and_silence_have_their_own_lists(self):
        self._plan(-3)
        self._date_back(self.opportunity, create_date=90)
        self.assertEqual(self._codes(), ["overdue", "silent"])
        self.assertEqual(self._page()["total"], 0)

    def test_further_advice_of_a_deal_is_counted_and_comes_up_next(self):
        self.opportunity.write({"budget": 100, "date_deadline": self.today - timedelta(days=2)})
        (row,) = self._page()["rows"]
        self.assertEqual((row["advice"]["code"], row["more"]), ("deadline", 2))
        self._answer("dismiss_advice", row["advice"])
        (row,) = self._page()["rows"]
        self.assertEqual((row["advice"]["code"], row["more"]), ("no_action", 1))

    def test_pages_follow_one_another_and_say_how_many_were_looked_at(self):
        for i in range(PAGE_SIZE + 2):
            self._create_opportunity(name=f"Deal {i}", amount=i)
        first, second = self._page(), self._page(PAGE_SIZE)
        self.assertEqual((len(first["rows"]), len(second["rows"])), (PAGE_SIZE, 3))
        self.assertEqual(first["total"], PAGE_SIZE + 3)
        ids = [row["id"] for row in first["rows"] + second["rows"]]
        self.assertEqual(len(set(ids)), PAGE_SIZE + 3)
        with patch("odoo.addons.crmsol_opportunity.models.crmsol_my_day_advice.DEALS_MAX", 4):
            page = self._page()
        self.assertEqual((page["looked"], page["deals"], page["total"]), (4, PAGE_SIZE + 3, 4))

    def test_list_and_page_take_the_same_queries_for_ten_and_for_a_hundred(self):
        person = self.env["res.partner"].create({"name": "Person"})
        role = self.env["crmsol.reference.role"].create({"name": "Boss", "is_decisive": True})

        def create(count):
            partners = self.env["res.partner"].create(
                [{"name": f"Customer {i}"} for i in range(count)]
            )
            opportunities = self.env[OPPORTUNITY_MODEL].create(
                [
                    {
                        "name": f"Opportunity {i}",
                        "partner_id": partner.id,
                        "amount": 1000,
                        "budget": 500,
                        "phase_id": self.phase_new.id,
                        "user_id": self.anna.id,
                        "date_deadline": self.today - timedelta(days=3),
                        "reference_ids": [
                            Command.create({"partner_id": person.id, "role_id": role.id})
                        ],
                    }
                    for i, partner in enumerate(partners)
                ]
            )
            for opportunity in opportunities[::2]:
                self._plan(40, opportunity)
            return opportunities

        def count(method):
            self.env.cr.flush()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            method()
            return self.env.cr.sql_log_count - before

        def count_all():
            for method in methods:
                count(method)  # fills the caches that are not of records
            return [count(method) for method in methods]

        Opportunity = self.env[OPPORTUNITY_MODEL].with_user(self.anna)
        my_day = self.env["crmsol.my.day"].with_user(self.anna)
        domain = [("name", "=like", "Opportunity %")]
        methods = (
            lambda: Opportunity.search(domain, limit=MANY).mapped("advice"),
            lambda: my_day.get_page("advice"),
        )
        create(FEW)
        few = count_all()
        create(MANY - FEW)
        self.assertEqual(count_all(), few)
