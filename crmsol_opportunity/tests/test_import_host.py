from datetime import date, datetime

from odoo.tests import tagged
from odoo.tools import file_open

from ..const import LOST, OPEN, WON
from .common import CrmsolCommon

FIELDS = [
    "id",
    "name",
    "partner_id",
    "amount",
    "phase_id",
    "outcome",
    "date_closed",
    "date_last_stage_update",
]


@tagged("post_install", "-at_install")
class TestImportByHost(CrmsolCommon):
    """Odoo's own importer, for those who prepare the file themselves."""

    def _load(self, *rows, user=None):
        Opportunity = self.env["crmsol.opportunity"].with_user(user or self.anna)
        return Opportunity.load(FIELDS, [list(row) for row in rows])

    def _get_rows(self):
        close = self.phase_close.name
        return (
            ["mine.a", "One", "Customer", "5", "First", "Open", "", "2026-01-05 10:00:00"],
            ["mine.b", "Two", "Customer", "7.5", close, "won", "2026-02-03", ""],
            [
                "mine.c",
                "Three",
                "Customer",
                "0",
                close,
                "Lost",
                "2026-02-04",
                "2026-02-04 09:00:00",
            ],
        )

    def test_phase_outcome_and_dates_go_in_by_name(self):
        result = self._load(*self._get_rows())
        self.assertFalse(result["messages"])
        self.assertRecordValues(
            self.env["crmsol.opportunity"].browse(result["ids"]),
            [
                {
                    "phase_id": self.phase_new.id,
                    "outcome": OPEN,
                    "amount": 5,
                    "date_closed": False,
                    "date_last_stage_update": datetime(2026, 1, 5, 10),
                },
                {
                    "phase_id": self.phase_close.id,
                    "outcome": WON,
                    "amount": 7.5,
                    "date_closed": date(2026, 2, 3),
                    "date_last_stage_update": datetime(2026, 2, 3, 12),
                },
                {
                    "phase_id": self.phase_close.id,
                    "outcome": LOST,
                    "amount": 0,
                    "date_closed": date(2026, 2, 4),
                    "date_last_stage_update": datetime(2026, 2, 4, 9),
                },
            ],
        )

    def test_importing_again_by_external_id_updates(self):
        first = self._load(*self._get_rows(), user=self.dora)
        rows = self._get_rows()
        rows[0][3] = "6"
        again = self._load(*rows, user=self.dora)
        self.assertFalse(again["messages"])
        self.assertEqual(again["ids"], first["ids"])
        deals = self.env["crmsol.opportunity"].browse(again["ids"])
        self.assertEqual(deals.mapped("amount"), [6, 7.5, 0])
        self.assertEqual(len(deals[1].history_ids), 1)

    def test_a_row_that_is_refused_leaves_nothing_of_the_file(self):
        rows = self._get_rows()
        rows[2][4] = "First"  # lost, but in an open phase
        result = self._load(*rows)
        self.assertFalse(result["ids"])
        message = result["messages"][-1]  # the host tells of the batch first, then of the row
        self.assertEqual(message["rows"], {"from": 2, "to": 2})
        self.assertIn("can be won or lost only in the closing phase", message["message"])

    def _read_template(self, user):
        Opportunity = self.env["crmsol.opportunity"].with_user(user)
        [template] = Opportunity.with_context(lang=user.lang).get_import_templates()
        path = template["template"].removeprefix("/")
        with file_open(path, "rb") as file:
            importer = (
                self.env["base_import.import"]
                .with_user(user)
                .with_context(lang=user.lang)
                .create(
                    {
                        "res_model": "crmsol.opportunity",
                        "file": file.read(),
                        "file_name": path,
                        "file_type": "application/vnd.openxmlformats-officedocument"
                        ".spreadsheetml.sheet",
                    }
                )
            )
        options = {"quoting": '"', "has_headers": True, "float_decimal_separator": "."}
        preview = importer.parse_preview({**options}, count=10)
        self.assertNotIn("error", preview)
        return importer, preview, options

    def _import_template(self, user):
        """Import the template as it is; return the opportunities."""
        importer, preview, options = self._read_template(user)
        columns = [
            "/".join(preview["matches"].get(i, [])) or False for i in range(len(preview["headers"]))
        ]
        self.assertTrue(all(columns), f"every column is recognised: {columns}")
        options["name_create_enabled_fields"] = {"partner_id": True}
        for dryrun in (True, False):
            result = importer.execute_import(columns, preview["headers"], {**options}, dryrun)
            self.assertFalse(result["messages"])
        return self.env["crmsol.opportunity"].browse(result["ids"])

    def _check_template(self, user):
        # the phases of the tests stand before those of the installation, whose names it has
        deals = self._import_template(user)
        self.assertEqual(deals.mapped("outcome"), [OPEN, WON])
        self.assertEqual(deals.mapped("amount"), [12345.67, 4500])
        self.assertEqual(
            deals.phase_id, self.env.ref("crmsol_opportunity.phase_new") + self.phase_close
        )
        self.assertEqual(deals[1].date_closed, date(2026, 10, 15))
        self.assertEqual(deals[1].date_last_stage_update, datetime(2026, 10, 15, 12))
        again = self._import_template(user)
        self.assertEqual(again, deals, "the external identifiers are known")

    def test_the_template_goes_in_as_it_is(self):
        self.env.ref("base.EUR").active = True
        self._check_template(self.dora)

    def test_the_template_speaks_spanish(self):
        self.env.ref("base.EUR").active = True
        self._in_spanish(self.dora)
        self._check_template(self.dora)
