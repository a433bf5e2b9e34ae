from datetime import datetime, timedelta

from odoo.tests import tagged

from .import_common import HEADER, ROWS, ImportCommon


@tagged("post_install", "-at_install")
class TestImportBatches(ImportCommon):
    def _rows(self, number, start=0):
        return [
            f"K{i},,,New {i % 7},{('First', 'Won')[i % 2]},1/{i % 28 + 1}/2017,12/31/2017,{i}.25"
            for i in range(start, start + number)
        ]

    def test_a_batch_that_was_not_done_is_done_by_importing_again(self):
        self.patch(
            self.env.registry["crmsol.opportunity.import"], "_get_batch_size", lambda self: 5
        )
        wizard = self._to_options([HEADER, *ROWS])
        wizard.partner_id = self.customer
        wizard.action_import()
        self.assertEqual(wizard.run_batch()["done"], 5)
        self.assertEqual(self._get_counts(self._import_sample()), (7, 0, 5, 0))

    def test_batches_add_up(self):
        self.patch(
            self.env.registry["crmsol.opportunity.import"], "_get_batch_size", lambda self: 5
        )
        rows = [*ROWS, ROWS[0]]
        for state in ("check", "done"):
            wizard = self._import_sample(rows, state=state)
            self.assertEqual(self._get_counts(wizard), (12, 0, 0, 1), state)
            self.assertEqual(self._get_issues(wizard), [(14, "twice", "W1")])
            self.assertEqual(len(wizard.result["created"]["partner_id"]), 3)
            currency = self.company.currency_id.name
            self.assertEqual(wizard.result["totals"][f"won {currency}"]["database"][1], "4001.55")

    def test_queries_do_not_grow_with_the_rows_of_a_batch(self):
        self._import_sample(self._rows(7))  # customers, caches

        def count(rows):
            wizard = self._to_options([HEADER, *rows])
            wizard.action_import()
            return len(self._get_statements(wizard.run_batch))

        few, many = count(self._rows(10, 100)), count(self._rows(100, 1000))
        self.assertLessEqual(many, few + 2)
        few, many = count(self._rows(10, 100)), count(self._rows(100, 1000))
        self.assertLessEqual(many, few + 2, "nor where nothing changed")

    def test_nobody_is_told(self):
        before = self.env["mail.message"].search_count([])
        self._import(["key,customer,owner", "A,Customer,crmsol_anna"])
        deal = self._get("A")
        self.assertFalse(deal.message_ids)
        self.assertFalse(deal.message_follower_ids)
        self.assertEqual(self.env["mail.message"].search_count([]), before)

    def test_lists_to_download_hold_no_formulas(self):
        wizard = self._import(["key,customer,name", "A,Customer,=1+1"])
        self.assertIn("'=1+1", wizard._get_issues_csv())
        self.assertTrue(wizard.has_issues)

    def test_the_origin_of_the_last_import_is_proposed(self):
        wizard = self._to_options("key,customer\nA,Customer", source="Old CRM")
        wizard._run_all("done")
        fresh = self.env["crmsol.opportunity.import"].with_user(self.dora).create({})
        self.assertEqual(fresh.source, "Old CRM")
        action = wizard.action_open_opportunities()
        found = self.env["crmsol.opportunity"].search(action["domain"])
        self.assertEqual(found.import_key, "A")

    def test_a_duplicate_is_no_import(self):
        self._import(["key,customer", "A,Customer"])
        copy = self._get("A").copy()
        self.assertFalse(copy.import_key or copy.import_source)

    def test_a_year_old_date_in_the_future_of_the_clock_is_none(self):
        today = datetime.now() - timedelta(days=1)
        wizard = self._import(["key,customer,created", f"A,Customer,{today:%Y-%m-%d} 10:30:00"])
        self.assertEqual(self._get_counts(wizard), (1, 0, 0, 0))
