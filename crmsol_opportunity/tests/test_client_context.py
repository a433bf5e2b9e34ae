import re
from pathlib import Path

from odoo.exceptions import AccessError
from odoo.service.model import call_kw
from odoo.tests import tagged

from .access_common import MODEL_ACCESS, OF_OPPORTUNITY, OF_SELLER, VISIBLE, AccessCommon

ADDON = Path(__file__).parent.parent
#: the addon's own keys of the context, found in its code: a new one is tested by itself
KEYS = sorted(
    {
        key
        for folder in ("models", "wizard", "report")
        for path in ADDON.glob(f"{folder}/*.py")
        for key in re.findall(r'(?:context\.get\(\s*|_KEY = )"(crmsol_\w+)"', path.read_text())
    }
)
HOST_KEYS = ("active_test", "bin_size", "prefetch_fields", "import_compat", "install_mode", "su")
OWNED = [model for model, row in MODEL_ACCESS.items() if row[2] in (OF_OPPORTUNITY, OF_SELLER)]


@tagged("post_install", "-at_install")
class TestClientContext(AccessCommon):
    """Domains and contexts come from clients: none makes anybody see or write more."""

    def test_no_key_of_the_context_shows_more(self):
        self.assertIn("crmsol_quotation_of", KEYS)
        hidden_deal = self.open_deals["ben"].id
        for model in OWNED:
            rows = self._get_rows(model)
            visible = {id_ for id_, owner in rows.items() if owner in VISIBLE["anna"]}
            domain = [("id", "in", list(rows))]
            for key in (*KEYS, *HOST_KEYS, "default_opportunity_id", "default_user_id"):
                for value in (True, hidden_deal):
                    context = {key: value}
                    if key != "active_test":
                        context["active_test"] = False
                    with self.subTest(model=model, key=key, value=value):
                        found = self._as("anna", model).with_context(**context).search(domain)
                        self.assertLessEqual(set(found.ids), visible)
                        names = call_kw(
                            self._as("anna", model),
                            "name_search",
                            [],
                            {"domain": domain, "limit": None, "context": context},
                        )
                        self.assertLessEqual({id_ for id_, _name in names}, visible)

    def test_contacts_of_a_hidden_opportunity_are_not_suggested_first(self):
        Partner = self._as("anna", "res.partner")
        plain = Partner.name_search("")
        hidden = Partner.with_context(crmsol_suggest_opportunity_id=self.open_deals["ben"].id)
        own = Partner.with_context(crmsol_suggest_opportunity_id=self.open_deals["anna"].id)
        self.assertEqual(hidden.name_search(""), plain)
        self.assertNotEqual(own.name_search(""), plain)

    def test_quotation_of_a_hidden_opportunity_is_not_prepared(self):
        Order = self._as("anna", "sale.order").with_context(
            crmsol_quotation_of=self.open_deals["ben"].id
        )
        try:
            values = Order.default_get(["partner_id", "crmsol_opportunity_id", "note"])
        except AccessError:
            return
        self.assertFalse(values.get("crmsol_opportunity_id"))
        self.assertFalse(values.get("partner_id"))

    def test_companies_of_others_are_not_switched_on(self):
        both = [self.company.id, self.other_company.id]
        for model in OWNED:
            Model = self._as("dora", model).with_context(allowed_company_ids=both)
            with self.subTest(model), self.assertRaises(AccessError):
                Model.search([])

    def test_defaults_do_not_put_rows_where_the_user_may_not_write(self):
        for model, values in (
            ("crmsol.opportunity.line", {"product_id": self.product.id}),
            ("crmsol.opportunity.reference", {"partner_id": self.friend.id}),
            ("crmsol.opportunity.partner", {"partner_id": self.rival.id}),
            ("crmsol.opportunity.competitor", {"partner_id": self.ally.id}),
        ):
            Model = self._as("anna", model).with_context(
                default_opportunity_id=self.open_deals["ben"].id
            )
            with self.subTest(model), self.assertRaises(AccessError):
                Model.create(values)
        Opportunity = self._as("anna", "crmsol.opportunity")
        with self.assertRaises(AccessError):
            Opportunity.with_context(default_company_id=self.other_company.id).create(
                {"name": "New", "partner_id": self.customer.id}
            )
        Activity = self._as("anna", "mail.activity")
        with self.assertRaises(AccessError):
            Activity.with_context(
                default_res_model="crmsol.opportunity", default_res_id=self.open_deals["ben"].id
            ).create({"summary": "Call"})

    def test_no_domain_finds_more(self):
        hidden = self.open_deals["ben"]
        for domain in (
            [(1, "=", 1)],
            ["|", ("id", "=", hidden.id), ("id", "!=", hidden.id)],
            ["|", ("user_id", "=", self.ben.id), (1, "=", 1)],
            ["!", ("user_id", "=", self.anna.id)],
            [("user_id.name", "=", self.ben.name)],
            [("partner_id", "any", [("name", "=", "Customer")])],
        ):
            with self.subTest(domain):
                found = self._as("anna", "crmsol.opportunity").search(domain)
                self.assertNotIn(hidden.id, found.ids)

    def test_operators_that_pass_the_rules_by_are_not_for_clients(self):
        self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "crmsol_opportunity_id": self.open_deals["ben"].id,
                "user_id": self.anna.id,
            }
        )
        for operator in ("any!", "not any!"):
            domain = [["crmsol_opportunity_id", operator, [["name", "=", "Secret of ben"]]]]
            with self.subTest(operator), self.assertRaises(ValueError):
                call_kw(self._as("anna", "sale.order"), "search_count", [domain], {})
