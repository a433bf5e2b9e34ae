import io

import openpyxl

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from ..const import OPEN
from .import_common import SMALL, ImportCommon


@tagged("post_install", "-at_install")
class TestImportRefusals(ImportCommon):
    def test_bad_rows_are_listed_with_line_and_value_and_their_neighbours_go_in(self):
        wizard = self._import(
            [
                SMALL + ",created",
                "",
                "A,Good,Customer,5,First,,2026-01-31",
                "B,Bad date,Customer,5,First,,2026-02-30",
                "C,Negative,Customer,-5,First,,",
                "D,No number,Customer,NaN,First,,",
                "E,Unknown phase,Customer,5,Third,,",
                "F,<b>Bold</b>,Customer,5,First,,",
                "G,=1+1,Customer,5,First,,",
                ",No key,Customer,5,First,,",
                "H,No customer,,5,First,,",
                "I,Won without a date,Customer,5,Won,,",
                "J,Future,Customer,5,Won,2999-01-01,",
                "K,Backwards,Customer,5,Won,2026-01-01,2026-02-01",
                "L,Too wide,Customer,5,First,,,more",
                "M,Good,Customer,6,First,,",
            ]
        )
        self.assertEqual(
            self._get_issues(wizard),
            [
                (4, "date", "2026-02-30"),
                (5, "negative", "-5"),
                (6, "number", "NaN"),
                (7, "unknown_phase", "Third"),
                (8, "refused", self._get_issues(wizard)[4][2]),
                (9, "formula", "=1+1"),
                (10, "no_key", ""),
                (11, "no_customer", ""),
                (12, "no_closing_date", ""),
                (13, "future", "2999-01-01"),
                (14, "after_closing", "2026-02-01"),
                (15, "width", "8"),
            ],
        )
        self.assertEqual(self._get_counts(wizard), (2, 0, 0, 12))
        report = wizard.report
        for sentence in (
            "“created” is not a date like 2026-12-31.",
            "“amount” is negative.",
            "cannot hold HTML tags",
            "There is no phase for this value.",
        ):
            self.assertIn(sentence, report)
        self.assertNotIn("<b>Bold", report, "text of the file is never markup")

    def test_what_only_odoo_refuses_takes_no_other_row_along(self):
        field = self.env["ir.model.fields"]._get("crmsol.opportunity", "date_deadline")
        self.phase_proposal.required_field_ids = field
        wizard = self._import(
            [
                SMALL + ",expected close",
                *(f"K{i},Deal,Customer,5,Second,,2026-12-31" for i in range(9)),
                "BAD,Deal,New customer,5,Second,,",
            ]
        )
        self.assertEqual(self._get_counts(wizard), (9, 0, 0, 1))
        [(line, code, value)] = self._get_issues(wizard)
        self.assertEqual((line, code), (11, "refused"))
        self.assertIn("fill in: Expected Close", value)
        self.assertFalse(
            self.env["res.partner"].search([("name", "=", "New customer")]),
            "the customer of a row that is refused is not created",
        )
        self.assertEqual(wizard.result["created"]["partner_id"], [])

    def test_an_unknown_phase_goes_in_once_it_is_mapped(self):
        wizard = self._to_options([SMALL, "A,One,Customer,5,Talking,"])
        self.assertEqual(wizard.phase_value_ids.name, "Talking")
        self.assertFalse(wizard.phase_value_ids.phase_id)
        wizard._run_all("check")
        self.assertEqual(self._get_issues(wizard), [(2, "unknown_phase", "Talking")])
        wizard.action_back()
        wizard.phase_value_ids.write({"phase_id": self.phase_proposal.id, "outcome": OPEN})
        wizard._run_all("done")
        self.assertEqual(self._get("A").phase_id, self.phase_proposal)

    def test_the_same_key_twice_in_the_file_is_skipped(self):
        wizard = self._import(
            [SMALL, "A,One,Customer,5,First,", "B,Two,Customer,5,First,", "A,Three,Customer,5,,"]
        )
        self.assertEqual(self._get_counts(wizard), (2, 0, 0, 1))
        self.assertEqual(self._get_issues(wizard), [(4, "twice", "A")])
        self.assertEqual(self._get("A").name, "One")

    def test_rows_of_unknown_salespeople_are_skipped_where_the_user_says_so(self):
        wizard = self._import(
            ["key,customer,owner", "A,Customer,Nobody"], is_skipping_unknown_sellers=True
        )
        self.assertEqual(self._get_issues(wizard), [(2, "unknown_seller", "Nobody")])

    def test_files_that_cannot_be_used(self):
        book = io.BytesIO()
        openpyxl.Workbook().save(book)
        for data, sentence in {
            b"": "The file is empty",
            b" \n\n": "The file is empty",
            b"key,name": "no rows below",
            b"1,2\n3,4": "does not name the columns",
            b"key,name,name\nA,B,C": "Two columns of the file are named “name”",
            b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR": "not a CSV or XLSX file",
            b"%PDF-1.4\n\x00\x01": "not a CSV or XLSX file",
            b"PK\x03\x04 broken archive": "not a CSV or XLSX file",
            book.getvalue()[:-40]: "not a CSV or XLSX file",
            book.getvalue(): "The file is empty",
            b"key,name\n" + b"A,B\n" * 50_002: "more than 50000 rows",
        }.items():
            with self.subTest(data[:20]), self._refused(sentence):
                self._begin(data)

    def test_a_file_without_a_key_is_refused(self):
        wizard = self._begin("name,customer\nA,B")
        with self._refused("Say which column is the “External Key”"):
            wizard.action_read_columns()

    def test_a_file_without_customers_needs_one_for_all_its_rows(self):
        wizard = self._to_options("key,name\nA,B")
        with self._refused("No column holds the customer"):
            wizard.action_check()
        wizard.partner_id = self.customer
        wizard._run_all("done")
        self.assertEqual(self._get("A").partner_id, self.customer)

    def test_a_meaning_is_given_once(self):
        wizard = self._begin("key,name,other\nA,B,C")
        wizard.column_ids[2].target = "name"
        with self._refused("“name” and “other” cannot both be “Name”"):
            wizard.action_read_columns()
        wizard.column_ids[2].target = "entered"
        with self._refused("Choose the phase whose date of entry the column “other” holds"):
            wizard.action_read_columns()

    def test_a_column_with_countless_values_is_no_phase(self):
        wizard = self._begin(["key,phase", *(f"{i},Phase {i}" for i in range(201))])
        with self._refused("has 201 different values"):
            wizard.action_read_columns()

    def test_a_run_needs_a_file(self):
        wizard = self.env["crmsol.opportunity.import"].with_user(self.dora).create({})
        with self.assertRaises(UserError):
            wizard.action_import()
        with self.assertRaises(UserError):
            wizard.run_batch()

    def test_sales_managers_only(self):
        for role in ("anna", "clara", "clerk", "portal"):
            with self.subTest(role), self.assertRaises(AccessError):
                self._begin("key,customer\nA,Customer", getattr(self, role))
        wizard = self._begin("key,customer\nA,Customer")
        with self.assertRaises(AccessError):
            wizard.with_user(self.anna).run_batch()

    def test_another_company_is_not_reached(self):
        mine = self._import(["key,customer", "A,Customer"])
        self.assertEqual(self._get_counts(mine), (1, 0, 0, 0))
        self.eva.group_ids += self.env.ref("sales_team.group_sale_manager")
        theirs = self._import(["key,customer,amount", "A,Customer,5"], user=self.eva)
        self.assertEqual(self._get_counts(theirs), (1, 0, 0, 0), "another one, not an update")
        deals = self._get("A")
        self.assertEqual(deals.company_id, self.company | self.other_company)
        self.assertEqual(deals.filtered(lambda d: d.company_id == self.company).amount, 0)
        with self.assertRaises(AccessError):
            wizard = self._to_options(
                "key,customer\nA,Customer", self.eva, company_id=self.company.id
            )
            wizard._run_all("done")

    def test_the_report_tells_what_is_unknown_once_a_value(self):
        wizard = self._import(
            ["key,customer,owner", *(f"K{i},Customer,Nobody" for i in range(150)), "X,,"]
        )
        report = wizard.report
        self.assertEqual(report.count("Nobody"), 1)
        self.assertIn("150", report)
        self.assertIn("The row has no customer", report)
        self.assertEqual(wizard._get_issues_csv().count("Nobody"), 150, "all of them, to download")

    def test_a_phase_chosen_for_a_value_says_that_it_is_open(self):
        wizard = self._to_options([SMALL, "A,One,Customer,5,Talking,"])
        with Form(wizard.phase_value_ids) as value:
            value.phase_id = self.phase_proposal
        self.assertEqual(wizard.phase_value_ids.outcome, OPEN)
