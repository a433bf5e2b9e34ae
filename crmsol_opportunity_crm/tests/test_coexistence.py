from odoo.tests import tagged

from .common import MigrationCommon


@tagged("post_install", "-at_install")
class TestCoexistence(MigrationCommon):
    def _get_menus(self, **context):
        Menu = self.env["ir.ui.menu"].with_user(self.dora).with_context(**context)
        menus = Menu.load_menus(False)
        own = self.env.ref("crmsol_opportunity.menu_root")
        other = self.env.ref("crm.crm_menu_root")
        return menus[own.id]["name"], menus[other.id]["name"]

    def test_menus_of_two_crm_applications_have_different_names(self):
        self.assertEqual(self._get_menus(), ("CRM", "CRM of Odoo"))

    def test_the_names_differ_in_spanish(self):
        self.env["res.lang"]._activate_lang("es_ES")
        self.env["ir.module.module"]._load_module_terms(
            ["crmsol_opportunity", "crmsol_opportunity_crm"], ["es_ES"]
        )
        self.assertEqual(self._get_menus(lang="es_ES"), ("CRM", "CRM de Odoo"))

    def test_nothing_is_written_to_the_menus(self):
        self._get_menus()
        for xmlid in ("crmsol_opportunity.menu_root", "crm.crm_menu_root"):
            self.assertEqual(self.env.ref(xmlid).name, "CRM")

    def test_a_menu_that_was_renamed_keeps_its_name(self):
        self.env.ref("crm.crm_menu_root").name = "Old pipeline"
        self.assertEqual(self._get_menus(), ("CRM", "Old pipeline"))

    def test_opportunities_of_both_are_created_each_with_its_quotation(self):
        lead = self._create_lead("Of Odoo's CRM")
        opportunity = self._create_opportunity(name="Of ours")
        orders = self.env["sale.order"].create(
            [
                {"partner_id": self.customer.id, "opportunity_id": lead.id},
                {"partner_id": self.customer.id, "crmsol_opportunity_id": opportunity.id},
            ]
        )
        self.assertEqual(lead.order_ids, orders[0])
        self.assertEqual(opportunity.order_ids, orders[1])
        orders.action_confirm()
        lead.action_set_won()
        opportunity.action_win()
        self.assertEqual(lead.won_status, "won")
        self.assertEqual(opportunity.outcome, "won")

    def test_a_tag_in_use_in_one_is_the_same_in_the_other(self):
        tag = self.env["crm.tag"].create({"name": "Fair"})
        lead = self._create_lead(tag_ids=tag.ids)
        opportunity = self._create_opportunity(tag_ids=tag.ids)
        self.assertEqual(lead.tag_ids, opportunity.tag_ids)

    def test_meetings_and_activities_of_leads_are_none_of_ours(self):
        lead = self._create_lead()
        activity = lead.activity_schedule("mail.mail_activity_data_todo")
        self.assertFalse(activity.crmsol_opportunity_id)
        activity.action_feedback(feedback="Done")
        activity = lead.activity_schedule("mail.mail_activity_data_todo")
        activity.unlink()
        self.assertFalse(activity.exists(), "cancelled as the host does: deleted")
