from datetime import date, datetime, timedelta
from random import Random

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tests import tagged

from ..engine.waterfall import KINDS, State, get_waterfall
from .test_pipeline_asof import PipelineCommon


@tagged("post_install", "-at_install")
class TestPipelineWaterfall(PipelineCommon):
    def _get(self, date_from="2026-10-01", date_to="2026-10-31", user=None, **params):
        """Return the answer as the user gets it, the sections by the company's name."""
        if self.env.cr.now() < datetime(2026, 11, 2):  # both days are in the past
            self._move(datetime(2026, 11, 2))
        context = params.pop("context", {})
        Movement = self.env["crmsol.pipeline.movement"].with_user(user or self.clara)
        answer = Movement.with_context(**context).get_waterfall(date_from, date_to, **params)
        for section in answer["sections"]:
            self.assertEqual(section["difference"], 0, "start + movements = end")
        return {section["company"]: section for section in answer["sections"]}

    def _bars(self, *args, **params):
        """Return ``{kind: amount}`` of the only section."""
        [section] = self._get(*args, **params).values()
        return {bar["kind"]: bar["amount"] for bar in section["bars"]}

    def _start(self, **values):
        """An opportunity that is in the pipeline when October begins."""
        self._move(datetime(2026, 9, 10))
        opportunity = self._create_opportunity(self.clara, **values)
        self._move(datetime(2026, 10, 10))
        return opportunity.sudo()

    # === KINDS === #

    def test_new_opportunity(self):
        self._move(datetime(2026, 10, 10))
        self._create_opportunity(amount=1000.05)
        self.assertEqual(self._bars(), {"start": 0, "new": 1000.05, "end": 1000.05})

    def test_opportunity_created_closed_was_never_in_the_pipeline(self):
        self._move(datetime(2026, 10, 10))
        self._create_opportunity(phase_id=self.phase_close.id, outcome="won")
        self.assertEqual(self._get(), {})

    def test_raised_and_lowered_amounts(self):
        opportunity = self._start()
        opportunity.amount = 1500
        self._move(datetime(2026, 10, 20))
        opportunity.amount = 1200
        self.assertEqual(self._bars(), {"start": 1000, "raised": 500, "lowered": -300, "end": 1200})

    def test_won_and_lost_leave_with_their_amount_at_the_close(self):
        won, lost = self._start(), self._start()
        won.write({"amount": 1100})
        won._close("won")
        lost._close("lost")
        self.assertEqual(
            self._bars(), {"start": 2000, "raised": 100, "won": -1100, "lost": -1000, "end": 0}
        )

    def test_reopened_after_a_close(self):
        opportunity = self._start()
        opportunity._close("lost")
        self._move(datetime(2026, 11, 10))
        opportunity.amount = 700
        opportunity._reopen()
        self.assertEqual(
            self._bars("2026-11-01", "2026-11-10"), {"start": 0, "reopened": 700, "end": 700}
        )

    def test_archived_and_restored(self):
        opportunity = self._start()
        opportunity.active = False
        self._move(datetime(2026, 10, 20))
        opportunity.active = True
        gone = {"start": 1000, "archived": -1000, "end": 0}
        self.assertEqual(self._bars("2026-10-01", "2026-10-19"), gone)
        come = {"start": 0, "restored": 1000, "end": 1000}
        self.assertEqual(self._bars("2026-10-20", "2026-10-31"), come)

    def test_changes_of_phase_and_date_move_nothing(self):
        opportunity = self._start()
        opportunity.write({"phase_id": self.phase_proposal.id, "date_deadline": "2026-12-24"})
        self.assertEqual(self._bars(), {"start": 1000, "end": 1000})

    def test_changing_hands_moves_between_salespeople_not_in_the_company(self):
        opportunity = self._start(user_id=self.anna.id, team_id=self.team.id)
        opportunity.write({"user_id": self.ben.id, "team_id": self.other_team.id, "amount": 1100})
        self.assertEqual(self._bars(), {"start": 1000, "raised": 100, "end": 1100})
        gone = {"start": 1000, "raised": 100, "moved_out": -1100, "end": 0}
        come = {"start": 0, "moved_in": 1100, "end": 1100}
        self.assertEqual(self._bars(user_id=self.anna.id), gone)
        self.assertEqual(self._bars(user_id=self.ben.id), come)
        self.assertEqual(self._bars(team_id=self.team.id), gone)
        self.assertEqual(self._bars(team_id=self.other_team.id), come)
        both = {"team_id": self.other_team.id, "user_id": self.ben.id}
        self.assertEqual(self._bars(**both), come)
        self.assertEqual(self._get(team_id=self.team.id, user_id=self.ben.id), {})

    def test_changing_the_company_moves_out_in_one_currency_and_in_in_the_other(self):
        opportunity = self._start(user_id=False, team_id=False)
        rate = self.env["res.currency"]._get_conversion_rate(
            self.company.currency_id, self.other_company.currency_id, self.other_company
        )
        opportunity.company_id = self.other_company
        there = opportunity.amount_company
        self.assertTrue(rate)
        sections = self._get(user=self.dora, context={"allowed_company_ids": self.both})
        bars = {
            name: [(bar["kind"], bar["amount"]) for bar in section["bars"]]
            for name, section in sections.items()
        }
        self.assertEqual(
            bars,
            {
                self.company.name: [("start", 1000), ("moved_out", -1000), ("end", 0)],
                "Other Company": [("start", 0), ("moved_in", there), ("end", there)],
            },
        )
        self.assertEqual(sections["Other Company"]["currency_id"], self.env.ref("base.USD").id)

    # === PERIOD === #

    def test_both_days_are_in_the_period_by_the_users_time_zone(self):
        for moment in (
            datetime(2026, 9, 30, 21, 59),  # in Madrid still September
            datetime(2026, 9, 30, 22),
            datetime(2026, 10, 31, 22, 59),
            datetime(2026, 10, 31, 23),  # winter time: November
        ):
            self._move(moment)
            self._create_opportunity()
        self._move(datetime(2026, 11, 5))
        self.assertEqual(self._bars(), {"start": 1000, "new": 2000, "end": 3000})

    def test_months_follow_each_other_without_a_gap(self):
        opportunity = self._start()
        for month in (10, 11, 12):
            self._move(datetime(2026, month, 15))
            opportunity.amount += 111.11
        october = self._bars()
        november = self._bars("2026-11-01", "2026-11-30")
        self.assertEqual(october["end"], november["start"])

    def test_days_that_make_no_sense_get_a_sentence(self):
        Movement = self.env["crmsol.pipeline.movement"].with_user(self.clara)
        tomorrow = fields.Date.to_string(date.today() + timedelta(days=2))
        for days, sentence in (
            (("2026-10-31", "2026-10-01"), "Choose a first day that is not later"),
            (("2026-10-01", tomorrow), "is still to come"),
            (("", "2026-10-01"), "Choose the first and the last day"),
            (("2026-10-01", False), "Choose the first and the last day"),
            (("yesterday", "2026-10-01"), "Choose the first and the last day"),
            ((7, "2026-10-01"), "Choose the first and the last day"),
            (("0001-01-01", "2026-10-01"), "Choose the first and the last day"),
        ):
            with self.subTest(days), self.assertRaisesRegex(UserError, sentence):
                Movement.get_waterfall(*days)
        with self.assertRaisesRegex(UserError, "from the lists"):
            Movement.get_waterfall("2026-10-01", "2026-10-31", team_id="North")

    def test_period_before_all_history_is_empty_and_says_when_it_begins(self):
        self._start()
        answer = (
            self.env["crmsol.pipeline.movement"]
            .with_user(self.clara)
            .get_waterfall("2020-01-01", "2020-12-31")
        )
        self.assertEqual(answer, {"beginning": "2026-09-10", "sections": []})

    # === RIGHTS === #

    def test_salesman_gets_own_and_unassigned(self):
        self._start(user_id=self.anna.id, amount=100)
        self._start(user_id=self.ben.id, amount=20)
        self._start(user_id=False, amount=3)
        for user, amount in ((self.anna, 103), (self.ben, 23), (self.clara, 123)):
            with self.subTest(user.login):
                self.assertEqual(self._bars(user=user)["end"], amount)

    def test_outsiders_get_nothing(self):
        self._start()
        self.assertEqual(self._get(user=self.eva), {})
        for user in (self.clerk, self.portal):
            with self.assertRaises(AccessError):
                self._get(user=user)

    # === ROWS BEHIND THE BARS === #

    def test_rows_behind_each_bar_make_up_the_bar(self):
        self._random_histories(Random(3))
        for params in ({}, {"team_id": self.team.id}, {"user_id": self.anna.id}):
            for section in self._get("2026-03-01", "2026-06-30", **params).values():
                for bar in section["bars"]:
                    rows = self.env[bar["model"]].with_user(self.clara).search(bar["domain"])
                    amount = "amount" if "amount" in rows else "amount_company"
                    with self.subTest(bar["kind"], **params):
                        self.assertEqual(len(rows), bar["count"])
                        self.assertAlmostEqual(sum(rows.mapped(amount)), bar["amount"], 2)

    def test_movements_are_read_alone_and_only_of_one_scope(self):
        opportunity = self._start(user_id=self.anna.id)
        opportunity.write({"user_id": self.ben.id, "amount": 1200})
        Movement = self.env["crmsol.pipeline.movement"].with_user(self.clara)
        rows = Movement.search([])
        self.assertEqual(rows.mapped("kind"), ["raised", "new"])
        self.assertEqual(set(rows.mapped("scope")), {"company"})
        self.env.invalidate_all()
        self.assertEqual(rows[0].export_data(["amount"])["datas"], [[200]])
        moved = Movement.search([("scope", "=", "user"), ("kind", "=like", "moved%")])
        self.assertEqual(
            {row.kind: (row.user_id, row.amount) for row in moved},
            {"moved_out": (self.anna, -1200), "moved_in": (self.ben, 1200)},
        )
        action = moved[0].action_open_opportunity()
        self.assertEqual(action["res_id"], opportunity.id)

    def test_movements_show_in_groups_and_cannot_be_changed(self):
        self._start()
        Movement = self.env["crmsol.pipeline.movement"].with_user(self.dora)
        [group] = Movement.formatted_read_group([], ["kind"], ["amount:sum", "deal_count:sum"])
        self.assertEqual((group["amount:sum"], group["deal_count:sum"]), (1000, 1))
        with self.assertRaises(AccessError):
            Movement.search([]).unlink()

    # === SQL AGAINST THE ENGINE === #

    def _random_histories(self, random):
        """Give opportunities of all kinds a past of their own."""
        companies = [self.company.id] * 5 + [self.other_company.id]
        owners = [self.anna.id, self.ben.id, None]
        teams = [self.team.id, self.other_team.id, None]
        steps = {}
        for number in range(80):
            opportunity = self._create_opportunity(
                self.clara,
                name=f"Deal {number}",
                amount=random.randint(0, 10**7) / 100,
                user_id=random.choice(owners) or False,
                team_id=random.choice(teams) or False,
            )
            begin = datetime(2026, 1, 1) + timedelta(days=random.randint(0, 120))
            steps[opportunity.id] = [
                (
                    begin + timedelta(days=random.randint(0, 9), hours=24 * step),
                    {
                        "amount_company": random.randint(0, 10**7) / 100,
                        "outcome": random.choice(["open", "open", "won", "lost"]),
                        "active": random.random() < 0.8,
                        "user_id": random.choice(owners),
                        "team_id": random.choice(teams),
                        "company_id": random.choice(companies),
                    },
                )
                for step in range(random.randint(1, 8))
            ]
        self.env["crmsol.opportunity"]._replace_history(steps)

    def _read_histories(self, get_scope):
        self.env.flush_all()
        rows = (
            self.env["crmsol.opportunity.history"]
            .sudo()
            .search([], order="opportunity_id, date_from")
        )
        return [
            [
                State(
                    row.date_from,
                    round(row.amount_company * 100),
                    row.outcome,
                    row.active,
                    row.company_id.id,
                    (row.company_id.id, *get_scope(row)),
                )
                for row in history
            ]
            for history in rows.grouped("opportunity_id").values()
        ]

    def test_sql_tells_what_the_engine_tells_to_the_cent(self):
        self._random_histories(Random(7))
        periods = [("2026-01-01", "2026-03-31"), ("2026-04-01", "2026-04-30")]
        periods += [("2026-02-10", "2026-02-10"), ("2025-01-01", "2026-11-01")]
        anna, team = self.anna.id, self.team.id
        cases = [
            ({}, (), lambda row: ()),
            ({"team_id": team}, (team,), lambda row: (row.team_id.id,)),
            ({"user_id": anna}, (anna,), lambda row: (row.user_id.id,)),
            (
                {"team_id": team, "user_id": anna},
                (team, anna),
                lambda row: (row.team_id.id, row.user_id.id),
            ),
        ]
        seen = set()
        for params, key, get_scope in cases:
            histories = self._read_histories(get_scope)
            for first, last in periods:
                found = self._get(
                    first, last, self.dora, context={"allowed_company_ids": self.both}, **params
                )
                begin = self._midnight(first)
                end = self._midnight(last) + timedelta(days=1)
                for company in (self.company, self.other_company):
                    told = get_waterfall(histories, (company.id, *key), begin, end)
                    bars = found.get(company.name, {"bars": []})["bars"]
                    with self.subTest(first, company=company.name, **params):
                        self.assertEqual(
                            {
                                bar["kind"]: round(bar["amount"] * 100)
                                for bar in bars
                                if bar["amount"]
                            },
                            {kind: amount for kind, amount in told.items() if amount},
                        )
                    seen |= {kind for kind, amount in told.items() if amount}
        self.assertLessEqual(set(KINDS), seen, "the histories have every kind")

    def test_ends_are_the_pipelines_on_these_days(self):
        self._random_histories(Random(11))
        for params in ({}, {"team_id": self.team.id}):
            bars = self._bars("2026-03-01", "2026-04-30", **params)
            owner = [(name, "=", value) for name, value in params.items()]
            for name, day in (("start", "2026-02-28"), ("end", "2026-04-30")):
                rows = self.env["crmsol.pipeline.asof"].with_user(self.clara)
                rows = rows.search([("date", "=", day), ("outcome", "=", "open"), *owner])
                self.assertAlmostEqual(sum(rows.mapped("amount_company")), bars[name], 2)

    def _midnight(self, day):
        self.clara.tz = self.dora.tz = "UTC"
        return datetime.fromisoformat(day)

    def test_hundred_opportunities_cost_no_more_queries_than_ten(self):
        def add(number):
            for index in range(number):
                opportunity = self._create_opportunity(amount=index)
                self.env["crmsol.opportunity"]._replace_history(
                    {
                        opportunity.id: [
                            (datetime(2026, 3, 1), {"amount_company": 5}),
                            (datetime(2026, 4, 1), {}),
                        ]
                    }
                )

        add(10)
        self._assert_same_statements(lambda: self._get("2026-01-01", "2026-11-01"), lambda: add(90))

    def test_rows_and_bars_are_the_searched_scope_only(self):
        opportunity = self._start(user_id=self.anna.id)
        opportunity.user_id = self.ben
        Movement = self.env["crmsol.pipeline.movement"].with_user(self.clara)
        every = Movement.search(Domain("scope", "!=", False))
        self.assertEqual(len(every), len(set(every.ids)))
        self.assertEqual(sum(Movement.search([]).mapped("amount")), 1000)
