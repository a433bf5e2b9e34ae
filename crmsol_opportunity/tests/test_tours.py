from odoo.tests import HttpCase, tagged

from .common import CrmsolCommon


@tagged("post_install", "-at_install")
class TestTours(CrmsolCommon, HttpCase):
    """In Spanish, as the users have it: the tours find the buttons by their Spanish labels."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._in_spanish(cls.anna)

    def test_seller_creates_an_opportunity_and_wins_it(self):
        self.start_tour("/odoo/opportunity", "crmsol_opportunity_create", login="crmsol_anna")
        opportunity = self.env["crmsol.opportunity"].search([("name", "=", "New machinery")])
        self.assertEqual(len(opportunity), 1)
        self.assertEqual(opportunity.partner_id, self.customer)
        self.assertEqual(opportunity.amount, 12345.67)
        self.assertEqual(opportunity.user_id, self.anna)
        self.assertEqual(opportunity.outcome, "won")
        self.assertIn("They need it by May", opportunity.message_ids.mapped("preview"))

    def test_menu_search_finds_opportunities_as_deals(self):
        self.start_tour("/odoo/opportunity", "crmsol_opportunity_synonym", login="crmsol_anna")

    def test_onboarding_leads_a_new_user_to_the_first_opportunity(self):
        self.env["res.partner"].create({"name": "Azure Interior"})
        self.start_tour("/odoo", "crmsol_opportunity_tour", login="crmsol_anna")
        opportunity = self.env["crmsol.opportunity"].search([("name", "=", "New kitchen")])
        self.assertEqual(opportunity.amount, 5000)
        self.assertNotEqual(opportunity.phase_id, self.phase_new, "the tour moves it on")
