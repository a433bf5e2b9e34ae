from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..engine.advice import DECISIONS
from ..models.crmsol_advice_rule import CrmsolAdviceRule
from .advice_common import AdviceCommon


@tagged("post_install", "-at_install")
class TestAdviceRules(AdviceCommon):
    """How managers configure the rules, and what bad input comes to."""

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

    def test_context_of_archived_records_switches_nothing_on(self):
        self._only("silent")
        self._date_back(self.opportunity, create_date=20.5)
        self._plan(2).action_cancel()
        with_archived = self.opportunity.with_context(active_test=False)
        self.assertEqual([item["code"] for item in with_archived.advice], ["silent"])

    def test_without_rules_nothing_is_looked_for(self):
        self._only()
        with patch.object(CrmsolAdviceRule, "_to_engine") as called:
            self.assertEqual(self._codes(), [])
        called.assert_not_called()

    # === BAD INPUT === #

    def test_advice_that_nobody_gave_is_refused_or_answered_with_a_sentence(self):
        for code, mark in (("invented", "x"), ("no_action", "x"), ("", "")):
            with self.subTest(code):
                answer = self.opportunity.apply_advice(code, mark)
                self.assertIn("no longer holds", answer["message"])
        for code, mark in ((None, "x"), ("no_action", None), (["no_action"], "x"), (3, 4)):
            for method in ("apply_advice", "dismiss_advice", "restore_advice"):
                with (
                    self.subTest(code, method=method),
                    self.assertRaisesRegex(UserError, "no such advice"),
                ):
                    getattr(self.opportunity, method)(code, mark)

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
