from datetime import date, datetime, timedelta

from odoo.tests import tagged

from .common import MigrationCommon


@tagged("post_install", "-at_install")
class TestMigrationThread(MigrationCommon):
    """What hangs on an original: messages, files, activities, meetings and quotations."""

    def setUp(self):
        super().setUp()
        self.lead = self._create_lead("Lathe")

    def _messages(self, record):
        return (
            self.env["mail.message"]
            .search([("model", "=", record._name), ("res_id", "=", record.id)], order="id")
            .filtered(lambda m: "From Odoo" not in (m.body or ""))
        )

    def test_messages_keep_author_date_kind_files_and_answers(self):
        first = self.lead.with_user(self.anna).message_post(
            body="Good morning",
            attachments=[("plan.txt", b"plan")],
            partner_ids=self.ben.partner_id.ids,
        )
        answer = self.lead.message_post(
            body="Good evening",
            message_type="email",
            subtype_xmlid="mail.mt_comment",
            author_id=self.customer.id,
            email_from="c@example.com",
            parent_id=first.id,
        )
        note = self.lead.with_user(self.clara).message_post(body="Internal")
        moments = [datetime(2025, 2, day, 8) for day in (1, 2, 3)]
        for message, moment in zip(first | answer | note, moments, strict=True):
            message.date = moment
        before = self._messages(self.lead)
        self._migrate()
        copies = self._messages(self._get_copy(self.lead))
        same = (
            "author_id",
            "body",
            "date",
            "email_from",
            "is_internal",
            "message_type",
            "subject",
            "partner_ids",
        )
        self.assertEqual(len(copies), len(before))
        for original, copy in zip(before, copies, strict=True):
            self.assertEqual(
                {fname: copy[fname] for fname in same}, {fname: original[fname] for fname in same}
            )
        by_body = {str(copy.body): copy for copy in copies}
        answered = by_body["<span>Good evening</span>"].parent_id
        self.assertIn(answered, copies | answered.browse())
        file = by_body["<span>Good morning</span>"].attachment_ids
        self.assertEqual(
            (file.name, file.raw, file.res_model), ("plan.txt", b"plan", "crmsol.opportunity")
        )
        self.assertEqual(file.store_fname, first.attachment_ids.store_fname, "stored once")
        self.assertNotEqual(file, first.attachment_ids)

    def test_tracked_values_are_told_in_our_fields(self):
        lead = self._tracking(self.lead)
        self.env.flush_all()
        self.cr.precommit.run()
        lead.write({"stage_id": self.stage_talks.id, "expected_revenue": 2000})
        self.env.flush_all()
        self.cr.precommit.run()
        self._migrate()
        values = self._messages(self._get_copy(self.lead)).sudo().tracking_value_ids
        told = {value.field_id.name: value for value in values}
        self.assertEqual({value.field_id.model for value in told.values()}, {"crmsol.opportunity"})
        phase, amount = told["phase_id"], told["amount"]
        self.assertEqual(
            (phase.old_value_integer, phase.new_value_integer, phase.new_value_char),
            (self.phase_new.id, self.phase_proposal.id, "Second"),
        )
        self.assertEqual((amount.old_value_float, amount.new_value_float), (1000, 2000))
        kinds = {event["kind"] for event in self._get_copy(self.lead).get_timeline()["events"]}
        self.assertIn("change", kinds)

    def test_nobody_is_told_again(self):
        self.lead.message_post(
            body="Hello", partner_ids=self.ben.partner_id.ids, subtype_xmlid="mail.mt_comment"
        )
        self.lead.activity_schedule("mail.mail_activity_data_todo", user_id=self.ben.id)
        domain = [("res_partner_id", "=", self.ben.partner_id.id), ("is_read", "=", False)]
        before = self.env["mail.notification"].search_count(domain)
        mails = self.env["mail.mail"].search_count([])
        self._migrate()
        self.assertEqual(self.env["mail.notification"].search_count(domain), before)
        self.assertEqual(self.env["mail.mail"].search_count([]), mails)

    def test_followers_follow_the_copy(self):
        self.lead.message_subscribe((self.customer | self.ben.partner_id).ids)
        self._migrate()
        self.assertEqual(
            self._get_copy(self.lead).message_partner_ids, self.lead.message_partner_ids
        )

    def test_files_are_copied_and_empty_ones_told(self):
        self.env["ir.attachment"].create(
            [
                {"name": "a.txt", "raw": b"a", "res_model": "crm.lead", "res_id": self.lead.id},
                {
                    "name": "link",
                    "type": "url",
                    "url": "https://example.com",
                    "res_model": "crm.lead",
                    "res_id": self.lead.id,
                },
                {"name": "empty", "raw": b"", "res_model": "crm.lead", "res_id": self.lead.id},
            ]
        )
        migration = self._migrate()
        files = self.env["ir.attachment"].search(
            [
                ("res_model", "=", "crmsol.opportunity"),
                ("res_id", "=", self._get_copy(self.lead).id),
            ]
        )
        self.assertEqual(sorted(files.mapped("name")), ["a.txt", "link"])
        self.assertEqual(self._get_issues(migration, "note"), {("Lathe", "empty_file")})

    def test_a_file_of_a_message_outlives_the_removal_of_the_copy(self):
        file = self.env["ir.attachment"].create(
            {"name": "a.txt", "raw": b"a", "res_model": "mail.message", "res_id": 0}
        )
        self.lead.message_post(body="File").attachment_ids = file
        migration = self._migrate()
        migration.action_revert()
        migration._run_all()
        self.assertEqual(file.exists().raw, b"a")

    def test_activities_open_and_done_keep_day_owner_and_result(self):
        open_one = self.lead.activity_schedule(
            "mail.mail_activity_data_call",
            date(2027, 1, 2),
            summary="Call",
            user_id=self.ben.id,
            note="<p>Ask</p>",
        )
        done = self.lead.activity_schedule("mail.mail_activity_data_todo", user_id=self.anna.id)
        done.action_feedback(feedback="Sent")
        done.flush_recordset()
        self.env.cr.execute(
            "UPDATE mail_activity SET date_done = '2025-03-04', create_date = '2025-03-01'"
            " WHERE id = %s",
            [done.id],
        )
        self.env.invalidate_all()
        self._migrate()
        copies = (
            self.env["mail.activity"]
            .with_context(active_test=False)
            .search(
                [
                    ("res_model", "=", "crmsol.opportunity"),
                    ("res_id", "=", self._get_copy(self.lead).id),
                ]
            )
        )
        self.assertEqual(len(copies), 2)
        copy = copies.filtered("active")
        same = ("activity_type_id", "date_deadline", "summary", "user_id", "note", "create_date")
        self.assertEqual({f: copy[f] for f in same}, {f: open_one[f] for f in same})
        self.assertEqual(copy.crmsol_contact_id, self.customer)
        closed = copies - copy
        self.assertEqual(
            (closed.date_done, closed.feedback, closed.crmsol_state, closed.create_date),
            (date(2025, 3, 4), "Sent", "done", datetime(2025, 3, 1)),
        )
        self.assertEqual(closed.summary, done.activity_type_id.name, "ours have a subject")
        opportunity = self._get_copy(self.lead)
        self.assertEqual(opportunity.activity_ids, copy)
        self.assertEqual(opportunity.date_next_action, open_one.date_deadline)
        self.assertIn(copy, self.env["mail.activity"].with_user(self.ben).search([]))

    def test_a_type_of_odoos_crm_only_becomes_one_that_ours_may_have(self):
        demo = self.env["mail.activity.type"].create({"name": "Tasting", "res_model": "crm.lead"})
        self.lead.activity_schedule(activity_type_id=demo.id)
        self._migrate()
        copy = self._get_copy(self.lead).activity_ids
        self.assertIn(copy.activity_type_id.res_model, (False, "crmsol.opportunity"))
        self.assertEqual(copy.summary, "Tasting")

    def _create_meeting(self, start, **values):
        return self.env["calendar.event"].create(
            {
                "name": "Presentation",
                "start": start,
                "stop": start + timedelta(hours=2),
                "user_id": self.anna.id,
                "partner_ids": (self.customer | self.anna.partner_id).ids,
                **values,
            }
        )

    def test_meetings_are_not_made_twice(self):
        lead_model = self.env["ir.model"]._get_id("crm.lead")
        planned = self._create_meeting(
            datetime(2030, 6, 3, 8),
            opportunity_id=self.lead.id,
            res_model_id=lead_model,
            res_id=self.lead.id,
        )
        past = self._create_meeting(datetime(2025, 6, 3, 8), opportunity_id=self.lead.id)
        before = self._get_checksums()["calendar_event"]
        migration = self._migrate()
        self.assertEqual(self._get_checksums()["calendar_event"], before)
        copy = self._get_copy(self.lead)
        actions = (
            self.env["mail.activity"]
            .with_context(active_test=False)
            .search([("res_model", "=", copy._name), ("res_id", "=", copy.id)])
        )
        by_event = {action.calendar_event_id: action for action in actions}
        self.assertEqual(set(by_event), {planned, past})
        self.assertEqual(
            (by_event[planned].active, by_event[planned].crmsol_date_start),
            (True, datetime(2030, 6, 3, 8)),
        )
        self.assertEqual(
            (by_event[past].crmsol_state, by_event[past].date_done), ("done", date(2025, 6, 3))
        )
        self.assertEqual(copy.date_last_contact, datetime(2025, 6, 3, 8))
        migration.action_confirm()
        migration._run_all()
        for event in planned | past:
            self.assertEqual((event.res_model, event.res_id), (copy._name, copy.id))
            self.assertEqual(event.opportunity_id, self.lead)
        meetings = [e for e in copy.get_timeline()["events"] if e["kind"] == "meeting"]
        self.assertEqual(len(meetings), 1)

    def test_removing_the_copy_leaves_the_meeting(self):
        event = self._create_meeting(datetime(2030, 6, 3, 8), opportunity_id=self.lead.id)
        migration = self._migrate()
        migration.action_revert()
        migration._run_all()
        self.assertTrue(event.exists().active)

    def test_quotations_belong_to_both(self):
        other = self.env["res.partner"].create({"name": "Other", "is_company": True})
        orders = self.env["sale.order"].create(
            [
                {"partner_id": self.customer.id, "opportunity_id": self.lead.id},
                {"partner_id": other.id, "opportunity_id": self.lead.id},
            ]
        )
        migration = self._migrate()
        copy = self._get_copy(self.lead)
        self.assertEqual(copy.order_ids, orders[0])
        self.assertEqual(copy.principal_order_id, orders[0])
        self.assertEqual(orders.opportunity_id, self.lead)
        self.assertEqual(copy.amount, 1000, "the amount is the original's")
        self.assertEqual(self._get_issues(migration, "note"), {("Lathe", "quotation")})
        migration.action_revert()
        migration._run_all()
        self.assertEqual(orders.opportunity_id, self.lead)
        self.assertFalse(orders.crmsol_opportunity_id)

    def test_answers_reach_the_original_until_it_is_confirmed(self):
        message = self.lead.message_post(body="Hello", subtype_xmlid="mail.mt_comment")
        migration = self._migrate()
        mail = f"""From: c@example.com
To: x@example.com
Message-Id: <answer-%s@example.com>
In-Reply-To: {message.message_id}
Subject: Re: Hello

Yes"""
        self.env["mail.thread"].message_process(False, mail % 1)
        copy = self._get_copy(self.lead)
        self.assertIn("Yes", self.lead.message_ids[:1].body)
        self.assertNotIn("Yes", " ".join(copy.message_ids.mapped("body")))
        migration.action_confirm()
        migration._run_all()
        self.env["mail.thread"].message_process(False, mail % 2)
        self.assertIn("Yes", copy.message_ids[:1].body)
