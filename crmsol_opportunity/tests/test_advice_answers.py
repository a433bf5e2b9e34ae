import json
from datetime import timedelta

from odoo.exceptions import AccessError
from odoo.tests import Form, tagged
from odoo.tools import json_default

from ..const import OPPORTUNITY_MODEL
from .advice_common import AdviceCommon


@tagged("post_install", "-at_install")
class TestAdviceAnswers(AdviceCommon):
    """What the rules say together, and what becomes of an answer."""

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
        self.assertEqual(found[str(other.id)], [])
        self.assertEqual([item["code"] for item in found[str(self.opportunity.id)]], ["no_action"])
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
