import importlib.util
from datetime import date, timedelta
from pathlib import Path

from odoo.tests import tagged

from .common import CrmsolCommon

MIGRATIONS = Path(__file__).parents[1] / "migrations"


def migrate(cr, version, stage):
    """Run the script of the version as Odoo does when it updates from an older one."""
    path = MIGRATIONS / version / f"{stage}-migration.py"
    spec = importlib.util.spec_from_file_location(f"{stage}_migration", path)
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    script.migrate(cr, "19.0.1.0.0")


@tagged("post_install", "-at_install")
class TestMigration(CrmsolCommon):
    def flush_tracking(self):
        """Post what was tracked, as at the end of a transaction."""
        self.env.flush_all()
        self.env.cr.flush()

    def test_actions_of_the_first_version_get_a_subject_and_a_contact(self):
        opportunity = self._create_opportunity()
        action = opportunity.activity_schedule("mail.mail_activity_data_call", summary="Kept")
        bare = opportunity.activity_schedule("mail.mail_activity_data_call")
        self.env.flush_all()
        cr = self.env.cr
        cr.execute(
            "ALTER TABLE mail_activity DROP CONSTRAINT mail_activity_crmsol_subject_and_contact"
        )
        cr.execute(
            "UPDATE mail_activity SET crmsol_contact_id = NULL WHERE id IN %s",
            [(action.id, bare.id)],
        )
        cr.execute("UPDATE mail_activity SET summary = ' ' WHERE id = %s", [bare.id])
        migrate(cr, "19.0.1.1.0", "pre")
        self.env.invalidate_all()
        self.assertEqual((action | bare).crmsol_contact_id, self.customer)
        self.assertEqual(action.summary, "Kept")
        call = self.env.ref("mail.mail_activity_data_call").with_context(lang="en_US")
        self.assertEqual(bare.summary, call.name)

    def test_opportunities_get_the_history_that_their_thread_tells(self):
        opportunity = self._create_opportunity().with_context(
            tracking_disable=False, mail_notrack=False
        )
        self.flush_tracking()
        created = opportunity.create_date
        moves = [
            {"phase_id": self.phase_proposal.id},
            {"amount": 1500, "date_deadline": "2026-12-24"},
            {"outcome": "won", "phase_id": self.phase_close.id},
        ]
        for day, values in enumerate(moves, start=1):
            opportunity.write(values)
            self.flush_tracking()
            message = opportunity.message_ids.sorted("id")[-1]
            message.date = created.replace(microsecond=0) - timedelta(days=10 - day)
        created = created.replace(microsecond=0) - timedelta(days=10)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE crmsol_opportunity SET create_date = %s WHERE id = %s",
            [created, opportunity.id],
        )
        self.env.cr.execute("DELETE FROM crmsol_opportunity_history")
        self.env.invalidate_all()
        migrate(self.env.cr, "19.0.1.2.0", "post")
        self.assertEqual(
            [
                ((row.date_from - created).days, row.phase_id, row.outcome, row.amount_company)
                for row in opportunity.history_ids.sorted("date_from")
            ],
            [
                (0, self.phase_new, "open", 1000),
                (1, self.phase_proposal, "open", 1000),
                (2, self.phase_proposal, "open", 1500),
                (3, self.phase_close, "won", 1500),
            ],
        )
        first, *_others, last = opportunity.history_ids.sorted("date_from")
        self.assertEqual((first.probability, last.probability), (10, 100))
        self.assertFalse(first.date_deadline)
        self.assertEqual(last.date_deadline, date(2026, 12, 24))

    def test_opportunities_get_the_facts_that_there_are_already(self):
        opportunity = self._create_opportunity(date_deadline="2030-01-01").with_context(
            tracking_disable=False, mail_notrack=False
        )
        self.flush_tracking()
        opportunity.date_deadline = "2030-02-01"
        self.flush_tracking()
        opportunity.message_ids.sorted("id")[-1].date -= timedelta(hours=12)
        action = opportunity.activity_schedule("mail.mail_activity_data_call")
        action.action_feedback(feedback="Well")
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE crmsol_opportunity SET date_last_contact = NULL, slip_count = NULL,"
            " slip_days = NULL, create_date = create_date - INTERVAL '1 day' WHERE id = %s",
            [opportunity.id],
        )
        self.env.invalidate_all()
        migrate(self.env.cr, "19.0.1.2.0", "post")
        self.assertTrue(opportunity.date_last_contact)
        self.assertEqual((opportunity.slip_count, opportunity.slip_days), (1, 31))

    def test_lists_that_are_new_come_filled_in(self):
        kept = self.env.ref("crmsol_opportunity.reference_role_decides")
        self.env.ref("crmsol_opportunity.reference_role_blocks").unlink()
        self.env.ref("crmsol_opportunity.activity_type_visit").unlink()
        migrate(self.env.cr, "19.0.1.1.0", "post")
        self.assertTrue(self.env.ref("crmsol_opportunity.reference_role_blocks"))
        self.assertTrue(self.env.ref("crmsol_opportunity.activity_type_visit"))
        self.assertEqual(self.env.ref("crmsol_opportunity.reference_role_decides"), kept)
