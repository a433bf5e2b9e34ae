from datetime import date, datetime, timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import CrmsolCommon


class ActionsCommon(CrmsolCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.luis, cls.marta, cls.stranger = cls.env["res.partner"].create(
            [
                {"name": "Luis", "parent_id": cls.customer.id, "phone": "+34 964 11 22 33"},
                {"name": "Marta", "parent_id": cls.customer.id, "email": "marta@c.example.com"},
                {"name": "Aaron, who knows nobody"},
            ]
        )
        cls.opportunity = cls._create_opportunity(contact_id=cls.luis.id)
        cls.call = cls.env.ref("mail.mail_activity_data_call")
        cls.todo = cls.env.ref("mail.mail_activity_data_todo")
        cls.meeting = cls.env.ref("mail.mail_activity_data_meeting")
        cls.visit = cls.env.ref("crmsol_opportunity.activity_type_visit")
        cls.model_id = cls.env["ir.model"]._get_id("crmsol.opportunity")
        (cls.anna | cls.ben).write({"tz": "Europe/Madrid", "lang": "en_US"})
        cls.Activity = cls.env["mail.activity"].with_user(cls.anna)

    @classmethod
    def _plan(cls, user=None, opportunity=None, **values):
        """Plan an action as a user (anna unless another is given) who also carries it out."""
        user = user or cls.anna
        return (
            cls.env["mail.activity"]
            .with_user(user)
            .create(
                {
                    "res_model_id": cls.model_id,
                    "res_id": (opportunity or cls.opportunity).id,
                    "activity_type_id": cls.call.id,
                    "summary": "Ask for the plans",
                    "crmsol_contact_id": cls.marta.id,
                    "user_id": user.id,
                    **values,
                }
            )
        )


@tagged("post_install", "-at_install")
class TestActions(ActionsCommon):
    def _notes(self, opportunity=None):
        messages = (opportunity or self.opportunity).sudo().message_ids
        return [str(body) for body in messages.mapped("body")]

    # === SUBJECT AND CONTACT === #

    def test_action_without_contact_is_refused_and_nothing_is_written(self):
        before = self.env["mail.activity"].search_count([])
        with self._refused("has no contact. Choose the person"):
            self._plan(crmsol_contact_id=False)
        self.assertEqual(self.env["mail.activity"].search_count([]), before)

    def test_action_with_empty_subject_is_refused(self):
        for subject in (False, "", "  ", "\t"):
            with self.subTest(subject=subject), self._refused("has no subject. Write"):
                self._plan(summary=subject)

    def test_subject_and_contact_cannot_be_taken_away(self):
        action = self._plan()
        for values, sentence in (
            ({"summary": " "}, "has no subject"),
            ({"summary": False}, "has no subject"),
            ({"crmsol_contact_id": False}, "has no contact"),
        ):
            with self.subTest(values), self._refused(sentence):
                action.write(values)

    def test_database_holds_no_action_without_subject_and_contact(self):
        action = self._plan()
        for column in ("summary", "crmsol_contact_id"):
            with self.subTest(column), self._refused("crmsol_subject_and_contact"):
                self.env.cr.execute(
                    f"UPDATE mail_activity SET {column} = NULL WHERE id = %s", [action.id]
                )

    def test_activity_moved_to_an_opportunity_needs_a_contact(self):
        other = self.customer.activity_schedule("mail.mail_activity_data_todo")
        with self._refused("crmsol_subject_and_contact"):
            other.write({"res_model_id": self.model_id, "res_id": self.opportunity.id})

    def test_activities_of_other_models_need_no_contact(self):
        activity = self.customer.activity_schedule("mail.mail_activity_data_todo", summary=False)
        self.assertFalse(activity.crmsol_contact_id)
        activity.summary = False
        activity.unlink()
        self.assertFalse(activity.exists())

    def test_contact_by_default_is_the_contact_then_the_first_reference_then_the_customer(self):
        opportunity = self._create_opportunity()
        self.assertEqual(opportunity._get_action_contacts(), {opportunity: self.customer})
        self.env["crmsol.opportunity.reference"].create(
            {"opportunity_id": opportunity.id, "partner_id": self.marta.id}
        )
        self.assertEqual(opportunity._get_action_contacts(), {opportunity: self.marta})
        opportunity.contact_id = self.luis
        self.assertEqual(opportunity._get_action_contacts(), {opportunity: self.luis})

    def test_routes_of_the_host_get_contact_and_subject(self):
        scheduled = self.opportunity.activity_schedule("mail.mail_activity_data_call")
        self.assertEqual(scheduled.crmsol_contact_id, self.luis)
        self.assertEqual(scheduled.summary, self.call.summary)
        nameless = self.env["mail.activity.type"].create({"name": "Fair"})
        scheduled = self.opportunity.activity_schedule(activity_type_id=nameless.id)
        self.assertEqual(scheduled.summary, "Fair")
        scheduled = self.Activity.create(
            {"res_model_id": self.model_id, "res_id": self.opportunity.id}
        )
        self.assertEqual(scheduled.crmsol_contact_id, self.luis)
        self.assertTrue(scheduled.summary)
        scheduled = self.Activity.create(
            {
                "res_model": "crmsol.opportunity",
                "res_id": self.opportunity.id,
                "activity_type_id": nameless.id,
            }
        )
        self.assertEqual((scheduled.summary, scheduled.crmsol_contact_id), ("Fair", self.luis))
        self.assertEqual(scheduled.crmsol_phase_id, self.phase_new)

    def test_wizard_of_the_chatter_asks_for_contact_and_hour(self):
        wizard = (
            self.env["mail.activity.schedule"]
            .with_user(self.anna)
            .with_context(active_model="crmsol.opportunity", active_ids=self.opportunity.ids)
        )
        with Form(wizard) as form:
            self.assertEqual(form.crmsol_contact_id, self.luis)
            form.activity_type_id = self.call
            form.crmsol_contact_id = self.marta
            form.crmsol_date_start = datetime(2030, 5, 6, 9, 0)
            form.summary = "Agree on the date"
        form.record.action_schedule_activities()
        action = self.opportunity.activity_ids
        self.assertEqual(action.crmsol_contact_id, self.marta)
        self.assertEqual(action.crmsol_date_start, datetime(2030, 5, 6, 9, 0))
        self.assertEqual(action.date_deadline, date(2030, 5, 6))
        form.record.crmsol_contact_id = False
        with self._refused("has no contact"):
            form.record.action_schedule_activities()

    def test_wizard_plans_for_several_opportunities_with_the_contact_of_each(self):
        other = self._create_opportunity(contact_id=self.marta.id)
        wizard = (
            self.env["mail.activity.schedule"]
            .with_user(self.anna)
            .with_context(
                active_model="crmsol.opportunity", active_ids=(self.opportunity | other).ids
            )
            .create({"activity_type_id": self.call.id})
        )
        wizard.action_schedule_activities()
        self.assertEqual(self.opportunity.activity_ids.crmsol_contact_id, self.luis)
        self.assertEqual(other.activity_ids.crmsol_contact_id, self.marta)

    def test_chained_action_keeps_the_contact_and_gets_a_subject(self):
        nameless = self.env["mail.activity.type"].create({"name": "Fair"})
        chained = self.env["mail.activity.type"].create(
            {
                "name": "Invitation",
                "chaining_type": "trigger",
                "triggered_next_type_id": nameless.id,
            }
        )
        action = self._plan(
            activity_type_id=chained.id, crmsol_date_start=datetime(2030, 1, 2, 10, 0)
        )
        action.action_feedback(feedback="They come")
        following = self.opportunity.activity_ids
        self.assertEqual(following.activity_type_id, nameless)
        self.assertEqual(following.crmsol_contact_id, self.marta)
        self.assertTrue(following.summary)
        self.assertFalse(following.crmsol_date_start)

    def test_planning_many_costs_as_many_queries_as_planning_few(self):
        opportunities = self.env["crmsol.opportunity"].create(
            [
                {"name": str(n), "partner_id": self.customer.id, "user_id": self.env.uid}
                for n in range(110)
            ]
        )

        def queries(records):
            todo, uid = "mail.mail_activity_data_todo", self.env.uid
            return len(self._get_statements(lambda: records.activity_schedule(todo, user_id=uid)))

        queries(self.opportunity)  # warms the caches
        few, many = queries(opportunities[:10]), queries(opportunities[10:])
        self.assertLessEqual(many, few + 2, "INSERTs and UPDATEs are cut into batches")

    def test_suggested_contacts_are_those_of_the_opportunity_then_anybody(self):
        Partner = self.env["res.partner"].with_user(self.anna)
        context = {"crmsol_suggest_opportunity_id": self.opportunity.id}
        found = [id_ for id_, _name in Partner.with_context(**context).name_search("a")]
        self.assertLess(found.index(self.marta.id), found.index(self.stranger.id))
        self.assertEqual(len(found), len(set(found)))
        for nonsense in ({"resId": self.opportunity.id}, "x", 0, False):
            nowhere = Partner.with_context(crmsol_suggest_opportunity_id=nonsense)
            self.assertTrue(nowhere.name_search("a"))
        plain = [id_ for id_, _name in Partner.name_search("a")]
        self.assertLess(plain.index(self.stranger.id), plain.index(self.marta.id))

    def test_contact_of_another_company_is_refused(self):
        foreign = self.env["res.partner"].create(
            {"name": "Foreign", "company_id": self.other_company.id}
        )
        with self._refused("belongs to the company Other Company"):
            self._plan(crmsol_contact_id=foreign.id)

    # === DAY AND HOUR === #

    def test_due_date_is_the_day_of_the_start_where_the_owner_lives(self):
        late = datetime(2030, 6, 3, 22, 30)  # 00:30 of the next day in Madrid
        self.assertEqual(self._plan(crmsol_date_start=late).date_deadline, date(2030, 6, 4))
        self.anna.tz = "America/New_York"
        self.assertEqual(self._plan(crmsol_date_start=late).date_deadline, date(2030, 6, 3))
        self.assertEqual(
            self._plan(crmsol_date_start="2030-06-03 22:30:00").date_deadline, date(2030, 6, 3)
        )

    def test_moving_the_due_date_moves_the_start_and_keeps_the_hour(self):
        action = self._plan(crmsol_date_start=datetime(2030, 3, 29, 9, 0))  # 10:00, winter
        action.date_deadline = date(2030, 4, 2)
        self.assertEqual(action.crmsol_date_start, datetime(2030, 4, 2, 8, 0))  # 10:00, summer
        action.crmsol_date_start = datetime(2030, 4, 5, 22, 30)
        self.assertEqual(action.date_deadline, date(2030, 4, 6))

    def test_another_owner_gets_the_due_date_of_their_time_zone(self):
        action = self._plan(crmsol_date_start=datetime(2030, 6, 3, 22, 30))
        self.ben.tz = "America/New_York"
        action.user_id = self.ben
        self.assertEqual(action.date_deadline, date(2030, 6, 3))
        self.assertEqual(action.crmsol_date_start, datetime(2030, 6, 3, 22, 30))

    def test_dialog_keeps_due_date_and_start_together(self):
        dialog = self.opportunity.action_plan_action()
        with Form(self.Activity.with_context(**dialog["context"]), dialog["views"][0][0]) as form:
            self.assertEqual(form.crmsol_contact_id, self.luis)
            self.assertTrue(form.summary)
            form.user_id = self.ben
            form.crmsol_date_start = datetime(2030, 6, 3, 8, 0)
            self.assertEqual(form.date_deadline, date(2030, 6, 3))
            form.date_deadline = date(2030, 6, 5)
            self.assertEqual(form.crmsol_date_start, datetime(2030, 6, 5, 8, 0))
            form.activity_type_id = self.visit
            self.assertEqual(form.summary, "Visit")
            self.assertEqual(form.user_id, self.ben)
            self.assertEqual(form.crmsol_date_start, datetime(2030, 6, 5, 8, 0))
            form.summary = "Show the machine"
            form.activity_type_id = self.call
            self.assertEqual(form.summary, "Show the machine")
        self.assertEqual(form.record.user_id, self.ben)
        self.assertEqual(form.record.date_deadline, date(2030, 6, 5))

    def test_negative_duration_is_refused(self):
        with self._refused("crmsol_duration_positive"):
            self._plan(crmsol_duration=-1)

    # === STATES === #

    @freeze_time("2030-06-03 12:00:00")
    def test_state_tells_overdue_today_planned_done_and_cancelled_and_is_found(self):
        days = {"overdue": 2, "today": 3, "planned": 4}
        actions = {
            state: self._plan(date_deadline=date(2030, 6, day)) for state, day in days.items()
        }
        actions["done"], actions["cancelled"] = self._plan(), self._plan()
        actions["done"].action_feedback(feedback="Sent")
        actions["cancelled"].action_cancel("Postponed")
        self.env.flush_all()
        for state, action in actions.items():
            with self.subTest(state):
                self.assertEqual(action.crmsol_state, state)
                found = self.Activity.search(
                    [("res_id", "=", self.opportunity.id), ("crmsol_state", "=", state)]
                )
                self.assertEqual(found & self.opportunity.action_ids, action)
        self.assertEqual(actions["done"].crmsol_result, "Sent")
        self.assertEqual(actions["cancelled"].crmsol_result, "Postponed")

    def test_list_shows_planned_by_date_then_closed_newest_first(self):
        later = self._plan(date_deadline=date(2030, 6, 9))
        at_five = self._plan(crmsol_date_start=datetime(2030, 6, 5, 15, 0))
        at_nine = self._plan(crmsol_date_start=datetime(2030, 6, 5, 7, 0))
        any_hour = self._plan(date_deadline=date(2030, 6, 5))
        done, cancelled = self._plan(), self._plan()
        with freeze_time("2030-01-01"):
            done.action_feedback()
        with patch.object(self.env.cr, "now", lambda: datetime(2030, 2, 1)):
            cancelled.action_cancel()
        self.assertEqual(
            self.opportunity.action_ids, at_nine + at_five + any_hour + later + cancelled + done
        )
        spec = {"action_ids": {"fields": {"crmsol_state": {}}}}
        rows = self.opportunity.web_read(spec)[0]["action_ids"]
        self.assertEqual([row["id"] for row in rows][-2:], [cancelled.id, done.id])

    def test_list_costs_as_many_queries_with_many_actions_as_with_few(self):
        fields_read = ["crmsol_state", "summary", "crmsol_date_start", "crmsol_result", "icon"]
        spec = {
            "action_ids": {
                "fields": {name: {} for name in fields_read}
                | {"crmsol_contact_id": {"fields": {"display_name": {}}}}
            },
            "action_plan_ids": {"fields": {"name": {}}},
        }

        def plan(number):
            partners = self.env["res.partner"].create([{"name": str(n)} for n in range(number)])
            actions = self.Activity.create(
                [
                    {
                        "res_model_id": self.model_id,
                        "res_id": self.opportunity.id,
                        "crmsol_contact_id": partner.id,
                        "user_id": self.anna.id,
                    }
                    for partner in partners
                ]
            )
            actions[::2].action_archive()

        plan(10)
        self._assert_same_statements(lambda: self.opportunity.web_read(spec), lambda: plan(90))
        self.assertEqual(len(self.opportunity.action_ids), 100)

    def test_action_shows_in_the_activity_menu_of_its_owner(self):
        today = fields.Date.context_today(self.ben.with_user(self.ben))  # of the owner's time zone
        self._plan(user_id=self.ben.id, date_deadline=today)
        self.opportunity.sudo().user_id = self.ben
        groups = self.env["res.users"].with_user(self.ben)._get_activity_groups()
        counts = {g["model"]: g["today_count"] for g in groups if g["type"] == "activity"}
        self.assertEqual(counts.get("crmsol.opportunity"), 1)
        self.opportunity.sudo().activity_ids.with_user(self.ben).action_cancel()
        groups = self.env["res.users"].with_user(self.ben)._get_activity_groups()
        self.assertNotIn("crmsol.opportunity", [g["model"] for g in groups])

    # === CANCELLING AND DELETING === #

    def test_cancelling_leaves_a_trace_and_no_message_of_doing(self):
        action = self._plan()
        action.action_cancel("The plant is <closed>")
        self.assertFalse(action.active)
        self.assertFalse(action.date_done)
        self.assertEqual(action.crmsol_cancelled_by_id, self.anna)
        self.assertTrue(action.crmsol_date_cancelled)
        notes = self._notes()
        self.assertTrue(any("cancelled" in n and "&lt;closed&gt;" in n for n in notes), notes)
        done = self.env.ref("mail.mt_activities")
        self.assertNotIn(done, self.opportunity.message_ids.subtype_id)

    def test_cancel_of_the_chatter_and_of_the_activity_menu_leaves_a_trace_too(self):
        action = self._plan()
        action.unlink()
        self.assertTrue(action.exists())
        self.assertEqual(action.crmsol_state, "cancelled")
        self.assertIn(action, self.opportunity.action_ids)
        self.opportunity.activity_schedule("mail.mail_activity_data_call")
        planned = self.opportunity.activity_ids
        self.opportunity.activity_unlink(["mail.mail_activity_data_call"])
        self.assertEqual(planned.crmsol_state, "cancelled")

    def test_activity_view_does_not_count_cancelled_actions_as_done(self):
        self._plan().action_feedback()
        self._plan().action_cancel()
        data = self.Activity.get_activity_data(
            "crmsol.opportunity", [("id", "=", self.opportunity.id)], fetch_done=True
        )
        of_type = data["grouped_activities"][self.opportunity.id][self.call.id]
        self.assertEqual(of_type["count_by_state"], {"done": 1})

    def test_planned_again_is_not_cancelled_any_more(self):
        action = self._plan()
        action.action_cancel("Mistake")
        action.action_unarchive()
        self.assertEqual(action.crmsol_state, action.state)
        self.assertFalse(action.crmsol_cancel_reason)

    def test_who_may_not_touch_the_opportunity_cannot_cancel_its_actions(self):
        action = self._plan().with_user(self.eva)
        for method in ("action_cancel", "unlink"):
            with self.subTest(method), self.assertRaises(AccessError):
                getattr(action, method)()
        self.assertTrue(action.sudo().active)

    def test_closed_actions_are_deleted_by_sales_managers_only(self):
        done, cancelled = self._plan(), self._plan()
        done.action_feedback()
        cancelled.action_cancel()
        for action in (done, cancelled):
            for user in (self.anna, self.clara):
                with self._refused("are the history of the opportunity and stay"):
                    action.with_user(user).unlink()
            action.with_user(self.dora).unlink()
            self.assertFalse(action.exists())

    def test_actions_go_with_their_opportunity(self):
        actions = self._plan() | self._plan() | self._plan()
        actions[0].action_feedback()
        actions[1].action_cancel()
        self.opportunity.with_user(self.dora).unlink()
        self.assertFalse(actions.exists())

    def test_housekeeping_of_the_host_deletes_old_actions(self):
        old = self._plan(date_deadline=date(2001, 1, 1))
        self.env["ir.config_parameter"].set_param("mail.activity.gc.delete_overdue_years", 3)
        self.env["mail.activity"]._gc_delete_old_overdue_activities()
        self.assertFalse(old.exists())

    def test_contact_of_an_action_cannot_be_deleted(self):
        self._plan(crmsol_contact_id=self.stranger.id)
        with self._refused("contact of actions: 1"):
            self.stranger.unlink()

    # === RESULT === #

    def _close(self, action, outcome, **values):
        dialog = action.action_crmsol_ask_result()
        return (
            self.env["crmsol.action.close"]
            .with_user(self.anna)
            .with_context(**dialog["context"])
            .create({"outcome": outcome, **values})
        )

    def test_result_is_kept_and_posted(self):
        action = self._plan()
        self._close(action, "done", result="They want <two>").action_done()
        self.assertEqual((action.crmsol_state, action.feedback), ("done", "They want <two>"))
        message = self.opportunity.message_ids.filtered("mail_activity_type_id")
        self.assertIn("They want &lt;two&gt;", message.body)

    def test_done_and_plan_next_opens_the_dialog_with_the_same_contact(self):
        action = self._plan()
        dialog = self._close(action, "done", result="Yes").action_done_and_plan_next()
        self.assertEqual(action.crmsol_state, "done")
        self.assertEqual(dialog["target"], "new")
        form = Form(self.Activity.with_context(**dialog["context"]), dialog["views"][0][0])
        self.assertEqual(form.crmsol_contact_id, self.marta)
        self.assertEqual(form.save().res_id, self.opportunity.id)

    def test_action_closed_meanwhile_is_not_closed_twice(self):
        action = self._plan()
        wizards = [self._close(action, "done"), self._close(action, "cancelled")]
        wizards[0].action_done()
        with self._refused("is closed already"):
            wizards[1].action_cancel()
        with self._refused("is closed already"):
            wizards[1].action_done()
        with self._refused("is closed already"):
            action.action_crmsol_ask_reason()

    def test_call_is_logged_with_its_result(self):
        dialog = self.opportunity.with_context(crmsol_contact_id=self.marta.id).action_call()
        with Form(self.Activity.with_context(**dialog["context"]), dialog["views"][0][0]) as form:
            form.feedback = "Calls back on Monday"
        self.assertEqual(form.record.activity_type_id, self.call)
        form.record.action_crmsol_log()
        self.assertEqual(form.record.crmsol_state, "done")
        self.assertEqual(form.record.crmsol_contact_id, self.marta)
        self.assertEqual(form.record.crmsol_result, "Calls back on Monday")

    def test_actions_of_closed_opportunities_may_be_planned(self):
        self.opportunity.action_win()
        self.assertEqual(self._plan().crmsol_phase_id, self.phase_close)

    def test_files_of_an_action_belong_to_the_opportunity(self):
        upload = (
            self.env["ir.attachment"]
            .with_user(self.anna)
            .create({"name": "plan.txt", "raw": b"x", "res_model": "mail.activity", "res_id": 0})
        )
        action = self._plan(attachment_ids=[Command.set(upload.ids)])
        self.assertEqual((upload.res_model, upload.res_id), ("crmsol.opportunity", action.res_id))
        action.action_feedback()
        self.assertIn(upload, action.attachment_ids)

    # === REMINDERS === #

    def _remind(self, now):
        with (
            freeze_time(now),
            patch.object(self.env.cr, "now", lambda: fields.Datetime.to_datetime(now)),
            patch.object(self.env.cr, "commit", lambda: None),
        ):
            self.env["mail.activity"]._cron_send_reminders()
        return self.env["mail.message"].search_count(
            [("model", "=", "crmsol.opportunity"), ("subject", "like", "Reminder:")]
        )

    def test_owner_is_reminded_once_before_the_start(self):
        alarm = self.env["calendar.alarm"].create(
            {"name": "1 h", "alarm_type": "notification", "duration": 1, "interval": "hours"}
        )
        action = self._plan(
            user_id=self.ben.id,
            crmsol_date_start=datetime(2030, 6, 3, 10, 0),
            crmsol_reminder_id=alarm.id,
        )
        self.assertEqual(self._remind("2030-06-03 08:55:00"), 0)
        self.assertEqual(self._remind("2030-06-03 09:00:00"), 1)
        self.assertEqual(self._remind("2030-06-03 09:05:00"), 1)
        message = self.env["mail.message"].search([("subject", "like", "Reminder:")])
        self.assertEqual(message.notified_partner_ids, self.ben.partner_id)
        self.assertIn("Marta", message.body)
        action.crmsol_date_start += timedelta(days=1)
        self.assertEqual(self._remind("2030-06-03 09:10:00"), 1)
        self.assertEqual(self._remind("2030-06-04 09:10:00"), 2)

    def test_nobody_is_reminded_of_what_is_closed_or_long_past(self):
        alarm = self.env["calendar.alarm"].search([("duration_minutes", "=", 60)], limit=1)
        values = {
            "crmsol_date_start": datetime(2030, 6, 3, 10, 0),
            "crmsol_reminder_id": alarm.id,
        }
        self._plan(**values).action_cancel()
        self._plan(**values).action_feedback()
        self.assertEqual(self._remind("2030-06-03 09:30:00"), 0)
        self._plan(**values)
        self.assertEqual(self._remind("2030-06-03 11:30:00"), 0)

    def test_reminder_that_fails_keeps_no_other_from_being_sent(self):
        alarm = self.env["calendar.alarm"].search([("duration_minutes", "=", 60)], limit=1)
        for hour in (9, 10, 11):
            self._plan(
                summary=f"Call at {hour}",
                crmsol_date_start=datetime(2030, 6, 3, hour, 50),
                crmsol_reminder_id=alarm.id,
            )
        Opportunity = type(self.env["crmsol.opportunity"])
        notify = Opportunity.message_notify

        def failing(records, **kwargs):
            if "at 9" in kwargs["subject"]:
                raise ValueError("no mail server")
            return notify(records, **kwargs)

        with (
            patch.object(Opportunity, "message_notify", failing),
            mute_logger("odoo.addons.crmsol_opportunity.models.mail_activity_time"),
        ):
            self.assertEqual(self._remind("2030-06-03 10:00:00"), 1)
        self.assertEqual(self._remind("2030-06-03 10:05:00"), 1, "it is not tried again for ever")
        self.assertEqual(self._remind("2030-06-03 11:00:00"), 2)

    def test_reminding_is_due_every_five_minutes(self):
        cron = self.env.ref("crmsol_opportunity.ir_cron_action_reminders")
        self.assertEqual((cron.interval_number, cron.interval_type), (5, "minutes"))
