from pathlib import Path

from odoo.addons.crmsol_opportunity.tests.test_sudo import find_bare
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import MigrationCommon


@tagged("post_install", "-at_install")
class TestMigrationSecurity(MigrationCommon):
    def test_sales_managers_migrate_and_nobody_else(self):
        self._create_lead()
        migration = self._open()
        Migration = self.env["crmsol.crm.migration"]
        for user in (self.anna, self.clara, self.clerk, self.portal):
            with self.subTest(user.login):
                for operation in ("read", "write", "create", "unlink"):
                    self.assertFalse(Migration.with_user(user).has_access(operation))
                with self.assertRaises(AccessError):
                    Migration.with_user(user).action_open_migration()
                for method in (
                    "action_check",
                    "action_copy",
                    "action_confirm",
                    "action_revert",
                    "run_batch",
                ):
                    with self.assertRaises(AccessError):
                        getattr(migration.with_user(user), method)()
        for operation in ("read", "write", "create", "unlink"):
            self.assertTrue(Migration.with_user(self.dora).has_access(operation))
            self.assertTrue(
                self.env["crmsol.crm.migration.line"].with_user(self.dora).has_access(operation)
            )

    def test_every_sudo_says_why(self):
        models = Path(__file__).parent.parent / "models"
        for path in sorted(models.glob("*.py")):
            with self.subTest(path.name):
                self.assertFalse(find_bare(path.read_text()))

    def test_the_menu_is_the_managers(self):
        menu = self.env.ref("crmsol_opportunity_crm.menu_crm_migration")
        for user, sees in ((self.anna, False), (self.clara, False), (self.dora, True)):
            menus = self.env["ir.ui.menu"].with_user(user).load_menus(False)
            self.assertEqual(menu.id in menus, sees, user.login)

    def test_sellers_see_their_copies_only(self):
        mine = self._create_lead("Mine")
        theirs = self._create_lead("Theirs", user_id=self.ben.id)
        self._migrate()
        found = self.env["crmsol.opportunity"].with_user(self.anna).search([])
        self.assertIn(self._get_copy(mine), found)
        self.assertNotIn(self._get_copy(theirs), found)
        self._get_copy(mine).with_user(self.anna).read()

    def test_each_company_migrates_its_own(self):
        here = self._create_lead("Here")
        there = self._create_lead("There", company_id=self.other_company.id, user_id=self.eva.id)
        shared_here = self._create_lead("Shared here", company_id=False)
        shared_there = self._create_lead("Shared there", company_id=False, user_id=self.eva.id)
        nobodys = self._create_lead("Nobody's", company_id=False, user_id=False)
        (shared_here | shared_there | nobodys).write({"company_id": False})
        mine = self._migrate()
        self.assertEqual(
            mine._get_copies().crm_lead_id, (here | shared_here | nobodys).sorted("id")
        )
        theirs = self._migrate(self._open(company=self.other_company))
        self.assertEqual(theirs._get_copies().crm_lead_id, there | shared_there)
        copy = self._get_copy(there)
        self.assertEqual(
            (copy.company_id, copy.currency_id), (self.other_company, self.env.ref("base.USD"))
        )

    def test_a_migration_is_of_one_company(self):
        migration = self._open()
        other = migration.with_context(allowed_company_ids=self.other_company.ids)
        with self.assertRaises(AccessError):
            other.action_check()
        self.assertNotIn(
            migration,
            self.env["crmsol.crm.migration"]
            .with_user(self.dora)
            .with_context(allowed_company_ids=self.other_company.ids)
            .search([]),
        )
