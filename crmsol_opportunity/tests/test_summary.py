from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..models.crmsol_opportunity_summary import SUMMARY_ROWS
from .common import CrmsolCommon


@tagged("post_install", "-at_install")
class TestSummary(CrmsolCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.anna.lang = "en_US"

    def _print(self, opportunity, user):
        # a report reads what its user may read, in the user's language
        Report = self.env["ir.actions.report"].with_user(user).with_context(lang=user.lang)
        html, _kind = Report._render_qweb_html(
            "crmsol_opportunity.report_opportunity_summary", opportunity.ids
        )
        return html.decode()

    def test_summary_names_the_deal_its_people_products_and_quotations(self):
        person, rival = self.env["res.partner"].create(
            [
                {"name": "Rocío Campos", "parent_id": self.customer.id},
                {"name": "Rival Machines", "is_company": True},
            ]
        )
        product = self.env["product.product"].create({"name": "Packing line", "list_price": 900})
        opportunity = self._create_opportunity(
            name="New mill",
            budget=5200,
            line_ids=[Command.create({"product_id": product.id})],
            reference_ids=[Command.create({"partner_id": person.id})],
            competitor_ids=[Command.create({"partner_id": rival.id})],
        )
        order = (
            self.env["sale.order"]
            .with_user(self.anna)
            .create({"partner_id": self.customer.id, "crmsol_opportunity_id": opportunity.id})
        )
        opportunity.activity_schedule("mail.mail_activity_data_todo", summary="Measure the hall")
        page = self._print(opportunity, self.anna)
        for text in (
            "New mill",
            "Customer",
            "5200",  # the budget; thousands are separated as the language does
            "Rocío Campos",
            "Rival Machines",
            "Packing line",
            order.name,
            "Measure the hall",
        ):
            with self.subTest(text):
                self.assertIn(text, page.replace(".", "").replace(",", ""))

    def test_summary_stays_on_one_page_whatever_the_deal_holds(self):
        lines = [
            Command.create({"display_type": "line_section", "name": f"Section {number}"})
            for number in range(SUMMARY_ROWS + 9)
        ]
        opportunity = self._create_opportunity(
            line_ids=lines, description="<p>" + "word " * 2000 + "</p>"
        )
        page = self._print(opportunity, self.anna)
        self.assertEqual(page.count("Section "), SUMMARY_ROWS)
        self.assertRegex(page, r"Not shown here:\s*9\b")
        self.assertLess(page.count("word"), 200)

    def test_summary_is_in_the_language_of_the_user(self):
        opportunity = self._create_opportunity()
        self._in_spanish(self.anna)
        page = self._print(opportunity, self.anna)
        self.assertIn("Próximas acciones", page)
        self.assertNotIn("Next actions", page)

    def test_summary_of_a_deal_of_another_salesman_is_refused(self):
        opportunity = self._create_opportunity(self.ben)
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            self._print(opportunity, self.anna)
