from odoo.tests import HttpCase, tagged

from .common import CrmsolCommon


@tagged("post_install", "-at_install")
class TestRelationsTours(CrmsolCommon, HttpCase):
    """The tab Reports and the configuration, in Spanish as the users have them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._in_spanish(cls.anna)
        cls._in_spanish(cls.dora)

    def test_seller_adds_a_reference_a_partner_and_a_competitor(self):
        people = self.env["res.partner"].create(
            [
                {
                    "name": "Rocío Campos",
                    "parent_id": self.customer.id,
                    "phone": "+34 954 55 01 21",
                },
                {"name": "Montajes del Sur", "is_company": True},
                {"name": "Envasadoras Levante", "is_company": True},
            ]
        )
        self.env["crmsol.reference.role"].create({"name": "Decide"})
        opportunity = self._create_opportunity()
        self.start_tour(
            f"/odoo/opportunity/{opportunity.id}",
            "crmsol_opportunity_relations",
            login="crmsol_anna",
        )
        reference = opportunity.reference_ids
        self.assertEqual(reference.partner_id, people[0], "once, as the second is refused")
        self.assertIn("Decide", reference.role_id.with_context(lang="es_ES").name)
        self.assertTrue(reference.is_primary)
        self.assertEqual(opportunity.partner_line_ids.partner_id, people[1])
        self.assertEqual(opportunity.competitor_ids.partner_id, people[2])
        self.assertEqual(opportunity.competitor_ids.price, 44900.5)

    def test_manager_adds_a_role_and_archives_it(self):
        self.start_tour(
            "/odoo/opportunity", "crmsol_opportunity_configuration", login="crmsol_dora"
        )
        role = (
            self.env["crmsol.reference.role"]
            .with_context(active_test=False)
            .search([("name", "=", "Asesora")])
        )
        self.assertEqual(len(role), 1)
        self.assertFalse(role.active)
