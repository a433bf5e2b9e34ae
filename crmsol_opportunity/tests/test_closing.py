import re
from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.tests import Form, HttpCase, tagged

from ..const import LOST, OPEN, WON
from .common import CrmsolCommon


class ClosingCommon(CrmsolCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rival, cls.other_rival = cls.env["res.partner"].create(
            [
                {"name": "Rival", "is_company": True},
                {"name": "Other rival", "is_company": True},
            ]
        )
        cls.opportunity = cls._create_opportunity(
            competitor_ids=[
                Command.create({"partner_id": cls.rival.id}),
                Command.create({"partner_id": cls.other_rival.id}),
            ]
        )

    def _close(self, opportunities, **values):
        """Fill in the dialog as anna and confirm it."""
        action = opportunities.with_user(self.anna).action_close()
        wizard = (
            self.env[action["res_model"]]
            .with_user(self.anna)
            .with_context(**action["context"])
            .create(values)
        )
        return wizard.action_close()


@tagged("post_install", "-at_install")
class TestClosingDialog(ClosingCommon):
    def test_won_is_celebrated(self):
        action = self._close(self.opportunity, outcome=WON)
        self.assertEqual(action["effect"]["type"], "rainbow_man")
        self.assertEqual(self.opportunity.outcome, WON)
        self.assertEqual(set(self.opportunity.competitor_ids.mapped("result")), {"lost"})

    def test_lost_to_a_competitor_is_noted_of_all_the_competitors(self):
        winner, other = self.opportunity.competitor_ids
        action = self._close(self.opportunity, outcome=LOST, competitor_id=winner.id)
        self.assertNotIn("effect", action)
        self.assertEqual(self.opportunity.outcome, LOST)
        self.assertEqual((winner.result, other.result), ("won", "lost"))

    def test_competitor_of_another_deal_is_not_noted(self):
        foreign = self._create_opportunity(
            competitor_ids=[Command.create({"partner_id": self.rival.id})]
        ).competitor_ids
        self._close(self.opportunity, outcome=LOST, competitor_id=foreign.id)
        self.assertEqual(foreign.result, "pending")

    def test_planned_actions_are_kept_or_cancelled_as_the_user_says(self):
        for choice, cancelled in {"keep": False, "cancel": True}.items():
            with self.subTest(choice):
                opportunity = self._create_opportunity()
                opportunity.activity_schedule("mail.mail_activity_data_call", summary="Ask")
                self._close(opportunity, outcome=LOST, planned_actions=choice)
                action = opportunity.action_ids
                self.assertEqual(len(action), 1)
                self.assertEqual(action.crmsol_cancelled, cancelled)
                self.assertEqual(action.active, not cancelled)

    def test_dialog_without_an_outcome_is_refused_and_closes_nothing(self):
        with self._refused("Say whether it is won or lost"):
            self._close(self.opportunity, outcome=False)
        self.assertEqual(self.opportunity.outcome, OPEN)

    def test_closed_ones_of_a_selection_are_left_as_they_are(self):
        won = self._create_opportunity()
        won.action_win()
        self._close(won | self.opportunity, outcome=LOST)
        self.assertEqual((won.outcome, self.opportunity.outcome), (WON, LOST))
        with self._refused("All of them are closed already"):
            self._close(won | self.opportunity, outcome=WON)

    def test_closed_meanwhile_is_told_with_who_closed_it_when_and_how(self):
        dialogs = [
            self.opportunity.with_user(user).action_close() for user in (self.anna, self.dora)
        ]
        self.assertEqual(dialogs[0], dialogs[1])
        self._close(self.opportunity, outcome=LOST)
        today = fields.Datetime.context_timestamp(self.opportunity, self.env.cr.now())
        sentence = rf"closed already: lost, by {re.escape(self.anna.name)} on .*{today:%y}"
        wizard = self.env["crmsol.opportunity.close"].with_user(self.dora)
        wizard = wizard.create({"opportunity_ids": self.opportunity.ids, "outcome": WON})
        for attempt in (
            wizard.action_close,
            self.opportunity.with_user(self.dora).action_win,
            lambda: self.opportunity.with_user(self.dora).write({"outcome": WON}),
        ):
            with self._refused(sentence):
                attempt()
        self.assertEqual(self.opportunity.outcome, LOST)

    def test_who_closed_it_is_recorded_and_nobody_else_is_named(self):
        for fname in ("closed_by_id", "date_closing_recorded", "phase_before_close_id"):
            with self.subTest(fname), self.assertRaises(AccessError):
                self.opportunity.with_user(self.dora).write({fname: False})
        self._close(self.opportunity, outcome=WON)
        self.assertEqual(self.opportunity.closed_by_id, self.anna)
        self.opportunity._reopen()
        self.assertFalse(self.opportunity.closed_by_id)
        self.assertFalse(self.opportunity.date_closing_recorded)

    def test_win_button_asks_only_if_something_is_left_to_ask(self):
        self.assertIn("effect", self.opportunity.action_win())
        planned = self._create_opportunity()
        planned.activity_schedule("mail.mail_activity_data_call", summary="Ask")
        action = planned.action_win()
        self.assertEqual(action["res_model"], "crmsol.opportunity.close")
        self.assertEqual(planned.outcome, OPEN)
        wizard = self.env[action["res_model"]].with_user(self.anna)
        with Form(wizard.with_context(**action["context"])) as form:
            self.assertEqual((form.outcome, form.action_count), (WON, 1))
            self.assertEqual(form.planned_actions, "keep")
        self.assertIn("effect", form.record.action_close())

    def test_lost_deal_needs_a_reason_on_every_route_if_the_company_says_so(self):
        reason = self.env["crmsol.loss.reason"].create({"name": "Some reason"})
        lost = {"outcome": LOST, "phase_id": self.phase_close.id}
        self._create_opportunity(**lost)
        settings = self.env["crmsol.threshold.settings"].with_user(self.dora)
        settings.create({"loss_reason_required": True}).action_save()
        opportunity = self.opportunity.with_user(self.anna)
        with Form(
            self.env["crmsol.opportunity.close"]
            .with_user(self.anna)
            .with_context(**opportunity.action_lose()["context"])
        ) as form:
            self.assertTrue(form._get_modifier("loss_reason_id", "required"))
            form.loss_reason_id = reason
        columns = [".id", "phase_id/.id", "outcome"]
        row = [str(opportunity.id), str(self.phase_close.id), LOST]
        for route in (
            lambda: self._close(opportunity, outcome=LOST),
            lambda: opportunity.write(lost),
            lambda: self._create_opportunity(**lost),
        ):
            with self._refused("Your company asks for a loss reason"):
                route()
        messages = opportunity.load(columns, [row])["messages"]
        self.assertIn("asks for a loss reason", messages[0]["message"])
        self.assertEqual(opportunity.outcome, OPEN)
        messages = opportunity.load([*columns, "loss_reason_id"], [[*row, "Some reason"]])[
            "messages"
        ]
        self.assertFalse(messages)
        self.assertEqual(opportunity.loss_reason_id, reason)
        with self._refused("asks for a loss reason"):
            opportunity.loss_reason_id = False

    def test_closing_date_is_between_the_creation_and_today(self):
        today = fields.Date.context_today(self.opportunity)
        for day, sentence in {
            today + timedelta(days=1): "cannot be closed in the future",
            today - timedelta(days=1): "cannot be closed on .*: it was created on",
        }.items():
            with self.subTest(sentence), self._refused(sentence):
                self._close(self.opportunity, outcome=WON, date_closed=day)
            with self.subTest(sentence), self._refused(sentence):
                self.opportunity._close(WON, date_closed=str(day))
        self.assertEqual(self.opportunity.outcome, OPEN)
        imported = self._create_opportunity(
            outcome=WON, phase_id=self.phase_close.id, date_closed="2024-01-15"
        )
        imported.write({"date_closed": "2024-01-16"})
        with self._refused("cannot be closed on"):
            imported.write({"date_closed": "2024-01-14"})

    def test_dates_nobody_can_mean_are_refused_on_every_route(self):
        opportunity = self.opportunity.with_user(self.anna)
        values = {"outcome": WON, "phase_id": self.phase_close.id}
        for day in ("0001-01-01", "0026-11-30", "1989-12-31", "2101-01-01", "9999-12-31"):
            with self.subTest(day), self._refused("Give a date between the years 1990 and 2100"):
                opportunity.write({"date_deadline": day})
            with self.subTest(day), self._refused("Give a date between the years 1990 and 2100"):
                self._create_opportunity(date_deadline=day)
            messages = opportunity.load([".id", "date_deadline"], [[str(opportunity.id), day]])
            self.assertIn("between the years", messages["messages"][0]["message"])
        with self._refused("between the years|in the future"):
            self._create_opportunity(date_closed="0001-01-01", **values)
        for day in ("1990-01-01", "2100-12-31"):
            opportunity.date_deadline = day

    def test_many_are_closed_at_once_with_a_statement_for_none_of_them(self):
        """The host writes the messages: of them alone there may be more statements for more."""

        def count(number):
            opportunities = self._create_opportunity().browse()
            for _i in range(number):
                opportunities |= self._create_opportunity()
            statements = self._get_statements(
                lambda: self._close(opportunities, outcome=LOST, note="Too late")
            )
            self.assertEqual(set(opportunities.mapped("outcome")), {LOST})
            return len(statements)

        count(2)
        few = count(10)
        self.assertLessEqual(count(200), few + 20)

    # === REOPENING === #

    def _reopen(self, opportunities, user=None, **values):
        """Fill in the dialog that reopens, as the user, and confirm it."""
        action = opportunities.with_user(user or self.anna).action_reopen()
        wizard = self.env[action["res_model"]].with_user(user or self.anna)
        with Form(wizard.with_context(**action["context"])) as form:
            for fname, value in values.items():
                form[fname] = value
        return form.record.action_reopen()

    def test_reopening_proposes_the_phase_it_was_closed_from_and_keeps_the_trace(self):
        opportunity = self._create_opportunity(phase_id=self.phase_proposal.id)
        opportunity = opportunity.with_context(tracking_disable=False)
        self._close(opportunity, outcome=LOST)
        self._reopen(opportunity, note="They called again")
        self.assertEqual((opportunity.outcome, opportunity.phase_id), (OPEN, self.phase_proposal))
        self.assertIn("They called again", opportunity.message_ids[0].preview)
        self._close(opportunity, outcome=WON)
        self._reopen(opportunity, phase_id=self.phase_new)
        self.assertEqual(opportunity.phase_id, self.phase_new)

    def test_reopening_an_open_one_is_refused(self):
        with self._refused("“Opportunity” is open already"):
            self.opportunity.action_reopen()

    def test_reopening_many_leaves_each_in_its_own_phase(self):
        opportunities = self._create_opportunity()
        opportunities |= self._create_opportunity(phase_id=self.phase_proposal.id)
        self._close(opportunities, outcome=LOST)
        self._reopen(opportunities)
        self.assertEqual(opportunities.mapped("phase_id"), self.phase_new | self.phase_proposal)

    # === VIEWS ASK BEFORE THEY MOVE === #

    def test_views_are_told_what_to_ask_before_they_move(self):
        won = self._create_opportunity()
        won._close(WON)
        both = self.opportunity | won
        closing = {"phase_id": self.phase_close.id}
        other = {"phase_id": self.phase_proposal.id}
        close, reopen = "crmsol.opportunity.close", "crmsol.opportunity.reopen"
        for opportunities, values, model, key, asked in (
            (self.opportunity, closing, close, "default_opportunity_ids", self.opportunity),
            (
                self.opportunity,
                {"outcome": LOST},
                close,
                "default_opportunity_ids",
                self.opportunity,
            ),
            (both, closing, close, "default_opportunity_ids", self.opportunity),
            (won, other, reopen, "default_opportunity_ids", won),
            (won, {"outcome": OPEN}, reopen, "default_opportunity_ids", won),
            (both, other, reopen, "default_moved_ids", self.opportunity),
        ):
            with self.subTest(values=values, asked=asked):
                action = opportunities.with_user(self.anna).get_move_dialog(values)
                self.assertEqual(action["res_model"], model)
                self.assertEqual(action["context"][key], asked.ids)
        self.assertFalse(self.opportunity.get_move_dialog(other))
        self.assertFalse(won.get_move_dialog(closing))
        action = both.get_move_dialog(other)
        wizard = self.env[action["res_model"]].with_user(self.anna)
        wizard.with_context(**action["context"]).create({}).action_reopen()
        self.assertEqual(both.phase_id, self.phase_proposal)
        self.assertEqual(set(both.mapped("outcome")), {OPEN})


@tagged("post_install", "-at_install")
class TestClosingTours(ClosingCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._in_spanish(cls.anna)
        cls.phase_close.fold = False
        own = cls.phase_new | cls.phase_proposal | cls.phase_close
        (cls.Phase.search([]) - own).active = False  # the bar has room for these only
        cls.opportunity.name = "Dropped"
        cls.clicked = cls._create_opportunity(name="Clicked")

        cls.phase_close.name = "Closing"
        cls.phase_close.with_context(lang="es_ES").name = "Cierre"

    def test_every_way_into_the_closing_phase_asks_for_the_outcome(self):
        self.start_tour("/odoo/opportunity", "crmsol_opportunity_closing", login="crmsol_anna")
        self.assertEqual(self.opportunity.outcome, LOST)
        self.assertEqual(self.clicked.outcome, WON)

    def test_win_button_and_phase_bar_ask_what_they_need(self):
        opportunity = self._create_opportunity(name="Planned")
        opportunity.activity_schedule("mail.mail_activity_data_call", summary="Ask")
        self.start_tour("/odoo/opportunity", "crmsol_opportunity_closing_form", login="crmsol_anna")
        self.assertEqual((opportunity.outcome, opportunity.phase_id), (OPEN, self.phase_proposal))
        self.assertTrue(opportunity.action_ids.crmsol_cancelled)
        self.assertIn("They called again", opportunity.message_ids.mapped("preview"))

    def test_card_leaves_the_closing_column_and_comes_back(self):
        opportunity = self._create_opportunity(name="Closed")
        opportunity._close(LOST)
        self.start_tour(
            "/odoo/opportunity", "crmsol_opportunity_reopening_drop", login="crmsol_anna"
        )
        self.assertEqual(opportunity.outcome, WON)
        self.assertEqual(opportunity.phase_before_close_id, self.phase_proposal)

    def test_list_asks_for_all_the_selected_ones(self):
        names = ("One", "Two", "Three", "Four")
        opportunities = [self._create_opportunity(name=name) for name in names]
        self.start_tour(
            "/odoo/opportunity?view_type=list",
            "crmsol_opportunity_closing_list",
            login="crmsol_anna",
        )
        self.assertEqual([o.outcome for o in opportunities], [LOST, LOST, LOST, WON])
