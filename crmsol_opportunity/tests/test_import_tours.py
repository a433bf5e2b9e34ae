from datetime import date

from odoo.tests import HttpCase, tagged

from .common import CrmsolCommon


@tagged("post_install", "-at_install")
class TestImportTours(CrmsolCommon, HttpCase):
    def test_manager_sees_a_dry_run_and_imports(self):
        self._in_spanish(self.dora)
        self.start_tour("/odoo/opportunity", "crmsol_opportunity_import", login="crmsol_dora")
        opportunities = self.env["crmsol.opportunity"].search([("import_source", "=", "CRM")])
        self.assertEqual(
            {o.import_key: (o.name, o.outcome, o.amount) for o in opportunities},
            {
                "A1": ("Torno nuevo", "open", 12345.67),
                "A2": ("Fresadora", "won", 1000),
            },
        )
        open_one = opportunities.filtered(lambda o: o.outcome == "open")
        self.assertEqual(open_one.date_deadline, date(2026, 12, 31))
        self.assertEqual(open_one.partner_id, self.customer)
