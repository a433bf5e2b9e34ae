import importlib.util
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

    def test_lists_that_are_new_come_filled_in(self):
        kept = self.env.ref("crmsol_opportunity.reference_role_decides")
        self.env.ref("crmsol_opportunity.reference_role_blocks").unlink()
        self.env.ref("crmsol_opportunity.activity_type_visit").unlink()
        migrate(self.env.cr, "19.0.1.1.0", "post")
        self.assertTrue(self.env.ref("crmsol_opportunity.reference_role_blocks"))
        self.assertTrue(self.env.ref("crmsol_opportunity.activity_type_visit"))
        self.assertEqual(self.env.ref("crmsol_opportunity.reference_role_decides"), kept)
