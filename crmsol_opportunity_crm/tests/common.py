from odoo.addons.base.tests.common import DISABLED_MAIL_CONTEXT
from odoo.addons.crmsol_opportunity.tests.common import CrmsolCommon
from odoo.tools import SQL


class MigrationCommon(CrmsolCommon):
    """Opportunities of Odoo's CRM, the only ones there are, and the way to bring them over.

    Its stages: Fresh, Second and Deal (won). Ours: First, Second and the closing phase.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["crm.lead"].with_context(active_test=False).search([]).unlink()
        stages = cls.env["crm.stage"].search([])
        cls.stage_new, cls.stage_talks, cls.stage_deal = cls.env["crm.stage"].create(
            [
                {"name": "Fresh", "sequence": 1},
                {"name": "Second", "sequence": 2},
                {"name": "Deal", "sequence": 3, "is_won": True},
            ]
        )
        stages.unlink()
        for company in (cls.company, cls.other_company):
            cls.dora.company_ids |= company
        cls.too_expensive = cls.env["crm.lost.reason"].create({"name": "Too dear"})

    @classmethod
    def _create_lead(cls, name="Lead", **values):
        return cls.env["crm.lead"].create(
            {
                "name": name,
                "type": "opportunity",
                "partner_id": cls.customer.id,
                "user_id": cls.anna.id,
                "team_id": False,
                "company_id": cls.company.id,
                "stage_id": cls.stage_new.id,
                "expected_revenue": 1000.0,
                **values,
            }
        )

    def _open(self, user=None, company=None):
        Migration = self.env["crmsol.crm.migration"].with_user(user or self.dora)
        company = company or self.company
        Migration = Migration.with_context(allowed_company_ids=company.ids)
        return Migration.browse(Migration.action_open_migration()["res_id"])

    def _check(self, migration=None, **values):
        """Do the dry run, with what is proposed and the values given."""
        migration = migration or self._open()
        migration.write(values)
        migration.action_check()
        migration._run_all()
        return migration

    def _migrate(self, migration=None, **values):
        """Do the dry run and the copy, with what is proposed and the values given."""
        migration = self._check(migration, **values)
        migration.action_copy()
        migration._run_all()
        return migration

    def _get_copy(self, lead):
        Opportunity = self.env["crmsol.opportunity"]
        copies = Opportunity.with_context(active_test=False).search([("crm_lead_id", "=", lead.id)])
        return Opportunity.browse(copies.ids)

    @classmethod
    def _tracking(cls, record):
        """Return the record with tracking, which tests do without by default."""
        return record.with_context(**dict.fromkeys(DISABLED_MAIL_CONTEXT, False))

    def _get_counts(self, migration):
        counts = migration.result["counts"]
        return tuple(counts.get(status, 0) for status in ("created", "present", "skipped"))

    def _get_issues(self, migration, kind="skipped"):
        """Return {(name of an original, code)}."""
        return {
            (name, code)
            for of_kind, code, _id, name, _v in migration.result["issues"]
            if of_kind == kind
        }

    def _get_checksums(self):
        """Return a checksum of all that Odoo's CRM has, and hangs on it."""
        self.env.flush_all()
        parts = {
            "crm_lead": "TRUE",
            "crm_stage": "TRUE",
            "crm_lost_reason": "TRUE",
            "mail_message": "model = 'crm.lead'",
            "mail_activity": "res_model = 'crm.lead'",
            "mail_followers": "res_model = 'crm.lead'",
            "ir_attachment": "res_model = 'crm.lead'",
            "calendar_event": "TRUE",
            "res_partner": "TRUE",
            "crmsol_loss_reason": "TRUE",
            "crmsol_opportunity": "TRUE",
        }
        return {
            table: self.env.execute_query(
                SQL(
                    "SELECT md5(string_agg(t::text, '|' ORDER BY id)) FROM %s t WHERE %s",
                    SQL.identifier(table),
                    SQL(condition),
                )
            )[0][0]
            for table, condition in parts.items()
        }
