from datetime import timedelta

from odoo import Command
from odoo.tests import tagged
from odoo.tools import format_amount

from ..const import OPPORTUNITY_MODEL
from ..engine.advice import get_due_date
from .advice_common import AdviceCommon


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
        self.company.crmsol_contact_days = 20
        self.assertRegex(self._item("decider")["sentence"], "contacted in 20 days")
        self.company.crmsol_contact_days = 31
        self.assertEqual(self._codes(), [], "the company calls it recent")
        self.company.crmsol_contact_days = 30
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
