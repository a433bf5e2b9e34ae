import logging
import time
from pathlib import Path
from unittest import skipUnless

from odoo.tests import tagged

from ..const import LOST, WON
from .import_common import ImportCommon

_logger = logging.getLogger(__name__)

#: A public pipeline of 5,805 deals, if it lies beside the checkout
FILE = Path(__file__).parents[3] / "shared" / "data" / "crm_sales" / "sales_pipeline.csv"


@tagged("post_install", "-at_install")
class TestImportCrmSales(ImportCommon):
    @skipUnless(FILE.exists(), "the file is not there")
    def test_the_public_pipeline_goes_in_whole_and_twice_changes_nothing(self):
        data = FILE.read_bytes()
        before = self.env["crmsol.opportunity"].search_count([])
        for counts in ((5805, 0, 0, 0), (0, 0, 5805, 0)):
            wizard = self._to_options(data)
            self.assertEqual((wizard.date_format, wizard.row_count), ("mdy", 5805))
            unknown = wizard.phase_value_ids.filtered(lambda v: not v.outcome)
            self.assertEqual(sorted(unknown.mapped("name")), ["Engaging", "Prospecting"])
            for value in wizard.phase_value_ids:
                phase = self.phase_new if value.name == "Prospecting" else self.phase_proposal
                value.phase_id = phase
            wizard.partner_id = self.customer
            start = time.monotonic()
            wizard._run_all("done")
            rate = 5805 / (time.monotonic() - start)
            _logger.info("%s imported with %.0f rows/s", FILE.name, rate)
            self.assertEqual(self._get_counts(wizard), counts)
            totals = wizard.result["totals"]
            currency = self.company.currency_id.name
            for outcome, expected in (
                (WON, [2835, "6711405.00"]),
                (LOST, [1610, "0.00"]),
            ):
                of_outcome = totals[f"{outcome} {currency}"]
                self.assertEqual(of_outcome["file"], expected)
                self.assertEqual(of_outcome["database"], expected)
        self.assertEqual(self.env["crmsol.opportunity"].search_count([]), before + 5805)
        won = self._get("1C1I7A6R")
        self.assertEqual(won.phase_before_close_id, self.phase_proposal)
        self.assertEqual(len(won.history_ids), 2)
