from contextlib import contextmanager

from odoo import Command
from odoo.tests import Form, HttpCase, tagged
from odoo.tests.common import JsonRpcException

from .common import CrmsolCommon


class LineCommon(CrmsolCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.machine, cls.training, cls.not_for_sale = cls.env["product.product"].create(
            [
                {"name": "Machine", "list_price": 100, "taxes_id": False},
                {"name": "Training", "type": "service", "list_price": 50, "taxes_id": False},
                {"name": "Spare part", "sale_ok": False},
            ]
        )
        cls.opportunity = cls._create_opportunity()

    @classmethod
    def _create_line(cls, user=None, **values):
        return (
            cls.env["crmsol.opportunity.line"]
            .with_user(user or cls.anna)
            .create({"opportunity_id": cls.opportunity.id, "product_id": cls.machine.id, **values})
        )


@tagged("post_install", "-at_install")
class TestCrmsolOpportunityLine(LineCommon):
    # === WHAT A LINE TAKES FROM ITS PRODUCT === #

    def test_line_takes_description_unit_and_price_from_the_product(self):
        line = self._create_line(product_uom_qty=3)
        self.assertEqual(line.name, "Machine")
        self.assertEqual(line.product_uom_id, self.machine.uom_id)
        self.assertEqual((line.price_unit, line.price_subtotal), (100, 300))

    def test_description_is_in_the_language_of_the_customer(self):
        self.env["res.lang"]._activate_lang("es_ES")
        self.machine.with_context(lang="es_ES").name = "Máquina"
        self.customer.lang = "es_ES"
        self.assertEqual(self._create_line().name, "Máquina")

    def test_price_is_that_of_the_pricelist_of_the_customer(self):
        self._enable_pricelists()
        pricelist = self._create_pricelist(
            [Command.create({"compute_price": "fixed", "fixed_price": 80, "min_quantity": 5})]
        )
        self.customer.property_product_pricelist = pricelist
        opportunity = self._create_opportunity()
        self.assertEqual(opportunity.pricelist_id, pricelist)
        line = self._create_line(opportunity_id=opportunity.id)
        self.assertEqual(line.price_unit, 100)
        line.product_uom_qty = 5
        self.assertEqual(line.price_unit, 80, "from 5 pieces on")

    def test_price_follows_quantity_and_pricelist_unless_set_by_hand(self):
        self._enable_pricelists()
        cheap = self._create_pricelist(
            [Command.create({"compute_price": "fixed", "fixed_price": 60})]
        )
        line, by_hand = self._create_line(), self._create_line()
        by_hand.price_unit = 95
        self.opportunity.pricelist_id = cheap
        self.assertEqual((line.price_unit, by_hand.price_unit), (60, 95))
        by_hand.product_uom_qty = 7
        self.assertEqual(by_hand.price_unit, 95)

    def test_price_given_at_creation_is_kept(self):
        line = self._create_line(price_unit=42)
        line.product_uom_qty = 2
        self.assertEqual(line.price_subtotal, 84)
        free = self._create_line(price_unit=0)
        free.product_uom_qty = 2
        self.assertEqual(free.price_subtotal, 0)

    def test_percentage_of_the_pricelist_is_shown_as_a_discount(self):
        self._enable_pricelists()
        self.env.user.group_ids += self.env.ref("sale.group_discount_per_so_line")
        self.opportunity.pricelist_id = self._create_pricelist(
            [Command.create({"compute_price": "percentage", "percent_price": 20})]
        )
        line = self._create_line()
        self.assertEqual((line.price_unit, line.discount, line.price_subtotal), (100, 20, 80))

    def test_price_is_in_the_currency_of_the_opportunity(self):
        currency = self._setup_currency(rate=4)
        opportunity = self._create_opportunity(currency_id=currency.id)
        line = self._create_line(opportunity_id=opportunity.id)
        self.assertEqual((line.price_unit, line.currency_id), (400, currency))

    def test_another_product_brings_its_own_price_also_after_one_by_hand(self):
        with Form(self.opportunity) as form, form.line_ids.new() as line:
            line.product_id = self.machine
            line.price_unit = 10
            self.assertEqual(line.price_subtotal, 10)
            line.product_id = self.training
            self.assertEqual(line.price_unit, 50)
        self.assertEqual(self.opportunity.products_total, 50)

    # === TOTALS === #

    def test_subtotal_and_total_exclude_taxes_and_discount(self):
        included, excluded = self.env["account.tax"].create(
            [
                {"name": "25 % included", "amount": 25, "price_include_override": "tax_included"},
                {"name": "10 % excluded", "amount": 10, "price_include_override": "tax_excluded"},
            ]
        )
        self.machine.taxes_id = included
        self.training.taxes_id = excluded
        line = self._create_line(discount=10)
        self.assertEqual(line.price_subtotal, 72, "100 less 10 %, less the 25 % in it")
        self._create_line(product_id=self.training.id)
        self.assertEqual(self.opportunity.products_total, 122)

    def test_total_follows_added_changed_and_removed_lines(self):
        lines = self._create_line() | self._create_line(product_id=self.training.id)
        self.assertEqual(self.opportunity.products_total, 150)
        lines[0].product_uom_qty = 2
        self.assertEqual(self.opportunity.products_total, 250)
        lines[1].unlink()
        self.assertEqual(self.opportunity.products_total, 200)

    def test_sections_and_notes_cost_nothing_and_hold_their_lines(self):
        section, note = self._create_line(
            product_id=False, display_type="line_section", name="Machines", sequence=1
        ) | self._create_line(product_id=False, display_type="line_note", name="Soon", sequence=3)
        line = self._create_line(sequence=2)
        subsection = self._create_line(
            product_id=False, display_type="line_subsection", name="Big", sequence=4
        )
        last = self._create_line(sequence=5)
        self.assertEqual((section + note).mapped("price_subtotal"), [0, 0])
        self.assertEqual(note.product_uom_qty, 0)
        self.assertEqual(line.parent_id, section)
        self.assertEqual(last.parent_id, subsection)
        self.assertEqual(last.get_parent_section_line(), section)

    def test_duplicate_of_an_opportunity_has_the_same_lines(self):
        self._create_line(price_unit=90, discount=5, product_uom_qty=2)
        self._create_line(product_id=False, display_type="line_note", name="Soon")
        duplicate = self.opportunity.copy()
        self.assertEqual(
            duplicate.line_ids.mapped(lambda line: (line.name, line.price_unit, line.discount)),
            self.opportunity.line_ids.mapped(
                lambda line: (line.name, line.price_unit, line.discount)
            ),
        )
        self.assertEqual(duplicate.products_total, 171)

    def test_closed_opportunity_is_locked(self):
        self.assertFalse(self.opportunity.locked)
        self.opportunity.action_win()
        self.assertTrue(self.opportunity.locked)

    # === BAD INPUT === #

    def test_numbers_that_nobody_can_mean_are_refused(self):
        line = self._create_line()
        for fname, value, sentence in (
            ("product_uom_qty", 0, "more than 0.*remove its line"),
            ("product_uom_qty", 0.0001, "more than 0"),
            ("product_uom_qty", -1, "more than 0"),
            ("product_uom_qty", float("nan"), "not a number"),
            ("product_uom_qty", "many", "not a number"),
            ("price_unit", -0.01, "cannot be negative"),
            ("price_unit", float("inf"), "not a number"),
            ("price_unit", "NaN", "not a number"),
            ("discount", -1, "cannot be negative"),
            ("discount", 100.5, "0 to 100"),
        ):
            with self.subTest(field=fname, value=value):
                with self._refused(sentence):
                    line.write({fname: value})
                with self._refused(sentence):
                    self._create_line(**{fname: value})
                self.assertEqual(self.opportunity.line_ids, line)
                self.assertEqual(line.price_subtotal, 100)

    def test_sql_refuses_what_passes_by_the_model(self):
        line = self._create_line()
        note = self._create_line(product_id=False, display_type="line_note", name="Note")
        self.env.flush_all()
        for record, assignment, constraint in (
            (line, "product_uom_qty = 0", "quantity_positive"),
            (line, "product_uom_qty = 'NaN'", "quantity_positive"),
            (line, "price_unit = -1", "price_positive"),
            (line, "price_unit = 'Infinity'", "price_positive"),
            (line, "discount = 101", "discount_range"),
            (line, "product_id = NULL", "product_line_complete"),
            (note, "price_unit = 3", "text_line_without_product"),
        ):
            with self.subTest(assignment), self._refused(constraint):
                self.env.cr.execute(
                    f"UPDATE crmsol_opportunity_line SET {assignment} WHERE id = %s",  # pylint: disable=sql-injection
                    [record.id],
                )

    def test_line_without_product_and_section_without_text_are_refused(self):
        with self._refused("Choose the product"):
            self._create_line(product_id=False)
        with self._refused("Give the section or the note a text"):
            self._create_line(product_id=False, display_type="line_section", name=" ")
        line = self._create_line()
        with self._refused("Choose the product"):
            line.product_id = False

    def test_section_with_a_product_is_refused(self):
        with self._refused("text_line_without_product"):
            self._create_line(display_type="line_section", name="Section")

    def test_line_stays_of_its_kind_and_in_its_opportunity(self):
        line = self._create_line()
        with self._refused("cannot be turned into"):
            line.display_type = "line_note"
        other = self._create_opportunity()
        with self._refused("stays in its opportunity"):
            other.line_ids = [Command.link(line.id)]
        line.write({"display_type": False, "opportunity_id": self.opportunity.id})

    def test_product_of_another_company_is_refused(self):
        product = self.env["product.product"].create(
            {"name": "Foreign", "company_id": self.other_company.id}
        )
        with self._refused("Foreign"):
            self._create_line(product_id=product.id)

    def test_salesman_adds_nothing_to_a_deal_of_another(self):
        self.opportunity.user_id = self.ben
        with self._refused("crmsol.opportunity.line|allowed|permi"):
            self._create_line()

    # === HELPERS === #

    def _enable_pricelists(self):
        groups = self.env.ref("product.group_product_pricelist")
        self.env.ref("base.group_user").sudo().implied_ids += groups

    def _create_pricelist(self, items):
        return self.env["product.pricelist"].create(
            {"name": "Special", "currency_id": self.company.currency_id.id, "item_ids": items}
        )

    def _setup_currency(self, rate):
        return self.env["res.currency"].create(
            {
                "name": "XTS",
                "symbol": "X",
                "rate_ids": [Command.create({"name": "2020-01-01", "rate": rate})],
            }
        )


@tagged("post_install", "-at_install")
class TestCatalog(LineCommon, HttpCase):
    """The host's catalog, through the routes that its web client calls, as a salesman."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("en_US")
        cls.anna.lang = "en_US"

    def setUp(self):
        super().setUp()
        self.authenticate("crmsol_anna", "crmsol_anna")

    def _call(self, route, **params):
        return self.make_jsonrpc_request(
            f"/product/catalog/{route}",
            {
                "res_model": "crmsol.opportunity",
                "order_id": self.opportunity.id,
                "child_field": "line_ids",
                **params,
            },
        )

    def _update(self, quantity, product=None, **params):
        product = product or self.machine
        return self._call(
            "update_order_line_info", product_id=product.id, quantity=quantity, **params
        )

    @contextmanager
    def _refused_with(self, sentence):
        """The route refuses what is done inside, and tells the client why."""
        with self.assertLogs("odoo.http", "WARNING") as logs, self.assertRaises(JsonRpcException):
            yield
        self.assertRegex("\n".join(logs.output), sentence)

    def test_catalog_offers_what_is_for_sale_and_knows_the_opportunity(self):
        action = (
            self.env["crmsol.opportunity.line"]
            .with_user(self.anna)
            .with_context(order_id=self.opportunity.id)
            .action_add_from_catalog()
        )
        products = self.env["product.product"].search(action["domain"])
        self.assertIn(self.machine, products)
        self.assertNotIn(self.not_for_sale, products)
        self.assertEqual(action["context"]["product_catalog_order_model"], "crmsol.opportunity")
        self.assertEqual(action["context"]["order_id"], self.opportunity.id)

    def test_picking_in_the_catalog_adds_changes_and_removes_a_line(self):
        self.assertEqual(self._update(2), 100)
        line = self.opportunity.line_ids
        self.assertEqual((line.product_id, line.product_uom_qty), (self.machine, 2))
        info = self._call("order_lines_info", product_ids=[self.machine.id, self.training.id])
        self.assertEqual(info[str(self.machine.id)]["quantity"], 2)
        self.assertEqual(info[str(self.training.id)]["quantity"], 0)
        self.assertEqual(info[str(self.training.id)]["price"], 50)
        self._update(5)
        self.assertEqual(self.opportunity.products_total, 500)
        self._update(0)
        self.assertFalse(self.opportunity.line_ids.exists())

    def test_product_is_added_in_the_section_that_is_chosen(self):
        first = self._create_line(
            product_id=False, display_type="line_section", name="One", sequence=1
        )
        section = self._call("create_section", name="Two", position="bottom")["id"]
        self._update(1, section_id=section)
        self._update(1, product=self.training, section_id=first.id)
        self.env.invalidate_all()
        self.assertEqual(
            self.opportunity.line_ids.mapped("name"), ["One", "Training", "Two", "Machine"]
        )
        sections = self._call("get_sections")
        self.assertEqual([(s["name"], s["line_count"]) for s in sections], [("One", 1), ("Two", 1)])

    def test_catalog_refuses_what_the_list_refuses(self):
        for quantity, sentence in ((-1, "more than 0"), ("many", "not a number")):
            with self.subTest(quantity), self._refused_with(sentence):
                self._update(quantity)
        with self._refused_with("not for sale"):
            self._update(1, product=self.not_for_sale)
        self.assertFalse(self.opportunity.line_ids)
        self.opportunity.action_win()
        with self._refused_with("is closed"):
            self._update(1)
        info = self._call("order_lines_info", product_ids=self.machine.ids)
        self.assertTrue(info[str(self.machine.id)]["readOnly"])

    def test_catalog_of_a_deal_of_another_is_out_of_reach(self):
        self.opportunity.user_id = self.ben
        with self._refused_with("crmsol.opportunity"):
            self._update(1)
        self.assertFalse(self.opportunity.sudo().line_ids)
