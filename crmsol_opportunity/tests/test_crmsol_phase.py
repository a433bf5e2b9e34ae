from odoo import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import CrmsolCommon


@tagged("post_install", "-at_install")
class TestCrmsolPhase(CrmsolCommon):
    def _phases(self):
        return self.Phase.search([])

    def test_exactly_one_phase_closes_and_it_is_the_last(self):
        closing = self._phases().filtered("is_closing")
        self.assertEqual(len(closing), 1)
        self.assertEqual(self._phases()[-1], closing)

    def test_second_closing_phase_is_refused_on_every_route(self):
        Phase = self.Phase.with_user(self.dora)
        routes = {
            "create": lambda: Phase.create({"name": "Two", "is_closing": True}),
            "write": lambda: self.phase_new.with_user(self.dora).write({"is_closing": True}),
        }
        for route, call in routes.items():
            with self.subTest(route), self._refused("only one closing phase"):
                call()
        with mute_logger("odoo.sql_db"):
            result = Phase.load(["name", "is_closing"], [["Imported", "True"]])
        self.assertFalse(result["ids"])
        self.assertIn("closing phase", result["messages"][0]["message"])
        self.assertEqual(len(self._phases().filtered("is_closing")), 1)

    def test_closing_phase_cannot_be_opened_archived_or_deleted(self):
        closing = self.phase_close.with_user(self.dora)
        with self._refused("keep the closing phase"):
            closing.is_closing = False
        with self._refused("cannot be archived"):
            closing.action_archive()
        with self._refused("cannot be deleted"):
            closing.unlink()

    def test_no_phase_can_be_moved_behind_the_closing_one(self):
        with self._refused("always the last"):
            self.phase_new.with_user(self.dora).sequence = self.phase_close.sequence + 1
        with self._refused("always the last"):
            self.Phase.with_user(self.dora).create(
                {"name": "Late", "sequence": self.phase_close.sequence + 1}
            )

    def test_resequencing_keeps_the_closing_phase_last(self):
        phases = self._phases()
        with self._refused("always the last"):
            (phases[-1] | phases[:-1]).with_user(self.dora).web_resequence({})
        swapped = phases[1] | phases[0] | phases[2:]
        swapped.with_user(self.dora).web_resequence({})
        self.assertEqual(self._phases().ids, swapped.ids)

    def test_unarchived_phase_must_stand_before_the_closing_one(self):
        late = self.Phase.create({"name": "Late", "active": False})
        late.sequence = self.phase_close.sequence + 5
        with self._refused("always the last"):
            late.action_unarchive()

    def test_new_phase_lands_just_before_the_closing_one(self):
        for route, phase in {
            "create": self.Phase.with_user(self.dora).create({"name": "Added"}),
            "duplicate": self.phase_close.with_user(self.dora).copy(),
        }.items():
            with self.subTest(route):
                self.assertFalse(phase.is_closing)
                self.assertEqual(self._phases()[-1], self.phase_close)
                # a list with a handle sorts by sequence and id alone
                self.assertLess(phase.sequence, self.phase_close.sequence)
        self.assertEqual(self._phases()[-2], phase)

    def test_phase_in_use_cannot_be_deleted_also_by_archived_opportunities(self):
        opportunity = self._create_opportunity()
        opportunity.sudo().action_archive()
        with self._refused("First.*1.*Move them"):
            self.phase_new.with_user(self.dora).unlink()
        opportunity.sudo().unlink()
        self.phase_new.with_user(self.dora).unlink()

    def test_probability_and_days_have_bounds(self):
        for values in ({"probability": 101}, {"probability": -1}, {"rotting_threshold_days": -1}):
            with (
                self.subTest(values),
                self._refused("probability_range|rotting_threshold_positive"),
            ):
                self.phase_new.write(values)

    def test_first_open_phase_passes_over_the_phases_of_other_teams(self):
        team = self.env["crm.team"].create({"name": "Team"})
        self.phase_new.team_ids = [Command.set(team.ids)]
        self.assertEqual(self.Phase._get_first_open_phase(), self.phase_proposal)
        self.assertEqual(self.Phase._get_first_open_phase(team), self.phase_new)
