from datetime import datetime, timedelta

from markupsafe import Markup

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..models.crmsol_opportunity_timeline import KINDS
from .common import CrmsolCommon

DAY = timedelta(days=1)
START = datetime(2020, 1, 1, 9)


@tagged("post_install", "-at_install")
class TestTimeline(CrmsolCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # with tracking, which the common setup does without
        cls.env = cls.env(context={"lang": "en_US"})
        cls.opportunity = cls._create_opportunity()
        cls.env.flush_all()
        cls.env.cr.precommit.run()
        cls.env.cr.execute(
            "UPDATE crmsol_opportunity SET create_date = %s WHERE id = %s",
            (START, cls.opportunity.id),
        )
        cls.opportunity.sudo().message_ids.unlink()
        cls.env.invalidate_all()
        cls.order_values = {
            "partner_id": cls.customer.id,
            "crmsol_opportunity_id": cls.opportunity.id,
            "order_line": [
                Command.create(
                    {"name": "Machine", "product_id": cls._product().id, "price_unit": 100}
                )
            ],
        }

    @classmethod
    def _product(cls):
        return cls.env["product.product"].create({"name": "Machine", "taxes_id": False})

    def _timeline(self, user=None, **kwargs):
        self._flush_tracking()
        return self.opportunity.with_user(user or self.anna).get_timeline(**kwargs)

    def _flush_tracking(self):
        self.env.flush_all()
        self.env.cr.precommit.run()
        self.env.flush_all()
        self.env.invalidate_all()

    def _types(self, user=None, **kwargs):
        return [event["type"] for event in self._timeline(user, **kwargs)["events"]]

    def _one(self, type_, user=None, key="events"):
        events = [e for e in self._timeline(user)[key] if e["type"] == type_]
        self.assertEqual(len(events), 1, type_)
        return events[0]

    def _plan(self, **values):
        return self.opportunity.activity_schedule(
            "mail.mail_activity_data_call",
            **{
                "summary": "Call them",
                "user_id": self.anna.id,
                "crmsol_contact_id": self.customer.id,
                **values,
            },
        )

    # What it shows

    def test_creation_is_the_first_event_and_appears_once(self):
        created = self._create_opportunity()
        self._flush_tracking()
        events = created.get_timeline()["events"]
        self.assertEqual([e["type"] for e in events], ["created"])
        self.assertEqual(events[0]["author"]["id"], self.anna.partner_id.id)

    def test_changes_show_old_and_new_of_every_tracked_field(self):
        customer = self.customer.copy({"name": "Other customer"})
        self.opportunity.with_user(self.anna).write(
            {
                "name": "Renamed",
                "partner_id": customer.id,
                "phase_id": self.phase_proposal.id,
                "amount": 2000,
                "budget": 1500,
                "date_deadline": "2026-06-30",
                "user_id": self.clara.id,
            }
        )
        event = self._one("change", self.clara)
        changes = {c["fieldInfo"]["changedField"]: c for c in event["changes"]}
        for label, old, new in (
            ("Name", "Opportunity", "Renamed"),
            ("Customer", "Customer", "Other customer"),
            ("Phase", "First", "Second"),
            ("Amount", 1000, 2000),
            ("Established Budget", 0, 1500),
            ("Probability (%)", 10, 60),
            ("Expected Close", False, "2026-06-30"),
            ("Salesperson", self.anna.name, self.clara.name),
        ):
            with self.subTest(label):
                self.assertEqual(
                    (changes[label]["oldValue"], changes[label]["newValue"]), (old, new)
                )
        amount = changes["Amount"]["fieldInfo"]
        self.assertEqual(amount["fieldType"], "monetary")
        self.assertEqual(amount["currencyId"], self.opportunity.currency_id.id)
        self.assertEqual(event["author"]["id"], self.anna.partner_id.id)

    def test_labels_and_outcome_of_a_change_read_in_the_language_of_the_reader(self):
        self.opportunity.with_user(self.anna).with_context(lang="en_US")._close("won")
        self._flush_tracking()
        self._in_spanish(self.anna)
        events = self.opportunity.with_context(lang="es_ES").get_timeline()["events"]
        (change,) = [event for event in events if event["type"] == "change"]
        changes = {c["fieldInfo"]["changedField"]: c for c in change["changes"]}
        self.assertEqual(changes["Resultado"]["newValue"], "Ganada")

    def test_change_of_a_field_that_the_reader_may_not_read_is_left_out(self):
        self.opportunity.with_user(self.anna).budget = 70
        self.assertIn("change", self._types())
        field = self.opportunity._fields["budget"]
        self.patch(field, "groups", "base.group_system")
        self.assertEqual(self._types(), ["created"])

    def test_message_and_note_show_author_and_plain_preview(self):
        opportunity = self.opportunity.with_user(self.anna)
        opportunity.message_post(body="To the customer", subtype_xmlid="mail.mt_comment")
        opportunity.message_post(body="For us", subtype_xmlid="mail.mt_note")
        self.opportunity.message_post(
            body=Markup("<p>From <b>them</b></p>"),
            message_type="email",
            subtype_xmlid="mail.mt_comment",
            email_from="them@example.com",
            author_id=False,
        )
        events = self._timeline(kinds=["message", "note"])["events"]
        self.assertEqual(
            [(e["kind"], e["text"]) for e in events],
            [("message", "From them"), ("note", "For us"), ("message", "To the customer")],
        )
        self.assertEqual(events[0]["author"], {"id": False, "name": "them@example.com"})
        self.assertEqual(events[1]["author"]["id"], self.anna.partner_id.id)

    def test_action_is_upcoming_until_it_is_done_and_then_appears_once_with_its_result(self):
        later = self._plan(date_deadline="2099-02-02", summary="Later")
        activity = self._plan(date_deadline="2020-01-01")
        upcoming = self._timeline()["upcoming"]
        self.assertEqual([e["title"] for e in upcoming], ["Call them", "Later"])
        self.assertEqual([e["state"] for e in upcoming], ["overdue", "planned"])
        self.assertEqual(upcoming[0]["contact"], "Customer")
        self.assertTrue(upcoming[0]["day_only"])
        activity.with_user(self.anna).action_feedback(feedback="They want it")
        done = self._one("action_done")
        self.assertEqual(done["text"], "They want it")
        self.assertEqual(self._timeline()["upcoming"][0]["title"], later.summary)
        self.assertEqual(self._types(), ["action_done", "created"])

    def test_cancelled_action_appears_once_with_its_reason(self):
        now = self.env.cr.now()
        self._plan().sudo().write(
            {
                "active": False,
                "crmsol_cancelled": True,
                "crmsol_date_cancelled": now,
                "crmsol_cancel_reason": "They are on holiday",
            }
        )
        self.opportunity._message_log(body="Action cancelled: Call them")
        timeline = self._timeline()
        self.assertEqual([e["type"] for e in timeline["events"]], ["action_cancelled", "created"])
        self.assertEqual(timeline["events"][0]["text"], "They are on holiday")
        self.assertEqual(timeline["events"][0]["date"], now)
        self.assertEqual(timeline["upcoming"], [])

    def test_cancelled_action_names_who_cancelled_it(self):
        self._plan(user_id=self.anna.id).with_user(self.clara).action_cancel("They are on holiday")
        self.assertEqual(self._one("action_cancelled")["author"]["id"], self.clara.partner_id.id)

    def test_logs_that_are_no_event_of_their_own_are_notes(self):
        self.opportunity._message_log(body="Merged with another opportunity")
        self.assertEqual(self._one("note")["text"], "Merged with another opportunity")

    def _meeting(self, **values):
        return (
            self.env["calendar.event"]
            .with_user(self.anna)
            .create(
                {
                    "name": "Visit",
                    "start": "2099-01-01 10:00:00",
                    "stop": "2099-01-01 11:00:00",
                    "res_model_id": self.env["ir.model"]._get_id("crmsol.opportunity"),
                    "res_id": self.opportunity.id,
                    **values,
                }
            )
        )

    def test_meeting_and_its_action_are_one_event(self):
        meeting = self._meeting()
        activity = self.env["mail.activity"].search([("calendar_event_id", "=", meeting.id)])
        self.assertTrue(activity, "the host plans an action for it")
        upcoming = self._timeline()["upcoming"]
        self.assertEqual([e["type"] for e in upcoming], ["meeting_planned"])
        activity.with_user(self.anna).action_feedback(feedback="Went well")
        timeline = self._timeline()
        self.assertEqual(timeline["upcoming"], [])
        self.assertEqual([e["type"] for e in timeline["events"]], ["meeting_done", "created"])
        self.assertEqual(timeline["events"][0]["text"], "Went well")

    def test_meeting_without_action_is_upcoming_until_it_begins(self):
        meeting = self._meeting()
        # as where no type of activity for meetings is in use
        self.env.flush_all()
        self.env.cr.execute("DELETE FROM mail_activity WHERE calendar_event_id = %s", (meeting.id,))
        self.env.invalidate_all()
        self.assertEqual(self._timeline()["upcoming"][0]["type"], "meeting_planned")
        meeting.write({"start": "2026-01-05 10:00:00", "stop": "2026-01-05 11:00:00"})
        event = self._one("meeting_done")
        self.assertEqual(event["date"], datetime(2026, 1, 5, 10))

    def test_private_meeting_of_another_tells_nothing_but_busy(self):
        opportunity = self.opportunity.sudo()
        opportunity.user_id = False
        self._meeting(privacy="private", location="At the lawyer's")
        event = self._timeline(self.ben)["upcoming"][0]
        self.assertEqual((event["title"], event["location"]), ("Busy", ""))
        self.assertEqual(self._timeline(self.anna)["upcoming"][0]["title"], "Visit")

    def test_quotation_is_shown_created_sent_confirmed_and_cancelled(self):
        order = self.env["sale.order"].with_user(self.anna).create(self.order_values)
        self._flush_tracking()
        order.action_quotation_sent()
        self._flush_tracking()
        order.action_confirm()
        self._flush_tracking()
        order.action_unlock()
        order._action_cancel()
        types = self._types(kinds=["quotation"])
        self.assertEqual(
            sorted(types),
            [
                "quotation_cancelled",
                "quotation_confirmed",
                "quotation_created",
                "quotation_sent",
            ],
        )
        event = self._one("quotation_created")
        self.assertEqual(event["amount"], 100)
        self.assertEqual(event["currency_id"], order.currency_id.id)
        self.assertEqual(event["title"], order.name)

    def test_file_is_shown_with_who_added_it_and_where(self):
        self.opportunity.with_user(self.anna).message_post(
            body="See the plan", attachments=[("plan.txt", b"plan")]
        )
        event = self._one("document")
        self.assertEqual(event["title"], "plan.txt")
        self.assertEqual(event["origin"]["kind"], "message")
        self.assertEqual(event["author"]["id"], self.anna.partner_id.id)

    # Filters and pages

    def _fill(self, number):
        """Give the opportunity events of every kind, one a day."""
        opportunity = self.opportunity.with_user(self.anna)
        for index in range(number):
            date = START + (index + 1) * DAY
            kind = index % 5
            if kind == 0:
                opportunity.message_post(body=f"Message {index}", subtype_xmlid="mail.mt_comment")
            elif kind == 1:
                opportunity.message_post(body=f"Note {index}")
            elif kind == 2:
                opportunity.amount = 5000 + index
                self._flush_tracking()
            elif kind == 3:
                activity = self._plan(summary=f"Call {index}")
                activity.with_user(self.anna).action_feedback(feedback="Done")
                self.env.flush_all()
                self.env.cr.execute(
                    "UPDATE mail_activity SET write_date = %s, date_done = %s WHERE id = %s",
                    (date, date, activity.id),
                )
            else:
                file = (
                    self.env["ir.attachment"]
                    .with_user(self.anna)
                    .create(
                        {
                            "name": f"File {index}",
                            "raw": b"content",
                            "res_model": "crmsol.opportunity",
                            "res_id": opportunity.id,
                        }
                    )
                )
                self.env.flush_all()
                self.env.cr.execute(
                    "UPDATE ir_attachment SET create_date = %s WHERE id = %s", (date, file.id)
                )
            self.env.cr.execute(
                "UPDATE mail_message SET date = %(date)s, create_date = %(date)s"
                " WHERE model = 'crmsol.opportunity' AND res_id = %(id)s"
                " AND create_date = now() AT TIME ZONE 'UTC'",
                {"date": date, "id": opportunity.id},
            )
        self.env.invalidate_all()

    def test_events_come_newest_first_and_pages_neither_repeat_nor_skip(self):
        self._fill(25)
        whole = self._timeline(limit=100)
        self.assertFalse(whole["cursor"])
        self.assertEqual(len(whole["events"]), 26)
        dates = [event["date"] for event in whole["events"]]
        self.assertEqual(dates, sorted(dates, reverse=True))
        for size in (1, 7, 26):
            with self.subTest(size):
                keys, cursor = [], None
                while cursor is not False:
                    page = self._timeline(cursor=cursor, limit=size)
                    keys += [event["key"] for event in page["events"]]
                    cursor = page["cursor"]
                self.assertEqual(keys, [event["key"] for event in whole["events"]])

    def test_pages_are_whole_also_where_events_share_their_moment(self):
        self._fill(12)
        for table, column in (
            ("mail_message", "date"),
            ("ir_attachment", "create_date"),
            ("mail_activity", "write_date"),
        ):
            self.env.cr.execute(f"UPDATE {table} SET {column} = %s", (START,))
        self.env.cr.execute("UPDATE mail_activity SET date_done = %s", (START,))
        keys, cursor = [], None
        while cursor is not False:
            page = self._timeline(cursor=cursor, limit=2)
            keys += [event["key"] for event in page["events"]]
            cursor = page["cursor"]
        self.assertEqual(len(keys), 13)
        self.assertEqual(len(set(keys)), 13)

    def test_filter_by_kind_shows_these_kinds_only(self):
        self._fill(10)
        whole = self._timeline(limit=100)["events"]
        for kind in KINDS:
            with self.subTest(kind):
                events = self._timeline(kinds=[kind], limit=100)["events"]
                self.assertEqual(
                    [event["key"] for event in events],
                    [event["key"] for event in whole if event["kind"] == kind],
                )
        self.assertEqual(self._timeline(kinds=[]), {"events": [], "upcoming": [], "cursor": False})

    def test_cursor_that_the_server_did_not_give_is_refused(self):
        for cursor in (["yesterday", 1, 2], ["2026-01-01"], "x", 7):
            with self.subTest(cursor), self._refused("Reload the list"):
                self._timeline(cursor=cursor)
        with self._refused("Reload the list"):
            self._timeline(limit=-1)

    def test_queries_of_a_page_are_as_many_with_10_100_and_1000_events(self):
        order = self.env["sale.order"].with_user(self.anna).create(self.order_values)
        self._flush_tracking()
        order.action_quotation_sent()
        self._meeting()
        opportunity = self.opportunity.with_user(self.anna)
        kinds_read = (None, ["note"], ["document"])

        def read():
            for kinds in kinds_read:
                self.env.invalidate_all()
                opportunity.get_timeline(kinds=kinds, limit=10)

        def fill(number):
            self._fill(number)
            self._flush_tracking()

        fill(10)
        for number in (90, 900):
            self._assert_same_statements(read, lambda number=number: fill(number))

    # Who may see it

    def test_reader_of_nothing_gets_nothing(self):
        for user in (self.ben, self.eva, self.clerk, self.portal):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self._timeline(user)

    def test_quotation_of_another_salesman_and_its_files_are_not_shown(self):
        order = self.env["sale.order"].create({**self.order_values, "user_id": self.ben.id})
        order.message_post(body="Secret", attachments=[("secret.txt", b"secret")])
        self.env["ir.attachment"].create(
            {"name": "own.txt", "raw": b"x", "res_model": "sale.order", "res_id": order.id}
        )
        self._flush_tracking()
        order.action_quotation_sent()
        self.assertEqual(self._types(self.anna), ["created"])
        self.assertIn("quotation_sent", self._types(self.clara))
        self.assertEqual(self._types(self.clara).count("document"), 2)

    def test_quotation_of_another_company_is_not_shown(self):
        order = self.env["sale.order"].create(self.order_values)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE sale_order SET company_id = %s WHERE id = %s",
            (self.other_company.id, order.id),
        )
        self.assertEqual(self._types(self.clara), ["created"])

    def test_notification_to_one_person_is_not_shown_to_others(self):
        self.opportunity.message_notify(
            partner_ids=self.ben.partner_id.ids, body="Between us", subject="Hush"
        )
        self.assertEqual(self._types(), ["created"])

    def test_notes_are_not_shown_to_readers_outside_the_company(self):
        """Portal users read no opportunities, unless an installation lets them."""
        self.env["ir.model.access"].create(
            {
                "name": "portal",
                "model_id": self.env["ir.model"]._get_id("crmsol.opportunity"),
                "group_id": self.env.ref("base.group_portal").id,
                "perm_read": True,
            }
        )
        for subtype in ("mail.mt_note", "mail.mt_comment"):
            self.opportunity.message_post(body=subtype, subtype_xmlid=subtype)
        types = self._types(self.portal)
        self.assertEqual(types, ["message", "created"])

    def test_author_whom_the_reader_may_not_read_is_named_as_in_the_thread(self):
        hidden = self.env["res.partner"].create(
            {"name": "Elsewhere", "company_id": self.other_company.id}
        )
        self.opportunity.message_post(body="Hello", author_id=hidden.id)
        self.assertEqual(self._one("note")["author"]["name"], "Elsewhere")

    def test_nothing_can_be_changed_through_it(self):
        self._plan()
        self._flush_tracking()
        self.env.cr.execute("SET TRANSACTION READ ONLY")
        timeline = self.opportunity.with_user(self.anna).get_timeline()
        self.assertEqual(len(timeline["upcoming"]), 1)
        self.assertTrue(self.env["crmsol.opportunity"].get_timeline._readonly)
