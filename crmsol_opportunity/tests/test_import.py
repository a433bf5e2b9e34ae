import io
from datetime import date, datetime

import openpyxl

from odoo.tests import tagged

from ..const import LOST, OPEN, WON
from .import_common import ROWS, SMALL, ImportCommon


@tagged("post_install", "-at_install")
class TestImport(ImportCommon):
    def test_a_pipeline_goes_in_with_what_is_proposed(self):
        wizard = self._import_sample()
        self.assertEqual(self._get_counts(wizard), (12, 0, 0, 0))
        won = self._get("W1")
        self.assertRecordValues(
            won,
            [
                {
                    "name": "GTXPro · Acme Corporation · W1",
                    "outcome": WON,
                    "amount": 1054,
                    "probability": 100,
                    "date_closed": date(2017, 3, 1),
                    "date_deadline": date(2017, 3, 1),
                    "phase_id": self.phase_close.id,
                    "phase_before_close_id": self.phase_new.id,
                    "date_last_stage_update": datetime(2017, 3, 1, 12),
                    "create_date": datetime(2016, 10, 20, 12),
                    "user_id": False,
                    "company_id": self.company.id,
                }
            ],
        )
        self.assertEqual(won.partner_id.name, "Acme Corporation")
        self.assertTrue(won.partner_id.is_company)
        self.assertEqual(self._get("L2").outcome, LOST)
        engaged = self._get("E2")
        self.assertEqual((engaged.outcome, engaged.phase_id), (OPEN, self.phase_proposal))
        self.assertEqual(engaged.partner_id, self.customer, "the customer of rows without one")

    def test_totals_of_file_and_database_are_equal_to_the_cent(self):
        wizard = self._import_sample()
        totals = wizard.result["totals"]
        currency = self.company.currency_id.name
        self.assertEqual(totals[f"won {currency}"]["file"], [5, "4001.55"])
        self.assertEqual(totals[f"won {currency}"]["database"], [5, "4001.55"])
        self.assertEqual(totals[f"lost {currency}"]["database"], [3, "10.10"])
        self.assertNotIn("text-danger", wizard.report)

    def test_history_begins_where_the_file_says_and_closes_on_the_closing_day(self):
        self._import_sample()
        rows = [
            (row.date_from, row.date_to, row.phase_id, row.outcome, row.probability)
            for row in self._get("W1").history_ids.sorted("date_from")
        ]
        engaged, closed = datetime(2016, 10, 20, 12), datetime(2017, 3, 1, 12)
        self.assertEqual(
            rows,
            [
                (engaged, closed, self.phase_new, OPEN, 10),
                (closed, False, self.phase_close, WON, 100),
            ],
        )
        [row] = self._get("E1").history_ids
        self.assertEqual(
            (row.date_from, row.phase_id), (datetime(2016, 11, 1, 12), self.phase_proposal)
        )
        same_day = self._get("W5").history_ids.sorted("date_from")
        self.assertEqual(same_day.mapped("outcome"), [OPEN, WON])

    def test_dates_of_phase_entry_become_history(self):
        wizard = self._import(
            [
                "key,customer,created,entered First,Date entered Second,entered Close,status",
                "A,Customer,2026-01-05,2026-01-07,2026-02-01,2026-03-01,Won",
                "B,Customer,,2026-01-07,2026-02-01,,Open",
                "C,Customer,,2026-01-07,2026-01-07,,Open",
            ]
        )
        self.assertEqual(self._get_counts(wizard), (3, 0, 0, 0))

        def days(key):
            return [
                (row.date_from.date().isoformat(), row.phase_id.name)
                for row in self._get(key).history_ids.sorted("date_from")
            ]

        self.assertEqual(
            days("A"),
            [
                ("2026-01-05", "First"),
                ("2026-02-01", "Second"),
                ("2026-03-01", self.phase_close.name),
            ],
        )
        self.assertEqual(days("B"), [("2026-01-07", "First"), ("2026-02-01", "Second")])
        self.assertEqual(self._get("B").date_last_stage_update, datetime(2026, 2, 1, 12))
        self.assertEqual(days("C"), [("2026-01-07", "First"), ("2026-01-07", "Second")])

    def test_a_dry_run_writes_nothing(self):
        models = ("crmsol.opportunity", "res.partner", "crmsol.loss.reason", "mail.message")
        before = {model: self.env[model].search_count([]) for model in models}
        wizard = self._import_sample(state="check")
        self.assertEqual(self._get_counts(wizard), (12, 0, 0, 0))
        self.assertEqual(len(wizard.result["created"]["partner_id"]), 3)
        self.env.flush_all()
        self.assertEqual({model: self.env[model].search_count([]) for model in models}, before)
        self.env.cr.execute("SELECT count(*) FROM crmsol_opportunity WHERE import_key IS NOT NULL")
        self.assertEqual(self.env.cr.fetchone(), (0,))
        wizard._run_all("done")
        self.assertEqual(self._get_counts(wizard), (12, 0, 0, 0))

    def test_importing_again_creates_nothing(self):
        self._import_sample()
        self.assertEqual(self._get_counts(self._import_sample()), (0, 0, 12, 0))
        count = self.env["crmsol.opportunity"].search_count([("import_source", "=", "CRM")])
        self.assertEqual(count, 12)

    def test_what_differs_is_updated_and_nothing_else(self):
        self._import_sample()
        deal = self._get("E1")
        deal.priority = "2"
        changed = [row.replace("Second,11/1/2016,,", "Second,11/1/2016,,99.5") for row in ROWS]
        wizard = self._import_sample(changed)
        self.assertEqual(self._get_counts(wizard), (0, 1, 11, 0))
        self.assertEqual((deal.amount, deal.priority), (99.5, "2"))

    def test_a_deal_closed_since_keeps_its_history_and_closes_on_its_day(self):
        self._import_sample()
        closed = [row.replace("Second,11/1/2016,,", "Won,11/1/2016,12/1/2016,7") for row in ROWS]
        wizard = self._import_sample(closed)
        self.assertEqual(self._get_counts(wizard), (0, 1, 11, 0))
        rows = self._get("E1").history_ids.sorted("date_from")
        self.assertEqual(rows.mapped("outcome"), [OPEN, WON])
        self.assertEqual(rows[0].phase_id, self.phase_proposal)
        self.assertEqual(rows[0].date_from, datetime(2016, 11, 1, 12))
        self.assertEqual(rows[1].date_from, datetime(2016, 12, 1, 12))
        self.assertEqual(self._get("E1").phase_before_close_id, self.phase_proposal)

    def test_existing_ones_are_left_alone_where_the_user_says_so(self):
        self._import_sample()
        changed = [row.replace(",2900", ",2901") for row in ROWS]
        wizard = self._import_sample(changed, is_updating=False)
        self.assertEqual(self._get_counts(wizard), (0, 0, 12, 0))
        self.assertEqual(self._get("W4").amount, 2900)

    def test_the_same_key_of_another_source_is_another_deal(self):
        self._import([SMALL, "A,One,Customer,5,First,"])
        wizard = self._to_options([SMALL, "A,One,Customer,5,First,"], source="Other")
        wizard._run_all("done")
        self.assertEqual(self._get_counts(wizard), (1, 0, 0, 0))
        self.assertNotEqual(self._get("A"), self._get("A", "Other"))

    def test_the_closing_date_of_an_open_deal_is_its_expected_close(self):
        self._import([SMALL, "A,One,Customer,5,First,2027-03-01"])
        self.assertEqual(self._get("A").date_deadline, date(2027, 3, 1))
        self.assertFalse(self._get("A").date_closed)

    def test_people_are_found_by_login_mail_and_name(self):
        team = self.env["crm.team"].create({"name": "Team North"})
        wizard = self._import(
            [
                "key,customer,owner,sales team",
                "A,Customer,crmsol_anna,team north",
                f"B,CUSTOMER,{self.ben.email},",
                f"C,customer,{self.clara.name},",
                "D,Customer,Nobody,No team",
                "E,Customer,crmsol_eva,",
            ]
        )
        self.assertEqual(self._get("A").user_id, self.anna)
        self.assertEqual(self._get("A").team_id, team)
        self.assertEqual(self._get("B").user_id, self.ben)
        self.assertEqual(self._get("C").user_id, self.clara)
        self.assertFalse(self._get("D").user_id)
        self.assertFalse(self._get("E").user_id, "of the other company")
        for key in "ABC":
            self.assertEqual(self._get(key).partner_id, self.customer)
        self.assertEqual(
            self._get_issues(wizard, "note"),
            [
                (5, "unknown_seller", "Nobody"),
                (5, "unknown_team", "No team"),
                (6, "unknown_seller", "crmsol_eva"),
            ],
        )

    def test_missing_customers_are_created_once_or_not_at_all(self):
        rows = ["key,customer", "A,New & Sons", "B,new & sons"]
        wizard = self._import(rows, is_creating_partners=False)
        self.assertEqual(self._get_counts(wizard), (0, 0, 0, 2))
        wizard = self._import(rows)
        self.assertEqual(self._get("A").partner_id, self._get("B").partner_id)
        self.assertEqual(wizard.result["created"]["partner_id"], ["New & Sons"])

    def test_loss_reasons_are_found_or_created(self):
        rows = [
            "key,customer,status,close date,lost reason",
            "A,Customer,Lost,2026-01-01,Too late indeed",
            "B,Customer,Lost,2026-01-01,too late indeed",
        ]
        wizard = self._import(rows, is_creating_loss_reasons=False)
        self.assertEqual(self._get_counts(wizard), (0, 0, 0, 2))
        self._import(rows)
        self.assertEqual(self._get("A").loss_reason_id.name, "Too late indeed")
        self.assertEqual(self._get("A").loss_reason_id, self._get("B").loss_reason_id)
        self.assertEqual(self._get_counts(self._import(rows)), (0, 0, 2, 0))

    def test_currencies_are_found_by_code_and_symbol(self):
        usd = self.env.ref("base.USD")
        usd.active = True
        other = self.env["res.currency"].create({"name": "CRM", "symbol": "¤¤"})
        wizard = self._import(
            [
                "key,customer,amount,currency",
                "A,Customer,5.25,usd",
                "B,Customer,7,¤¤",
                "C,Customer,7,XXX",
            ]
        )
        self.assertEqual(self._get("A").currency_id, usd)
        self.assertEqual(self._get("B").currency_id, other)
        self.assertEqual(self._get_issues(wizard), [(4, "unknown_currency", "XXX")])
        self.assertEqual(wizard.result["totals"]["open USD"]["database"], [1, "5.25"])

    def test_a_known_product_becomes_a_line_and_may_give_the_amount(self):
        product = self.env["product.product"].create({"name": "GTX_Pro", "list_price": 4821})
        rows = [
            "key,customer,product,amount",
            "A,Customer,gtx_pro,",
            "B,Customer,gtx_pro,10",
            "C,Customer,Other,",
        ]
        wizard = self._import(rows, is_taking_product_price=True)
        self.assertEqual(self._get("A").line_ids.product_id, product)
        amounts = [self._get(key).amount for key in "ABC"]
        self.assertEqual(amounts, [4821, 10, 0])
        self.assertEqual(self._get_issues(wizard, "note"), [(4, "unknown_product", "Other")])
        self.assertNotIn("text-danger", wizard.report, "the prices are told of beside the totals")

    def test_numbers_of_both_kinds(self):
        for amounts, separator in (
            (["12.345,67", "1.234"], ","),
            (["12,345.67", "1,234"], "."),
        ):
            rows = [f"{separator}{i};Customer;{a}" for i, a in enumerate(amounts)]
            self._import(["key;customer;amount", *rows])
            self.assertEqual(self._get(f"{separator}0").amount, 12345.67)
            self.assertEqual(self._get(f"{separator}1").amount, 1234)

    def test_what_can_be_read_two_ways_is_asked(self):
        wizard = self._to_options(["key;customer;amount;created", "A;Customer;1.234;03/04/2026"])
        self.assertFalse(wizard.date_format or wizard.decimal_separator)
        self.assertIn("03/04/2026", wizard.question)
        with self._refused("“1.234” can be read two ways"):
            wizard.action_check()
        wizard.write({"date_format": "dmy", "decimal_separator": ","})
        wizard._run_all("done")
        self.assertEqual(self._get("A").amount, 1234)
        self.assertEqual(self._get("A").create_date.date(), date(2026, 4, 3))

    def test_a_workbook_is_read_like_a_text(self):
        book = openpyxl.Workbook()
        for row in (
            ["Clave", "Cliente", "Importe", "Etapa", "Fecha de cierre", "Entró en First"],
            [7, "Customer", 1234.5, "Ganada", datetime(2026, 3, 1), date(2026, 1, 1)],
        ):
            book.active.append(row)
        data = io.BytesIO()
        book.save(data)
        wizard = self._import(data.getvalue())
        self.assertEqual(self._get_counts(wizard), (1, 0, 0, 0))
        deal = self._get("7")
        self.assertEqual((deal.outcome, deal.amount), (WON, 1234.5))
        self.assertEqual(deal.date_closed, date(2026, 3, 1))
        self.assertEqual(len(deal.history_ids), 2)

    def test_encodings(self):
        for encoding in ("utf-8", "utf-8-sig", "cp1252", "utf-16"):
            with self.subTest(encoding):
                self._import(f"key;customer\n{encoding};Peñón Ágil".encode(encoding))
                self.assertEqual(self._get(encoding).partner_id.name, "Peñón Ágil")
