from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .common import CrmsolCommon


@tagged("post_install", "-at_install")
class TestLastContact(CrmsolCommon):
    """What counts as a contact with the customer, and what does not."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.opportunity = cls._create_opportunity().sudo()
        cls.contact = cls.env["res.partner"].create(
            {"name": "Contact", "email": "contact@customer.example.com"}
        )
        cls.now = fields.Datetime.now()

    def _ago(self, days):
        return self.now - timedelta(days=days)

    def _create_action(self, xmlid="mail.mail_activity_data_call", **values):
        """Create an action that was done ten days ago, unless the values say otherwise."""
        return self.env["mail.activity"].create(
            {
                "res_model_id": self.env["ir.model"]._get_id("crmsol.opportunity"),
                "res_id": self.opportunity.id,
                "activity_type_id": self.env.ref(xmlid).id,
                "summary": "Action",
                "crmsol_contact_id": self.contact.id,
                "date_deadline": self._ago(10).date(),
                "active": False,
                "date_done": self._ago(10).date(),
                **values,
            }
        )

    def _create_message(self, **values):
        """Create a mail of ten days ago to the contact, unless the values say otherwise."""
        return self.env["mail.message"].create(
            {
                "model": "crmsol.opportunity",
                "res_id": self.opportunity.id,
                "date": self._ago(10),
                "author_id": self.anna.partner_id.id,
                "message_type": "comment",
                "subtype_id": self.env.ref("mail.mt_comment").id,
                "partner_ids": self.contact.ids,
                **values,
            }
        )

    def _assert_contact(self, days):
        """The last contact was so many days ago; None: there was none."""
        date = self.opportunity.date_last_contact
        self.assertEqual(date and (self.now - date + timedelta(hours=12)).days, days)

    # === ACTIONS === #

    def test_without_any_contact_there_is_no_date(self):
        self.assertFalse(self.opportunity.date_last_contact)

    def test_a_done_call_visit_meeting_or_mail_is_a_contact(self):
        for xmlid in (
            "mail.mail_activity_data_call",
            "mail.mail_activity_data_email",
            "mail.mail_activity_data_meeting",
            "crmsol_opportunity.activity_type_visit",
        ):
            with self.subTest(xmlid):
                action = self._create_action(xmlid)
                self._assert_contact(10)
                action.unlink()
                self._assert_contact(False)

    def test_a_done_task_or_file_is_no_contact(self):
        self._create_action("crmsol_opportunity.activity_type_task")
        self._create_action("mail.mail_activity_data_todo")
        self._create_action("mail.mail_activity_data_upload_document")
        self._assert_contact(False)

    def test_the_company_says_which_types_are_a_contact(self):
        task = self.env.ref("crmsol_opportunity.activity_type_task")
        self._create_action("crmsol_opportunity.activity_type_task")
        task.crmsol_is_contact = True
        self._assert_contact(10)
        task.crmsol_is_contact = False
        self._assert_contact(False)

    def test_a_planned_action_is_no_contact_until_it_is_done(self):
        action = self._create_action(active=True, date_done=False)
        self._assert_contact(False)
        action.action_feedback(feedback="Well")
        self._assert_contact(0)

    def test_a_cancelled_action_is_no_contact(self):
        self._create_action(active=True, date_done=False).action_cancel("Not now")
        self._assert_contact(False)

    def test_an_action_planned_again_is_no_contact_any_more(self):
        action = self._create_action()
        self._assert_contact(10)
        action.write({"active": True})
        self._assert_contact(False)

    def test_a_done_call_with_a_colleague_is_no_contact(self):
        self._create_action(crmsol_contact_id=self.ben.partner_id.id)
        self._assert_contact(False)

    def test_an_action_counts_for_the_opportunity_to_which_it_moves(self):
        action = self._create_action()
        other = self._create_opportunity(name="Other").sudo()
        action.res_id = other.id
        self._assert_contact(False)
        self.assertTrue(other.date_last_contact)

    def test_the_last_contact_is_the_latest_and_never_in_the_future(self):
        self._create_action(date_done=self._ago(-5).date())
        self._create_action()
        self.assertLessEqual(self.opportunity.date_last_contact, self.env.cr.now())

    def test_the_hour_of_an_action_of_that_day_is_kept(self):
        start = self._ago(10).replace(hour=9, minute=15, second=0, microsecond=0)
        self._create_action(crmsol_date_start=start, date_done=start.date())
        self.assertEqual(self.opportunity.date_last_contact, start)

    # === MEETINGS === #

    def _create_event(self, days, **values):
        return self.env["calendar.event"].create(
            {
                "name": "Meeting",
                "start": self._ago(days),
                "stop": self._ago(days) + timedelta(hours=1),
                "res_model_id": self.env["ir.model"]._get_id("crmsol.opportunity"),
                "res_id": self.opportunity.id,
                "partner_ids": (self.contact | self.anna.partner_id).ids,
                **values,
            }
        )

    def test_a_meeting_is_a_contact_once_it_is_done_at_the_hour_it_took_place(self):
        event = self._create_event(3)
        self._assert_contact(False)
        event.activity_ids.action_feedback(feedback="Held")
        self.assertEqual(self.opportunity.date_last_contact, event.start)
        event.start = self._ago(4)
        self._assert_contact(4)

    def test_a_cancelled_meeting_is_no_contact(self):
        event = self._create_event(3)
        event.active = False
        self._assert_contact(False)

    def test_a_meeting_without_an_action_is_a_contact_once_it_is_over(self):
        self.env["mail.activity.type"].search([("category", "=", "meeting")]).active = False
        event = self._create_event(3)
        self.assertFalse(event.activity_ids)
        self._assert_contact(3)
        event.unlink()
        self._assert_contact(False)
        self._create_event(-3)
        self._create_event(3, partner_ids=self.anna.partner_id.ids)
        self._assert_contact(False)

    # === MESSAGES === #

    def test_a_mail_to_the_customer_is_a_contact_until_it_is_deleted(self):
        message = self._create_message()
        self._assert_contact(10)
        message.unlink()
        self._assert_contact(False)

    def test_a_mail_from_the_customer_is_a_contact(self):
        message = self._create_message(
            message_type="email", author_id=self.contact.id, partner_ids=[]
        )
        self._assert_contact(10)
        message.write({"author_id": False, "email_from": "unknown@example.com"})
        self._assert_contact(10)

    def test_an_internal_note_is_no_contact_even_with_the_customer_in_it(self):
        self._create_message(subtype_id=self.env.ref("mail.mt_note").id)
        self._create_message(is_internal=True)
        self._create_message(subtype_id=False)
        self._assert_contact(False)

    def test_a_message_among_colleagues_is_no_contact(self):
        self._create_message(partner_ids=self.ben.partner_id.ids)
        self._assert_contact(False)

    def test_a_change_of_phase_is_no_contact(self):
        opportunity = self.opportunity.with_user(self.anna).with_context(
            tracking_disable=False, mail_notrack=False
        )
        opportunity.phase_id = self.phase_proposal
        self.env.flush_all()
        self.env.cr.flush()
        self._assert_contact(False)

    def test_a_message_that_reaches_a_customer_who_follows_is_a_contact(self):
        self.opportunity.message_subscribe(partner_ids=self.contact.ids)
        self.opportunity.with_user(self.anna).message_post(
            body="News", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        self._assert_contact(0)

    def test_a_note_made_a_message_is_none_before(self):
        message = self._create_message(is_internal=True)
        self._assert_contact(False)
        message.is_internal = False
        self._assert_contact(10)

    def test_a_mail_of_a_quotation_is_a_contact_of_its_opportunity(self):
        order = self.env["sale.order"].create(
            {"partner_id": self.customer.id, "crmsol_opportunity_id": self.opportunity.id}
        )
        self._create_message(model="sale.order", res_id=order.id)
        self._assert_contact(10)
        order.crmsol_opportunity_id = False
        self._assert_contact(False)

    # === THE OPPORTUNITY === #

    def test_the_one_that_is_left_of_a_merge_has_the_contacts_of_all(self):
        other = self._create_opportunity(name="Other").sudo()
        self._create_action()
        self.env["crmsol.opportunity.merge"].create(
            {"opportunity_ids": (self.opportunity | other).ids, "kept_id": other.id}
        ).action_merge()
        self.assertTrue(other.date_last_contact)

    def test_a_copy_has_had_no_contact(self):
        self._create_action()
        self._assert_contact(10)
        self.assertFalse(self.opportunity.copy().date_last_contact)

    def test_an_opportunity_is_deleted_with_its_contacts(self):
        self._create_action()
        self._create_message()
        self.opportunity.unlink()
        self.env.flush_all()
        self.assertFalse(self.opportunity.exists())

    def test_change_of_phase_is_none_and_is_not_looked_for(self):
        self._create_message()
        self.opportunity.message_subscribe(
            self.dora.partner_id.ids, self.env.ref("crmsol_opportunity.mt_opportunity_phase").ids
        )
        self.env.cr.flush()  # the creation, of which nothing is tracked
        tracked = self.opportunity.with_context(tracking_disable=False, mail_notrack=False)

        def move():
            tracked.phase_id = self.phase_proposal
            self.env.cr.flush()

        statements = self._get_statements(move)
        message = self.opportunity.message_ids.filtered("tracking_value_ids")
        self.assertEqual(message.notified_partner_ids, self.dora.partner_id)
        self.assertFalse([each for each in statements if "outgoing_email_to, ''" in each])
        self._assert_contact(10)

    def test_message_that_goes_out_is_looked_for_once(self):
        def post():
            self.opportunity.message_post(
                body="Hello",
                partner_ids=self.contact.ids,
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
            )

        statements = self._get_statements(post)
        # of the thread of the opportunity and of those of its quotations, in one statement
        self.assertEqual(sum("outgoing_email_to, ''" in each for each in statements), 1)
        self.assertTrue(self.opportunity.date_last_contact)

    def test_nobody_writes_the_date(self):
        with self._refused("follows from other data"):
            self.opportunity.with_user(self.dora).write({"date_last_contact": self.now})
