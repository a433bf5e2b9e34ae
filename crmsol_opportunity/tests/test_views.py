from lxml import etree

from odoo.tests import tagged

from .common import CrmsolCommon


@tagged("post_install", "-at_install")
class TestViews(CrmsolCommon):
    def _arch(self, user, view_type, xmlid=None):
        view_id = self.env.ref(f"crmsol_opportunity.{xmlid}").id if xmlid else None
        Opportunity = self.env["crmsol.opportunity"].with_user(user)
        return etree.fromstring(Opportunity.get_view(view_id, view_type)["arch"])

    def test_creation_dialog_has_exactly_four_fields_and_save(self):
        arch = self._arch(self.anna, "form", "crmsol_opportunity_view_form_new")
        fields = [
            node.get("name")
            for node in arch.xpath("//field")
            if node.get("invisible") not in ("1", "True")
        ]
        self.assertEqual(fields, ["name", "partner_id", "amount", "phase_id"])
        self.assertEqual(arch.xpath("//footer/button[@special='save']/@string"), ["Save"])

    def test_creation_dialog_names_the_currency_of_the_company(self):
        for user in (self.anna, self.eva):
            with self.subTest(user.login):
                arch = self._arch(user, "form", "crmsol_opportunity_view_form_new")
                symbol = user.company_id.currency_id.symbol
                self.assertEqual(
                    arch.xpath("//field[@name='amount']/@string"), [f"Amount ({symbol})"]
                )

    def test_dialog_and_tabs_read_in_spanish_as_the_article_writes_them(self):
        self._in_spanish(self.anna)
        Opportunity = self.env["crmsol.opportunity"].with_user(self.anna).with_context(lang="es_ES")
        view = self.env.ref("crmsol_opportunity.crmsol_opportunity_view_form_new")
        arch = etree.fromstring(Opportunity.get_view(view.id, "form")["arch"])
        fields = Opportunity.fields_get(["name", "partner_id", "phase_id"], ["string"])
        labels = [fields[name]["string"] for name in ("name", "partner_id", "phase_id")]
        self.assertEqual(labels, ["Nombre", "Cliente", "Fase"])
        symbol = self.company.currency_id.symbol
        self.assertEqual(arch.xpath("//field[@name='amount']/@string"), [f"Cantidad ({symbol})"])
        self.assertEqual(arch.xpath("//button[@special='save']/@string"), ["Guardar"])
        arch = etree.fromstring(Opportunity.get_view(None, "form")["arch"])
        self.assertEqual(
            arch.xpath("//notebook/page/@string"),
            [
                "Oportunidades",
                "Cronología",
                "Acciones Comerciales",
                "Productos",
                "Informes",
                "Presupuestos",
                "Documentos",
                "Mensajes y notas",
            ],
        )

    def test_menu_is_found_at_crm_opportunities_by_salesmen_only(self):
        menu = self.env.ref("crmsol_opportunity.menu_opportunity")
        configuration = self.env.ref("crmsol_opportunity.menu_configuration")
        for user, sees, configures in (
            (self.anna, True, False),
            (self.dora, True, True),
            (self.clerk, False, False),
        ):
            with self.subTest(user.login):
                menus = self.env["ir.ui.menu"].with_user(user).load_menus(False)
                self.assertEqual(menu.id in menus, sees)
                self.assertEqual(configuration.id in menus, configures)
        self.assertEqual(menu.complete_name, "CRM/Opportunities")
