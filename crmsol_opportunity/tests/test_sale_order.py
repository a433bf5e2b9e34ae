from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from .common import CrmsolCommon


@tagged("post_install", "-at_install")
class TestSaleOrder(CrmsolCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product = cls.env["product.product"].create(
            {"name": "Machine", "list_price": 100, "taxes_id": False}
        )
        cls.opportunity = cls._create_opportunity()

    def _create_order(self, opportunity=None, user=None, **values):
        opportunity = opportunity or self.opportunity
        return (
            self.env["sale.order"]
            .with_user(user or self.anna)
            .create(
                {
                    "partner_id": opportunity.partner_id.id,
                    "crmsol_opportunity_id": opportunity.id,
                    "order_line": [Command.create({"product_id": self.product.id})],
                    **values,
                }
            )
        )

    # === THE PRINCIPAL === #

    def test_first_quotation_is_the_principal(self):
        self.assertFalse(self.opportunity.principal_order_id)
        first, second = self._create_order(), self._create_order()
        self.assertEqual(self.opportunity.principal_order_id, first)
        self.assertEqual((first | second).mapped("crmsol_is_principal"), [True, False])

    def test_chosen_quotation_is_the_only_principal(self):
        first, second = self._create_order(), self._create_order()
        second.action_crmsol_set_principal()
        self.assertEqual(self.opportunity.principal_order_id, second)
        self.assertEqual((first | second).mapped("crmsol_is_principal"), [False, True])

    def test_cancelled_principal_passes_it_on_and_gets_it_back_when_reactivated(self):
        first, second, third = (self._create_order() for _i in range(3))
        first.action_cancel()
        self.assertEqual(self.opportunity.principal_order_id, second)
        second.action_cancel()
        self.assertEqual(self.opportunity.principal_order_id, third)
        third.action_cancel()
        self.assertFalse(self.opportunity.principal_order_id)
        second.action_draft()
        self.assertEqual(self.opportunity.principal_order_id, second)
        first.action_draft()
        self.assertEqual(self.opportunity.principal_order_id, first)

    def test_deleted_or_unlinked_principal_passes_it_on(self):
        first, second, third = (self._create_order() for _i in range(3))
        first.crmsol_opportunity_id = False
        self.assertEqual(self.opportunity.principal_order_id, second)
        self.assertFalse(first.crmsol_is_principal)
        second.sudo().unlink()
        self.assertEqual(self.opportunity.principal_order_id, third)

    def test_quotation_moved_to_another_opportunity_leaves_both_with_one(self):
        first, second = self._create_order(), self._create_order()
        other = self._create_opportunity()
        first.crmsol_opportunity_id = other
        self.assertEqual(self.opportunity.principal_order_id, second)
        self.assertEqual(other.principal_order_id, first)

    def test_principal_is_kept_whoever_changes_the_quotation(self):
        order = self._create_order()
        order.sudo().user_id = self.ben
        second = self._create_order()
        order.with_user(self.ben).sudo(False).action_cancel()
        self.assertEqual(self.opportunity.principal_order_id, second)

    def test_cancelled_and_foreign_quotations_cannot_be_the_principal(self):
        order, second = self._create_order(), self._create_order()
        second.action_cancel()
        with self._refused("is cancelled and cannot be the principal"):
            second.action_crmsol_set_principal()
        foreign = self._create_order(self._create_opportunity())
        for fname in ("principal_order_id", "principal_choice_id"):
            with self.subTest(fname), self._refused("Choose one of its own"):
                self.opportunity.sudo().write({fname: foreign.id})
        with self._refused("is cancelled"):
            self.opportunity.sudo().principal_order_id = second
        loose = self.env["sale.order"].create({"partner_id": self.customer.id})
        with self._refused("belongs to no opportunity"):
            loose.action_crmsol_set_principal()
        self.assertEqual(self.opportunity.principal_order_id, order)

    def test_principal_of_a_deal_of_another_is_not_to_choose(self):
        self._create_order()
        second = self._create_order()
        self.opportunity.sudo().user_id = self.ben
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            second.action_crmsol_set_principal()
        self.assertFalse(second.crmsol_is_principal, "readable all the same")

    # === STATUS === #

    def test_status_tells_expired_and_cancelled_apart(self):
        today = fields.Date.today()
        order = self._create_order(validity_date=today)
        self.assertEqual(order.crmsol_quotation_state, "draft")
        order.state = "sent"
        self.assertEqual(order.crmsol_quotation_state, "sent")
        order.validity_date = today - timedelta(days=1)
        self.assertEqual(order.crmsol_quotation_state, "expired")
        order.action_confirm()
        self.assertEqual(order.crmsol_quotation_state, "confirmed")
        order._action_cancel()
        self.assertEqual(order.crmsol_quotation_state, "cancelled")

    def test_quotation_is_flagged_the_days_of_the_settings_before_it_expires(self):
        self.company.crmsol_quotation_expiry_days = 3
        today = fields.Date.today()
        order = self._create_order(validity_date=today + timedelta(days=4))
        self.assertFalse(order.crmsol_expires_soon)
        order.validity_date = today + timedelta(days=3)
        self.assertTrue(order.crmsol_expires_soon)
        order.action_confirm()
        self.assertFalse(order.crmsol_expires_soon)

    def test_reading_the_tab_takes_no_more_queries_for_100_than_for_10(self):
        specification = {
            "order_ids": {
                "fields": {
                    "name": {},
                    "crmsol_is_principal": {},
                    "crmsol_quotation_state": {},
                    "crmsol_expires_soon": {},
                    "amount_total": {},
                    "user_id": {"fields": {"display_name": {}}},
                }
            },
            "principal_order_id": {"fields": {"display_name": {}}},
        }

        opportunity = self._create_opportunity()
        values = {"partner_id": self.customer.id, "crmsol_opportunity_id": opportunity.id}

        def create(count):
            self.env["sale.order"].with_user(self.anna).create([values] * count)

        create(10)
        self._assert_same_statements(
            lambda: opportunity.web_read(specification), lambda: create(90)
        )
        [result] = opportunity.web_read(specification)
        self.assertEqual(len(result["order_ids"]), 100)

    # === NEW QUOTATION === #

    def _new_quotation(self, opportunity=None):
        opportunity = opportunity or self.opportunity
        context = opportunity.action_new_quotation()["context"]
        return self.env["sale.order"].with_user(self.anna).with_context(**context)

    def test_new_quotation_takes_over_lines_salesperson_team_and_tags(self):
        self._enable_discounts()
        tag = self.env["crm.tag"].create({"name": "Urgent"})
        team = self.env["crm.team"].create({"name": "Industry"})
        self.customer.user_id = self.ben
        opportunity = self._create_opportunity(
            team_id=team.id,
            tag_ids=[Command.set(tag.ids)],
            line_ids=[
                Command.create({"display_type": "line_section", "name": "Machines"}),
                Command.create(
                    {
                        "product_id": self.product.id,
                        "name": "The big one",
                        "product_uom_qty": 3,
                        "price_unit": 90,
                        "discount": 10,
                    }
                ),
                Command.create({"display_type": "line_note", "name": "Carriage paid"}),
            ],
        )
        order = Form(self._new_quotation(opportunity)).save()
        self.assertEqual(order.amount_untaxed, 243)
        self.assertEqual(order.partner_id, self.customer)
        self.assertEqual(order.user_id, self.anna, "not the customer's own salesperson")
        self.assertEqual((order.team_id, order.tag_ids), (team, tag))
        self.assertEqual(order.order_line.mapped("name"), opportunity.line_ids.mapped("name"))
        line = order.order_line[1]
        self.assertEqual((line.product_uom_qty, line.price_unit, line.discount), (3, 90, 10))
        self.assertEqual(order.amount_untaxed, opportunity.products_total)

    def test_discount_is_in_the_price_where_quotations_show_none(self):
        opportunity = self._create_opportunity(
            line_ids=[Command.create({"product_id": self.product.id, "discount": 10})]
        )
        for enabled, price in ((False, 90), (True, 100)):
            with self.subTest(enabled=enabled):
                if enabled:
                    self._enable_discounts()
                order = Form(self._new_quotation(opportunity)).save()
                self.assertEqual(order.order_line.price_unit, price)
                self.assertEqual(order.amount_untaxed, 90)

    def _enable_discounts(self):
        group = self.env.ref("sale.group_discount_per_so_line")
        self.env.ref("base.group_user").implied_ids += group

    def test_discarded_quotation_leaves_nothing_behind(self):
        before = self.env["sale.order"].search_count([])
        Form(self._new_quotation())
        self.assertEqual(self.env["sale.order"].search_count([]), before)

    def test_price_of_zero_by_hand_stays_in_the_quotation(self):
        opportunity = self._create_opportunity(
            line_ids=[Command.create({"product_id": self.product.id})]
        )
        opportunity.line_ids.price_unit = 0
        order = Form(self._new_quotation(opportunity)).save()
        self.assertEqual(order.order_line.price_unit, 0)

    def test_prices_are_converted_into_the_currency_of_the_quotation(self):
        currency = self.env["res.currency"].create(
            {
                "name": "XTS",
                "symbol": "X",
                "rate_ids": [Command.create({"name": "2020-01-01", "rate": 4})],
            }
        )
        opportunity = self._create_opportunity(
            currency_id=currency.id, line_ids=[Command.create({"product_id": self.product.id})]
        )
        self.assertEqual(opportunity.products_total, 400)
        order = self._new_quotation(opportunity).create({})
        self.assertEqual((order.currency_id, order.amount_untaxed), (self.company.currency_id, 100))
        self.assertEqual(opportunity.quoted_total, 400)

    def test_unassigned_opportunity_leaves_the_salesperson_to_the_host(self):
        opportunity = self._create_opportunity(user_id=False)
        self.assertEqual(self._new_quotation(opportunity).create({}).user_id, self.anna)

    # === SENDING === #

    def test_quotation_is_sent_to_a_spanish_customer(self):
        self._in_spanish(self.anna)
        self.env["ir.module.module"]._load_module_terms(["sale"], ["es_ES"], overwrite=True)
        self.customer.write({"lang": "es_ES", "email": "customer@crmsol.example.com"})
        order = self._create_order()
        context = order.action_quotation_send()["context"]
        composer = self.env["mail.compose.message"].with_user(self.anna).with_context(**context)
        self.assertIn(order.name, composer.create({}).subject)

    # === CONFIRMING === #

    def test_button_confirm_offers_to_win_and_forces_nothing(self):
        order = self._create_order()
        action = order.with_context(crmsol_offer_win=True).action_confirm()
        self.assertEqual(action["res_model"], "crmsol.opportunity")
        self.assertEqual(action["res_id"], self.opportunity.id)
        self.assertEqual(self.opportunity.outcome, "open")
        self.assertEqual(self.opportunity.confirmed_order_id, order)

    def test_other_callers_of_confirm_get_the_answer_of_the_host(self):
        self.assertIs(self._create_order().action_confirm(), True)
        loose = self.env["sale.order"].create({"partner_id": self.customer.id})
        self.assertIs(loose.with_context(crmsol_offer_win=True).action_confirm(), True)

    def test_win_is_not_offered_where_it_cannot_be_had(self):
        won = self._create_opportunity()
        order = self._create_order(won)
        won.action_win()
        self.assertIs(order.with_context(crmsol_offer_win=True).action_confirm(), True)
        order = self._create_order()
        self.opportunity.sudo().user_id = self.ben
        self.env.invalidate_all()
        self.assertIs(order.with_context(crmsol_offer_win=True).action_confirm(), True)

    def test_both_buttons_of_the_form_ask_for_the_offer(self):
        arch = self.env["sale.order"].get_view(view_type="form")["arch"]
        self.assertEqual(arch.count("crmsol_offer_win"), arch.count('name="action_confirm"'))

    # === GUARD === #

    def test_quotation_of_another_customer_is_refused(self):
        stranger = self.env["res.partner"].create({"name": "Stranger"})
        count = self.env["sale.order"].search_count([])
        with self._refused("Stranger.*Choose an opportunity of the same customer"):
            self._create_order(partner_id=stranger.id)
        self.assertEqual(self.env["sale.order"].search_count([]), count)
        order = self._create_order()
        with self._refused("same customer"):
            order.partner_id = stranger
        contact = self.env["res.partner"].create({"name": "Eve", "parent_id": self.customer.id})
        order.partner_id = contact

    def test_quotation_of_another_company_is_refused(self):
        both = [Command.set((self.company | self.other_company).ids)]
        self.clara.company_ids = both
        Order = (
            self.env["sale.order"]
            .with_user(self.clara)
            .with_context(allowed_company_ids=(self.company | self.other_company).ids)
        )
        values = {"partner_id": self.customer.id, "company_id": self.other_company.id}
        order = Order.create(values)
        with self._refused("Other Company|company"):
            order.crmsol_opportunity_id = self.opportunity
        with self._refused("Other Company|company"):
            Order.create({**values, "crmsol_opportunity_id": self.opportunity.id})
        self.assertFalse(order.crmsol_opportunity_id)

    def test_customer_of_an_opportunity_with_quotations_stays(self):
        self._create_order()
        stranger = self.env["res.partner"].create({"name": "Stranger"})
        with self._refused("has quotations for its present customer"):
            self.opportunity.partner_id = stranger
        self.assertEqual(self.opportunity.partner_id, self.customer)

    def test_salesman_links_no_quotation_to_a_deal_out_of_sight(self):
        hidden = self._create_opportunity(self.ben)
        own = self.env["sale.order"].with_user(self.anna).create({"partner_id": self.customer.id})
        with self.assertRaises(AccessError):
            own.crmsol_opportunity_id = hidden.id
        with self.assertRaises(AccessError):
            self._create_order(hidden)
        with self.assertRaises(AccessError):
            self.env["sale.order"].with_user(self.anna).with_context(
                crmsol_quotation_of=hidden.id
            ).default_get(["partner_id"])
        self.assertFalse(own.crmsol_opportunity_id)

    def test_copy_of_a_quotation_is_another_alternative_where_the_deal_is_in_sight(self):
        order = self._create_order()
        self.assertEqual(order.copy().crmsol_opportunity_id, self.opportunity)
        self.opportunity.sudo().user_id = self.ben
        self.env.invalidate_all()
        self.assertFalse(order.copy().crmsol_opportunity_id)
