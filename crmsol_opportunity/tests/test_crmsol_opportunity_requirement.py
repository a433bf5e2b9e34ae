from odoo import Command
from odoo.tests import Form, tagged

from ..const import WON
from .common import CrmsolCommon


@tagged("post_install", "-at_install")
class TestCrmsolOpportunityRequirement(CrmsolCommon):
    def _require(self, *fnames, phase=None):
        fields = self.env["ir.model.fields"]
        for fname in fnames:
            fields |= fields._get("crmsol.opportunity", fname)
        (phase or self.phase_proposal).with_user(self.dora).required_field_ids = fields

    def test_nothing_is_required_unless_a_manager_says_so(self):
        self.assertFalse(self.Phase.with_context(active_test=False).search([]).required_field_ids)
        self._create_opportunity().phase_id = self.phase_proposal

    def test_lists_that_require_nothing_are_learnt_by_one_statement(self):
        phase = self.phase_proposal

        def read():
            phase._prefetch_requirements()
            self.assertFalse(phase.required_role_ids + phase.required_role_ids)
            self.assertFalse(phase.sudo().required_field_ids)
            self.assertFalse(phase.required_activity_type_ids)

        self.assertEqual(len(self._get_statements(read)), 1)
        phase._prefetch_requirements()
        self._require("budget")  # after that is known
        with self._refused("fill in: Established Budget"):
            self._create_opportunity().phase_id = phase

    def test_list_that_requires_something_is_read_among_empty_ones(self):
        self._require("budget")
        self.env.flush_all()
        self.env.invalidate_all()
        self.phase_proposal._prefetch_requirements()
        self.assertEqual(self.phase_proposal.sudo().required_field_ids.mapped("name"), ["budget"])
        self.assertFalse(self.phase_proposal.required_role_ids)

    def test_entering_a_phase_names_all_the_data_that_are_missing(self):
        self._require("budget", "date_deadline", "reference_ids", "description", "amount")
        opportunity = self._create_opportunity(name="Deal", description="<p><br></p>")
        with self._refused(
            "Before “Deal” enters the phase “Second”, fill in: "
            "(?=.*Established Budget)(?=.*Expected Close)(?=.*References)(?=.*Description)"
            "(?!.*Amount)"
        ):
            opportunity.phase_id = self.phase_proposal
        self.assertEqual(opportunity.phase_id, self.phase_new)
        person = self.env["res.partner"].create({"name": "Person"})
        opportunity.write(
            {
                "phase_id": self.phase_proposal.id,
                "budget": 1,
                "date_deadline": "2026-12-01",
                "description": "<p>Text</p>",
                "reference_ids": [Command.create({"partner_id": person.id})],
            }
        )
        self.assertEqual(opportunity.phase_id, self.phase_proposal)

    def test_every_opportunity_that_lacks_something_is_named(self):
        self._require("budget")
        opportunities = self._create_opportunity(name="One") | self._create_opportunity(name="Two")
        opportunities |= self._create_opportunity(name="Complete", budget=5)
        with self._refused(r"Second”, fill in:\n“One”: Established Budget\n“Two”: Established"):
            opportunities.phase_id = self.phase_proposal
        self.assertEqual(opportunities.phase_id, self.phase_new)

    def test_creation_asks_in_later_phases_and_not_where_the_process_begins(self):
        self._require("budget")
        self._require("budget", phase=self.phase_new)
        Opportunity = self.env["crmsol.opportunity"].with_user(self.anna)
        before = Opportunity.search_count([])
        self._create_opportunity()
        with self._refused("fill in: Established Budget"):
            self._create_opportunity(phase_id=self.phase_proposal.id)
        columns = ["name", "partner_id/.id", "phase_id/.id"]
        row = ["Imported", str(self.customer.id), str(self.phase_proposal.id)]
        result = Opportunity.load(columns, [row])
        self.assertIn("Established Budget", result["messages"][0]["message"])
        self.assertEqual(Opportunity.search_count([]), before + 1)

    def test_what_is_in_the_phase_already_can_still_be_edited(self):
        opportunity = self._create_opportunity(phase_id=self.phase_proposal.id)
        self._require("budget")
        opportunity.write({"name": "Renamed", "phase_id": self.phase_proposal.id})
        self.assertEqual(opportunity.name, "Renamed")

    def test_closing_asks_for_the_data_of_the_closing_phase(self):
        self._require("date_deadline", phase=self.phase_close)
        opportunity = self._create_opportunity()
        with self._refused("fill in: Expected Close"):
            opportunity._close(WON)
        self.assertEqual(opportunity.outcome, "open")
        opportunity.date_deadline = "2026-12-01"
        opportunity._close(WON)

    def test_labels_are_in_the_language_of_the_salesman(self):
        self._in_spanish(self.anna)
        self._require("budget")
        opportunity = self._create_opportunity().with_context(lang="es_ES")
        with self._refused("rellene: Presupuesto establecido"):
            opportunity.phase_id = self.phase_proposal

    def test_only_data_that_salesmen_fill_in_can_be_required(self):
        for fname in ("weighted_amount", "message_ids", "phase_id", "phone"):
            with self.subTest(fname), self._refused("cannot be required"):
                self._require(fname)
        with self._refused("cannot be required"):
            self.phase_proposal.required_field_ids = self.env["ir.model.fields"]._get(
                "res.partner", "name"
            )

    def test_manager_chooses_required_data_in_the_form(self):
        budget = self.env["ir.model.fields"]._get("crmsol.opportunity", "budget")
        with Form(self.phase_proposal.with_user(self.dora)) as form:
            form.required_field_ids.add(budget.with_user(self.dora))
        domain = self.Phase._get_requirable_domain()
        offered = self.env["ir.model.fields"].with_user(self.dora).search(domain)
        self.assertIn(budget, offered)
        self.assertIn("reference_ids", offered.mapped("name"))

    def test_moving_many_takes_a_constant_number_of_queries(self):
        self._require("budget", "contact_id", "tag_ids", "reference_ids")
        tag = self.env["crm.tag"].create({"name": "Some tag"})
        person = self.env["res.partner"].create({"name": "Person", "parent_id": self.customer.id})
        Opportunity = self.env["crmsol.opportunity"].with_user(self.anna)
        values = {
            "name": "Deal",
            "partner_id": self.customer.id,
            "budget": 1,
            "contact_id": person.id,
            "tag_ids": tag.ids,
            "reference_ids": [Command.create({"partner_id": person.id})],
        }

        def check(phase, read):
            deals = Opportunity

            def create(number):
                nonlocal deals
                of_phase = {**values, "phase_id": phase.id}
                deals += Opportunity.create([dict(of_phase) for _i in range(number)])

            create(10)
            self._assert_same_statements(lambda: read(deals), lambda: create(90))

        check(
            self.phase_new,
            lambda deals: self.assertFalse(deals._get_missing_items(self.phase_proposal)),
        )
        check(self.phase_proposal, lambda deals: deals._check_entry_of_new())
