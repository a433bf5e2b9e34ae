from odoo import Command
from odoo.tests import HttpCase, tagged

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
        for cancelled in (False, True):
            with self.subTest(cancelled=cancelled):
                opportunity = self._create_opportunity()
                opportunity.activity_schedule("mail.mail_activity_data_call", summary="Ask")
                self._close(opportunity, outcome=LOST, is_cancelling_actions=cancelled)
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

    def test_every_way_into_the_closing_phase_asks_for_the_outcome(self):
        self.phase_close.name = "Closing"
        self.phase_close.with_context(lang="es_ES").name = "Cierre"
        self.start_tour("/odoo/opportunity", "crmsol_opportunity_closing", login="crmsol_anna")
        self.assertEqual(self.opportunity.outcome, LOST)
        self.assertEqual(self.clicked.outcome, WON)
