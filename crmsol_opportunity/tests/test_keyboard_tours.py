from datetime import date

from odoo.tests import HttpCase, tagged

from .common import CrmsolCommon


@tagged("post_install", "-at_install")
class TestKeyboardTours(CrmsolCommon, HttpCase):
    """A seller works without the mouse: the tour presses keys and clicks nowhere."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._in_spanish(cls.anna)
        cls.env["mail.activity.plan"].search([("res_model", "=", "crmsol.opportunity")]).unlink()
        cls.miller = cls.env["res.partner"].create({"name": "Almazara del Ter", "is_company": True})
        cls.product = cls.env["product.product"].create(
            {"name": "Etiquetadora del Ter", "list_price": 900, "sale_ok": True}
        )
        cls.reason = cls.env["crmsol.loss.reason"].create({"name": "Lo aplazan"})

    def test_seller_creates_quotes_plans_wins_and_loses_by_the_keyboard(self):
        self.start_tour("/odoo/opportunity", "crmsol_opportunity_keyboard", login="crmsol_anna")
        opportunity = self.env["crmsol.opportunity"].search([("name", "=", "Prensa nueva")])
        self.assertEqual(len(opportunity), 1)
        self.assertEqual(opportunity.partner_id, self.miller)
        self.assertEqual(opportunity.user_id, self.anna)
        self.assertEqual(opportunity.amount, 12500)
        self.assertEqual(opportunity.line_ids.product_id, self.product)
        self.assertEqual(opportunity.products_total, 900)
        action = opportunity.action_ids
        self.assertEqual(
            action.activity_type_id, self.env.ref("crmsol_opportunity.activity_type_visit")
        )
        self.assertEqual(action.summary, "Ver la almazara")
        self.assertEqual(action.crmsol_contact_id, self.miller)
        self.assertEqual(action.date_deadline, date(2030, 6, 4))
        self.assertEqual((opportunity.outcome, opportunity.loss_reason_id), ("lost", self.reason))
