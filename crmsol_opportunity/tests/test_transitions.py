from itertools import product

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..const import LOST, OPEN, OUTCOME_TRANSITIONS, WON
from .common import CrmsolCommon

OUTCOMES = (OPEN, WON, LOST)
#: Who may change the opportunity of anna: herself, who sees all of the company, the manager.
ROLES = {"anna": True, "ben": False, "clara": True, "dora": True, "eva": False}
#: What an opportunity can be: (is its phase the closing one, outcome).
STATES = {(False, OPEN), (True, WON), (True, LOST)}


@tagged("post_install", "-at_install")
class TestTransitions(CrmsolCommon):
    """Every pair of phase and outcome, from every state, on every route, by every role.

    Whatever is refused leaves the opportunity exactly as it was.
    """

    def _phase(self, is_closing):
        return self.phase_close if is_closing else self.phase_proposal

    def _values(self, target):
        is_closing, outcome = target
        return {"phase_id": self._phase(is_closing).id, "outcome": outcome}

    def _make(self, source):
        phase = self.phase_new if source == OPEN else self.phase_close
        return self._create_opportunity(phase_id=phase.id, outcome=source)

    # === ROUTES: they bring a record into a state, as its user === #

    def _route_write(self, record, target):
        record.write(self._values(target))

    def _route_web_save(self, record, target):
        record.web_save(self._values(target), {"phase_id": {}, "outcome": {}})

    def _route_bulk(self, record, target):
        other = self._create_opportunity().with_user(record.env.user)
        (other | record).write(self._values(target))

    def _route_load(self, record, target):
        is_closing, outcome = target
        row = [str(record.id), str(self._phase(is_closing).id), outcome]
        result = record.browse().load([".id", "phase_id/.id", "outcome"], [row])
        if result["messages"]:
            raise UserError(result["messages"][0]["message"])

    def _route_button(self, record, _target):
        self.assertIn("effect", record.action_win())

    def _route_close(self, record, target):
        wizard = record.env["crmsol.opportunity.close"]
        wizard.create({"opportunity_ids": record.ids, "outcome": target[1]}).action_close()

    def _route_reopen(self, record, target):
        wizard = record.env["crmsol.opportunity.reopen"]
        values = {"opportunity_ids": record.ids, "phase_id": self._phase(target[0]).id}
        wizard.create(values).action_reopen()

    def _assert_route(self, route, sources, targets, is_allowed):
        """Try every way of the route; ``is_allowed(source, target)`` says what a seller may do."""
        tries = 0
        for role, source, target in product(ROLES, sources, targets):
            with self.subTest(route=route.__name__, role=role, source=source, target=target):
                record = self._make(source)
                before = (record.phase_id, record.outcome)
                expected = before
                if ROLES[role] and is_allowed(source, target):
                    expected = (self._phase(target[0]), target[1])
                self.env.flush_all()
                self.env.invalidate_all()  # as in a request of its own
                is_refused = False
                try:
                    with self.env.cr.savepoint(), mute_logger("odoo.sql_db"):
                        route(record.with_user(getattr(self, role)), target)
                except UserError:
                    is_refused = True
                self.env.invalidate_all()
                self.assertEqual((record.sudo().phase_id, record.sudo().outcome), expected)
                if ROLES[role]:
                    self.assertEqual(is_refused, not is_allowed(source, target))
                tries += 1
        self.assertEqual(tries, len(ROLES) * len(sources) * len(targets))

    # === TESTS === #

    def test_a_new_opportunity_is_in_a_state_that_there_is(self):
        columns = ["name", "partner_id/.id", "phase_id/.id", "outcome"]
        for role, target in product(ROLES, product((False, True), OUTCOMES)):
            user = getattr(self, role)
            Opportunity = self.env["crmsol.opportunity"].with_user(user)
            values = self._values(target)
            partner = self.env["res.partner"].create({"name": "Of the role"})
            with self.subTest(role=role, target=target):
                row = ["New", str(partner.id), str(values["phase_id"]), values["outcome"]]
                result = Opportunity.load(columns, [row])
                self.assertEqual(not result["messages"], target in STATES)
                values |= {"partner_id": partner.id, "company_id": user.company_id.id}
                if target in STATES:
                    created = self._create_opportunity(user, **values)
                    self.assertEqual((created.phase_id.is_closing, created.outcome), target)
                else:
                    with self._refused("cannot be left open|can be won or lost only"):
                        self._create_opportunity(user, **values)

    def test_data_written_go_through_the_pairs_of_the_table(self):
        def is_allowed(source, target):
            is_pair = source == target[1] or (source, target[1]) in OUTCOME_TRANSITIONS
            return target in STATES and is_pair

        targets = list(product((False, True), OUTCOMES))
        for route in (
            self._route_write,
            self._route_web_save,
            self._route_bulk,
            self._route_load,
        ):
            self._assert_route(route, OUTCOMES, targets, is_allowed)

    def test_buttons_and_dialogs_close_what_is_open_and_reopen_what_is_closed(self):
        def is_open(source, _target):
            return source == OPEN

        self._assert_route(self._route_button, OUTCOMES, [(True, WON)], is_open)
        self._assert_route(self._route_close, OUTCOMES, [(True, WON), (True, LOST)], is_open)
        self._assert_route(
            self._route_reopen,
            OUTCOMES,
            [(False, OPEN), (True, OPEN)],
            lambda source, target: source != OPEN and target in STATES,
        )
