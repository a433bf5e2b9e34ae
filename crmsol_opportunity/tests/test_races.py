from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

from odoo import SUPERUSER_ID, api
from odoo.exceptions import UserError
from odoo.modules.registry import Registry
from odoo.service.model import retrying
from odoo.tests import BaseCase, get_db_name, tagged
from odoo.tools import mute_logger

from ..const import LOST, OPEN, WON

#: how often each race is run: another interleaving every time
ROUNDS = 4


@tagged("post_install", "-at_install")
class TestRaces(BaseCase):
    """Two sellers at once, each in a transaction of their own, repeated as the host repeats it.

    Rows are committed. Every request goes through ``retrying``, as those of the web client and of
    programs do; none may end with an error of the database.
    """

    def setUp(self):
        super().setUp()
        self.registry = Registry(get_db_name())
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            partner = env["res.partner"].create({"name": "Customer of a race"})
            self.partner_id = partner.id
            phases = env["crmsol.phase"].search([("is_closing", "=", False)], limit=3)
            self.phase_ids = phases.ids
            self.admin_id = env.ref("base.user_admin").id
        self.ids = []
        self.tries = 0  # how often a request was run, repetitions included
        self.addCleanup(self._remove)

    def _remove(self):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            orders = env["sale.order"].search([("partner_id", "=", self.partner_id)])
            orders._action_cancel()
            orders.unlink()
            env["crmsol.opportunity"].browse(self.ids).unlink()
            env["res.partner"].browse(self.partner_id).unlink()

    def _create(self, number=1, **values):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            vals = {"name": "Deal of a race", "partner_id": self.partner_id, **values}
            ids = env["crmsol.opportunity"].create([vals] * number).ids
        self.ids += ids
        return ids

    def _race(self, *requests):
        """Run the requests at once and return what each of them ended with: None or its error."""
        barrier = Barrier(len(requests))

        def run(request, uid):
            waited = []

            def go():
                self.tries += 1
                env = api.Environment(cr, uid, {})
                env.cr.execute("SELECT 1")  # its snapshot begins
                if not waited:
                    waited.append(True)
                    barrier.wait(20)
                request(env)
                env.flush_all()

            with self.registry.cursor() as cr:
                try:
                    retrying(go, api.Environment(cr, uid, {}))
                except UserError as error:
                    cr.rollback()
                    return error
            return None

        with (
            mute_logger("odoo.sql_db", "odoo.service.model"),
            ThreadPoolExecutor(len(requests)) as pool,
        ):
            uids = [self.admin_id, SUPERUSER_ID] * len(requests)
            futures = [pool.submit(run, *pair) for pair in zip(requests, uids, strict=False)]
            return [future.result(60) for future in futures]

    def _check(self, ids):
        """The history tiles, ends with what the row is, and outcome and phase agree."""
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            for deal in env["crmsol.opportunity"].browse(ids):
                rows = deal.history_ids.sorted("date_from")
                for row, after in zip(rows, rows[1:], strict=False):
                    self.assertEqual(row.date_to, after.date_from)
                self.assertEqual(len(rows.filtered(lambda row: not row.date_to)), 1)
                last = rows[-1]
                self.assertEqual(
                    (last.phase_id, last.outcome, last.user_id, last.amount_company),
                    (deal.phase_id, deal.outcome, deal.user_id, deal.amount_company),
                )
                self.assertEqual(deal.outcome != OPEN, deal.phase_id.is_closing)
                self.assertEqual(deal.outcome != OPEN, bool(deal.date_closed))

    def _read(self, ids, fname):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            return env["crmsol.opportunity"].browse(ids).mapped(fname)

    # === RACES === #

    def test_two_moves_leave_one_phase_and_no_error(self):
        for _ in range(ROUNDS):
            ids = self._create(3)

            def move(phase_id, ids=ids):
                return lambda env: (
                    env["crmsol.opportunity"].browse(ids).write({"phase_id": phase_id})
                )

            self.assertEqual(self._race(*map(move, self.phase_ids[-2:])), [None, None])
            self._check(ids)
            self.assertEqual(len(set(self._read(ids, "phase_id.id"))), 1, "half of each move")
        self.assertGreater(self.tries, 2 * ROUNDS, "no race: nothing had to be repeated")

    def test_win_and_lose_at_once_leave_one_outcome_and_tell_the_other(self):
        for _ in range(ROUNDS):
            ids = self._create()

            def close(outcome, ids=ids):
                return lambda env: env["crmsol.opportunity"].browse(ids)._close(outcome)

            errors = self._race(close(WON), close(LOST))
            self.assertEqual(sum(error is None for error in errors), 1, errors)
            [error] = filter(None, errors)
            self.assertIn("Deal of a race", str(error))
            self._check(ids)
            outcome = LOST if errors[0] else WON
            self.assertEqual(self._read(ids, "outcome"), [outcome])

    def test_moving_while_another_closes(self):
        for _ in range(ROUNDS):
            ids = self._create()
            errors = self._race(
                lambda env, ids=ids: env["crmsol.opportunity"].browse(ids)._close(WON),
                lambda env, ids=ids: (
                    env["crmsol.opportunity"].browse(ids).write({"phase_id": self.phase_ids[-1]})
                ),
            )
            self.assertIsNone(errors[0])
            self._check(ids)
            self.assertEqual(self._read(ids, "outcome"), [WON])

    def test_two_reopen_the_same_deal(self):
        for _ in range(ROUNDS):
            ids = self._create()
            self._race(lambda env, ids=ids: env["crmsol.opportunity"].browse(ids)._close(LOST))

            def reopen(env, ids=ids):
                env["crmsol.opportunity"].browse(ids)._reopen()

            errors = self._race(reopen, reopen)
            self.assertIn(None, errors)
            for error in filter(None, errors):
                self.assertEqual(str(error), "“Deal of a race” is open already.")
            self._check(ids)
            self.assertEqual(self._read(ids, "outcome"), [OPEN])

    def test_reopening_while_another_writes(self):
        ids = self._create()
        self._race(lambda env: env["crmsol.opportunity"].browse(ids)._close(WON))
        errors = self._race(
            lambda env: env["crmsol.opportunity"].browse(ids)._reopen(),
            lambda env: env["crmsol.opportunity"].browse(ids).write({"amount": 77}),
        )
        self.assertEqual(errors, [None, None])
        self._check(ids)
        self.assertEqual(self._read(ids, "amount"), [77])

    def test_two_quote_the_same_deal(self):
        for _ in range(ROUNDS):
            ids = self._create()

            def quote(env, ids=ids):
                env["sale.order"].create(
                    {"partner_id": self.partner_id, "crmsol_opportunity_id": ids[0]}
                )

            self.assertEqual(self._race(quote, quote), [None, None])
            self._check(ids)
            self.assertEqual(self._read(ids, "order_count"), [2])
            with self.registry.cursor() as cr:
                env = api.Environment(cr, SUPERUSER_ID, {})
                deal = env["crmsol.opportunity"].browse(ids)
                self.assertEqual(
                    deal.order_ids.filtered("crmsol_is_principal"), deal.principal_order_id
                )

    def test_quoting_while_another_closes(self):
        for _ in range(ROUNDS):
            ids = self._create()
            errors = self._race(
                lambda env, ids=ids: env["crmsol.opportunity"].browse(ids)._close(WON),
                lambda env, ids=ids: env["sale.order"].create(
                    {"partner_id": self.partner_id, "crmsol_opportunity_id": ids[0]}
                ),
            )
            self.assertIsNone(errors[0])
            self._check(ids)

    def test_two_close_overlapping_selections(self):
        ids = self._create(6)
        errors = self._race(
            lambda env: (
                env["crmsol.opportunity.close"]
                .create({"opportunity_ids": ids[:4], "outcome": WON})
                .action_close()
            ),
            lambda env: (
                env["crmsol.opportunity.close"]
                .create({"opportunity_ids": ids[2:], "outcome": WON})
                .action_close()
            ),
        )
        self.assertEqual(errors, [None, None])
        self._check(ids)
        self.assertEqual(set(self._read(ids, "outcome")), {WON})

    def test_an_action_planned_while_another_is_done_is_the_next_one(self):
        def plan(env, id_, day):
            return env["mail.activity"].create(
                {
                    "summary": "Call",
                    "activity_type_id": env.ref("mail.mail_activity_data_call").id,
                    "res_model_id": env["ir.model"]._get_id("crmsol.opportunity"),
                    "res_id": id_,
                    "user_id": self.admin_id,
                    "date_deadline": day,
                }
            )

        for _ in range(ROUNDS):
            [id_] = self._create()
            with self.registry.cursor() as cr:
                env = api.Environment(cr, SUPERUSER_ID, {})
                first_id = plan(env, id_, "2027-01-05").id

            def do(env, first_id=first_id):
                env["mail.activity"].browse(first_id).action_feedback(feedback="Done")

            errors = self._race(lambda env, id_=id_: plan(env, id_, "2027-01-07"), do)
            self.assertEqual(errors, [None, None])
            self.assertEqual(self._read([id_], "date_next_action"), [date(2027, 1, 7)])
