from odoo.exceptions import AccessError
from odoo.tests import tagged

from .access_common import MODEL_ACCESS, OPERATIONS, get_operations
from .common import CrmsolCommon


@tagged("post_install", "-at_install")
class TestSecurity(CrmsolCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.opportunities = {
            "anna": cls._create_opportunity(cls.anna),
            "ben": cls._create_opportunity(cls.ben),
            "nobody": cls._create_opportunity(cls.clara, user_id=False),
            "eva": cls._create_opportunity(cls.eva, company_id=cls.other_company.id),
        }

    def test_every_cell_of_role_model_operation(self):
        for model in MODEL_ACCESS:
            for role in ("portal", "clerk", "anna", "clara", "dora"):
                for operation in OPERATIONS:
                    with self.subTest(role=role, model=model, operation=operation):
                        allowed = (
                            self.env[model].with_user(getattr(self, role)).has_access(operation)
                        )
                        self.assertEqual(allowed, operation in get_operations(role, model))

    def test_every_cell_of_role_record_operation(self):
        visible = {
            "anna": {"anna", "nobody"},
            "ben": {"ben", "nobody"},
            "clara": {"anna", "ben", "nobody"},
            "dora": {"anna", "ben", "nobody"},
            "eva": {"eva"},
        }
        for role, owners in visible.items():
            found = self.env["crmsol.opportunity"].with_user(getattr(self, role)).search([])
            for owner, opportunity in self.opportunities.items():
                record = opportunity.with_user(getattr(self, role)).sudo(False)
                record.invalidate_recordset()
                with self.subTest(role=role, owner=owner):
                    self.assertEqual(opportunity.id in found.ids, owner in owners)
                    if owner in owners:
                        record.read(["name"])
                        record.write({"name": "Renamed"})
                    else:
                        with self.assertRaises(AccessError):
                            record.read(["name"])
                        with self.assertRaises(AccessError):
                            record.write({"name": "Renamed"})
                        with self.assertRaises(AccessError):
                            record.action_win()

    def test_groups_count_only_what_the_role_may_read(self):
        Opportunity = self.env["crmsol.opportunity"]
        domain = [("id", "in", [o.id for o in self.opportunities.values()])]
        for role, count in {"anna": 2, "clara": 3, "dora": 3, "eva": 1}.items():
            with self.subTest(role):
                groups = Opportunity.with_user(getattr(self, role))._read_group(
                    domain, ["phase_id"], ["__count"]
                )
                self.assertEqual(sum(number for _phase, number in groups), count)

    def test_outsiders_get_nothing(self):
        for role in ("portal", "clerk"):
            with self.subTest(role), self.assertRaises(AccessError):
                self.env["crmsol.opportunity"].with_user(getattr(self, role)).search([])

    def test_salesman_cannot_give_a_deal_of_another_away(self):
        with self.assertRaises(AccessError):
            self.opportunities["ben"].with_user(self.anna).write({"user_id": self.anna.id})

    def test_losing_through_the_dialog_respects_the_rules(self):
        deal = self.opportunities["ben"]
        dialog = self.env["crmsol.opportunity.close"].with_user(self.anna)
        with self.assertRaises(AccessError):
            dialog.create({"opportunity_ids": deal.ids})
        of_dora = dialog.with_user(self.dora).create({"opportunity_ids": deal.ids})
        self.env.flush_all()
        self.env.invalidate_all()  # as another request sees them
        with self.assertRaises(AccessError):
            of_dora.with_user(self.anna).action_close()
        self.assertEqual(deal.sudo().outcome, "open")

    def test_salesman_creates_the_customer_while_creating_the_opportunity(self):
        partner_id, _name = self.env["res.partner"].with_user(self.anna).name_create("New customer")
        opportunity = self._create_opportunity(partner_id=partner_id)
        self.assertEqual(opportunity.partner_id.name, "New customer")
        with self.assertRaises(AccessError):
            opportunity.partner_id.unlink()
