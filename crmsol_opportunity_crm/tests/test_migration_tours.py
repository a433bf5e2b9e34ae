from odoo.tests import HttpCase, tagged

from .common import MigrationCommon


@tagged("post_install", "-at_install")
class TestMigrationTours(MigrationCommon, HttpCase):
    def test_manager_migrates_removes_and_confirms(self):
        self.env["res.lang"]._activate_lang("es_ES")
        self.env["ir.module.module"]._load_module_terms(
            ["crm", "crmsol_opportunity", "crmsol_opportunity_crm"], ["es_ES"]
        )
        self.dora.write({"lang": "es_ES", "company_ids": [(6, 0, self.company.ids)]})
        lead = self._create_lead("Torno nuevo")
        won = self._create_lead("Fresadora", expected_revenue=1234.56)
        won.action_set_won()
        self._create_lead("De nadie", partner_id=False)
        self.start_tour("/odoo/opportunity", "crmsol_opportunity_crm", login="crmsol_dora")
        self.assertEqual(self._get_copy(won).outcome, "won")
        self.assertEqual(self._get_copy(lead).outcome, "open")
        self.assertFalse(lead.active)
