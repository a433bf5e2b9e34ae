from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import CrmsolCommon

COUNTS = (
    "crmsol_opportunity_count",
    "crmsol_reference_count",
    "crmsol_partner_line_count",
    "crmsol_competitor_count",
)
ACTIONS = (
    "action_view_crmsol_opportunities",
    "action_view_crmsol_references",
    "action_view_crmsol_partner_lines",
    "action_view_crmsol_competitors",
)


@tagged("post_install", "-at_install")
class TestResPartner(CrmsolCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        Partner = cls.env["res.partner"]
        cls.firm = Partner.create({"name": "Firm", "is_company": True})
        cls.person = Partner.create({"name": "Person", "parent_id": cls.firm.id})
        cls.deals = cls._create_opportunity(cls.anna) | cls._create_opportunity(cls.ben)
        cls.deals |= cls._create_opportunity(cls.eva, company_id=cls.other_company.id)
        for deal in cls.deals.sudo():
            values = {"opportunity_id": deal.id, "partner_id": cls.person.id}
            cls.env["crmsol.opportunity.reference"].create(values)
            cls.env["crmsol.opportunity.partner"].create(values)
            cls.env["crmsol.opportunity.competitor"].create({**values, "partner_id": cls.firm.id})
        cls._create_opportunity(cls.anna, partner_id=cls.person.id)
        cls.env.flush_all()

    def _counts(self, partner, user):
        partner = partner.with_user(user)
        partner.invalidate_recordset()
        return tuple(partner[fname] for fname in COUNTS)

    def test_company_counts_its_people_and_only_what_the_user_may_read(self):
        for user, firm, person in (
            (self.anna, (1, 1, 1, 1), (1, 1, 1, 0)),
            (self.ben, (0, 1, 1, 1), (0, 1, 1, 0)),
            (self.clara, (1, 2, 2, 2), (1, 2, 2, 0)),
            (self.eva, (0, 1, 1, 1), (0, 1, 1, 0)),
        ):
            with self.subTest(user.login):
                self.assertEqual(self._counts(self.firm, user), firm)
                self.assertEqual(self._counts(self.person, user), person)

    def test_each_button_opens_exactly_the_rows_that_it_counts(self):
        for user in (self.anna, self.clara):
            firm = self.firm.with_user(user)
            for fname, method in zip(COUNTS, ACTIONS, strict=True):
                with self.subTest(user=user.login, method=method):
                    action = getattr(firm, method)()
                    rows = (
                        self.env[action["res_model"]]
                        .with_user(user)
                        .with_context(**action["context"])
                        .search(action["domain"])
                    )
                    self.assertEqual(len(rows), firm[fname])
                    self.assertEqual(action["views"][0][1], "list")

    def test_archived_opportunities_are_counted_and_opened(self):
        self.deals.sudo().filtered(lambda d: d.user_id == self.anna).action_archive()
        self.assertEqual(self._counts(self.firm, self.anna), (1, 1, 1, 1))

    def test_users_without_sales_rights_see_no_numbers(self):
        with self.assertRaises(AccessError):
            self.firm.with_user(self.clerk).read(["crmsol_reference_count"])
        view = self.env["res.partner"].with_user(self.clerk).get_view(view_type="form")
        self.assertNotIn("crmsol_", view["arch"])

    def test_numbers_of_many_contacts_take_a_constant_number_of_queries(self):
        partners = self.env["res.partner"].with_user(self.anna)

        def create(number):
            nonlocal partners
            created = self.env["res.partner"].create(
                [{"name": f"Firm {i}", "is_company": True} for i in range(number)]
            )
            self.env["crmsol.opportunity.competitor"].create(
                [
                    {"opportunity_id": self.deals[0].id, "partner_id": partner.id}
                    for partner in created
                ]
            )
            partners += created

        create(10)
        self._assert_same_statements(
            lambda: partners.mapped("crmsol_competitor_count"), lambda: create(90)
        )

    def test_contact_in_use_cannot_be_deleted_and_is_told_where(self):
        manager = self.env.ref("base.group_partner_manager")
        self.clerk.group_ids += manager
        with self._refused(
            r"“Firm, Person” takes part in opportunities \(customer: 1, reference: 3, partner: 3\)"
            ".*Archive the contact"
        ):
            self.person.with_user(self.clerk).unlink()
        self.assertTrue(self.person.exists())
        self.person.with_user(self.clerk).action_archive()
        free = self.env["res.partner"].create({"name": "Free"})
        free.with_user(self.clerk).unlink()
        self.assertFalse(free.exists())
