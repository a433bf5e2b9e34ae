from datetime import datetime, timedelta

from odoo.tests import tagged

from .common import MigrationCommon


@tagged("post_install", "-at_install")
class TestMigrationHistory(MigrationCommon):
    """The phases of the past, as the thread of the original tells them."""

    def setUp(self):
        super().setUp()
        self.begin = datetime(2025, 1, 1, 9)

    def _live(self, *steps):
        """Let an original live: each step is a method of it, a day after the one before."""
        self._at(self.begin)
        lead = self._tracking(self._create_lead(stage_id=self.stage_new.id))
        self.env.flush_all()
        self.flush_tracking()
        for day, step in enumerate(steps, start=1):
            moment = self.begin + timedelta(days=day)
            self._at(moment)
            before = self.env["mail.message"].search([], order="id desc", limit=1).id
            step(lead)
            self.env.flush_all()
            self.flush_tracking()
            self.env.cr.execute(
                "UPDATE mail_message SET date = %s WHERE id > %s AND model = 'crm.lead'",
                [moment, before],
            )
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE crm_lead SET create_date = %s WHERE id = %s", [self.begin, lead.id]
        )
        self.env.invalidate_all()
        self._at(datetime(2025, 6, 1))
        return lead

    def flush_tracking(self):
        self.env.flush_all()
        self.cr.precommit.run()

    def _get_history(self, lead):
        rows = self._get_copy(lead).history_ids.sorted("date_from")
        self.assertEqual(rows[:1].date_from, self.begin)
        for row, following in zip(rows, rows[1:], strict=False):
            self.assertEqual(row.date_to, following.date_from)
        self.assertFalse(rows[-1:].date_to)
        return [((row.date_from - self.begin).days, row.phase_id.name, row.outcome) for row in rows]

    def test_phases_outcome_amount_and_seller_are_followed_back(self):
        lead = self._live(
            lambda lead: lead.write({"stage_id": self.stage_talks.id}),
            lambda lead: lead.write({"expected_revenue": 2500}),
            lambda lead: lead.write({"user_id": self.ben.id}),
            lambda lead: lead.action_set_won(),
        )
        self._migrate()
        closing = self.phase_close.name
        self.assertEqual(
            self._get_history(lead),
            [
                (0, "First", "open"),
                (1, "Second", "open"),
                (2, "Second", "open"),
                (3, "Second", "open"),
                (4, closing, "won"),
            ],
        )
        copy = self._get_copy(lead)
        rows = copy.history_ids.sorted("date_from")
        self.assertEqual(rows.mapped("amount_company"), [1000, 1000, 2500, 2500, 2500])
        self.assertEqual([r.user_id for r in rows], [self.anna] * 3 + [self.ben] * 2)
        self.assertEqual(rows.mapped("probability"), [10, 60, 60, 60, 100])
        self.assertEqual(copy.phase_before_close_id, self.phase_proposal)

    def test_lost_and_restored_ones_go_through_the_closing_phase(self):
        lead = self._live(
            lambda lead: lead.write({"stage_id": self.stage_talks.id}),
            lambda lead: lead.action_set_lost(lost_reason_id=self.too_expensive.id),
            lambda lead: lead.action_unarchive(),
        )
        lead.probability = 20
        self._migrate()
        closing = self.phase_close.name
        self.assertEqual(
            self._get_history(lead),
            [
                (0, "First", "open"),
                (1, "Second", "open"),
                (2, closing, "lost"),
                (3, "Second", "open"),
            ],
        )

    def test_without_messages_the_closing_date_tells_when_it_was_closed(self):
        lead = self._live(lambda lead: lead.action_set_won())
        self.env["mail.message"].search(
            [("model", "=", "crm.lead"), ("res_id", "=", lead.id)]
        ).tracking_value_ids.unlink()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE crm_lead SET date_closed = %s WHERE id = %s",
            [self.begin + timedelta(days=9), lead.id],
        )
        self.env.invalidate_all()
        self._migrate()
        self.assertEqual(
            self._get_history(lead),
            [(0, "First", "open"), (9, self.phase_close.name, "won")],
        )

    def test_one_that_nothing_happened_to_has_one_interval(self):
        lead = self._live()
        self._migrate()
        self.assertEqual(self._get_history(lead), [(0, "First", "open")])

    def test_a_stage_that_was_deleted_is_taken_for_the_first_phase(self):
        gone = self.env["crm.stage"].create({"name": "Gone", "sequence": 2})
        lead = self._live(
            lambda lead: lead.write({"stage_id": gone.id}),
            lambda lead: lead.write({"stage_id": self.stage_talks.id}),
        )
        gone.unlink()
        self._migrate()
        self.assertEqual(self._get_history(lead), [(0, "First", "open"), (2, "Second", "open")])

    def test_it_can_be_reopened_where_it_was(self):
        lead = self._live(
            lambda lead: lead.write({"stage_id": self.stage_talks.id}),
            lambda lead: lead.action_set_won(),
        )
        self._migrate()
        copy = self._get_copy(lead)
        copy._reopen()
        self.assertEqual((copy.outcome, copy.phase_id), ("open", self.phase_proposal))
