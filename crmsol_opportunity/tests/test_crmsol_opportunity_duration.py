from datetime import datetime, timedelta

from odoo.tests import tagged

from ..const import WON
from .common import CrmsolCommon

MONDAY = datetime(2026, 3, 2, 9)


@tagged("post_install", "-at_install")
class TestPhaseBar(CrmsolCommon):
    """The times on the phase bar are those of the history."""

    def setUp(self):
        super().setUp()
        self._at_day(0)
        self.opportunity = self._create_opportunity()

    def _at_day(self, days):
        """Go on as in a transaction so many days after the Monday on which everything begins."""
        self._at(MONDAY + timedelta(days=days))

    def _get_days(self, opportunity):
        opportunity.invalidate_recordset(["duration_tracking"])
        return {
            self.Phase.browse(int(phase)): seconds / 86400
            for phase, seconds in opportunity.duration_tracking.items()
        }

    def test_stays_in_a_phase_add_up(self):
        for day, phase in ((2, self.phase_proposal), (5, self.phase_new), (9, self.phase_proposal)):
            self._at_day(day)
            self.opportunity.phase_id = phase
        self._at_day(10)
        self.assertEqual(
            self._get_days(self.opportunity), {self.phase_new: 6, self.phase_proposal: 4}
        )

    def test_a_change_that_is_not_written_yet_counts(self):
        self._at_day(2)
        self.opportunity.phase_id = self.phase_proposal
        self.assertEqual(
            self._get_days(self.opportunity), {self.phase_new: 2, self.phase_proposal: 0}
        )

    def test_an_import_shows_the_days_since_its_past_date(self):
        self._at_day(30)
        moved = self._create_opportunity(date_last_stage_update="2026-03-02 09:00:00")
        self.assertEqual(self._get_days(moved), {self.phase_new: 30})

    def test_time_closed_or_archived_does_not_count(self):
        self._at_day(1)
        self.opportunity.active = False
        self._at_day(4)
        self.opportunity.active = True
        self._at_day(6)
        self.opportunity._close(WON)
        self._at_day(9)
        self.assertEqual(self._get_days(self.opportunity), {self.phase_new: 3})

    def test_a_new_opportunity_has_no_time(self):
        self.assertFalse(self.env["crmsol.opportunity"].new({}).duration_tracking)

    def test_statements_do_not_grow_with_the_opportunities(self):
        deals = self.opportunity

        def read():
            deals.browse(deals.ids).mapped("duration_tracking")

        def create(number):
            nonlocal deals
            deals = deals.concat(*(self._create_opportunity() for _i in range(number)))

        create(10)
        self._assert_same_statements(read, lambda: create(90))
        self.assertEqual(len(self._get_statements(read)), 1)
