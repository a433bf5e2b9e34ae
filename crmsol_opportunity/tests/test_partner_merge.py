from odoo.tests import tagged

from .common import CrmsolCommon


@tagged("post_install", "-at_install")
class TestPartnerMerge(CrmsolCommon):
    """Two contacts turn out to be one: the opportunities keep what they say of them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.double, cls.kept = cls.env["res.partner"].create(
            [{"name": "Rocio"}, {"name": "Rocío Gil"}]
        )
        cls.both, cls.one = cls._create_opportunity(), cls._create_opportunity(cls.ben)

    def _merge(self):
        wizard = self.env["base.partner.merge.automatic.wizard"]
        self.env.flush_all()
        wizard._merge((self.double | self.kept).ids, self.kept)
        self.env.invalidate_all()

    def _add(self, model, opportunity, partner, **values):
        return self.env[model].create(
            {"opportunity_id": opportunity.id, "partner_id": partner.id, **values}
        )

    def test_reference_of_both_is_one_row_and_of_one_of_them_stays(self):
        model = "crmsol.opportunity.reference"
        role = self.env["crmsol.reference.role"].create({"name": "Decides it all"})
        self._add(model, self.both, self.double, role_id=role.id, note="Call in the morning")
        self._add(model, self.both, self.kept, note="Speaks French")
        elsewhere = self._add(model, self.one, self.double, note="Met at the fair")
        self._merge()
        reference = self.both.reference_ids
        self.assertEqual(reference.partner_id, self.kept)
        self.assertEqual(reference.role_id, role, "taken from the other row")
        self.assertEqual(reference.note, "Speaks French")
        self.assertTrue(reference.is_primary, "there is still somebody to talk to first")
        self.assertEqual(elsewhere.exists().partner_id, self.kept)
        self.assertEqual(elsewhere.note, "Met at the fair")

    def test_partners_and_competitors_of_both_are_one_row(self):
        for model in ("crmsol.opportunity.partner", "crmsol.opportunity.competitor"):
            for partner in (self.double, self.kept):
                self._add(model, self.both, partner)
            self._add(model, self.one, self.double)
        self._add(
            "crmsol.opportunity.competitor", self.both, self.double, competing_product="Other"
        )
        self._merge()
        self.assertEqual(self.both.partner_line_ids.partner_id, self.kept)
        self.assertEqual(len(self.both.partner_line_ids), 1)
        self.assertEqual(len(self.both.competitor_ids), 2, "another product, another comparison")
        for fname in ("partner_line_ids", "competitor_ids"):
            self.assertEqual(self.one[fname].partner_id, self.kept)

    def test_customer_and_contact_of_actions_follow(self):
        opportunity = self._create_opportunity(partner_id=self.double.id)
        action = opportunity.activity_schedule(summary="Call", user_id=self.anna.id)
        self._merge()
        self.assertEqual(opportunity.partner_id, self.kept)
        self.assertEqual(action.crmsol_contact_id, self.kept)
