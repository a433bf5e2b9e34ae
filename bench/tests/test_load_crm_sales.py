"""The loading into Odoo, on twelve rows."""

import contextlib
import io
import tempfile
from datetime import date
from decimal import Decimal
from pathlib import Path

from odoo.tests import TransactionCase

from bench.crm_sales import LOST, NO_ACCOUNT, WON, Source, Total
from bench.load_crm_sales import Loader, LoadError, Progress

from .common import OTHERS, ROWS, write_folder


class Killed(Exception):
    pass


class TestLoad(TransactionCase):
    def setUp(self):
        super().setUp()
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.commits = 0

    def load(self, rows=ROWS, die_at=None, equal=True, without_account="placeholder", **files):
        def commit():
            self.env.flush_all()
            self.commits += 1
            if self.commits == die_at:
                raise Killed

        write_folder(self.folder, rows, **files)
        self.commits = 0
        loader = Loader(self.env, Source(self.folder, without_account), batch=5, commit=commit)
        self.assertEqual(loader.run(), equal)
        return loader

    def opportunity(self, key):
        return self.env.ref(f"crmsol_bench.{key}")

    def created(self, loader):
        return {model: count for model, count in loader.created.items() if count}

    def test_load(self):
        mails = self.env["mail.mail"].search_count([])
        loader = self.load()
        self.assertEqual(
            self.created(loader),
            {"res.users": 5, "crm.team": 2, "res.partner": 4, "crmsol.opportunity": 12},
        )
        self.assertEqual(self.commits, 4, "master data and three batches")
        self.assertEqual(loader.loaded[WON], Total(5, Decimal("4001.55")))
        self.assertEqual(loader.loaded[LOST], Total(3, Decimal("10.10")))

        phases = self.env["crmsol.phase"].search([("is_closing", "=", False)])
        won = self.opportunity("W1")
        self.assertRecordValues(
            won,
            [
                {
                    "name": "GTX Pro · Acme Corporation · W1",
                    "outcome": "won",
                    "amount": 1054,
                    "probability": 100,
                    "date_closed": date(2017, 3, 1),
                    "date_deadline": date(2017, 3, 1),
                    "phase_id": self.env["crmsol.phase"]._get_closing_phase().id,
                    "phase_before_close_id": phases[2].id,
                    "phase_is_closing": True,
                    "currency_id": self.env.company.currency_id.id,
                }
            ],
        )
        self.assertEqual(won.date_last_stage_update.date(), date(2017, 3, 1))
        self.assertEqual(won.create_date.date(), date(2016, 10, 20))
        self.assertEqual(won.user_id.login, "bench.ann.lee@example.com")
        self.assertTrue(won.user_id.has_group("sales_team.group_sale_salesman"))
        self.assertFalse(won.user_id.has_group("sales_team.group_sale_manager"))
        self.assertEqual(won.team_id.name, "Central · Bench Boss")
        self.assertTrue(won.team_id.user_id.has_group("sales_team.group_sale_manager"))
        self.assertEqual(won.team_id.member_ids.mapped("name"), ["Bench Ann-Lee", "Bench Bob"])
        self.assertTrue(won.partner_id.is_company)
        self.assertEqual(won.partner_id.country_id.code, "US")
        self.assertEqual(self.opportunity("L2").outcome, "lost")
        self.assertEqual(self.opportunity("L2").probability, 0)
        engaging, prospecting = self.opportunity("E1"), self.opportunity("P2")
        self.assertEqual((engaging.phase_id, engaging.outcome), (phases[2], "open"))
        self.assertEqual((engaging.amount, engaging.probability), (4821, phases[2].probability))
        self.assertEqual(engaging.date_last_stage_update.date(), date(2016, 11, 1))
        self.assertFalse(engaging.date_closed or engaging.date_deadline)
        self.assertEqual((prospecting.phase_id, prospecting.amount), (phases[0], 55.5))
        self.assertEqual(prospecting.partner_id.name, NO_ACCOUNT)
        self.assertEqual(loader.without_country, ["Atlantis"])
        self.assertEqual(self.env["mail.mail"].search_count([]), mails, "nobody was invited")

        report = "\n".join(loader.report())
        self.assertIn("created          12", report)
        self.assertIn("4,001.55  equal", report)

    def test_history(self):
        """Open from the day of the engagement, in the open phase, to the closing day."""
        self.load()
        phase = self.env["crmsol.phase"].search([("is_closing", "=", False)])[2]
        rows = self.opportunity("W1").history_ids.sorted("date_from")
        self.assertEqual(
            [(r.date_from.date(), r.phase_id, r.outcome, r.probability) for r in rows],
            [
                (date(2016, 10, 20), phase, "open", phase.probability),
                (date(2017, 3, 1), self.env["crmsol.phase"]._get_closing_phase(), "won", 100),
            ],
        )
        self.assertEqual(rows[0].date_to, rows[1].date_from)
        self.assertEqual(rows[1].phase_date_from.date(), date(2017, 3, 1))
        self.assertFalse(rows[1].date_to)
        [engaging] = self.opportunity("E1").history_ids
        self.assertEqual((engaging.date_from.date(), engaging.phase_id), (date(2016, 11, 1), phase))
        same_day = self.opportunity("W5").history_ids.sorted("date_from")
        self.assertEqual(same_day.mapped("outcome"), ["open", "won"])

    def test_again(self):
        self.load()
        won = self.opportunity("W1")
        won.name = "Renamed by a user"
        again = self.load()
        self.assertEqual((self.created(again), again.there), ({}, 12))
        self.assertEqual(won.name, "Renamed by a user", "what is there is left alone")
        self.opportunity("P1").unlink()
        self.opportunity("E1").active = False
        third = self.load()
        self.assertEqual(
            self.created(third), {"crmsol.opportunity": 1}, "what was deleted comes back"
        )

    def test_resume(self):
        with contextlib.suppress(Killed):  # assertRaises() would undo what was loaded
            self.load(die_at=2)
        self.assertEqual(
            self.env["ir.model.data"].search_count([("module", "=", "crmsol_bench")]), 11 + 5
        )
        rest = self.load()
        self.assertEqual((self.created(rest), rest.there), ({"crmsol.opportunity": 7}, 5))

    def test_grown_file(self):
        self.load()
        teams = [*OTHERS["sales_teams.csv"], "Bench Dan,Bench Boss,Central"]
        more = [*ROWS, "N1,Bench Dan,GTX Pro,Betatech,Won,1/1/2017,2/1/2017,7"]
        loader = self.load(more, sales_teams=teams)
        self.assertEqual(self.created(loader), {"res.users": 1, "crmsol.opportunity": 1})
        self.assertIn(self.opportunity("N1").user_id, self.opportunity("W1").team_id.member_ids)

    def test_bad_rows(self):
        bad = [
            "B1,Bench Bob,GTX Pro,Betatech,Winning,1/1/2017,2/1/2017,1",
            "B2,Bench Bob,GTX Pro,Betatech,Won,1/1/2017,2/1/2017,-3",
            "B3,Bench Bob,GTX Pro,Betatech,Won,1/1/2017,2/30/2017,5",
        ]
        loader = self.load([bad[0], *ROWS[:6], *bad[1:], *ROWS[6:]])
        self.assertEqual(loader.created["crmsol.opportunity"], 12)
        self.assertEqual(len(loader.source.skipped), 3)
        for key in ("B1", "B2", "B3"):
            self.assertFalse(self.env.ref(f"crmsol_bench.{key}", raise_if_not_found=False))
        report = "\n".join(loader.report())
        self.assertIn("1 × negative value: B2 (line 9)", report)

    def test_refused_by_odoo(self):
        """A row that only Odoo refuses takes none of its batch with it."""
        accounts = [*OTHERS["accounts.csv"], "Tagged <b>,retail,1995,1,1,Spain,"]
        row = "T1,Bench Bob,GTX Pro,Tagged <b>,Won,1/1/2017,2/1/2017,9"
        loader = self.load([*ROWS[:2], row, *ROWS[2:]], accounts=accounts)
        self.assertEqual(loader.created["crmsol.opportunity"], 12)
        self.assertEqual(loader.source.reasons(), [("refused by Odoo", 1)])
        self.assertFalse(self.env.ref("crmsol_bench.T1", raise_if_not_found=False))

    def test_different_totals(self):
        self.load()
        self.opportunity("W1").amount += 0.01
        loader = self.load(equal=False)
        self.assertIn("DIFFERENT", "\n".join(loader.report()))

    def test_without_account(self):
        loader = self.load(without_account="skip")
        self.assertEqual(loader.created["crmsol.opportunity"], 10)
        self.assertFalse(self.env.ref("crmsol_bench.no_account", raise_if_not_found=False))
        self.assertEqual(self.load().created["crmsol.opportunity"], 2)

    def test_login_of_somebody_else(self):
        self.env["res.users"].create(
            {"name": "Other", "login": "bench.bob@example.com", "active": False}
        )
        with self.assertRaisesRegex(LoadError, "bench.bob@example.com"):
            self.load()

    def test_few_phases(self):
        """Without a third open phase, the last open one will do."""
        phases = self.env["crmsol.phase"].search([("is_closing", "=", False)])
        phases[1:].active = False
        self.load()
        self.assertEqual(self.opportunity("E1").phase_id, phases[0])

    def test_progress(self):
        stream = io.StringIO()
        progress = Progress(10, stream)
        progress.show(5, 5)
        progress.show(10, 8)
        self.assertRegex(stream.getvalue(), r"^100% 10/10 rows, 8 new, \d+ rows/s, ETA 0:00:00\n$")
