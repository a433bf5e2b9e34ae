from ast import literal_eval
from unittest.mock import patch

from lxml import etree

from odoo.modules.db import FunctionStatus
from odoo.orm.registry import _unaccent
from odoo.tests import tagged
from odoo.tools import SQL

from ..const import OPPORTUNITY_MODEL
from .common import CrmsolCommon


@tagged("post_install", "-at_install")
class TestSearch(CrmsolCommon):
    """What a user types is looked for in the opportunity's name and in its customer's."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        create = cls.env["res.partner"].create
        cls.bakery = create({"name": "Panadería Núñez", "is_company": True, "ref": "P-17"})
        cls.baker = create({"name": "Óscar Ruiz", "parent_id": cls.bakery.id})
        cls.oven = cls._create_opportunity(name="Horno de leña", partner_id=cls.bakery.id)
        cls.mill = cls._create_opportunity(name="Molino", partner_id=cls.baker.id)
        cls.nunez = cls._create_opportunity(name="Licencia de Núñez")
        cls.own = cls.oven | cls.mill | cls.nunez

    def _find(self, text, operator="ilike", user=None):
        Opportunity = self.env[OPPORTUNITY_MODEL].with_user(user or self.anna)
        return Opportunity.search([("display_name", operator, text), ("id", "in", self.own.ids)])

    def test_words_are_found_in_the_name_and_in_the_customer(self):
        self.assertEqual(self._find("horno"), self.oven)
        self.assertEqual(self._find("Núñez"), self.own)  # the baker is one of the bakery
        self.assertEqual(self._find("óscar"), self.mill)
        self.assertEqual(self._find("p-17"), self.oven)  # the reference of the customer
        self.assertFalse(self._find("nobody"))

    def test_an_archived_customer_is_found(self):
        self.baker.active = False
        self.assertEqual(self._find("óscar"), self.mill)

    def test_what_is_not_like_the_words(self):
        self.assertEqual(self._find("horno", "not ilike"), self.own - self.oven)
        self.assertFalse(self._find("núñez", "not ilike"))

    def test_an_exact_name(self):
        self.assertEqual(self._find("Molino", "="), self.mill)
        self.assertEqual(self._find(["Molino", "Horno de leña"], "in"), self.oven | self.mill)

    def test_a_character_with_a_meaning_in_a_pattern_is_taken_as_it_is(self):
        self.oven.name = "100 % leña_seca"
        self.assertEqual(self._find("0 % l"), self.oven)
        self.assertEqual(self._find("leña_s"), self.oven)
        self.assertFalse(self._find("ho_no"))

    def test_completion_finds_by_the_customer(self):
        found = self.env[OPPORTUNITY_MODEL].with_user(self.anna).name_search("óscar")
        self.assertEqual([id_ for id_, _name in found], self.mill.ids)

    def test_others_own_opportunities_are_not_found(self):
        self.assertFalse(self._find("horno", user=self.ben))

    def _find_by_filter(self, name):
        """Return those of ours that a filter of the search view shows to anna."""
        Opportunity = self.env[OPPORTUNITY_MODEL].with_user(self.anna)
        arch = etree.fromstring(
            Opportunity.get_views([(False, "search")])["views"]["search"]["arch"]
        )
        [domain] = arch.xpath(f"//filter[@name='{name}']/@domain")
        return Opportunity.search([*literal_eval(domain), ("id", "in", self.own.ids)])

    def test_done_and_cancelled_actions_are_no_next_action(self):
        def plan(opportunity):
            return self.env["mail.activity"].create(
                {
                    "res_model_id": self.env["ir.model"]._get_id(OPPORTUNITY_MODEL),
                    "res_id": opportunity.id,
                    "activity_type_id": self.env.ref("mail.mail_activity_data_call").id,
                    "summary": "Call",
                    "crmsol_contact_id": opportunity.partner_id.id,
                    "user_id": self.anna.id,
                }
            )

        plan(self.oven)
        plan(self.mill).action_done()
        plan(self.nunez)._crmsol_cancel("The customer is on holiday.")
        self.assertEqual(self._find_by_filter("no_next_action"), self.mill | self.nunez)
        plan(self.mill)
        self.assertEqual(self._find_by_filter("no_next_action"), self.nunez)

    def test_index_of_names_is_that_of_the_searches_when_unaccent_came_later_or_went(self):
        if self.registry.has_unaccent != FunctionStatus.INDEXABLE:
            # as the extension does where its function is made immutable
            self.env.cr.execute(
                "CREATE OR REPLACE FUNCTION unaccent(text) RETURNS text LANGUAGE plpgsql IMMUTABLE "
                "AS $$ BEGIN RETURN translate($1, 'áéíóúñ', 'aeioun'); END $$"
            )
        name = "crmsol_opportunity__name_index"
        for status, function in (
            (FunctionStatus.MISSING, lambda text: text),
            (FunctionStatus.INDEXABLE, _unaccent),
            (FunctionStatus.INDEXABLE, _unaccent),  # is as it is to be
            (FunctionStatus.MISSING, lambda text: text),
        ):
            with (
                self.subTest(status),
                patch.object(self.registry, "has_unaccent", status),
                patch.object(self.registry, "unaccent", function),
            ):
                self.env[OPPORTUNITY_MODEL]._renew_search_index()
                [[definition]] = self.env.execute_query(
                    SQL("SELECT indexdef FROM pg_indexes WHERE indexname = %s", name)
                )
                # the plan cannot be asked: PostgreSQL uses a new index from the next transaction on
                column = "unaccent((name)::text)" if function is _unaccent else "name"
                self.assertIn(f"gin ({column} gin_trgm_ops)", definition)
                self.assertEqual(bool(self._find("lena")), function is _unaccent)
