from datetime import date, datetime

from odoo import Command
from odoo.tests import tagged

from .common import MigrationCommon


@tagged("post_install", "-at_install")
class TestMigration(MigrationCommon):
    """What becomes of the fields of an original."""

    def test_every_field_of_an_open_one_is_taken_over(self):
        team = self.env["crm.team"].create({"name": "Team", "company_id": self.company.id})
        tags = self.env["crm.tag"].create([{"name": "Fair"}, {"name": "Export"}])
        campaign = self.env["utm.campaign"].create({"name": "Campaign"})
        source = self.env["utm.source"].create({"name": "Source"})
        medium = self.env["utm.medium"].create({"name": "Medium"})
        person = self.env["res.partner"].create(
            {"name": "Person", "parent_id": self.customer.id, "email": "p@example.com"}
        )
        lead = self._create_lead(
            "Lathe",
            partner_id=person.id,
            team_id=team.id,
            tag_ids=[Command.set(tags.ids)],
            campaign_id=campaign.id,
            source_id=source.id,
            medium_id=medium.id,
            priority="2",
            color=4,
            description="<p>Two <b>lathes</b></p>",
            expected_revenue=12345.67,
            date_deadline=date(2026, 12, 31),
            stage_id=self.stage_talks.id,
        )
        lead.probability = 35
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE crm_lead SET create_date = %s, date_last_stage_update = %s, create_uid = %s"
            " WHERE id = %s",
            [datetime(2025, 3, 1, 9), datetime(2025, 4, 2, 10), self.ben.id, lead.id],
        )
        self.env.invalidate_all()

        migration = self._migrate()

        self.assertEqual(self._get_counts(migration), (1, 0, 0))
        copy = self._get_copy(lead)
        expected = {
            "name": "Lathe",
            "company_id": self.company,
            "partner_id": self.customer,
            "contact_id": person,
            "phase_id": self.phase_proposal,
            "outcome": "open",
            "active": True,
            "amount": 12345.67,
            "currency_id": self.company.currency_id,
            "amount_source": "manual",
            "probability": 35.0,
            "date_deadline": date(2026, 12, 31),
            "date_closed": False,
            "priority": "2",
            "color": 4,
            "user_id": self.anna,
            "team_id": team,
            "tag_ids": tags,
            "campaign_id": campaign,
            "source_id": source,
            "medium_id": medium,
            "create_date": datetime(2025, 3, 1, 9),
            "create_uid": self.ben,
            "date_last_stage_update": datetime(2025, 4, 2, 10),
            "import_source": "Odoo CRM",
            "import_key": f"crm.lead,{lead.id}",
        }
        self.assertEqual({fname: copy[fname] for fname in expected}, expected)
        self.assertEqual(str(copy.description), "<p>Two <b>lathes</b></p>")

    def test_an_automatic_probability_is_left_to_the_phase(self):
        lead = self._create_lead(stage_id=self.stage_talks.id)
        self.assertTrue(lead.is_automated_probability)
        self._migrate()
        self.assertEqual(self._get_copy(lead).probability, self.phase_proposal.probability)

    def test_a_won_one_is_won_on_its_day(self):
        lead = self._create_lead(stage_id=self.stage_talks.id)
        lead.action_set_won()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE crm_lead SET create_date = '2025-01-01', date_closed = '2025-05-06 10:00'"
            " WHERE id = %s",
            [lead.id],
        )
        self.env.invalidate_all()
        self._migrate()
        copy = self._get_copy(lead)
        self.assertEqual(
            (copy.outcome, copy.phase_id, copy.date_closed, copy.probability),
            ("won", self.phase_close, date(2025, 5, 6), 100),
        )

    def test_a_lost_one_is_lost_not_archived_with_its_reason(self):
        lead = self._create_lead(stage_id=self.stage_talks.id)
        lead.action_set_lost(lost_reason_id=self.too_expensive.id)
        self.assertFalse(lead.active)
        self._migrate()
        copy = self._get_copy(lead)
        self.assertEqual(
            (copy.outcome, copy.active, copy.loss_reason_id.name, copy.phase_before_close_id),
            ("lost", True, "Too dear", self.phase_proposal),
        )

    def test_a_loss_reason_is_created_once_in_every_language(self):
        self.env["res.lang"]._activate_lang("es_ES")
        self.env["res.lang"]._activate_lang("en_US")
        self.too_expensive.with_context(lang="es_ES").name = "Caro"
        self.patch(self.env.registry["crmsol.crm.migration"], "_get_batch_size", lambda self: 1)
        leads = [self._create_lead(f"L{number}") for number in range(3)]
        for lead in leads:
            lead.action_set_lost(lost_reason_id=self.too_expensive.id)
        migration = self._migrate()
        self.assertEqual(self._get_counts(migration), (3, 0, 0))
        reason = self._get_copy(leads[0]).loss_reason_id
        self.assertEqual(self._get_copy(leads[2]).loss_reason_id, reason)
        self.assertEqual(reason.with_context(lang="es_ES").name, "Caro")
        self.assertEqual(reason.with_context(lang="en_US").name, "Too dear")
        migration.action_revert()
        migration._run_all()
        self.assertFalse(reason.exists())
        self.assertEqual(migration.reason_line_ids.lost_reason_id, self.too_expensive)

    def test_a_loss_reason_may_be_another_one(self):
        reason = self.env["crmsol.loss.reason"].create({"name": "Money"})
        lead = self._create_lead()
        lead.action_set_lost(lost_reason_id=self.too_expensive.id)
        migration = self._open()
        migration.reason_line_ids.loss_reason_id = reason
        self._migrate(migration)
        self.assertEqual(self._get_copy(lead).loss_reason_id, reason)
        self.assertFalse(self.env["crmsol.loss.reason"].search([("name", "=", "Too dear")]))

    def test_lost_ones_without_a_reason_take_the_one_that_is_chosen(self):
        self.company.crmsol_loss_reason_required = True
        lead = self._create_lead("Unreasonable")
        lead.action_set_lost()
        migration = self._check()
        self.assertEqual(self._get_issues(migration), {("Unreasonable", "refused")})
        migration.action_back()
        migration.reason_line_ids.loss_reason_id = self.env["crmsol.loss.reason"].search(
            [], limit=1
        )
        self._migrate(migration)
        self.assertEqual(self._get_copy(lead).outcome, "lost")

    def test_an_archived_one_that_is_not_lost_stays_archived_and_open(self):
        lead = self._create_lead(active=False, probability=50)
        self.assertEqual(lead.won_status, "pending")
        self._migrate()
        copy = self._get_copy(lead)
        self.assertEqual((copy.outcome, copy.active), ("open", False))

    def test_phases_are_proposed_by_name_then_by_place(self):
        migration = self._open()
        self.assertEqual(
            {line.name: line.phase_id for line in migration.stage_line_ids},
            {"Fresh": self.phase_new, "Second": self.phase_proposal, "Deal": self.phase_close},
        )

    def test_the_phase_is_the_one_that_is_chosen(self):
        lead = self._create_lead()
        migration = self._open()
        migration.stage_line_ids[0].phase_id = self.phase_proposal
        self._migrate(migration)
        self.assertEqual(self._get_copy(lead).phase_id, self.phase_proposal)

    def test_a_stage_without_a_phase_is_asked_for(self):
        self._create_lead()
        migration = self._open()
        migration.stage_line_ids[0].phase_id = False
        with self._refused(
            "Choose the phase in which the opportunities of the stage “Fresh” go on"
        ):
            migration.action_check()
        migration.stage_line_ids[0].phase_id = self.phase_close
        with self._refused("Choose the phase"):
            migration.action_check()

    def test_a_customer_is_found_by_mail_or_company_else_created(self):
        self.customer.email = "known@example.com"
        by_mail = self._create_lead("M", partner_id=False, email_from="known@example.com")
        by_name = self._create_lead("N", partner_id=False, partner_name="customer")
        new = self._create_lead("C", partner_id=False, partner_name="Fresh", contact_name="Eve")
        migration = self._migrate()
        self.assertEqual(self._get_copy(by_mail).partner_id, self.customer)
        self.assertEqual(self._get_copy(by_name).partner_id, self.customer)
        copy = self._get_copy(new)
        self.assertEqual((copy.partner_id.name, copy.contact_id.name), ("Fresh", "Eve"))
        self.assertFalse(new.partner_id, "the original is as it was")
        self.assertEqual(len(migration.created["res.partner"]), 2)

    def test_without_a_customer_it_is_skipped_unless_one_is_chosen(self):
        lead = self._create_lead("Nobody's", partner_id=False)
        named = self._create_lead("Named", partner_id=False, partner_name="Fresh")
        migration = self._check(is_creating_partners=False)
        self.assertEqual(
            self._get_issues(migration), {("Nobody's", "no_customer"), ("Named", "no_customer")}
        )
        migration.action_back()
        self._migrate(migration, partner_id=self.customer.id)
        self.assertEqual((self._get_copy(lead) | self._get_copy(named)).partner_id, self.customer)

    def test_what_ours_has_no_field_for_is_noted(self):
        lead = self._create_lead(
            partner_name="Sister company", phone="+34 600 000 000", referred="A friend"
        )
        lead.partner_id = self.customer
        self._migrate()
        note = self._get_copy(lead).message_ids[:1].body
        self.assertIn("A friend", note)
        self.assertNotIn("Customer</li>", note)

    def test_names_and_dates_that_ours_refuses_are_mended_and_told(self):
        long = "x" * 300
        tagged_lead = self._create_lead("Re: <b>Offer</b>")
        long_lead = self._create_lead(long)
        late = self._create_lead("Late", date_deadline=date(2926, 1, 1))
        migration = self._migrate()
        self.assertEqual(self._get_copy(tagged_lead).name, "Re: ‹b›Offer‹/b›")
        self.assertEqual(len(self._get_copy(long_lead).name), 256)
        self.assertIn(long, self._get_copy(long_lead).message_ids[:1].body)
        self.assertFalse(self._get_copy(late).date_deadline)
        codes = {code for _name, code in self._get_issues(migration, "note")}
        self.assertEqual(codes, {"name", "deadline"})

    def test_a_negative_revenue_is_skipped(self):
        self._create_lead("Credit", expected_revenue=-5)
        migration = self._migrate()
        self.assertEqual(self._get_issues(migration), {("Credit", "negative")})

    def test_what_is_refused_alone_takes_no_other_along(self):
        foreign = self.env["res.partner"].create(
            {"name": "Foreign", "company_id": self.other_company.id}
        )
        leads = [self._create_lead(f"L{number}") for number in range(5)]
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE crm_lead SET partner_id = %s WHERE id = %s", [foreign.id, leads[2].id]
        )
        self.env.invalidate_all()
        migration = self._migrate()
        self.assertEqual(self._get_counts(migration), (4, 0, 1))
        self.assertEqual(self._get_issues(migration), {("L2", "refused")})

    def test_what_a_phase_requires_is_required_of_copies_too(self):
        self.phase_proposal.required_field_ids = self.env["ir.model.fields"]._get(
            "crmsol.opportunity", "date_deadline"
        )
        self._create_lead("Undated", stage_id=self.stage_talks.id)
        dated = self._create_lead(
            "Dated", stage_id=self.stage_talks.id, date_deadline=date(2026, 12, 31)
        )
        migration = self._migrate()
        self.assertEqual(self._get_issues(migration), {("Undated", "refused")})
        self.assertEqual(self._get_copy(dated).phase_id, self.phase_proposal)

    def test_leads_are_left_and_counted(self):
        self._create_lead("Only a lead", type="lead")
        self._create_lead()
        migration = self._migrate()
        self.assertEqual(self._get_counts(migration), (1, 0, 0))
        self.assertEqual(migration.lead_count, 1)
