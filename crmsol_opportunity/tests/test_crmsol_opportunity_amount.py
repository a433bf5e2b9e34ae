from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from .common import CrmsolCommon


@tagged("post_install", "-at_install")
class TestCrmsolOpportunityAmount(CrmsolCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product = cls.env["product.product"].create(
            {"name": "Machine", "list_price": 100, "taxes_id": False}
        )
        cls.opportunity = cls._create_opportunity(
            amount=1000,
            budget=900,
            line_ids=[Command.create({"product_id": cls.product.id, "product_uom_qty": 12})],
        )

    def _create_order(self, opportunity=None, price=700, user=None, **values):
        opportunity = opportunity or self.opportunity
        return (
            self.env["sale.order"]
            .with_user(user or self.anna)
            .create(
                {
                    "partner_id": opportunity.partner_id.id,
                    "crmsol_opportunity_id": opportunity.id,
                    "order_line": [
                        Command.create({"product_id": self.product.id, "price_unit": price})
                    ],
                    **values,
                }
            )
        )

    def test_sources_stand_beside_the_amount_with_their_differences(self):
        self._create_order()
        self.assertEqual(self.opportunity.amount_source, "manual")
        self.assertEqual(self.opportunity.products_difference, 200)
        self.assertEqual(self.opportunity.quoted_difference, -300)
        self.assertEqual(self.opportunity.budget_difference, -100)
        self.assertEqual(self.opportunity.amount_drift, 0, "set by hand: no source to part from")
        self.assertFalse(self.opportunity.is_amount_drifting)

    def test_one_click_adopts_each_source(self):
        self._create_order()
        for method, amount, source in (
            ("action_adopt_products", 1200, "products"),
            ("action_adopt_quotation", 700, "quotation"),
            ("action_adopt_budget", 900, "manual"),
        ):
            with self.subTest(method):
                getattr(self.opportunity, method)()
                self.assertEqual(self.opportunity.amount, amount)
                self.assertEqual(self.opportunity.amount_source, source)
                self.assertEqual(self.opportunity.amount_drift, 0)

    def test_changed_source_shows_a_drift_and_leaves_the_amount(self):
        order = self._create_order()
        self.opportunity.action_adopt_products()
        self.opportunity.line_ids.product_uom_qty = 10
        self.assertEqual((self.opportunity.amount, self.opportunity.amount_drift), (1200, -200))
        self.assertTrue(self.opportunity.is_amount_drifting)
        self.opportunity.action_adopt_quotation()
        order.order_line.price_unit = 750
        self.assertEqual((self.opportunity.amount, self.opportunity.amount_drift), (700, 50))
        order.action_cancel()
        self.assertEqual((self.opportunity.amount, self.opportunity.amount_drift), (700, -700))

    def test_drift_within_the_tolerance_is_not_flagged(self):
        self.opportunity.action_adopt_products()
        self.opportunity.line_ids.price_unit = 105
        self.assertEqual(self.opportunity.amount_drift, 60)
        for percent, flagged in ((0, True), (4.99, True), (5, False)):
            with self.subTest(percent):
                self.company.crmsol_amount_drift_percent = percent
                self.assertEqual(self.opportunity.is_amount_drifting, flagged)

    def test_amount_by_hand_is_no_longer_that_of_a_source(self):
        self.opportunity.action_adopt_products()
        self.opportunity.amount = 1200
        self.assertEqual(self.opportunity.amount_source, "products", "the same value")
        self.opportunity.amount = 1100
        self.assertEqual(self.opportunity.amount_source, "manual")
        self.opportunity.action_adopt_products()
        with Form(self.opportunity) as form:
            form.amount = 1300
            self.assertEqual(form.amount_source, "manual", "said at once")
        self.assertEqual(self.opportunity.amount, 1300)

    def test_one_write_to_several_asks_of_each_whether_its_amount_changes(self):
        other = self._create_opportunity(amount=1200)
        self.opportunity.action_adopt_products()
        (self.opportunity | other).write({"amount": 1200})
        self.assertEqual(self.opportunity.amount_source, "products")
        self.assertEqual(other.amount, 1200)

    def test_empty_source_cannot_be_adopted(self):
        empty = self._create_opportunity(amount=5)
        for method, sentence in (
            ("action_adopt_products", "no products yet"),
            ("action_adopt_quotation", "no quotation"),
            ("action_adopt_budget", "no established budget"),
        ):
            with self.subTest(method):
                with self._refused(sentence):
                    getattr(empty, method)()
                self.assertEqual((empty.amount, empty.amount_source), (5, "manual"))

    def test_copy_starts_with_an_amount_by_hand(self):
        self._create_order()
        self.opportunity.action_adopt_quotation()
        self.assertEqual(self.opportunity.copy().amount_source, "manual")

    def test_alternative_quotations_are_never_added_up(self):
        self._create_order(price=700)
        self._create_order(price=300)
        self.assertEqual(self.opportunity.quoted_total, 700)

    def test_quotation_in_another_currency_is_converted_at_the_rate_of_its_date(self):
        currency = self.env["res.currency"].create(
            {
                "name": "XTS",
                "symbol": "X",
                "rate_ids": [
                    Command.create({"name": "2026-01-01", "rate": 4}),
                    Command.create({"name": "2026-03-01", "rate": 2}),
                ],
            }
        )
        abroad = self._create_opportunity(currency_id=currency.id)
        self._create_order(abroad, date_order="2026-02-01")
        self.assertEqual(abroad.quoted_total, 2800)
        pricelist = self.env["product.pricelist"].create(
            {"name": "Foreign", "currency_id": currency.id}
        )
        self._create_order(date_order="2026-03-02", pricelist_id=pricelist.id)
        self.assertEqual(self.opportunity.quoted_total, 350)

    def test_total_of_a_quotation_that_the_reader_may_not_see_is_not_told(self):
        order = self._create_order()
        self.opportunity.action_adopt_quotation()
        order.sudo().user_id = self.ben
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(self.opportunity.quoted_total, 0)
        self.assertEqual(self.opportunity.amount_drift, 0, "nobody can say")
        with self.assertRaises(AccessError):
            self.opportunity.action_adopt_quotation()
        self.assertEqual(self.opportunity.with_user(self.clara).quoted_total, 700)

    def test_source_is_tracked(self):
        opportunity = self.opportunity.with_context(tracking_disable=False, mail_notrack=False)
        self.env.flush_all()
        self.env.cr.precommit.run()
        opportunity.action_adopt_products()
        self.env.flush_all()
        self.env.cr.precommit.run()
        fields = opportunity.message_ids[0].sudo().tracking_value_ids.field_id.mapped("name")
        self.assertIn("amount_source", fields)

    def test_reading_the_panel_takes_no_more_queries_for_100_than_for_10(self):
        fnames = [
            "order_count",
            "confirmed_order_id",
            "quoted_total",
            "products_total",
            "amount_drift",
            "is_amount_drifting",
        ]

        opportunities = self.env["crmsol.opportunity"]

        def create(count):
            nonlocal opportunities
            created = opportunities.concat(
                *(self._create_opportunity(name=f"Deal {i}") for i in range(count))
            )
            for i, opportunity in enumerate(created):
                self._create_order(opportunity, date_order=f"2026-{1 + i % 12:02}-01")
            created.action_adopt_quotation()
            opportunities |= created

        create(10)
        self._assert_same_statements(lambda: opportunities.read(fnames), lambda: create(50))
