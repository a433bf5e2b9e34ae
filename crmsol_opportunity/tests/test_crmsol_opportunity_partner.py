from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import CrmsolCommon


@tagged("post_install", "-at_install")
class TestCrmsolOpportunityPartner(CrmsolCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.helper = cls.env["res.partner"].create({"name": "Helper", "is_company": True})
        cls.contact = cls.env["res.partner"].create(
            {"name": "Contact", "parent_id": cls.customer.id}
        )
        cls.opportunity = cls._create_opportunity()

    def _create_line(self, partner, opportunity=None, user=None):
        return (
            self.env["crmsol.opportunity.partner"]
            .with_user(user or self.anna)
            .create(
                {
                    "opportunity_id": (opportunity or self.opportunity).id,
                    "partner_id": partner.id,
                    "contribution": "Installs it",
                }
            )
        )

    def test_customer_and_its_people_cannot_be_its_own_partner(self):
        line = self._create_line(self.helper)
        sentence = "belongs to the customer of “Opportunity”, and the customer cannot be its own"
        for partner in (self.customer, self.contact):
            with self.subTest(partner.name):
                with self._refused(sentence):
                    self._create_line(partner)
                with self._refused(sentence):
                    line.partner_id = partner
                with self._refused(sentence):
                    self.opportunity.write(
                        {"partner_line_ids": [Command.create({"partner_id": partner.id})]}
                    )
                with self._refused(sentence):
                    self._create_opportunity(
                        partner_line_ids=[Command.create({"partner_id": partner.id})]
                    )
        self.assertEqual(self.opportunity.partner_line_ids.partner_id, self.helper)

    def test_partner_cannot_become_the_customer_later(self):
        self._create_line(self.helper)
        with self._refused("“Helper” belongs to the customer"):
            self.opportunity.partner_id = self.helper
        self.assertEqual(self.opportunity.partner_id, self.customer)
        line = self._create_line(self.helper, self._create_opportunity())
        other = self._create_opportunity(partner_id=self.helper.id)
        with self._refused("“Helper” belongs to the customer"):
            line.opportunity_id = other

    def test_same_partner_twice_is_refused_by_name(self):
        self._create_line(self.helper)
        with self._refused("“Helper” is already a partner in “Opportunity”"):
            self._create_line(self.helper)
        self.assertEqual(len(self.opportunity.partner_line_ids), 1)

    def test_company_and_person_can_both_be_partners(self):
        person = self.env["res.partner"].create(
            {"name": "Fitter", "parent_id": self.helper.id, "email": "fitter@example.com"}
        )
        self._create_line(self.helper)
        line = self._create_line(person)
        self.assertEqual(line.email, "fitter@example.com")
        self.assertEqual(line.commercial_partner_id, self.helper)
        self.assertEqual(self.opportunity.copy().partner_line_ids.partner_id, self.helper | person)

    def test_salesman_cannot_reach_partners_of_the_opportunity_of_another(self):
        of_ben = self._create_opportunity(self.ben)
        line = self._create_line(self.helper, of_ben, self.ben).with_user(self.anna)
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            line.read(["contribution"])
        with self.assertRaises(AccessError):
            line.contribution = "Mine"
        with self.assertRaises(AccessError):
            self._create_line(self.helper, of_ben)
