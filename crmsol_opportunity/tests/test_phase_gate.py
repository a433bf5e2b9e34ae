from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.tests import Form, HttpCase, tagged

from ..const import LOST, OPEN, WON
from ..models.crmsol_opportunity_requirement import OVERRIDE_KEY
from .common import CrmsolCommon


class GateCommon(CrmsolCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.role = cls.env["crmsol.reference.role"].create({"name": "Some decider"})
        cls.visit = cls.env["mail.activity.type"].create({"name": "Some visit"})
        cls.product = cls.env["product.product"].create({"name": "Machine", "list_price": 100})
        cls.person = cls.env["res.partner"].create(
            {"name": "Marta", "parent_id": cls.customer.id, "is_company": False}
        )

    def _require(self, *fnames, phase=None, **values):
        """Require the fields, and what the values say, as the manager does."""
        all_fields = self.env["ir.model.fields"]
        required = all_fields.union(
            *(all_fields._get("crmsol.opportunity", fname) for fname in fnames)
        )
        values["required_field_ids"] = [Command.set(required.ids)]
        (phase or self.phase_proposal).with_user(self.dora).write(values)

    def _require_all(self):
        self._require(
            "budget",
            "date_deadline",
            required_role_ids=self.role.ids,
            required_activity_type_ids=self.visit.ids,
            is_product_required=True,
            is_quotation_required=True,
        )

    def _open_gate(self, opportunities, values=None, user=None):
        """Return the dialog that a view opens before it moves the opportunities, unsaved."""
        values = values or {"phase_id": self.phase_proposal.id}
        action = opportunities.with_user(user or self.anna).get_move_dialog(values)
        return self._open(action, user)

    def _open(self, action, user=None):
        self.assertEqual(action["res_model"], "crmsol.opportunity.gate")
        wizard = self.env[action["res_model"]].with_user(user or self.anna)
        return Form(wizard.with_context(**action["context"]))


@tagged("post_install", "-at_install")
class TestPhaseGate(GateCommon):
    def test_every_kind_of_requirement_is_named_by_rpc_and_import(self):
        self._require_all()
        opportunity = self._create_opportunity(name="Deal")
        sentence = (
            "Before “Deal” enters the phase “Second”, fill in: (?=.*Established Budget)"
            "(?=.*Expected Close)(?=.*Reference: Some decider)(?=.*Product)(?=.*Quotation)"
            "(?=.*Action done: Some visit)"
        )
        with self._refused(sentence):
            opportunity.write({"phase_id": self.phase_proposal.id})
        row = [str(opportunity.id), str(self.phase_proposal.id)]
        messages = opportunity.load([".id", "phase_id/.id"], [row])["messages"]
        self.assertRegex(messages[0]["message"], sentence)
        self.assertEqual(opportunity.phase_id, self.phase_new)

    def test_each_requirement_is_fulfilled_by_what_it_says_and_nothing_less(self):
        self._require_all()
        opportunity = self._create_opportunity(budget=1, date_deadline="2026-12-01")

        def kinds():
            missing = opportunity._get_missing_items(self.phase_proposal)
            return {item.kind for item in missing.get(opportunity, [])}

        self.assertEqual(kinds(), {"role", "product", "quotation", "action"})
        reference = self.env["crmsol.opportunity.reference"].create(
            {"opportunity_id": opportunity.id, "partner_id": self.person.id}
        )
        self.assertIn("role", kinds(), "a reference without the role")
        reference.role_id = self.role
        self.assertNotIn("role", kinds())
        opportunity.line_ids = [Command.create({"display_type": "line_note", "name": "Note"})]
        self.assertIn("product", kinds(), "a note is no product")
        opportunity.line_ids = [Command.create({"product_id": self.product.id})]
        self.assertNotIn("product", kinds())
        order = self.env["sale.order"].create(
            {"partner_id": self.customer.id, "crmsol_opportunity_id": opportunity.id}
        )
        self.assertNotIn("quotation", kinds())
        order._action_cancel()
        self.assertIn("quotation", kinds(), "a cancelled quotation")
        order.action_draft()
        activity = opportunity.activity_schedule(activity_type_id=self.visit.id)
        self.assertIn("action", kinds(), "a planned action")
        activity.action_cancel("No time")
        self.assertIn("action", kinds(), "a cancelled action")
        opportunity.activity_schedule(activity_type_id=self.visit.id).action_feedback()
        self.assertFalse(kinds())
        opportunity.phase_id = self.phase_proposal

    def test_one_dialog_asks_for_exactly_what_is_missing_and_the_move_goes_on(self):
        self._require_all()
        opportunity = self._create_opportunity(budget=5)
        with self._open_gate(opportunity) as form:
            for fname, is_hidden in {
                "budget": True,
                "amount": True,
                "date_deadline": False,
                "product_id": False,
                "is_quotation_made": False,
                "override_reason": True,
            }.items():
                self.assertEqual(form._get_modifier(fname, "invisible"), is_hidden, fname)
            form.date_deadline = "2026-12-24"
            form.product_id = self.product
            form.is_quotation_made = True
            with form.line_ids.edit(0) as line:
                self.assertIn("Some decider", line.label)
                line.partner_id = self.person
            with form.line_ids.edit(1) as line:
                self.assertEqual(line.partner_id, self.customer, "with whom one talks")
                line.result = "They like it"
        form.record.action_move()
        self.assertEqual(opportunity.phase_id, self.phase_proposal)
        self.assertEqual(opportunity.budget, 5)
        self.assertEqual(str(opportunity.date_deadline), "2026-12-24")
        self.assertEqual(opportunity.reference_ids.partner_id, self.person)
        self.assertEqual(opportunity.reference_ids.role_id, self.role)
        self.assertEqual(opportunity.line_ids.product_id, self.product)
        self.assertEqual(opportunity.order_ids.order_line.product_id, self.product)
        action = opportunity.action_ids
        self.assertEqual((action.activity_type_id, action.crmsol_state), (self.visit, "done"))
        self.assertEqual(action.feedback, "They like it")

    def test_planned_action_is_the_one_that_was_done(self):
        self._require(required_activity_type_ids=self.visit.ids)
        opportunity = self._create_opportunity()
        planned = opportunity.activity_schedule(activity_type_id=self.visit.id)
        with self._open_gate(opportunity) as form, form.line_ids.edit(0) as line:
            line.result = "Done"
        form.record.action_move()
        self.assertEqual(opportunity.action_ids, planned)
        self.assertEqual(planned.crmsol_state, "done")

    def test_what_is_missing_still_is_named_and_nothing_is_half_written(self):
        self._require_all()
        opportunity = self._create_opportunity()
        form = self._open_gate(opportunity)
        form.budget = 7
        gate = form.save()
        with self._refused("fill in: Expected Close, Reference: Some decider"):
            gate.action_move()
        self.assertFalse(opportunity.budget)
        self.assertEqual(opportunity.phase_id, self.phase_new)

    def test_every_field_that_can_be_required_can_be_given_in_the_dialog(self):
        values = {
            "amount": 3,
            "budget": 4,
            "campaign_id": self.env["utm.campaign"].create({"name": "Some campaign"}),
            "contact_id": self.person,
            "date_deadline": fields.Date.to_date("2026-12-24"),
            "medium_id": self.env["utm.medium"].create({"name": "Some medium"}),
            "source_id": self.env["utm.source"].create({"name": "Some source"}),
            "team_id": self.env["crm.team"].create({"name": "Some team"}),
            "user_id": self.anna,
        }
        others = {"competitor_ids", "description", "line_ids", "partner_line_ids"}
        others |= {"reference_ids", "tag_ids"}
        offered = self.env["ir.model.fields"].search(self.Phase._get_requirable_domain())
        names = set(offered.filtered(lambda field: field.state != "manual").mapped("name"))
        self.assertEqual(names, others | values.keys())
        self._require(*names)
        opportunity = self._create_opportunity(amount=0, user_id=False, team_id=False)
        tag = self.env["crm.tag"].create({"name": "Some tag"})
        rival, helper = self.env["res.partner"].create([{"name": "Rival"}, {"name": "Helper"}])
        with self._open_gate(opportunity, user=self.dora) as form:
            for fname, value in values.items():
                form[fname] = value
            form.description = "<p>Text</p>"
            form.tag_ids.add(tag)
            form.competitor_id = rival
            form.support_id = helper
            form.product_id = self.product
            with form.line_ids.edit(0) as line:
                line.partner_id = self.person
        form.record.action_move()
        self.assertEqual(opportunity.phase_id, self.phase_proposal)
        for fname, value in values.items():
            self.assertEqual(opportunity[fname], value)
        self.assertEqual(opportunity.partner_line_ids.partner_id, helper)
        self.assertEqual(opportunity.competitor_ids.partner_id, rival)

    def test_of_many_those_that_lack_it_get_what_is_given(self):
        self._require("budget", "date_deadline")
        complete = self._create_opportunity(budget=1, date_deadline="2026-12-01")
        others = self._create_opportunity(name="One") | self._create_opportunity(
            name="Two", budget=2
        )
        with self._open_gate(complete | others) as form:
            self.assertIn("“One”: Expected Close, Established Budget", form.missing_lines)
            self.assertIn("“Two”: Expected Close", form.missing_lines)
            form.budget = 9
            form.date_deadline = "2026-12-24"
        form.record.action_move()
        self.assertEqual((complete | others).mapped("budget"), [1, 9, 2])
        self.assertEqual((complete | others).phase_id, self.phase_proposal)
        self.assertEqual(str(complete.date_deadline), "2026-12-01")

    def test_closing_asks_for_what_the_closing_phase_requires_and_then_closes(self):
        self._require("budget", phase=self.phase_close)
        opportunity = self._create_opportunity()
        action = opportunity.with_user(self.anna).action_win()
        wizard = self.env[action["res_model"]].with_user(self.anna)
        closing = wizard.with_context(**action["context"]).create({"note": "At last"})
        with self._open(closing.action_close()) as form:
            form.budget = 3
        self.assertEqual(opportunity.outcome, OPEN)
        self.assertIn("effect", form.record.action_move())
        self.assertEqual((opportunity.outcome, opportunity.budget), (WON, 3))
        self.assertIn("At last", opportunity.message_ids.mapped("preview"))

    def test_reopening_asks_for_what_the_phase_requires_and_then_reopens(self):
        opportunity = self._create_opportunity()
        opportunity._close(LOST)
        self._require("budget")
        action = opportunity.with_user(self.anna).get_move_dialog(
            {"phase_id": self.phase_proposal.id}
        )
        wizard = self.env[action["res_model"]].with_user(self.anna)
        reopening = wizard.with_context(**action["context"]).create({})
        with self._open(reopening.action_reopen()) as form:
            form.budget = 3
        form.record.action_move()
        self.assertEqual((opportunity.outcome, opportunity.phase_id), (OPEN, self.phase_proposal))

    # === OVERRIDE === #

    def test_manager_lets_it_pass_with_a_reason_which_the_timeline_shows(self):
        self._require_all()
        opportunity = self._create_opportunity(name="Deal")
        opportunity.activity_schedule(activity_type_id=self.visit.id)
        form = self._open_gate(opportunity, user=self.dora)
        gate = form.save()
        with self._refused("Say why it may pass"):
            gate.action_override()
        form.override_reason = "The customer is in a hurry"
        form.budget = 8
        form.save().action_override()
        self.assertEqual(opportunity.phase_id, self.phase_proposal)
        self.assertEqual(opportunity.budget, 8, "what was given is kept")
        events = opportunity.with_user(self.anna).get_timeline()["events"]
        [event] = [event for event in events if "in a hurry" in (event.get("text") or "")]
        self.assertEqual(event["kind"], "note")
        self.assertEqual(event["author"]["name"], self.dora.name)
        for word in ("Second", "Expected Close", "Some decider", "Quotation", "Some visit"):
            self.assertIn(word, event["text"])
        self.assertNotIn("Budget", event["text"])
        message = opportunity.message_ids.filtered(lambda m: "in a hurry" in m.body)
        self.assertTrue(message.subtype_id.internal)

    def test_manager_lets_a_deal_be_closed_without_what_is_missing(self):
        self._require("budget", phase=self.phase_close)
        opportunity = self._create_opportunity()
        opportunity.activity_schedule(activity_type_id=self.visit.id)
        action = opportunity.with_user(self.dora).action_win()
        wizard = self.env[action["res_model"]].with_user(self.dora)
        values = {"planned_actions": "cancel"}
        closing = wizard.with_context(**action["context"]).create(values)
        with self._open(closing.action_close(), self.dora) as form:
            form.override_reason = "Signed at the fair"
        self.assertIn("effect", form.record.action_override())
        self.assertEqual((opportunity.outcome, opportunity.closed_by_id), (WON, self.dora))
        texts = [event.get("text") or "" for event in opportunity.get_timeline()["events"]]
        self.assertTrue(any("Signed at the fair" in text for text in texts))

    def test_nobody_else_gets_past_by_dialog_or_context(self):
        self._require("budget")
        opportunity = self._create_opportunity()
        for user in (self.anna, self.clara, self.dora):
            crafted = opportunity.with_user(user).with_context(**{OVERRIDE_KEY: True})
            with self.subTest(user=user.login), self._refused("fill in: Established Budget"):
                crafted.write({"phase_id": self.phase_proposal.id})
        for user in (self.anna, self.clara):
            form = self._open_gate(opportunity, user=user)
            gate = form.save()
            gate.override_reason = "I want to"
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                gate.action_override()
            with self.subTest(user=user.login), self._refused("fill in: Established Budget"):
                gate.with_context(**{OVERRIDE_KEY: True}).action_move()
        self.assertEqual(opportunity.phase_id, self.phase_new)

    def test_manager_does_not_reach_another_company_by_the_dialog(self):
        foreign = self._create_opportunity(self.eva, company_id=self.other_company.id)
        Gate = self.env["crmsol.opportunity.gate"].with_user(self.dora)
        gate = Gate.sudo().create(
            {
                "opportunity_ids": foreign.ids,
                "phase_id": self.phase_proposal.id,
                "override_reason": "Curious",
            }
        )
        self._require("budget")
        self.env.flush_all()
        self.env.invalidate_all()
        gate.sudo(False).action_override()  # she sees none of its opportunities
        self.assertEqual(foreign.sudo().phase_id, self.phase_new)

    def test_asking_takes_a_constant_number_of_queries(self):
        self._require_all()
        opportunities = self.env["crmsol.opportunity"].with_user(self.anna)

        def create(number):
            nonlocal opportunities
            opportunities += opportunities.concat(
                *(self._create_opportunity() for _i in range(number))
            )

        create(10)
        self._assert_same_statements(
            lambda: opportunities.get_move_dialog({"phase_id": self.phase_proposal.id}),
            lambda: create(90),
        )


@tagged("post_install", "-at_install")
class TestPhaseGateTours(GateCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._in_spanish(cls.anna)
        cls._in_spanish(cls.dora)
        own = cls.phase_new | cls.phase_proposal | cls.phase_close
        (cls.Phase.search([]) - own).active = False  # the bar has room for these only

    def test_bar_drop_and_list_ask_for_what_is_missing(self):
        self._require("budget", required_role_ids=self.role.ids)
        names = ("By bar", "By drop", "By list")
        opportunities = [self._create_opportunity(name=name) for name in names]
        self.start_tour("/odoo/opportunity", "crmsol_opportunity_gate", login="crmsol_anna")
        for opportunity in opportunities:
            self.assertEqual(opportunity.phase_id, self.phase_proposal)
            self.assertEqual(opportunity.budget, 1000)
            self.assertEqual(opportunity.reference_ids.partner_id, self.person)

    def test_manager_lets_it_pass_and_the_timeline_says_why(self):
        self._require("budget")
        opportunity = self._create_opportunity(name="In a hurry")
        self.start_tour(
            "/odoo/opportunity", "crmsol_opportunity_gate_override", login="crmsol_dora"
        )
        self.assertEqual(opportunity.phase_id, self.phase_proposal)
