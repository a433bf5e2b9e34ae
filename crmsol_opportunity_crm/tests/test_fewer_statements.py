from odoo import Command
from odoo.addons.crmsol_opportunity.const import OPPORTUNITY_MODEL
from odoo.tests import tagged

from .common import MigrationCommon

LEAD = "crm.lead"


@tagged("post_install", "-at_install")
class TestFewerStatements(MigrationCommon):
    """What a salesperson does takes fewer statements than with Odoo's own CRM beside it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # the host's tests switch the thread off by the context
        cls.env = cls.env(context={}, user=cls.dora)
        values = {"partner_id": cls.customer.id, "user_id": cls.anna.id}
        cls.opportunity = cls.env[OPPORTUNITY_MODEL].create(
            {**values, "name": "Ours", "amount": 1000, "phase_id": cls.phase_new.id}
        )
        cls.lead = cls.env[LEAD].create(
            {
                **values,
                "name": "Theirs",
                "expected_revenue": 1000,
                "type": "opportunity",
                "stage_id": cls.stage_new.id,
            }
        )
        cls.reason = cls.env["crmsol.loss.reason"].sudo().create({"name": "Price"})
        cls.env.cr.flush()

    # === HELPERS === #

    def _whole(self, call):
        """Make the call with all that it writes at the end, and take it back."""
        with self.env.cr.savepoint() as savepoint:
            call()
            self.env.cr.flush()
            savepoint.rollback()

    def _assert_fewer(self, ours, theirs):
        for call in 2 * (ours, theirs):  # the caches that are not of records hold what is asked
            self._get_statements(lambda call=call: self._whole(call))
        ours, theirs = (
            self._get_statements(lambda call=call: self._whole(call)) for call in (ours, theirs)
        )
        self.assertLess(len(ours), len(theirs), "\n".join(["Ours are:", *ours]))

    def _plan(self, record, **values):
        self.env["mail.activity"].create(
            {
                "res_model_id": self.env["ir.model"]._get_id(record._name),
                "res_id": record.id,
                "activity_type_id": self.env.ref("mail.mail_activity_data_call").id,
                "summary": "Call",
                "user_id": self.env.uid,
                **values,
            }
        )

    # === TESTS === #

    def test_creation(self):
        values = {"name": "New", "partner_id": self.customer.id}
        self._assert_fewer(
            lambda: self.env[OPPORTUNITY_MODEL].create({**values, "amount": 1000}),
            lambda: self.env[LEAD].create({**values, "expected_revenue": 1000}),
        )

    def test_move(self):
        self._assert_fewer(
            lambda: self.opportunity.write({"phase_id": self.phase_proposal.id}),
            lambda: self.lead.write({"stage_id": self.stage_talks.id}),
        )

    def test_win(self):
        self._assert_fewer(self.opportunity.action_win, self.lead.action_set_won_rainbowman)

    def test_loss(self):
        def lose():
            values = {
                "opportunity_ids": [Command.set(self.opportunity.ids)],
                "outcome": "lost",
                "loss_reason_id": self.reason.id,
            }
            self.env["crmsol.opportunity.close"].create(values).action_close()

        def lose_lead():
            values = {
                "lead_ids": [Command.set(self.lead.ids)],
                "lost_reason_id": self.too_expensive.id,
            }
            self.env["crm.lead.lost"].create(values).action_lost_reason_apply()

        self._assert_fewer(lose, lose_lead)

    def test_message(self):
        values = {"body": "We have talked.", "message_type": "comment"}
        self._assert_fewer(
            lambda: self.opportunity.message_post(**values, subtype_xmlid="mail.mt_comment"),
            lambda: self.lead.message_post(**values, subtype_xmlid="mail.mt_comment"),
        )

    def test_action(self):
        self._assert_fewer(
            lambda: self._plan(self.opportunity, crmsol_contact_id=self.customer.id),
            lambda: self._plan(self.lead),
        )

    def test_quotation(self):
        lines = [
            Command.create({"product_id": product.id})
            for product in self.env["product.product"]
            .sudo()
            .create([{"name": f"Product {i}"} for i in range(20)])
        ]
        values = {"partner_id": self.customer.id, "order_line": lines}
        orders = self.env["sale.order"]
        ours = {"crmsol_quotation_of": self.opportunity.id}
        theirs = self.lead._prepare_opportunity_quotation_context()
        self._assert_fewer(
            lambda: orders.with_context(**ours).create(values),
            lambda: orders.with_context(**theirs).create(values),
        )
