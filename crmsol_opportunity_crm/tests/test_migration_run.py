from decimal import Decimal
from unittest.mock import patch

from odoo.tests import tagged

from .common import MigrationCommon


@tagged("post_install", "-at_install")
class TestMigrationRun(MigrationCommon):
    """Dry run, copy, interruption, repetition, removal and confirmation; and the figures."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.leads = cls.env["crm.lead"].union(
            *(
                cls._create_lead(f"L{number}", expected_revenue=number * 1000 + 0.1)
                for number in range(1, 8)
            )
        )
        cls.leads[1].action_set_won()
        cls.leads[2].action_set_lost(lost_reason_id=cls.too_expensive.id)
        cls.leads[3].write({"partner_id": False, "partner_name": "Fresh"})
        cls.leads[0].message_post(body="Hello", attachments=[("a.txt", b"a")])
        cls.leads[0].activity_schedule("mail.mail_activity_data_todo", user_id=cls.anna.id)

    def _batches_of(self, size):
        self.patch(self.env.registry["crmsol.crm.migration"], "_get_batch_size", lambda self: size)

    def _get_totals(self, migration):
        rows = migration._get_report_values()["totals"]
        return {r["outcome"]: (r["crm"][0], r["ours"][0], r["is_equal"]) for r in rows}

    def test_a_dry_run_writes_nothing(self):
        before = self._get_checksums()
        migration = self._check()
        self.assertEqual(self._get_checksums(), before)
        self.assertEqual(self._get_counts(migration), (7, 0, 0))
        self.assertEqual(
            self._get_totals(migration),
            {"Open": ("5", "5", True), "Won": ("1", "1", True), "Lost": ("1", "1", True)},
        )
        self.assertIn("to copy", migration.report)

    def test_the_copy_leaves_the_originals_as_they_are(self):
        before = self._get_checksums()
        self._migrate()
        after = self._get_checksums()
        changed = {table for table in before if before[table] != after[table]}
        self.assertEqual(changed, {"crmsol_opportunity", "crmsol_loss_reason", "res_partner"})

    def test_the_figures_reconcile_to_the_cent(self):
        migration = self._migrate()
        key = f"open {self.company.currency_id.name}"
        totals = migration._read_present_totals()[key]
        number, amount = totals["crm"]
        self.assertEqual((number, Decimal(amount)), (5, Decimal("23000.5")))
        self.assertEqual((totals["ours"][0], Decimal(totals["ours"][1])), (5, Decimal("23000.5")))
        self.assertNotIn("different", migration.report)
        self._get_copy(self.leads[0]).amount += 0.01
        self.assertEqual(self._get_totals(migration)["Open"], ("5", "5", False))
        migration.invalidate_recordset()
        self.assertIn("different", migration.report)

    def test_what_is_left_out_is_taken_off(self):
        self._create_lead("Nobody's", partner_id=False, expected_revenue=5)
        migration = self._migrate()
        row = migration._get_report_values()["totals"][0]
        self.assertEqual((row["crm"][0], row["left"][0], row["ours"][0]), ("6", "1", "5"))
        self.assertTrue(row["is_equal"])

    def test_repeating_it_copies_nothing_twice(self):
        migration = self._migrate()
        copies = migration._get_copies()
        new = self._create_lead("New one")
        migration.action_copy()
        migration._run_all()
        self.assertEqual(self._get_counts(migration), (1, 7, 0))
        self.assertEqual(migration._get_copies() - copies, self._get_copy(new))

    def test_another_migration_leaves_out_what_is_confirmed(self):
        migration = self._migrate()
        migration.action_confirm()
        migration._run_all()
        self._create_lead("New one")
        other = self._migrate()
        self.assertNotEqual(other, migration)
        self.assertEqual(self._get_counts(other), (1, 0, 0))
        self.assertEqual(self._get_totals(other), {"Open": ("1", "1", True)})

    def test_the_key_outlives_the_addon(self):
        migration = self._migrate()
        migration.action_confirm()
        migration._run_all()
        # as after the addon was removed and installed again
        migration._get_copies().sudo().write({"crm_lead_id": False, "crm_migration_id": False})
        other = self._check()
        self.assertEqual(self._get_counts(other), (0, 7, 0))
        self.assertIn(("L1", "present"), self._get_issues(other))

    def test_an_interrupted_copy_goes_on_where_it_stopped(self):
        self._batches_of(3)
        migration = self._check()
        migration.action_copy()
        self.assertEqual(migration.run_batch()["done"], 3)
        self.env.flush_all()
        self.env.invalidate_all()
        # the browser was closed: the menu opens the same migration
        again = self._open()
        self.assertEqual(again, migration)
        self.assertEqual((again.run, again.run_done, again.run_total), ("copy", 3, 7))
        with self._refused("The copy was interrupted"):
            again.action_confirm()
        self.assertEqual(again.action_continue()["tag"], "crmsol_opportunity_crm_run")
        again._run_all()
        self.assertEqual(self._get_counts(again), (7, 0, 0))
        self.assertFalse(again.run)
        self.assertTrue(all(row[2] for row in self._get_totals(again).values()))

    def test_an_interrupted_confirmation_goes_on_and_is_not_taken_back(self):
        migration = self._migrate()
        self._batches_of(3)
        migration.action_confirm()
        migration.run_batch()
        for action in ("action_revert", "action_copy", "action_confirm"):
            with self._refused("The migration has gone on meanwhile"):
                getattr(migration, action)()
        migration.action_continue()
        migration._run_all()
        self.assertEqual(migration.state, "confirmed")
        self.assertFalse(any(self.leads.mapped("active")))

    def test_an_interrupted_removal_goes_on(self):
        migration = self._migrate()
        self._batches_of(3)
        migration.action_revert()
        migration.run_batch()
        self.assertEqual((migration.run, len(migration._get_copies())), ("revert", 4))
        migration.action_continue()
        migration._run_all()
        self.assertEqual((migration.state, len(migration._get_copies())), ("draft", 0))

    def test_a_batch_that_fails_leaves_nothing(self):
        self._batches_of(3)
        migration = self._check()
        migration.action_copy()
        migration.run_batch()
        stopped = patch.object(
            self.env.registry["crmsol.crm.migration"],
            "_link_quotations",
            side_effect=RuntimeError("the server was stopped"),
        )
        with stopped, self.assertRaises(RuntimeError), self.env.cr.savepoint():
            migration.run_batch()
        self.env.invalidate_all()
        self.assertEqual((migration.run_done, len(migration._get_copies())), (3, 3))
        migration._run_all()
        self.assertEqual(len(migration._get_copies()), 7)

    def test_removing_the_copies_leaves_no_trace(self):
        before = self._get_checksums()
        self._batches_of(3)
        migration = self._migrate()
        migration.action_revert()
        migration._run_all()
        self.assertEqual(self._get_checksums(), before)
        self.assertEqual((migration.state, migration.created), ("draft", False))
        leftovers = self.env["mail.message"].search_count([("model", "=", "crmsol.opportunity")])
        activities = self.env["mail.activity"].with_context(active_test=False)
        self.assertFalse(activities.search_count([("res_model", "=", "crmsol.opportunity")]))
        self.assertFalse(leftovers)
        self._migrate(migration)
        self.assertEqual(self._get_counts(migration), (7, 0, 0), "and it can be done again")

    def test_a_customer_in_use_survives_the_removal(self):
        migration = self._migrate()
        fresh = self._get_copy(self.leads[3]).partner_id
        later = self._create_lead("Later", partner_id=fresh.id)
        migration.action_revert()
        migration._run_all()
        self.assertEqual(later.partner_id, fresh)

    def test_the_removal_says_what_was_worked_with_since(self):
        migration = self._migrate()
        self.assertFalse(migration.changed_count)
        self._at(self.env.cr.now().replace(year=2027))
        self._get_copy(self.leads[0]).with_user(self.anna).write({"amount": 1})
        self.env.flush_all()
        migration.invalidate_recordset()
        self.assertEqual((migration.changed_count, migration.stale_count), (1, 0))
        self.assertIn("Copies that somebody has worked with since: 1", migration.report)

    def test_what_was_worked_on_in_originals_since_is_told(self):
        migration = self._migrate()
        self._at(self.env.cr.now().replace(year=2027))
        self.leads[0].with_user(self.anna).message_post(body="They called")
        self.leads[1].with_user(self.anna).sudo().write({"priority": "3"})
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE mail_message SET create_date = '2027-01-01' WHERE body LIKE '%They called%'"
        )
        migration.invalidate_recordset()
        self.assertEqual((migration.changed_count, migration.stale_count), (0, 2))
        self.assertIn("Originals that somebody has worked with since: 2", migration.report)

    def test_two_windows_do_not_do_a_batch_twice(self):
        self._batches_of(3)
        migration = self._check()
        migration.action_copy()
        migration._run_all()
        result = migration.run_batch()  # the other window, afterwards
        self.assertTrue(result["action"])
        self.assertEqual(self._get_counts(migration), (7, 0, 0))

    def test_confirming_archives_the_originals_and_nothing_else_of_them(self):
        fnames = ["won_status", "date_closed", "probability", "stage_id", "expected_revenue"]
        before = self.leads.read(fnames)
        self._create_lead("Zero", probability=0)
        migration = self._migrate()
        totals = self._get_totals(migration)
        migration.action_confirm()
        migration._run_all()
        self.assertEqual(migration.state, "confirmed")
        self.assertFalse(any(self.leads.mapped("active")))
        self.assertEqual(self.leads.read(fnames), before)
        self.assertFalse(self.leads.activity_ids)
        self.assertTrue(self._get_copy(self.leads[0]).activity_ids)
        self.assertIn("“L1”", self.leads[0].message_ids[:1].body)
        self.assertEqual(self._get_totals(migration), totals, "as they were")
        with self._refused("The migration has gone on meanwhile"):
            migration.action_revert()

    def test_the_originals_may_stay_as_they_are(self):
        migration = self._migrate()
        before = self._get_checksums()
        migration.is_archiving = False
        migration.action_confirm()
        migration._run_all()
        after = self._get_checksums()
        self.assertEqual(after["crm_lead"], before["crm_lead"])
        self.assertEqual(after["mail_activity"], before["mail_activity"])

    def test_a_company_has_one_migration_at_a_time(self):
        self.assertEqual(self._open(), self._open())
        with self._refused("crmsol_crm_migration_company_uniq"):
            self.env["crmsol.crm.migration"].create({"company_id": self.company.id})

    def test_statements_do_not_grow_with_the_opportunities(self):
        def count(number):
            for index in range(number):
                lead = self._create_lead(f"G{index}")
                lead.message_post(body="Hello")
            migration = self._open()
            if migration.state == "draft":
                migration.action_check()
                migration._run_all()
            migration.action_copy()
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            migration.run_batch()
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        few = count(1)
        few, many = count(5), count(50)
        self.assertLessEqual(many, few + 10)
