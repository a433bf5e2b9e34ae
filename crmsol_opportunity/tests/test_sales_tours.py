from odoo import Command
from odoo.tests import HttpCase, tagged

from .common import CrmsolCommon


@tagged("post_install", "-at_install")
class TestSalesTours(CrmsolCommon, HttpCase):
    """In Spanish, as the users have it: the tours find the buttons by their Spanish labels."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._in_spanish(cls.anna)
        cls.machine, cls.training = cls.env["product.product"].create(
            [
                {"name": "Máquina", "list_price": 100, "taxes_id": False},
                {"name": "Formación", "list_price": 50, "taxes_id": False, "type": "service"},
            ]
        )
        cls.customer.email = "customer@crmsol.example.com"
        cls.opportunity = cls._create_opportunity(name="Negocio con máquinas", amount=500)

    def _start(self, tour):
        self.start_tour(f"/odoo/opportunity/{self.opportunity.id}", tour, login="crmsol_anna")
        self.env.invalidate_all()

    def _offer(self, quantity):
        self.opportunity.line_ids = [
            Command.create({"product_id": self.machine.id, "product_uom_qty": quantity})
        ]

    def test_seller_offers_a_section_a_product_and_one_of_the_catalog(self):
        self._start("crmsol_opportunity_products")
        self.assertEqual(
            self.opportunity.line_ids.mapped("display_type"), ["line_section", False, False]
        )
        self.assertEqual(self.opportunity.line_ids[0].name, "Maquinaria")
        self.assertEqual(self.opportunity.products_total, 350)
        self.assertEqual(self.opportunity.amount, 500)

    def test_seller_adopts_the_products_and_sees_them_drift(self):
        self._offer(3)
        self._start("crmsol_opportunity_amount")
        self.assertEqual((self.opportunity.amount, self.opportunity.amount_source), (450, "manual"))
        self.assertEqual(self.opportunity.products_total, 500)

    def test_seller_makes_sends_and_confirms_a_quotation_and_wins(self):
        self._offer(3)
        self._start("crmsol_opportunity_quotation")
        order = self.opportunity.order_ids
        self.assertEqual((order.amount_untaxed, order.state), (300, "sale"))
        self.assertEqual((order.user_id, order.team_id), (self.anna, self.opportunity.team_id))
        self.assertEqual(self.opportunity.outcome, "won")

    def test_seller_wins_in_the_dialog_that_follows_the_confirmation(self):
        self._offer(1)
        self.env["sale.order"].with_user(self.anna).with_context(
            **self.opportunity.action_new_quotation()["context"]
        ).create({})
        self._start("crmsol_opportunity_confirm_and_win")
        self.assertEqual(self.opportunity.outcome, "won")
