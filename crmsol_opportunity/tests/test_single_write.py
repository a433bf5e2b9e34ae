from contextlib import contextmanager
from datetime import date

from odoo import Command, fields
from odoo.tests import tagged

from ..const import LOST, OPPORTUNITY_MODEL
from .thread_common import ThreadCommon


@tagged("post_install", "-at_install")
class TestSingleWrite(ThreadCommon):
    """What is asked once and kept is asked anew where it may have changed."""

    # === HELPERS === #

    @contextmanager
    def _addon(self, model, **methods):
        """Another addon overrides methods of a model."""
        other = type("Other", (), {**methods, "__module__": "odoo.addons.other.models"})
        registry_class = self.env.registry[model]
        bases = registry_class.__bases__
        registry_class.__bases__ = (other, *bases)
        try:
            yield
        finally:
            registry_class.__bases__ = bases

    def _post(self):
        return self.opportunities.message_post(
            body="We have talked.", message_type="comment", subtype_xmlid="mail.mt_comment"
        )

    # === TESTS === #

    def test_an_addon_that_changes_one_of_the_methods_gets_the_hosts_way_back(self):
        def method(name):
            """Return an override that is noted, and does what it overrides."""

            def called(records, *args, **kwargs):
                heard.append(name)
                mro = type(records).mro()
                after = mro[mro.index(type(records).__bases__[0]) + 1 :]
                origin = next(vars(cls)[name] for cls in after if name in vars(cls))
                return origin(records, *args, **kwargs)

            return called

        for model, name in (
            (OPPORTUNITY_MODEL, "_notify_get_recipients"),
            (OPPORTUNITY_MODEL, "_message_create"),
            (OPPORTUNITY_MODEL, "message_post"),
            ("mail.followers", "_get_subscription_data"),
            ("mail.followers", "_get_recipient_data"),
            ("mail.followers", "_add_default_followers"),
            ("mail.message", "_get_forbidden_access"),
        ):
            heard = []
            with self.subTest(model=model, name=name):
                self.assertTrue(self.opportunities._is_batched())
                with self._addon(model, **{name: method(name)}):
                    self.assertFalse(self.opportunities._is_batched())
                    self.opportunities.with_user(self.dora).message_post(
                        body="Hello", message_type="comment", subtype_xmlid="mail.mt_comment"
                    )
                self.assertIn(name, heard)
                self.assertTrue(self.opportunities._is_batched())

    def test_an_automation_that_replaces_a_method_is_heard_at_once(self):
        registry_class = self.env.registry[OPPORTUNITY_MODEL]
        self.assertTrue(self.opportunities._is_batched())
        origin = registry_class.message_post
        registry_class.message_post = lambda records, **kwargs: origin(records, **kwargs)
        self.addCleanup(delattr, registry_class, "message_post")
        self.assertFalse(self.opportunities._is_batched())

    def test_what_is_not_saved_yet_of_the_user_and_the_company_counts(self):
        def change():
            self.clara.sudo().partner_id.name = "Clara Another"
            self.company.sudo().name = "Another Company"
            self._post()

        [thread] = self._assert_as_the_host(change, self.opportunities)
        self.assertIn("Clara Another", thread["messages"][-1]["email_from"])
        self.assertIn("Clara Another", thread["messages"][-1]["reply_to"])

    def test_an_alias_of_the_record_takes_the_answers_from_then_on(self):
        self.assertIn("catchall@", self._post().reply_to)
        model = self.env["ir.model"]._get(OPPORTUNITY_MODEL)
        self.env["mail.alias"].create(
            {
                "alias_name": "deal",
                "alias_domain_id": self.domain.id,
                "alias_model_id": model.id,
                "alias_parent_model_id": model.id,
                "alias_parent_thread_id": self.opportunities.id,
            }
        )
        [thread] = self._assert_as_the_host(self._post, self.opportunities)
        self.assertIn("deal@", thread["messages"][-1]["reply_to"])

    def test_the_first_domain_of_aliases_counts_from_then_on(self):
        self.env["mail.alias"].sudo().search([]).alias_domain_id = False
        self.env["res.company"].sudo().search([]).alias_domain_id = False
        self.env["mail.alias.domain"].search([]).unlink()
        self.env.registry.clear_cache()  # as where there never was any
        self.assertFalse(self._post().record_alias_domain_id)
        domain = self.env["mail.alias.domain"].create({"name": "new.example.com"})
        self.env["res.company"].search([]).alias_domain_id = False
        self.assertEqual(self._post().record_alias_domain_id, domain)

    def test_the_first_phase_is_the_one_of_now(self):
        def first(**context):
            return self.Opportunity.with_context(**context).default_get(["phase_id"])["phase_id"]

        self.assertEqual(first(), self.phase_new.id)
        self.phase_new.active = False
        self.assertEqual(first(), self.phase_proposal.id)
        self.phase_new.write({"active": True, "sequence": self.phase_proposal.sequence + 1})
        self.assertEqual(first(), self.phase_proposal.id)
        team = self.env["crm.team"].create({"name": "Team"})
        self.phase_proposal.team_ids = team
        self.assertEqual(first(), self.phase_new.id)
        self.assertEqual(first(default_team_id=team.id), self.phase_proposal.id)
        team.unlink()
        self.env.invalidate_all()
        self.assertEqual(first(), self.phase_proposal.id, "shared again")
        phase = self.Phase.create({"name": "Earlier", "sequence": -30})
        self.assertEqual(first(), phase.id)
        phase.unlink()
        self.assertEqual(first(), self.phase_proposal.id)

    def test_a_requirement_holds_from_the_moment_it_is_given(self):
        role = self.env["crmsol.reference.role"].create({"name": "Decider"})
        self.assertFalse(self.opportunities._get_missing_items(self.phase_proposal))
        self.phase_proposal.required_role_ids = role
        self.env.invalidate_all()
        self.assertTrue(self.opportunities._get_missing_items(self.phase_proposal))
        self.phase_proposal.required_role_ids = [Command.clear()]
        self.env.invalidate_all()
        self.assertFalse(self.opportunities._get_missing_items(self.phase_proposal))

    def test_a_postponement_counts_where_the_deal_was_open_at_the_end_of_the_transaction(self):
        deal = self.opportunities.sudo()
        hour = fields.Datetime.from_string("2026-01-01 10:00:00")

        def later(**values):
            nonlocal hour
            hour = fields.Datetime.add(hour, hours=1)
            self.env.cr.flush()
            self._at(hour)
            for value in values.items():  # each of them reaches the table
                deal.write(dict([value]))
                self.env.flush_all()
            return deal.slip_count

        self._at(hour)
        deal = self.Opportunity.create(self._values(date_deadline=date(2026, 3, 1))).sudo()
        self.assertEqual(later(date_deadline=date(2026, 4, 1)), 1)

        def close():
            nonlocal hour
            hour = fields.Datetime.add(hour, hours=1)
            self.env.cr.flush()
            self._at(hour)
            deal.date_deadline = date(2026, 5, 1)
            self.env.flush_all()
            self.assertEqual(deal.slip_count, 2)
            deal._close(LOST)
            self.env.flush_all()

        close()
        self.assertEqual(deal.slip_count, 1, "it was never promised while the deal was open")
        self._at(fields.Datetime.add(hour, hours=1))
        self.env.cr.flush()
        deal._reopen()
        self.env.flush_all()
        self.assertEqual(deal.slip_count, 1)
        self.assertEqual(deal.slip_count, deal._get_slips()[deal.id][0])

    def test_what_is_inserted_with_a_new_opportunity_is_what_would_be_computed(self):
        product = self.env["product.product"].create({"name": "Product", "list_price": 10})
        lines = [Command.create({"product_id": product.id, "product_uom_qty": 2})]
        for values in (
            {},
            {"line_ids": lines},
            {"budget": 70, "date_deadline": "2026-03-01"},
            {"outcome": LOST, "phase_id": self.phase_close.id},
        ):
            with self.subTest(values=values):
                deal = self.Opportunity.create(self._values(**values)).sudo()
                self.env.flush_all()
                names = (
                    "budget_gap",
                    "forecast_amount",
                    "products_total",
                    "slip_count",
                    "slip_days",
                )
                inserted = {name: deal[name] for name in names}
                for name in names:
                    self.env.add_to_compute(deal._fields[name], deal)
                self.assertEqual({name: deal[name] for name in names}, inserted)

    def test_what_is_inserted_with_a_new_action_is_what_would_be_computed(self):
        self.anna.sudo().tz = "America/Lima"
        for owner in (self.anna, self.dora):
            action = self.opportunities.activity_schedule(
                "mail.mail_activity_data_call", user_id=owner.id, summary="Call"
            )
            self.env.flush_all()
            names = ("res_model", "res_name", "user_tz")
            inserted = {name: action[name] for name in names}
            self.assertEqual(inserted["user_tz"], owner.sudo().tz)
            for name in names:
                self.env.add_to_compute(action._fields[name], action.sudo())
            self.assertEqual({name: action[name] for name in names}, inserted)
