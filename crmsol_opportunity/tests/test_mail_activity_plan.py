from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .test_mail_activity import ActionsCommon


@tagged("post_install", "-at_install")
class TestActionPlans(ActionsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["mail.activity.plan"].search([("res_model", "=", "crmsol.opportunity")]).unlink()
        cls.first, cls.second, cls.anywhere = cls.env["mail.activity.plan"].create(
            [
                cls._plan_values("Welcome", cls.phase_new),
                cls._plan_values("Offer", cls.phase_proposal),
                cls._plan_values("Whenever", cls.Phase),
            ]
        )

    @classmethod
    def _plan_values(cls, name, phases):
        steps = [
            {"activity_type_id": cls.call.id, "summary": f"{name}: call"},
            {"activity_type_id": cls.visit.id, "summary": False},
        ]
        return {
            "name": name,
            "res_model": "crmsol.opportunity",
            "crmsol_phase_ids": [Command.set(phases.ids)],
            "template_ids": [Command.create(step) for step in steps],
        }

    def _apply(self, plan):
        plan = plan.with_user(self.anna).with_context(crmsol_opportunity_id=self.opportunity.id)
        plan.action_crmsol_apply()

    def test_plans_of_the_phase_and_of_every_phase_are_offered(self):
        self.assertEqual(self.opportunity.action_plan_ids, self.first + self.anywhere)
        self.opportunity.phase_id = self.phase_proposal
        self.assertEqual(self.opportunity.action_plan_ids, self.second + self.anywhere)

    def test_applied_plan_puts_its_actions_and_is_not_offered_again_in_the_phase(self):
        self._apply(self.first)
        actions = self.opportunity.action_ids
        self.assertEqual(set(actions.mapped("summary")), {"Welcome: call", "Visit"})
        self.assertEqual(actions.crmsol_contact_id, self.luis)
        self.assertEqual(actions.user_id, self.anna)
        self.assertEqual(self.opportunity.action_plan_ids, self.anywhere)
        self._apply(self.first)
        self.assertEqual(len(self.opportunity.action_ids), 2)
        actions.action_cancel()
        self.assertEqual(self.opportunity.action_plan_ids, self.anywhere)

    def test_plan_for_every_phase_is_offered_again_in_the_next_phase(self):
        self._apply(self.anywhere)
        self.assertNotIn(self.anywhere, self.opportunity.action_plan_ids)
        self.opportunity.phase_id = self.phase_proposal
        self.assertIn(self.anywhere, self.opportunity.action_plan_ids)

    def test_plan_of_the_host_dialog_counts_as_applied_too(self):
        self.env["mail.activity.schedule"].with_user(self.anna).with_context(
            active_model="crmsol.opportunity", active_ids=self.opportunity.ids
        ).create({"plan_id": self.first.id}).action_schedule_plan()
        self.assertNotIn(self.first, self.opportunity.action_plan_ids)

    def test_plans_of_another_company_are_not_offered(self):
        self.first.company_id = self.other_company
        self.assertEqual(self.opportunity.action_plan_ids, self.anywhere)

    def test_managers_configure_plans_and_types_and_sellers_do_not(self):
        values = self._plan_values("Mine", self.phase_new)
        plan = self.env["mail.activity.plan"].with_user(self.dora).create(values)
        plan.write({"name": "Renamed"})
        plan.template_ids[0].write({"summary": "Renamed"})
        self.visit.with_user(self.dora).write({"name": "Field visit"})
        new_type = (
            self.env["mail.activity.type"]
            .with_user(self.dora)
            .create({"name": "Fair", "res_model": "crmsol.opportunity"})
        )
        for user in (self.anna, self.clara):
            for record in (plan, plan.template_ids[0], self.visit, new_type):
                with self.subTest(user=user.login, model=record._name):
                    for operation in ("write", "unlink"):
                        self.assertFalse(record.with_user(user).has_access(operation))
                    with self.assertRaises(AccessError):
                        record.with_user(user).write({"active": False})
        plan.unlink()
        new_type.unlink()

    def test_configuration_menus_are_for_managers(self):
        for xmlid in ("menu_action_type", "menu_action_plan"):
            menu = self.env.ref(f"crmsol_opportunity.{xmlid}")
            for user, sees in ((self.anna, False), (self.dora, True)):
                menus = self.env["ir.ui.menu"].with_user(user).load_menus(False)
                self.assertEqual(menu.id in menus, sees)

    def test_types_read_in_spanish(self):
        self._in_spanish(self.anna)
        names = (self.visit | self.env.ref("crmsol_opportunity.activity_type_task")).with_context(
            lang="es_ES"
        )
        self.assertEqual(names.mapped("name"), ["Visita", "Tarea"])


@tagged("post_install", "-at_install")
class TestHeaderActions(ActionsCommon):
    def test_mail_goes_to_the_contact_on_the_thread(self):
        with self._refused("“.*Luis” has no email address"):
            self.opportunity.action_mail()
        dialog = self.opportunity.with_context(crmsol_contact_id=self.marta.id).action_mail()
        composer = (
            self.env["mail.compose.message"]
            .with_user(self.anna)
            .with_context(**dialog["context"])
            .create({"body": "<p>Good morning</p>"})
        )
        self.assertEqual(composer.partner_ids, self.marta)
        self.assertFalse(composer.template_id)
        composer.action_send_mail()
        message = self.opportunity.message_ids[0]
        self.assertEqual(message.message_type, "comment")
        self.assertIn(self.marta, message.partner_ids)
        self.assertIn("Good morning", message.body)

    def test_phone_and_mail_of_the_header_are_those_of_the_contact(self):
        self.assertEqual(self.opportunity.action_phone, "+34 964 11 22 33")
        self.assertFalse(self.opportunity.action_email)
        self.opportunity.contact_id = self.marta
        self.assertFalse(self.opportunity.action_phone)
        self.assertEqual(self.opportunity.action_email, "marta@c.example.com")
