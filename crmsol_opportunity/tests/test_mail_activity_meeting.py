from datetime import date, datetime, timedelta

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from .test_mail_activity import ActionsCommon


@tagged("post_install", "-at_install")
class TestMeetings(ActionsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Event = cls.env["calendar.event"].with_user(cls.anna)

    def _meet(self, **values):
        return self.Event.create(
            {
                "name": "Present the offer",
                "res_model_id": self.model_id,
                "res_id": self.opportunity.id,
                "start": datetime(2030, 6, 3, 8, 0),
                "stop": datetime(2030, 6, 3, 9, 30),
                **values,
            }
        )

    def test_meeting_of_the_calendar_is_one_action_with_its_start_and_duration(self):
        event = self._meet()
        action = self.opportunity.action_ids
        self.assertEqual(len(action), 1)
        self.assertEqual(action.calendar_event_id, event)
        self.assertEqual(action.summary, "Present the offer")
        self.assertEqual(action.crmsol_contact_id, self.luis)
        self.assertEqual(action.crmsol_date_start, datetime(2030, 6, 3, 8, 0))
        self.assertEqual(action.crmsol_duration, 1.5)
        self.assertEqual(action.date_deadline, date(2030, 6, 3))

    def test_meeting_addresses_the_guest_that_it_invites(self):
        guest = self.env["res.partner"].create({"name": "Guest", "parent_id": self.customer.id})
        invited = self.anna.partner_id + guest
        self._meet(partner_ids=[Command.set(invited.ids)])
        self.assertEqual(self.opportunity.action_ids.crmsol_contact_id, guest)

    def test_moving_the_event_moves_the_action(self):
        event = self._meet()
        event.write({"start": datetime(2030, 6, 4, 22, 30), "stop": datetime(2030, 6, 4, 23, 0)})
        action = self.opportunity.action_ids
        self.assertEqual(action.crmsol_date_start, datetime(2030, 6, 4, 22, 30))
        self.assertEqual(action.crmsol_duration, 0.5)
        self.assertEqual(action.date_deadline, date(2030, 6, 5), "in Madrid it is past midnight")
        event.write({"allday": True, "start_date": "2030-06-10", "stop_date": "2030-06-10"})
        self.assertFalse(action.crmsol_date_start)
        self.assertEqual(action.date_deadline, date(2030, 6, 10))

    def test_moving_the_action_moves_the_event(self):
        event = self._meet()
        action = self.opportunity.action_ids
        action.write({"crmsol_date_start": datetime(2030, 6, 5, 7, 0), "crmsol_duration": 1})
        self.assertEqual(
            (event.start, event.stop), (datetime(2030, 6, 5, 7, 0), datetime(2030, 6, 5, 8, 0))
        )
        action.crmsol_duration = 2
        self.assertEqual(event.stop, datetime(2030, 6, 5, 9, 0))
        action.with_context(tz="Europe/Madrid").date_deadline = date(2030, 6, 7)
        self.assertEqual(event.start, datetime(2030, 6, 7, 7, 0))
        self.assertEqual(action.crmsol_date_start, event.start)

    def test_event_linked_afterwards_becomes_an_action_once(self):
        event = self._meet(res_model_id=False, res_id=False)
        self.assertFalse(self.opportunity.action_ids)
        for _time in range(2):
            event.write({"res_model_id": self.model_id, "res_id": self.opportunity.id})
        self.assertEqual(len(self.opportunity.action_ids), 1)
        self.assertEqual(self.opportunity.action_ids.crmsol_date_start, event.start)

    def test_planned_meeting_goes_on_in_the_calendar_with_the_contact(self):
        action = self._plan(
            activity_type_id=self.meeting.id, crmsol_date_start=datetime(2030, 6, 3, 8, 0)
        )
        dialog = action.action_crmsol_schedule_meeting()
        event = self.Event.with_context(**dialog["context"]).create({})
        self.assertEqual(event.partner_ids, self.anna.partner_id | self.marta)
        self.assertEqual(event.start, datetime(2030, 6, 3, 8, 0))
        self.assertEqual(self.opportunity.action_ids, action)
        self.assertEqual(action.calendar_event_id, event)
        self.assertEqual(action.action_crmsol_edit()["res_id"], event.id)

    def test_meeting_of_the_header_invites_contact_and_salesperson_and_is_one_action(self):
        dialog = self.opportunity.with_context(crmsol_contact_id=self.marta.id).action_meeting()
        self.assertEqual(dialog["res_model"], "calendar.event")
        with Form(self.Event.with_context(**dialog["context"])) as form:
            form.start = datetime(2030, 6, 3, 8, 0)
        self.assertEqual(form.record.partner_ids, self.anna.partner_id | self.marta)
        action = self.opportunity.action_ids
        self.assertEqual(len(action), 1)
        self.assertEqual(action.crmsol_contact_id, self.marta)
        self.assertEqual(action.user_id, self.anna)

    def test_meeting_done_stays_once_with_its_event(self):
        event = self._meet()
        self.opportunity.action_ids.action_feedback(feedback="Agreed")
        self.assertEqual(self.opportunity.action_ids.crmsol_state, "done")
        event.write({"start": event.start + timedelta(hours=1)})
        self.assertEqual(len(self.opportunity.action_ids), 1)

    def test_cancelling_the_action_takes_the_event_from_the_calendar(self):
        event = self._meet()
        action = self.opportunity.action_ids
        action.action_cancel("Ill")
        self.assertFalse(event.active)
        self.assertEqual(action.crmsol_state, "cancelled")

    def test_cancelling_the_event_cancels_the_action(self):
        for method in ("action_archive", "unlink"):
            with self.subTest(method):
                event = self._meet()
                action = self.opportunity.activity_ids
                getattr(event, method)()
                self.assertEqual(action.crmsol_state, "cancelled")

    def test_cancel_of_the_chatter_deletes_the_event_and_keeps_the_action(self):
        event = self._meet()
        action = self.opportunity.action_ids
        action.unlink_w_meeting()
        self.assertFalse(event.exists())
        self.assertEqual(action.crmsol_state, "cancelled")
        self.assertEqual(action.crmsol_date_start, datetime(2030, 6, 3, 8, 0))

    def test_deleting_the_event_keeps_the_done_action(self):
        event = self._meet()
        action = self.opportunity.action_ids
        action.action_feedback(feedback="Agreed")
        event.unlink()
        self.assertEqual((action.crmsol_state, action.feedback), ("done", "Agreed"))


@tagged("post_install", "-at_install")
class TestDayAgenda(ActionsCommon):
    DAY = "2030-06-03"

    def _agenda(self, reader=None, owner=None, **kwargs):
        Activity = self.env["mail.activity"].with_user(reader or self.anna)
        return Activity.with_context(tz="Europe/Madrid").crmsol_get_day_agenda(
            (owner or self.ben).id, self.DAY, **kwargs
        )

    def _event(self, **values):
        return (
            self.env["calendar.event"]
            .with_user(self.ben)
            .create(
                {
                    "name": "Dentist",
                    "start": datetime(2030, 6, 3, 8, 0),
                    "stop": datetime(2030, 6, 3, 9, 0),
                    "partner_ids": [Command.set(self.ben.partner_id.ids)],
                    **values,
                }
            )
        )

    def test_actions_and_events_of_the_day_are_listed_by_hour(self):
        self._event(name="Fair")
        action = self._plan(user_id=self.ben.id, crmsol_date_start=datetime(2030, 6, 3, 6, 0))
        whole = self._plan(user_id=self.ben.id, date_deadline=date(2030, 6, 3), summary="Report")
        self._plan(user_id=self.ben.id, crmsol_date_start=datetime(2030, 6, 3, 22, 30))
        self._plan(user_id=self.anna.id, crmsol_date_start=datetime(2030, 6, 3, 6, 0))
        self._plan(
            user_id=self.ben.id, crmsol_date_start=datetime(2030, 6, 3, 6, 0)
        ).action_cancel()
        rows = self._agenda()
        self.assertEqual([r["name"] for r in rows], ["Report", action.summary, "Fair"])
        self.assertFalse(rows[0]["start"])
        self.assertEqual(rows[1]["stop"], "2030-06-03 06:30:00")
        self.assertNotIn(whole.summary, [r["name"] for r in self._agenda(activity_id=whole.id)])

    def test_private_event_of_another_is_busy_and_the_owner_reads_it(self):
        self._event(privacy="private")
        row = self._agenda()[0]
        self.assertEqual((row["name"], row["busy"]), ("Busy", True))
        self.assertEqual(row["start"], "2030-06-03 08:00:00")
        self.assertEqual(self._agenda(reader=self.ben)[0]["name"], "Dentist")

    def test_event_of_a_private_calendar_is_busy(self):
        self.ben.with_user(self.ben).calendar_default_privacy = "private"
        self._event()
        self.assertEqual(self._agenda()[0]["name"], "Busy")

    def test_action_of_an_opportunity_that_the_reader_may_not_see_is_busy(self):
        secret = self._create_opportunity(self.ben)
        self._plan(self.ben, secret, crmsol_date_start=datetime(2030, 6, 3, 6, 0))
        row = self._agenda()[0]
        self.assertEqual((row["name"], row["busy"]), ("Busy", True))
        self.assertNotIn("Ask for the plans", str(row))
        self.assertEqual(self._agenda(reader=self.clara)[0]["name"], "Ask for the plans")

    def test_free_and_declined_events_are_no_engagements(self):
        self._event(show_as="free")
        declined = self._event()
        declined.attendee_ids.state = "declined"
        self.assertEqual(self._agenda(), [])

    def test_meeting_is_listed_once(self):
        self._event(
            name="Offer", res_model_id=self.model_id, res_id=self._create_opportunity(self.ben).id
        )
        self.assertEqual([r["name"] for r in self._agenda()], ["Offer"])

    def test_event_of_the_whole_day_has_no_hours(self):
        self._event(allday=True, start_date=self.DAY, stop_date=self.DAY)
        self.assertFalse(self._agenda()[0]["start"])

    def test_outsiders_see_no_agenda(self):
        with self.assertRaises(AccessError):
            self._agenda(reader=self.portal)

    def test_agenda_costs_as_many_queries_with_many_engagements_as_with_few(self):
        def fill(number):
            for hour in range(number):
                start = datetime(2030, 6, 3, 6, 0) + timedelta(minutes=5 * hour)
                self._event(start=start, stop=start + timedelta(minutes=5))
            self.env["mail.activity"].create(
                [
                    {
                        "res_model_id": self.model_id,
                        "res_id": self.opportunity.id,
                        "user_id": self.ben.id,
                        "date_deadline": self.DAY,
                    }
                    for _number in range(number)
                ]
            )

        fill(4)
        self._assert_same_statements(self._agenda, lambda: fill(36))
        self.assertEqual(len(self._agenda()), 80)
