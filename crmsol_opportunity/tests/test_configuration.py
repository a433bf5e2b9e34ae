from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import Form, new_test_user, tagged

from .common import CrmsolCommon

#: Values that salespeople choose and only sales managers define
PARAMETERS = (
    "crmsol.loss.reason",
    "crmsol.reference.role",
    "crmsol.partner.kind",
    "crmsol.document.type",
)


@tagged("post_install", "-at_install")
class TestConfiguration(CrmsolCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.person = cls.env["res.partner"].create({"name": "Person"})
        cls.admin = new_test_user(cls.env, "crmsol_admin", "base.group_system")

    def _use(self, value):
        """Use the value in an opportunity of eva, in another company, and return the number."""
        model = value._name
        if model == "crmsol.loss.reason":
            opportunity = self._create_other()
            opportunity._close("lost", loss_reason_id=value.id)
        elif model == "crmsol.reference.role":
            line = {"partner_id": self.person.id, "role_id": value.id}
            self._create_other(reference_ids=[Command.create(line)])
        elif model == "crmsol.partner.kind":
            line = {"partner_id": self.person.id, "kind_id": value.id}
            self._create_other(partner_line_ids=[Command.create(line)])
        elif model == "crmsol.document.type":
            opportunity = self._create_other()
            self.env["ir.attachment"].create(
                {
                    "name": "File",
                    "raw": b"content",
                    "res_model": opportunity._name,
                    "res_id": opportunity.id,
                    "crmsol_document_type_id": value.id,
                }
            )
        elif model == "crm.tag":
            self._create_other(tag_ids=[Command.link(value.id)])
        else:
            self._create_other(**{model.removeprefix("utm.") + "_id": value.id})

    def _create_other(self, **values):
        opportunity = self._create_opportunity(
            self.eva, company_id=self.other_company.id, **values
        ).sudo()
        opportunity.active = False
        return opportunity

    def test_value_in_use_is_not_deleted_even_if_the_manager_cannot_see_where(self):
        for model in (*PARAMETERS, "crm.tag", "utm.source", "utm.medium"):
            with self.subTest(model):
                used, free = self.env[model].create([{"name": "Used one"}, {"name": "Free one"}])
                self._use(used)
                unit = "documents" if model == "crmsol.document.type" else "opportunities"
                do = {"crm.tag": "take it off", "utm.source": "another source"}.get(
                    model, "Archive it instead"
                )
                # in the host's rights, sources and mediums are deleted by administrators
                user = self.admin if model.startswith("utm.") else self.dora
                with self._refused(rf"“Used one” is in use \({unit}: 1\).*{do}"):
                    (used | free).with_user(user).unlink()
                self.assertTrue(used.exists() and free.exists())
                free.with_user(user).unlink()

    def test_archived_value_stays_where_it_is_used_and_is_not_offered(self):
        role = self.env["crmsol.reference.role"].create({"name": "Some role"})
        opportunity = self._create_opportunity(
            reference_ids=[Command.create({"partner_id": self.person.id, "role_id": role.id})]
        )
        role.with_user(self.dora).action_archive()
        self.assertEqual(opportunity.reference_ids.role_id, role)
        Role = self.env["crmsol.reference.role"].with_user(self.anna)
        self.assertFalse(Role.name_search("Some role"))

    def test_sellers_cannot_write_any_of_the_parameters(self):
        for model in (*PARAMETERS, "crmsol.phase"):
            value = self.env[model].create({"name": "Value of the test"})
            for user in (self.anna, self.clara):
                as_user = value.with_user(user)
                with self.subTest(model=model, user=user.login):
                    self.assertEqual(as_user.name, "Value of the test")
                    with self.assertRaises(AccessError):
                        as_user.name = "Mine"
                    with self.assertRaises(AccessError):
                        as_user.action_archive()
                    with self.assertRaises(AccessError):
                        as_user.unlink()
                    with self.assertRaises(AccessError):
                        as_user.create({"name": "Mine"})

    def test_each_parameter_has_list_with_handle_form_with_help_and_archived_filter(self):
        for model in (*PARAMETERS, "crmsol.phase"):
            Model = self.env[model].with_user(self.dora)
            with self.subTest(model):
                arch = Model.get_view(view_type="list")["arch"]
                self.assertIn('widget="handle"', arch)
                self.assertIn("archived", Model.get_view(view_type="search")["arch"])
                self.assertIn('<p class="text-muted">', Model.get_view(view_type="form")["arch"])
                action = self.env["ir.actions.act_window"].search(
                    [("res_model", "=", model)], limit=1
                )
                self.assertTrue(action.help)

    # === THRESHOLDS === #

    def test_manager_sets_the_thresholds_of_the_own_company_only(self):
        with Form(self.env["crmsol.threshold.settings"].with_user(self.dora)) as form:
            self.assertEqual(form.quotation_expiry_days, 7)
            self.assertEqual(form.amount_drift_percent, 0)
            form.amount_drift_percent = 5
            form.quotation_expiry_days = 3
        form.record.action_save()
        self.assertEqual(self.company.crmsol_amount_drift_percent, 5)
        self.assertEqual(self.company.crmsol_quotation_expiry_days, 3)
        self.assertEqual(self.other_company.crmsol_quotation_expiry_days, 7)
        with self.assertRaises(AccessError):
            self.company.with_user(self.dora).crmsol_quotation_expiry_days = 1
        with self.assertRaises(AccessError):
            form.record.with_user(self.anna).action_save()
        with self.assertRaises(AccessError):
            self.env["crmsol.threshold.settings"].with_user(self.anna).create({})

    def test_thresholds_have_bounds_on_every_route(self):
        for fname, values in (
            ("amount_drift_percent", (-1, 100.5, float("nan"))),
            ("quotation_expiry_days", (-1, 366)),
        ):
            for value in values:
                with self.subTest(field=fname, value=value):
                    with self._refused(f"crmsol_{fname}_range"):
                        self.company[f"crmsol_{fname}"] = value
                    settings = self.env["crmsol.threshold.settings"].with_user(self.dora)
                    with self._refused(f"crmsol_{fname}_range"):
                        settings.create({fname: value}).action_save()

    def test_settings_page_writes_the_thresholds_of_the_company(self):
        settings = self.env["res.config.settings"].create({})
        settings.crmsol_quotation_expiry_days = 20
        settings.execute()
        self.assertEqual(self.company.crmsol_quotation_expiry_days, 20)
        arch = settings.get_view(view_type="form")["arch"]
        self.assertIn('name="crmsol_opportunity"', arch)

    # === MENUS === #

    def test_menu_reports_is_for_salesmen_and_configuration_for_managers(self):
        def seen(user, name):
            menu = self.env.ref(f"crmsol_opportunity.{name}")
            return menu.id in self.env["ir.ui.menu"].with_user(user).load_menus(False)

        for name in ("reference", "partner", "competitor"):
            self.assertTrue(seen(self.anna, f"menu_opportunity_{name}"))
        for name in (
            "phase",
            "loss_reason",
            "reference_role",
            "partner_kind",
            "document_type",
            "tag",
            "source",
            "medium",
            "team",
            "threshold_settings",
        ):
            with self.subTest(name):
                self.assertTrue(seen(self.dora, f"menu_{name}"))
                self.assertFalse(seen(self.anna, f"menu_{name}"))
        self.assertFalse(seen(self.dora, "menu_settings"), "for system administrators")
