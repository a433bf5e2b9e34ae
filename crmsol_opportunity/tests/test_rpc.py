from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .test_mail_activity import ActionsCommon


@tagged("post_install", "-at_install")
class TestRpc(ActionsCommon):
    """What a client cannot do that calls the server directly, without the views."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.of_ben = cls._create_opportunity(cls.ben)
        cls.product = cls.env["product.product"].create({"name": "Product", "list_price": 10})

    # === FIGURES THAT FOLLOW FROM OTHERS === #

    def test_figures_that_follow_from_others_are_not_written(self):
        for user in (self.anna, self.dora):
            opportunity = self.opportunity.with_user(user)
            for values in (
                {"amount_company": 1e6},
                {"weighted_amount": 1e6},
                {"currency_rate": 7},
                {"products_total": 3},
                {"principal_order_id": False},
            ):
                with self.subTest(values), self._refused("follows from other data"):
                    opportunity.write(values)
        with self._refused("follows from other data"):
            self._create_opportunity(amount_company=1e6)

    def test_rows_do_not_leave_the_company_of_their_opportunity(self):
        line, reference = (
            self.env[model]
            .with_user(self.anna)
            .create({"opportunity_id": self.opportunity.id, **values})
            for model, values in (
                ("crmsol.opportunity.line", {"product_id": self.product.id}),
                ("crmsol.opportunity.reference", {"partner_id": self.marta.id}),
            )
        )
        for row in (line, reference):
            with self.subTest(row), self._refused("follows from other data"):
                row.write({"company_id": self.other_company.id})
        with self._refused("follows from other data"):
            line.write({"price_subtotal": 5})
        elsewhere = {"company_id": self.other_company.id, "user_id": False, "team_id": False}
        self.opportunity.sudo().write(elsewhere)
        for row in (line, reference):  # what the ORM computes is none of a client's business
            self.assertEqual(row.sudo().company_id, self.other_company)

    def test_numbers_beyond_reckoning_are_refused_in_a_sentence(self):
        line = self.env["crmsol.opportunity.line"].with_user(self.anna)
        line = line.create({"opportunity_id": self.opportunity.id, "product_id": self.product.id})
        competitor = self.env["crmsol.opportunity.competitor"].with_user(self.anna)
        competitor = competitor.create(
            {"opportunity_id": self.opportunity.id, "partner_id": self.stranger.id}
        )
        for record, fname in (
            (self.opportunity.with_user(self.anna), "amount"),
            (self.opportunity.with_user(self.anna), "budget"),
            (line, "price_unit"),
            (line, "product_uom_qty"),
            (competitor, "price"),
        ):
            with self.subTest(fname), self._refused("is too large"):
                record.write({fname: 1e308})

    def test_kinds_of_the_timeline_that_do_not_exist_are_refused_or_empty(self):
        opportunity = self.opportunity.with_user(self.anna)
        for kinds in (5, "action", True):
            with self.subTest(kinds), self._refused("This page does not exist"):
                opportunity.get_timeline(kinds=kinds)
        self.assertEqual(opportunity.get_timeline(kinds=[["x"], "y"])["events"], [])

    # === TRACE OF ACTIONS === #

    def test_cancellation_is_not_made_up(self):
        action = self._plan()
        forged = {
            "active": False,
            "crmsol_cancelled": True,
            "crmsol_cancelled_by_id": self.ben.id,
        }
        with self._refused("is recorded by itself"):
            action.write(forged)
        with self._refused("is recorded by itself"):
            self._plan(**forged)

    def test_day_and_origin_of_an_action_are_not_made_up(self):
        action = self._plan()
        action.action_feedback(feedback="Done")
        for values in (
            {"date_done": "2020-01-01"},
            {"crmsol_reminder_sent": True},
            {"crmsol_phase_id": self.phase_proposal.id},
        ):
            with self.subTest(values), self._refused("is recorded by itself"):
                action.write(values)

    def test_housekeeping_key_of_the_context_deletes_nothing_of_a_client(self):
        for user in (self.anna, self.dora):
            action = self._plan(user, user_id=user.id)
            action.with_context(crmsol_delete_actions=True).unlink()
            self.assertTrue(action.exists())
            self.assertEqual(action.crmsol_state, "cancelled")

    def test_key_of_the_context_does_not_keep_the_event_of_a_cancelled_meeting(self):
        event = self._create_event()
        action = event.activity_ids
        action.with_context(crmsol_event_is_leaving=True).action_cancel()
        self.assertFalse(event.active)

    def test_result_of_a_colleague_is_not_rewritten(self):
        action = self._plan(self.clara, user_id=self.ben.id)
        action.with_user(self.ben).action_feedback(feedback="They want a discount")
        of_anna = action.with_user(self.anna)
        for values in (
            {"feedback": "They will buy"},
            {"feedback": False},
            {"summary": "Another one"},
            {"active": True},
        ):
            with self.subTest(values), self._refused("is closed and belongs to"):
                of_anna.write(values)
        for user in (self.ben, self.dora):
            action.with_user(user).write({"feedback": f"Corrected by {user.name}"})
        self.assertEqual(action.feedback, f"Corrected by {self.dora.name}")

    def test_whoever_does_the_action_of_a_colleague_gives_its_result(self):
        action = self._plan(self.clara, user_id=self.ben.id)
        action.with_user(self.anna).action_feedback(feedback="They will buy")
        self.assertEqual(action.feedback, "They will buy")

    def test_action_is_not_taken_off_its_opportunity(self):
        partner_model_id = self.env["ir.model"]._get_id("res.partner")
        for user in (self.anna, self.dora):
            action = self._plan(user, user_id=user.id)
            for values in (
                {"res_model_id": False, "res_id": False},
                {"res_model_id": partner_model_id, "res_id": self.customer.id},
            ):
                with self.subTest(values), self._refused("is not taken off it"):
                    action.write(values)

    def test_stale_deal_is_not_made_fresh_by_its_salesman(self):
        values = {"date_last_stage_update": "2026-01-01 00:00:00"}
        with self._refused("is recorded by itself"):
            self.opportunity.with_user(self.anna).write(values)
        self.opportunity.with_user(self.dora).write(values)
        imported = self._create_opportunity(date_last_stage_update="2020-01-01 00:00:00")
        self.assertEqual(imported.date_last_stage_update.year, 2020)

    def test_deal_is_not_closed_in_the_future(self):
        dialog = (
            self.env["crmsol.opportunity.close"]
            .with_user(self.anna)
            .create(
                {
                    "opportunity_ids": self.opportunity.ids,
                    "date_closed": fields.Date.today() + timedelta(days=3),
                }
            )
        )
        with self._refused("cannot be closed in the future"):
            dialog.action_close()
        dialog.date_closed = fields.Date.today()
        dialog.action_close()
        self.assertEqual(self.opportunity.outcome, "lost")

    def test_reopening_leaves_open_opportunities_where_they_are(self):
        self.opportunity.phase_id = self.phase_proposal
        closed = self._create_opportunity(phase_id=self.phase_proposal.id)
        closed.action_win()
        (self.opportunity | closed).with_user(self.anna)._reopen()
        self.assertEqual((self.opportunity | closed).phase_id, self.phase_proposal)
        self.assertEqual(closed.outcome, "open")

    def test_time_zone_that_does_not_exist_stops_nobody(self):
        self.anna.tz = False
        strange = self.Activity.with_context(tz="Nowhere/Land")
        action = strange.create(
            {
                "res_model_id": self.model_id,
                "res_id": self.opportunity.id,
                "summary": "Call",
                "user_id": self.anna.id,
                "crmsol_date_start": "2030-06-03 10:00:00",
            }
        )
        self.assertEqual(str(action.date_deadline), "2030-06-03")

    def test_meeting_of_a_deleted_opportunity_stays_without_the_link(self):
        event = self._create_event()
        self.opportunity.with_user(self.dora).unlink()
        self.env.invalidate_all()
        self.assertTrue(event.exists().active)
        self.assertFalse(event.res_id)
        self.assertFalse(event.res_model)

    # === OPPORTUNITIES OF OTHERS === #

    def _create_event(self, **values):
        return (
            self.env["calendar.event"]
            .with_user(self.anna)
            .create(
                {
                    "name": "Meeting",
                    "start": "2026-11-25 10:00:00",
                    "stop": "2026-11-25 11:00:00",
                    "res_model_id": self.model_id,
                    "res_id": self.opportunity.id,
                    **values,
                }
            )
        )

    def test_actions_and_meetings_do_not_move_to_the_opportunity_of_another(self):
        action, event = self._plan(), self._create_event()
        for record in (action, event):
            with self.subTest(record), self.assertRaises(AccessError):
                record.write({"res_id": self.of_ben.id})
        with self.assertRaises(AccessError):
            self._create_event(res_id=self.of_ben.id)

    def test_dialog_that_closes_an_action_does_not_tell_whom_others_talk_to(self):
        action = self._plan(self.ben, self.of_ben)
        dialog = self.env["crmsol.action.close"].with_user(self.anna)
        dialog = dialog.create({"activity_id": action.id})
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            dialog.read(["contact_id"])

    def test_files_of_others_are_not_read_through_an_action(self):
        secret = (
            self.env["ir.attachment"]
            .with_user(self.ben)
            .create(
                {
                    "name": "secret.txt",
                    "raw": b"secret",
                    "res_model": self.of_ben._name,
                    "res_id": self.of_ben.id,
                }
            )
        )
        action = self._plan()
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            action.write({"attachment_ids": [Command.link(secret.id)]})
        with self.assertRaises(AccessError):
            action.action_feedback(feedback="Done", attachment_ids=secret.ids)
