from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..const import LOST, WON
from .common import CrmsolCommon


@tagged("post_install", "-at_install")
class TestCrmsolOpportunityCompetitor(CrmsolCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rival, cls.rival2 = cls.env["res.partner"].create(
            [{"name": "Rival", "is_company": True}, {"name": "Rival 2", "is_company": True}]
        )
        cls.product = cls.env["product.product"].create({"name": "Machine"})
        cls.opportunity = cls._create_opportunity()

    def _create_competitor(self, partner=None, opportunity=None, user=None, **values):
        return (
            self.env["crmsol.opportunity.competitor"]
            .with_user(user or self.anna)
            .create(
                {
                    "opportunity_id": (opportunity or self.opportunity).id,
                    "partner_id": (partner or self.rival).id,
                    **values,
                }
            )
        )

    def test_customer_cannot_be_its_own_competitor(self):
        sentence = "“Customer” belongs to the customer of “Opportunity”, and the customer cannot be"
        competitor = self._create_competitor()
        with self._refused(sentence):
            self._create_competitor(self.customer)
        with self._refused(sentence):
            competitor.partner_id = self.customer
        with self._refused("“Rival” belongs to the customer"):
            self.opportunity.partner_id = self.rival
        self.assertEqual(self.opportunity.partner_id, self.customer)
        self.assertEqual(self.opportunity.competitor_ids.partner_id, self.rival)

    def test_same_products_of_a_company_are_compared_once(self):
        values = {"product_id": self.product.id, "competing_product": "Model X"}
        self._create_competitor(**values)
        with self._refused("“Rival” is already a competitor in “Opportunity” with the same"):
            self._create_competitor(**values)
        with self._refused("with the same products"):
            self._create_competitor(**{**values, "competing_product": " model x "})
        self._create_competitor(**{**values, "competing_product": "Model Y"})
        self._create_competitor(competing_product="Model X")
        self._create_competitor(self.rival2, **values)
        plain = self._create_competitor()
        with self._refused("with the same products"):
            self._create_competitor()
        self.env.flush_all()
        with self._refused("comparison_uniq"):
            self.env.cr.execute(
                "UPDATE crmsol_opportunity_competitor SET competing_product = ' MODEL x' "
                "WHERE id = %s",
                [plain.id],
            )

    def test_prices_that_are_no_prices_are_refused(self):
        competitor = self._create_competitor(price=10)
        for price in (-0.01, float("nan"), float("inf"), "NaN", "cheap"):
            with self.subTest(price):
                with self._refused("a number of 0 or more"):
                    competitor.price = price
                with self._refused("a number of 0 or more"):
                    self._create_competitor(self.rival2, price=price)
        self.env.flush_all()
        for price in ("-1", "'NaN'", "'Infinity'"):
            with self.subTest(price), self._refused("price_positive"):
                self.env.cr.execute(
                    f"UPDATE crmsol_opportunity_competitor SET price = {price}"  # pylint: disable=sql-injection
                )
        self.assertEqual(competitor.price, 10)

    def test_price_is_in_the_currency_of_the_deal(self):
        currency = self.env["res.currency"].create({"name": "XTS", "symbol": "X"})
        opportunity = self._create_opportunity(currency_id=currency.id)
        competitor = self._create_competitor(opportunity=opportunity, price=10)
        self.assertEqual(competitor.currency_id, currency)

    def test_opportunity_cannot_move_to_a_company_that_may_not_use_its_people(self):
        self.rival.company_id = self.company
        self._create_competitor()
        with self._refused("Rival"):
            self.opportunity.sudo().write(
                {"company_id": self.other_company.id, "user_id": False, "team_id": False}
            )

    def test_results_follow_the_outcome_as_far_as_it_says_something(self):
        pending = self._create_competitor()
        withdrawn = self._create_competitor(self.rival2, result="withdrew")
        self.opportunity.action_win()
        self.assertEqual((pending.result, withdrawn.result), ("lost", "withdrew"))
        self.opportunity._reopen()
        self.assertEqual((pending.result, withdrawn.result), ("pending", "withdrew"))
        self.opportunity._close(LOST)
        self.assertEqual(pending.result, "pending", "who won is for the salesperson to say")
        pending.result = "won"
        self.opportunity.write({"name": "Renamed"})
        self.assertEqual(pending.result, "won")

    def test_copy_takes_the_competitors_along_without_their_results(self):
        self._create_competitor(price=10, result="withdrew")
        self.opportunity._close(WON)
        copy = self.opportunity.copy().competitor_ids
        self.assertEqual((copy.partner_id, copy.price), (self.rival, 10))
        self.assertEqual(copy.result, "pending")

    def test_bad_row_leaves_nothing_of_the_opportunity_behind(self):
        Opportunity = self.env["crmsol.opportunity"].sudo().with_context(active_test=False)
        before = Opportunity.search_count([])
        row = {"partner_id": self.rival.id}
        with self._refused("with the same products"):
            self._create_opportunity(competitor_ids=[Command.create(row), Command.create(row)])
        self.assertEqual(Opportunity.search_count([]), before)

    def test_salesman_cannot_reach_competitors_of_the_opportunity_of_another(self):
        of_ben = self._create_opportunity(self.ben)
        competitor = self._create_competitor(opportunity=of_ben, user=self.ben)
        competitor = competitor.with_user(self.anna)
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            competitor.read(["price"])
        with self.assertRaises(AccessError):
            competitor.threat = "high"
        with self.assertRaises(AccessError):
            self._create_competitor(opportunity=of_ben)
