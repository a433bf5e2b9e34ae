from contextlib import contextmanager, nullcontext
from datetime import timedelta
from unittest.mock import patch

from odoo import Command, fields
from odoo.addons.web.models.models import Base as WebBase
from odoo.exceptions import AccessError, MissingError
from odoo.models import BaseModel
from odoo.tests import tagged

from ..const import LOST, OPPORTUNITY_MODEL
from .common import CrmsolCommon

NAME = {"fields": {"display_name": {}}}
CARD = {
    "activity_exception_decoration": {},
    "activity_exception_icon": {},
    "activity_ids": {"fields": {}},
    "activity_state": {},
    "activity_summary": {},
    "activity_type_icon": {},
    "activity_type_id": NAME,
    "amount": {},
    "company_currency_id": NAME,
    "contact_id": NAME,
    "create_date": {},
    "date_deadline": {},
    "date_last_contact": {},
    "description": {},
    "is_rotting": {},
    "loss_reason_id": NAME,
    "name": {},
    "opportunity_properties": {},
    "outcome": {},
    "partner_id": NAME,
    "phase_guidance": {},
    "phase_id": NAME,
    "priority": {},
    "progress_chips": {},
    "rotting_days": {},
    "silence_days": {},
    "tag_ids": {"fields": {"display_name": {}, "color": {}}},
    "team_id": NAME,
    "user_id": NAME,
    "win_basis": {},
    "win_probability": {},
}
LISTS = {
    "competitor_ids": {"fields": {"partner_id": NAME}},
    "line_ids": {"fields": {"name": {}}, "order": "sequence ASC, id ASC", "limit": 40},
    "order_ids": {"fields": {"name": {}}},
    "partner_line_ids": {"fields": {"partner_id": NAME}},
    "reference_ids": {"fields": {"partner_id": NAME}, "context": {"crmsol_name_only": True}},
}
FORM = {
    **{fname: spec for fname, spec in CARD.items() if not fname.startswith("activity_")},
    **LISTS,
    "action_email": {},
    "action_ids": {"fields": {"summary": {}, "crmsol_contact_name": {}, "crmsol_state": {}}},
    "action_phone": {},
    "action_plan_ids": {"fields": {"name": {}}},
    "advice": {},
    "coverage": {},
    "order_count": {},
    "partner_id": {"context": {"show_vat": True}, **NAME},
    "phone": {},
    "progress_facts": {},
    "quoted_total": {},
    "reference_count": {},
    "win_insight": {},
}


@tagged("post_install", "-at_install")
class TestCards(CrmsolCommon):
    """Cards and rows show what the host would show: it only takes less to find it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        person = {"name": "Person", "parent_id": cls.customer.id}
        cls.person = cls.env["res.partner"].create(person)
        team = cls.env["crm.team"].create({"name": "Team"})
        definition = [{"name": "a1", "type": "char", "string": "Colour", "default": "red"}]
        team.crmsol_properties_definition = definition
        cls.calls, cls.visits, cls.alarms = cls.env["mail.activity.type"].create(
            [
                {"name": "Call", "icon": "fa-phone"},
                {"name": "Visit", "icon": "fa-map", "decoration_type": "warning"},
                {"name": "Alarm", "icon": "fa-bell", "decoration_type": "danger"},
            ]
        )
        cls.deal = cls._create_opportunity(
            contact_id=cls.person.id,
            team_id=team.id,
            tag_ids=[Command.create({"name": "Big", "color": 2})],
            date_deadline="2030-01-01",
        )
        cls.quiet = cls._create_opportunity(user_id=False, description="<p>Quiet</p>")
        cls.lost = cls._create_opportunity()
        cls.lost._close(LOST)
        cls.bens = cls._create_opportunity(cls.ben)
        cls.all = cls.deal | cls.quiet | cls.lost

    def _plan(self, deal, activity_type, day, user=None, **values):
        """Plan an action in so many days."""
        return self.env["mail.activity"].create(
            {
                "res_model_id": self.env["ir.model"]._get_id(OPPORTUNITY_MODEL),
                "res_id": deal.id,
                "activity_type_id": activity_type.id,
                "summary": f"In {day} days",
                "date_deadline": fields.Date.today() + timedelta(days=day),
                "user_id": (user or self.anna).id,
                **values,
            }
        )

    @contextmanager
    def _as_the_host(self):
        model = self.env.registry[OPPORTUNITY_MODEL]
        with (
            patch.object(model, "web_read", WebBase.web_read),
            patch.object(model, "_read_format", BaseModel._read_format),
        ):
            yield

    def _read(self, deals, user, specification, as_the_host=False):
        self.env.flush_all()
        self.env.invalidate_all()
        context = {"lang": "en_US", "tz": "Europe/Madrid"}
        with self._as_the_host() if as_the_host else nullcontext():
            return deals.with_user(user).with_context(**context).web_read(specification)

    def _assert_same_as_the_host(self, deals=None, user=None, specification=CARD):
        args = deals or self.all, user or self.anna, specification
        found = self._read(*args)
        self.assertEqual(found, self._read(*args, as_the_host=True))
        return {row["id"]: row for row in found}

    def test_a_card_without_actions(self):
        self._assert_same_as_the_host()

    def test_the_first_action_is_shown_and_the_worst_state(self):
        cases = [
            ([(self.calls, 1)], "planned"),
            ([(self.calls, 0), (self.visits, 3)], "today"),
            ([(self.calls, 2), (self.calls, -1), (self.alarms, 0)], "overdue"),
            ([(self.visits, 1), (self.calls, 1), (self.visits, 2)], "planned"),
            ([(self.alarms, 4), (self.visits, 5)], "planned"),
        ]
        for actions, state in cases:
            with self.subTest(state=state, actions=len(actions)):
                planned = [self._plan(self.deal, kind, day) for kind, day in actions]
                done = self._plan(self.deal, self.alarms, -9)
                done.active = False
                row = self._assert_same_as_the_host()[self.deal.id]
                self.assertEqual(row["activity_state"], state)
                self.assertEqual(len(row["activity_ids"]), len(planned))
                (done | done.union(*planned)).unlink()

    def test_today_is_that_of_who_is_to_act(self):
        self.anna.tz, self.clara.tz = "Pacific/Kiritimati", "Pacific/Niue"
        self._plan(self.deal, self.calls, 0)
        self._plan(self.quiet, self.calls, 0, self.clara)
        rows = self._assert_same_as_the_host(user=self.clara)
        states = {rows[deal.id]["activity_state"] for deal in (self.deal, self.quiet)}
        self.assertEqual(len(states), 2)

    def test_actions_that_the_user_may_not_read_are_not_shown(self):
        self._plan(self.deal, self.alarms, -1, self.clara)
        own = self._plan(self.deal, self.calls, 1)
        values = {
            "name": "Own ones only",
            "model_id": self.env["ir.model"]._get_id("mail.activity"),
            "domain_force": "[('user_id', '=', user.id)]",
        }
        self.env["ir.rule"].create(values)
        row = self._assert_same_as_the_host()[self.deal.id]
        self.assertEqual(row["activity_ids"], [{"id": own.id}])
        self.assertEqual(row["activity_state"], "planned")

    def test_who_may_not_post_sees_own_actions_only(self):
        self._plan(self.deal, self.alarms, -1, self.clara)
        own = self._plan(self.deal, self.calls, 1)
        values = {
            "name": "Nobody writes",
            "model_id": self.env["ir.model"]._get_id(OPPORTUNITY_MODEL),
            "domain_force": "[(0, '=', 1)]",
            "perm_read": False,
        }
        self.env["ir.rule"].create(values)
        row = self._assert_same_as_the_host()[self.deal.id]
        self.assertEqual(row["activity_ids"], [{"id": own.id}])

    def test_deals_of_others_are_refused(self):
        for as_the_host in (False, True):
            with self.subTest(host=as_the_host), self.assertRaises(AccessError):
                self._read(self.all | self.bens, self.anna, CARD, as_the_host)

    def test_what_is_no_more_is_left_out(self):
        gone = self._create_opportunity()
        gone.sudo().unlink()
        rows = self._assert_same_as_the_host(self.all | gone, specification={"name": {}})
        self.assertEqual(set(rows), set(self.all.ids))
        for as_the_host in (False, True):  # those of cards, the host does not leave out either
            with self.subTest(host=as_the_host), self.assertRaises(MissingError):
                self._read(self.all | gone, self.anna, CARD, as_the_host)

    def test_only_ids_and_one_record(self):
        self._plan(self.deal, self.calls, 0)
        self._assert_same_as_the_host(specification={})
        self._assert_same_as_the_host(self.deal)

    def test_a_form_with_empty_lists_and_one_with_full_ones(self):
        self.customer.write({"vat": "ES12345674", "phone": "123"})
        self._assert_same_as_the_host(self.deal, specification=FORM)
        self._plan(self.deal, self.calls, -2)
        done = self._plan(self.deal, self.visits, -1, self.clara)
        done.active = False
        rival = self.env["res.partner"].create({"name": "Rival", "is_company": True})
        self.deal.write(
            {
                "competitor_ids": [Command.create({"partner_id": rival.id})],
                "line_ids": [Command.create({"name": "Note", "display_type": "line_note"})],
                "reference_ids": [Command.create({"partner_id": self.person.id})],
            }
        )
        order = {"partner_id": self.customer.id, "crmsol_opportunity_id": self.deal.id}
        self.env["sale.order"].create({**order, "user_id": self.anna.id})
        row = self._assert_same_as_the_host(self.deal, specification=FORM)[self.deal.id]
        counted = ("competitor_ids", "line_ids", "order_ids", "partner_line_ids", "reference_ids")
        self.assertEqual([len(row[fname]) for fname in counted], [1, 1, 1, 0, 1])
        self.assertEqual((len(row["action_ids"]), row["order_count"]), (2, 1))

    def test_empty_lists_of_a_form_are_learnt_by_one_statement(self):
        def read():
            self.deal.with_user(self.anna).web_read(FORM)

        read()  # rights and names of fields are known then
        text = "; ".join(self._get_statements(read))
        for fname in LISTS:
            table = self.env[self.deal._fields[fname].comodel_name]._table
            with self.subTest(fname):
                self.assertEqual(text.count(f'FROM "{table}"'), 1)

    def test_actions_of_the_form_are_those_that_the_user_may_read(self):
        others = self._plan(self.deal, self.alarms, -1, self.clara)
        own = self._plan(self.deal, self.calls, 1)
        done = self._plan(self.deal, self.calls, -3)
        done.active = False
        deal = self.deal.with_user(self.anna)
        self.assertEqual(deal.action_ids.ids, (others | own | done).ids)
        values = {
            "name": "Nobody writes",
            "model_id": self.env["ir.model"]._get_id(OPPORTUNITY_MODEL),
            "domain_force": "[(0, '=', 1)]",
            "perm_read": False,
        }
        self.env["ir.rule"].create(values)
        self.env.invalidate_all()
        self.assertEqual(deal.action_ids.ids, (own | done).ids)

    def test_a_plan_is_offered_once_it_has_steps_and_until_it_is_archived(self):
        deal = self.deal.with_user(self.anna)

        def get_names():
            self.env.invalidate_all()
            return deal.action_plan_ids.mapped("name")

        plan = {"name": "Plan of the test", "res_model": OPPORTUNITY_MODEL}
        plan = self.env["mail.activity.plan"].create(plan)
        self.assertNotIn(plan.name, get_names())
        step = {"plan_id": plan.id, "activity_type_id": self.calls.id, "summary": "Call"}
        step = self.env["mail.activity.plan.template"].create(step)
        self.assertIn(plan.name, get_names())
        plan.active = False
        self.assertNotIn("Plan of the test", get_names())
        plan.active = True
        self.assertIn(plan.name, get_names())
        step.unlink()
        self.assertNotIn(plan.name, get_names())

    def test_actions_with_their_fields_are_the_hosts(self):
        self._plan(self.deal, self.calls, 0)
        self._assert_same_as_the_host(
            specification={"name": {}, "activity_ids": {"fields": {"summary": {}}}}
        )

    def test_what_is_written_and_not_yet_in_the_database_is_shown(self):
        action = self._plan(self.deal, self.calls, 3)
        self.env.flush_all()
        deals = self.all.with_user(self.anna)
        deals[0].write({"amount": 5, "name": "New name"})
        action.with_user(self.anna).summary = "New subject"
        [row, *_others] = deals.web_read({"name": {}, "amount_company": {}, **CARD})
        self.assertEqual((row["name"], row["amount_company"]), ("New name", 5))
        self.assertEqual(row["activity_summary"], "New subject")

    def test_rights_are_asked_for_without_reading_whole_opportunities(self):
        model = self.env[OPPORTUNITY_MODEL].with_user(self.anna)
        statements = self._get_statements(lambda: model.web_search_read([], {"name": {}}))
        self.assertFalse([text for text in statements if '"description"' in text], statements)

    def test_a_board_takes_one_statement_for_all_that_is_planned(self):
        def read():
            self.all.with_user(self.anna).web_read(CARD)

        self._plan(self.deal, self.calls, 0)
        read()  # rights and names of fields are known then
        statements = self._get_statements(read)
        of_actions = [text for text in statements if 'FROM "mail_activity" ' in text]
        self.assertEqual(len(of_actions), 1, of_actions)
