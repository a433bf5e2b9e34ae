from datetime import date, timedelta

from freezegun import freeze_time

from odoo import Command, fields
from odoo.tests import Form, tagged

from ..const import LOST, OPEN, OUTCOME_TRANSITIONS, WON
from .common import CrmsolCommon


@tagged("post_install", "-at_install")
class TestCrmsolOpportunity(CrmsolCommon):
    # === CREATION === #

    def test_name_customer_amount_and_phase_are_enough(self):
        with Form(
            self.env["crmsol.opportunity"].with_user(self.anna),
            view="crmsol_opportunity.crmsol_opportunity_view_form_new",
        ) as form:
            self.assertEqual(form.phase_id, self.phase_new, "the first open phase is proposed")
            form.name = "Four data"
            form.partner_id = self.customer
            form.amount = 1234.5
        opportunity = form.record
        self.assertEqual(opportunity.outcome, OPEN)
        self.assertEqual(opportunity.user_id, self.anna)
        self.assertEqual(opportunity.currency_id, self.company.currency_id)
        self.assertEqual(opportunity.probability, 10)
        self.assertEqual(opportunity.weighted_amount, 123.45)

    def test_duplicate_is_open_again_and_called_a_copy(self):
        opportunity = self._create_opportunity(name="Deal")
        opportunity.action_win()
        duplicate = opportunity.copy()
        self.assertEqual(duplicate.name, "Deal (copy)")
        self.assertEqual((duplicate.outcome, duplicate.phase_id), (OPEN, self.phase_new))
        self.assertFalse(duplicate.date_closed)

    # === VALUE === #

    def test_amount_in_company_currency_keeps_the_rate_used(self):
        currency = self.env["res.currency"].create(
            {
                "name": "XTS",
                "symbol": "X",
                "rate_ids": [Command.create({"name": "2026-01-01", "rate": 4})],
            }
        )
        with freeze_time("2026-02-01"):
            opportunity = self._create_opportunity(amount=100, currency_id=currency.id)
            self.env.flush_all()
        self.assertAlmostEqual(opportunity.currency_rate, 0.25)
        self.assertEqual(opportunity.amount_company, 25)
        self.assertEqual(opportunity.currency_rate_date, date(2026, 2, 1))
        currency.rate_ids = [Command.create({"name": "2026-03-01", "rate": 2})]
        with freeze_time("2026-03-02"):
            opportunity.name = "Renamed"
            self.env.flush_all()
            self.assertEqual(opportunity.amount_company, 25, "a new rate changes no old value")
            opportunity.amount = 200
            self.assertEqual(opportunity.amount_company, 100)

    def test_probability_follows_phase_and_outcome_unless_given(self):
        opportunity = self._create_opportunity()
        opportunity.phase_id = self.phase_proposal
        self.assertEqual(opportunity.probability, 60)
        opportunity.probability = 75
        self.assertEqual(opportunity.weighted_amount, 750)
        opportunity.action_win()
        self.assertEqual((opportunity.probability, opportunity.weighted_amount), (100, 1000))
        opportunity._reopen()
        self.assertEqual(opportunity.probability, 60)
        opportunity._close(LOST)
        self.assertEqual((opportunity.probability, opportunity.weighted_amount), (0, 0))

    # === CLOSING === #

    def test_closing_sets_phase_and_date_and_reopening_restores_the_phase(self):
        opportunity = self._create_opportunity(phase_id=self.phase_proposal.id)
        opportunity.action_win()
        self.assertEqual(opportunity.phase_id, self.phase_close)
        self.assertEqual(opportunity.outcome, WON)
        self.assertEqual(opportunity.date_closed, fields.Date.today())
        self.assertTrue(opportunity.active)
        opportunity._reopen()
        self.assertEqual((opportunity.phase_id, opportunity.outcome), (self.phase_proposal, OPEN))
        self.assertFalse(opportunity.date_closed)

    def test_writing_the_same_outcome_again_keeps_closing_date_and_phase(self):
        opportunity = self._create_opportunity()
        with freeze_time("2026-01-15"):
            opportunity._close(WON)
        opportunity.write({"outcome": WON, "phase_id": self.phase_close.id})
        self.assertEqual(opportunity.date_closed, date(2026, 1, 15))
        self.assertEqual(opportunity.phase_before_close_id, self.phase_new)

    def test_losing_asks_the_reason_and_keeps_the_opportunity_visible(self):
        reason = self.env["crmsol.loss.reason"].create({"name": "Some reason"})
        opportunities = self._create_opportunity() | self._create_opportunity()
        action = opportunities.action_lose()
        wizard = (
            self.env[action["res_model"]]
            .with_user(self.anna)
            .with_context(**action["context"])
            .create({"loss_reason_id": reason.id, "note": "<b>Too late</b>"})
        )
        wizard.action_close()
        for opportunity in opportunities:
            self.assertEqual(opportunity.outcome, LOST)
            self.assertEqual(opportunity.loss_reason_id, reason)
            self.assertTrue(opportunity.active)
            self.assertIn("&lt;b&gt;Too late", opportunity.message_ids[0].body)

    def test_every_pair_of_outcomes_is_allowed_or_refused_as_the_table_says(self):
        values = {
            OPEN: {"outcome": OPEN, "phase_id": self.phase_new.id},
            WON: {"outcome": WON, "phase_id": self.phase_close.id},
            LOST: {"outcome": LOST, "phase_id": self.phase_close.id},
        }
        for source, source_values in values.items():
            for target, target_values in values.items():
                with self.subTest(source=source, target=target):
                    opportunity = self._create_opportunity(**source_values)
                    if source == target or (source, target) in OUTCOME_TRANSITIONS:
                        opportunity.write(target_values)
                        self.assertEqual(opportunity.outcome, target)
                    else:
                        with self._refused("Reopen it"):
                            opportunity.write(target_values)

    def test_closing_phase_without_outcome_is_refused(self):
        opportunity = self._create_opportunity()
        with self._refused("won or lost"):
            opportunity.phase_id = self.phase_close
        self._assert_not_created("won or lost", phase_id=self.phase_close.id)

    def test_outcome_without_closing_phase_is_refused(self):
        opportunity = self._create_opportunity()
        for outcome in (WON, LOST):
            with self.subTest(outcome), self._refused("closing phase"):
                opportunity.outcome = outcome
            self._assert_not_created("closing phase", outcome=outcome)

    # === BAD INPUT === #

    def _assert_not_created(self, sentence, **values):
        """Creating with these values raises the sentence and leaves nothing behind."""
        Opportunity = self.env["crmsol.opportunity"].sudo().with_context(active_test=False)
        before = Opportunity.search_count([])
        with self._refused(sentence):
            self._create_opportunity(**values)
        self.assertEqual(Opportunity.search_count([]), before)

    def test_amounts_that_are_no_amounts_are_refused(self):
        for fname in ("amount", "budget"):
            for value, sentence in (
                (-0.01, "negative"),
                (float("nan"), "not a number"),
                (float("inf"), "not a number"),
                ("NaN", "not a number"),
                ("plenty", "not a number"),
            ):
                with self.subTest(field=fname, value=value):
                    self._assert_not_created(sentence, **{fname: value})
                    opportunity = self._create_opportunity()
                    with self._refused(sentence):
                        opportunity.write({fname: value})
                    self.assertEqual(opportunity.amount, 1000)

    def test_sql_refuses_amounts_that_pass_by_the_model(self):
        opportunity = self._create_opportunity()
        self.env.flush_all()
        for value in ("-1", "'NaN'"):
            with self.subTest(value), self._refused("amount_positive"):
                self.env.cr.execute(
                    f"UPDATE crmsol_opportunity SET amount = {value} WHERE id = %s",  # pylint: disable=sql-injection
                    [opportunity.id],
                )

    def test_probability_outside_0_to_100_is_refused(self):
        self._assert_not_created("negative", probability=-1)
        self._assert_not_created("more than 100", probability=100.5)

    def test_customer_is_required(self):
        self._assert_not_created("Choose the customer", partner_id=False)
        opportunity = self._create_opportunity()
        with self._refused("Choose the customer"):
            opportunity.partner_id = False

    def test_customer_of_another_company_is_refused(self):
        partner = self.env["res.partner"].create(
            {"name": "Foreign", "company_id": self.other_company.id}
        )
        self._assert_not_created("Foreign.*Other Company", partner_id=partner.id)

    def test_names_that_are_too_long_blank_or_html_are_refused(self):
        for name, sentence in (
            ("x" * 10_000, "256 is the most"),
            ("   ", "a name"),
            ("<b>Deal</b>", "plain text"),
            ("Deal <script>alert(1)</script>", "plain text"),
        ):
            with self.subTest(name[:20]):
                self._assert_not_created(sentence, name=name)
        opportunity = self._create_opportunity(name="x" * 256)
        opportunity.name = "Margin < 5 % & > 3 %"
        self.assertEqual(opportunity.name, "Margin < 5 % & > 3 %")

    def test_unknown_phase_in_an_import_is_named_and_nothing_is_imported(self):
        Opportunity = self.env["crmsol.opportunity"].with_user(self.anna)
        before = Opportunity.search_count([])
        result = Opportunity.load(
            ["name", "partner_id/.id", "phase_id"],
            [
                ["Good", str(self.customer.id), "First"],
                ["Bad", str(self.customer.id), "No such phase"],
            ],
        )
        self.assertFalse(result["ids"])
        self.assertIn("No such phase", result["messages"][0]["message"])
        self.assertEqual(Opportunity.search_count([]), before)

    # === PROGRESS === #

    def test_open_opportunity_gets_stale_after_the_days_of_its_phase(self):
        Opportunity = self.env["crmsol.opportunity"].with_user(self.anna)
        opportunity = self._create_opportunity()
        opportunity.sudo().date_last_stage_update = fields.Datetime.now() - timedelta(days=8)
        self.assertTrue(opportunity.is_rotting)
        self.assertIn(opportunity, Opportunity.search([("is_rotting", "=", True)]))
        opportunity.sudo().date_last_stage_update = fields.Datetime.now() - timedelta(days=1000)
        self.assertIn(opportunity, Opportunity.search([("is_rotting", "=", True)]), "of any age")
        self.assertNotIn(opportunity, Opportunity.search([("is_rotting", "=", False)]))
        opportunity.phase_id = self.phase_proposal
        self.assertFalse(opportunity.is_rotting, "moving on starts the count again")
        self.assertNotIn(opportunity, Opportunity.search([("is_rotting", "=", True)]))
        self.assertIn(opportunity, Opportunity.search([("is_rotting", "=", False)]))
        opportunity.sudo().date_last_stage_update = fields.Datetime.now() - timedelta(days=99)
        self.assertFalse(opportunity.is_rotting, "0 days: never stale")
        opportunity.phase_id = self.phase_new
        opportunity.action_win()
        opportunity.sudo().date_last_stage_update = fields.Datetime.now() - timedelta(days=8)
        self.assertFalse(opportunity.is_rotting, "closed ones are not stale")
        self.assertNotIn(opportunity, Opportunity.search([("is_rotting", "=", True)]))

    def test_changes_are_tracked_as_a_seller_reads_them(self):
        opportunity = self._create_opportunity().with_context(
            tracking_disable=False, mail_notrack=False
        )
        self.flush_tracking()
        opportunity.write({"amount": 2000, "phase_id": self.phase_proposal.id})
        self.flush_tracking()
        tracked = opportunity.message_ids[0].sudo().tracking_value_ids.field_id.mapped("name")
        self.assertEqual(set(tracked), {"amount", "phase_id", "probability"})
        self.assertEqual(
            opportunity.message_ids[0].subtype_id,
            self.env.ref("crmsol_opportunity.mt_opportunity_phase"),
        )
        opportunity.action_win()
        self.flush_tracking()
        self.assertEqual(
            opportunity.message_ids[0].subtype_id,
            self.env.ref("crmsol_opportunity.mt_opportunity_won"),
        )

    def flush_tracking(self):
        self.env.flush_all()
        self.env.cr.precommit.run()

    # === PIPELINE === #

    def test_pipeline_shows_empty_columns_and_sums_per_column(self):
        self._create_opportunity(amount=100)
        self._create_opportunity(amount=50.5)
        groups = (
            self.env["crmsol.opportunity"]
            .with_user(self.anna)
            .with_context(read_group_expand=True)
            .formatted_read_group([], ["phase_id"], ["__count", "amount_company:sum"])
        )
        by_phase = {group["phase_id"][0]: group for group in groups}
        self.assertEqual(set(by_phase), set(self.Phase.search([]).ids))
        self.assertEqual(by_phase[self.phase_new.id]["amount_company:sum"], 150.5)
        self.assertEqual(by_phase[self.phase_proposal.id]["__count"], 0)

    def test_reading_the_pipeline_takes_no_more_queries_for_100_than_for_10(self):
        specification = {
            "name": {},
            "amount": {},
            "partner_id": {"fields": {"display_name": {}}},
            "phase_id": {"fields": {"display_name": {}}},
            "user_id": {"fields": {"display_name": {}}},
            "is_rotting": {},
            "rotting_days": {},
            "activity_state": {},
        }
        Opportunity = self.env["crmsol.opportunity"].with_user(self.anna)

        domain = [("user_id", "=", self.anna.id)]

        def create(count):
            Opportunity.create(
                [
                    {"name": f"Deal {i}", "partner_id": self.customer.id, "amount": i}
                    for i in range(count)
                ]
            )

        self.env["crmsol.opportunity"].search(domain).unlink()
        create(10)
        self._assert_same_statements(
            lambda: Opportunity.web_search_read(domain, specification), lambda: create(90)
        )
        self.assertEqual(Opportunity.web_search_read(domain, specification)["length"], 100)

    def test_number_of_queries_of_creating_does_not_grow_with_the_opportunities(self):
        def queries(count):
            customers = self.env["res.partner"].create([{"name": "Customer"}] * count)
            vals_list = [{"name": "Deal", "partner_id": customer.id} for customer in customers]
            Opportunity = self.env["crmsol.opportunity"].with_user(self.anna)
            return len(self._get_statements(lambda: Opportunity.create(vals_list)))

        queries(2)  # warm the caches
        # the ORM writes large batches in parts, hence the few
        self.assertLess(queries(50) - queries(10), 5)

    # === QUOTATIONS === #

    def test_quotation_takes_over_customer_salesperson_team_and_source(self):
        source = self.env["utm.source"].create({"name": "Fair"})
        opportunity = self._create_opportunity(source_id=source.id)
        action = opportunity.action_new_quotation()
        order = (
            self.env["sale.order"].with_user(self.anna).with_context(**action["context"]).create({})
        )
        self.assertEqual(order.crmsol_opportunity_id, opportunity)
        self.assertEqual(order.partner_id, self.customer)
        self.assertEqual(order.user_id, self.anna)
        self.assertEqual(order.team_id, opportunity.team_id)
        self.assertEqual(order.source_id, source)
        self.assertEqual(opportunity.order_ids, order)
        self.assertEqual(opportunity.order_count, 1)
