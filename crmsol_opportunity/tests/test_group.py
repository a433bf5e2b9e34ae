from unittest.mock import patch

from odoo.models import BaseModel
from odoo.tests import tagged

from ..const import OPPORTUNITY_MODEL
from .common import CrmsolCommon

AGGREGATES = [
    "amount_company:sum",
    "company_currency_id:array_agg_distinct",
    "amount_company:sum_currency",
    "weighted_amount:sum_currency",
    "amount:sum_currency",
    "currency_id:array_agg_distinct",
    "__count",
]


@tagged("post_install", "-at_install")
class TestGroup(CrmsolCommon):
    """Sums are the host's, whether or not all companies have one currency."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.usd = cls.env.ref("base.USD")
        cls.eur = cls.env.ref("base.EUR")
        cls.eur.active = True
        cls.deals = cls._create_opportunity(amount=1000) | cls._create_opportunity(
            amount=500.5, phase_id=cls.phase_proposal.id
        )
        cls.foreign = cls._create_opportunity(user=cls.eva, amount=70)
        cls.all = cls.deals | cls.foreign

    def _set_currencies(self, own, other):
        # as SQL, since companies with accounts keep their currency
        for company, currency in ((self.company, own), (self.other_company, other)):
            self.env.cr.execute(
                "UPDATE res_company SET currency_id = %s WHERE id = %s", [currency.id, company.id]
            )
        others = (self.company | self.other_company).ids
        self.env.cr.execute(
            "UPDATE res_company SET currency_id = %s WHERE id <> ALL(%s)", [own.id, others]
        )
        self.env.invalidate_all()
        self.env.registry.clear_cache()

    def _read(self, groupby, deals=None):
        Opportunity = self.env[OPPORTUNITY_MODEL]
        return Opportunity._read_group([("id", "in", (deals or self.all).ids)], groupby, AGGREGATES)

    def _read_as_the_host(self, groupby, deals=None):
        model = self.env.registry[OPPORTUNITY_MODEL]
        with patch.object(model, "_read_group_select", BaseModel._read_group_select):
            return self._read(groupby, deals)

    def _get_sql(self):
        Opportunity = self.env[OPPORTUNITY_MODEL]
        query = Opportunity._search([])
        return " ".join(
            Opportunity._read_group_select(aggregate, query).code for aggregate in AGGREGATES[:4]
        )

    def test_sums_are_those_of_the_host(self):
        for rate in (1.0, 1.25):
            self.env["res.currency.rate"].search([]).unlink()
            self.env["res.currency.rate"].create(
                {"currency_id": self.eur.id, "rate": rate, "name": "2020-01-01"}
            )
            for own, other in ((self.eur, self.eur), (self.eur, self.usd), (self.usd, self.usd)):
                self._set_currencies(own, other)
                for groupby in ([], ["phase_id"], ["company_id"]):
                    with self.subTest(rate=rate, own=own.name, other=other.name, groupby=groupby):
                        self.assertEqual(self._read(groupby), self._read_as_the_host(groupby))

    def test_nothing_has_no_currency(self):
        self._set_currencies(self.eur, self.eur)
        none = self.all.browse(0)
        self.assertEqual(self._read([], none), self._read_as_the_host([], none))

    def test_one_currency_is_not_looked_for_in_every_opportunity(self):
        self._set_currencies(self.eur, self.eur)
        self.assertNotIn("DISTINCT", self._get_sql())
        self._set_currencies(self.eur, self.usd)
        self.assertIn("DISTINCT", self._get_sql())

    def test_a_company_with_another_currency_is_noticed(self):
        self._set_currencies(self.eur, self.eur)
        self.assertNotIn("DISTINCT", self._get_sql())
        company = self.env["res.company"].create({"name": "Abroad", "currency_id": self.usd.id})
        self.assertIn("DISTINCT", self._get_sql())
        company.currency_id = self.eur
        self.assertNotIn("DISTINCT", self._get_sql())
