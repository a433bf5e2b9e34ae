from datetime import date, datetime, timedelta

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..report.period import get_today
from .common import CrmsolCommon

#: fields of the report that the live opportunity has, by their name there
LIVE_FIELDS = {
    "name": "name",
    "partner_id": "partner_id",
    "phase_id": "phase_id",
    "outcome": "outcome",
    "active": "active",
    "currency_id": "company_currency_id",
    "amount_company": "amount_company",
    "probability": "probability",
    "weighted_amount": "weighted_amount",
    "date_deadline": "date_deadline",
    "user_id": "user_id",
    "team_id": "team_id",
    "company_id": "company_id",
}


class PipelineCommon(CrmsolCommon):
    """The pipeline of a few months; nothing else is in it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["crmsol.opportunity"].with_context(active_test=False).search([]).unlink()
        cls.env.user.tz = "Europe/Madrid"
        for user in (cls.anna, cls.ben, cls.clara, cls.dora, cls.eva):
            user.tz = "Europe/Madrid"
        cls.team = cls.env["crm.team"].create({"name": "North"})
        cls.other_team = cls.env["crm.team"].create({"name": "South"})
        cls.clara.group_ids += cls.env.ref("base.group_allow_export")
        cls.dora.company_ids = [Command.link(cls.other_company.id)]
        cls.both = (cls.company + cls.other_company).ids

    def _move(self, moment):
        """Go on in the transaction of the moment."""
        self._at(moment)
        self.env.invalidate_all()

    def _asof(self, day=None, user=None, domain=(), **context):
        """Return the report's rows of the day as the user sees them."""
        Report = self.env["crmsol.pipeline.asof"].with_user(user or self.clara)
        Report = Report.with_context(active_test=False, **context)
        criterion = [("date", "=", day)] if day else []
        return Report.search([*criterion, *domain])


@tagged("post_install", "-at_install")
class TestPipelineAsof(PipelineCommon):
    def _state(self, day):
        """Return what the report says of the day, field by field."""
        self.env.invalidate_all()
        names = ["opportunity_id", *LIVE_FIELDS]
        return sorted(
            self._asof(day).read(names, load=False), key=lambda row: row["opportunity_id"]
        )

    def test_as_of_now_it_is_the_live_pipeline_field_by_field_to_the_cent(self):
        amounts = [0, 0.05, 1000.01, 33333.33, 12345.67, 9_999_999_999.99, 0.1, 77.77]
        for number, amount in enumerate(amounts):
            opportunity = self._create_opportunity(
                self.clara,
                name=f"Deal {number}",
                amount=amount,
                date_deadline=date(2026, 12, number + 1),
                user_id=(self.anna, self.ben)[number % 2].id,
                currency_id=self.env.ref("base.USD" if number % 3 else "base.EUR").id,
            )
            opportunity.probability = (12.5, 33.33, 50, 7.77, 66.67)[number % 5]
        rows = self.env["crmsol.opportunity"].search([])
        rows[0].sudo()._close("won")
        rows[1].sudo()._close("lost")
        rows[2].sudo().active = False
        live = self.env["crmsol.opportunity"].with_context(active_test=False).search([])
        for day in (None, get_today(self.env(user=self.clara))):
            report = self._asof(day)
            self.assertEqual(set(report.opportunity_id.ids), set(live.ids))
            self.assertEqual(len(report), len(live))
            for row in report:
                for name, live_name in LIVE_FIELDS.items():
                    with self.subTest(row.name, field=name):
                        self.assertEqual(row[name], row.opportunity_id[live_name])

    def test_weighted_amount_is_rounded_as_the_live_one_is(self):
        opportunities = self.env["crmsol.opportunity"]
        for cents in range(1, 60):
            opportunities |= self._create_opportunity(amount=1000 + cents / 100)
        for number, opportunity in enumerate(opportunities):
            opportunity.probability = (number * 1.7 + 0.5) % 100
        for row in self._asof():
            self.assertEqual(row.weighted_amount, row.opportunity_id.weighted_amount, row.name)

    def test_later_edits_never_change_the_past(self):
        self._move(datetime(2026, 9, 10, 9))
        first = self._create_opportunity(name="First", amount=500, date_deadline="2026-12-01")
        second = self._create_opportunity(self.ben, name="Second", amount=800)
        self._move(datetime(2026, 10, 10, 9))
        day = date(2026, 9, 30)
        before = self._state(day)
        self.assertEqual([row["amount_company"] for row in before], [500, 800])
        first.write({"amount": 900, "date_deadline": "2027-03-01", "probability": 99})
        first.sudo().write({"user_id": self.ben.id, "team_id": self.other_team.id})
        second.sudo().phase_id = self.phase_proposal
        self.assertEqual(self._state(day), before)
        self._move(datetime(2026, 11, 10, 9))
        first.sudo()._close("won")
        second.sudo().active = False
        self._create_opportunity(name="Third")
        self.assertEqual(self._state(day), before)
        self.assertEqual(self._asof(date(2026, 10, 31)).mapped("amount_company"), [900, 800])

    def test_day_ends_at_midnight_of_the_users_time_zone(self):
        self._move(datetime(2026, 9, 30, 21, 59, 59))  # in Madrid one second before October
        self._create_opportunity(name="September")
        self._move(datetime(2026, 9, 30, 22))
        self._create_opportunity(name="October")
        self._move(datetime(2026, 10, 5))
        self.assertEqual(self._asof("2026-09-30").mapped("name"), ["September"])
        self.assertEqual(
            self._asof("2026-09-30", tz="America/New_York").sorted("name").mapped("name"),
            ["October", "September"],
        )
        self.assertEqual(len(self._asof("2026-10-01")), 2)

    def test_change_at_midnight_belongs_to_the_day_that_begins(self):
        self._move(datetime(2026, 9, 10))
        opportunity = self._create_opportunity(amount=100)
        self._move(datetime(2026, 9, 30, 22))
        opportunity.amount = 200
        self._move(datetime(2026, 10, 5))
        self.assertEqual(self._asof("2026-09-30").amount_company, 100)
        self.assertEqual(self._asof("2026-10-01").amount_company, 200)

    def test_closed_ones_are_shown_as_they_were(self):
        self._move(datetime(2026, 9, 10))
        opportunity = self._create_opportunity(amount=100)
        self._move(datetime(2026, 9, 20))
        opportunity._close("won")
        self._move(datetime(2026, 10, 20))
        opportunity._reopen()
        self._move(datetime(2026, 11, 5))
        outcomes = [self._asof(day).outcome for day in ("2026-09-15", "2026-09-30", "2026-10-31")]
        self.assertEqual(outcomes, ["open", "won", "open"])
        self.assertEqual(self._asof("2026-09-30").probability, 100)

    def test_archived_ones_are_hidden_unless_they_are_asked_for(self):
        self._move(datetime(2026, 9, 10))
        opportunity = self._create_opportunity()
        self._move(datetime(2026, 9, 20))
        opportunity.active = False
        self._move(datetime(2026, 10, 20))
        Report = self.env["crmsol.pipeline.asof"].with_user(self.clara)
        self.assertTrue(Report.search([("date", "=", "2026-09-15")]))
        self.assertFalse(Report.search([("date", "=", "2026-09-30")]))
        archived = [("date", "=", "2026-09-30"), ("active", "=", False)]
        self.assertEqual(Report.search(archived).opportunity_id, opportunity)

    def test_rows_are_read_and_exported_without_the_day(self):
        self._move(datetime(2026, 9, 10))
        opportunity = self._create_opportunity(amount=100)
        self._move(datetime(2026, 10, 10))
        opportunity.amount = 200
        row = self._asof("2026-09-30")
        self.env.invalidate_all()
        row = self.env["crmsol.pipeline.asof"].with_user(self.clara).browse(row.id)
        self.assertEqual(
            row.export_data(["name", "amount_company"])["datas"], [["Opportunity", 100]]
        )
        self.assertEqual(row.date_to, datetime(2026, 10, 10))

    def test_groups_have_the_sums_of_the_day(self):
        self._move(datetime(2026, 9, 10))
        opportunities = [self._create_opportunity(amount=amount) for amount in (100, 200)]
        self._move(datetime(2026, 10, 10))
        opportunities[0].phase_id = self.phase_proposal
        opportunities[1].amount = 900
        Report = self.env["crmsol.pipeline.asof"].with_user(self.clara)

        def get_sums(domain):
            groups = Report.formatted_read_group(domain, ["phase_id"], ["amount_company:sum"])
            return {group["phase_id"][0]: group["amount_company:sum"] for group in groups}

        past = get_sums([("date", "=", "2026-09-30")])
        self.assertEqual(past, {self.phase_new.id: 300})
        self.assertEqual(get_sums([]), {self.phase_new.id: 900, self.phase_proposal.id: 100})

    def test_board_shows_the_columns_of_the_pipeline_also_when_empty(self):
        Report = self.env["crmsol.pipeline.asof"].with_user(self.clara)
        Report = Report.with_context(read_group_expand=True)
        groups = Report.web_read_group([], ["phase_id"])["groups"]
        shown = {group["phase_id"][0] for group in groups}
        self.assertLessEqual({self.phase_new.id, self.phase_proposal.id}, shown)

    def test_salesman_sees_own_and_unassigned_by_the_owner_of_today(self):
        self._move(datetime(2026, 9, 10))
        of_ben = self._create_opportunity(self.ben, name="Ben's")
        handed_over = self._create_opportunity(self.ben, name="Handed over")
        nobodys = self._create_opportunity(self.clara, name="Nobody's", user_id=False)
        self._move(datetime(2026, 10, 10))
        handed_over.sudo().user_id = self.anna
        day = "2026-09-30"
        seen = self._asof(day, self.anna)
        self.assertEqual(seen.opportunity_id, (handed_over + nobodys).with_user(self.anna))
        self.assertEqual(
            self._asof(day, self.ben).opportunity_id.ids, [of_ben.id, nobodys.id][::-1]
        )
        self.assertEqual(seen.filtered(lambda row: row.name == "Handed over").user_id, self.ben)
        self.assertEqual(len(self._asof(day, self.clara)), 3)
        row = self._asof(day, self.clara).filtered(lambda row: row.name == "Ben's")
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            row.with_user(self.anna).read(["amount_company"])

    def test_companies_are_apart_each_in_its_currency(self):
        self._create_opportunity(name="Ours")
        self._create_opportunity(self.eva, name="Theirs", company_id=self.other_company.id)
        self.assertEqual(self._asof(user=self.clara).mapped("name"), ["Ours"])
        theirs = self._asof(user=self.eva)
        self.assertEqual(theirs.mapped("name"), ["Theirs"])
        self.assertEqual(theirs.currency_id, self.env.ref("base.USD"))
        both = self._asof(user=self.dora, allowed_company_ids=self.both)
        self.assertEqual(len(both), 2)

    def test_nobody_changes_it(self):
        self._create_opportunity()
        row = self._asof(user=self.dora)
        for attempt in (
            lambda: row.write({"amount_company": 1}),
            row.unlink,
            lambda: row.create({"amount_company": 1}),
        ):
            with self.assertRaises(AccessError):
                attempt()

    def test_future_day_and_more_than_one_day_get_a_sentence(self):
        self._create_opportunity()
        with self.assertRaisesRegex(UserError, "is still to come. Choose a day up to today"):
            self._asof(date.today() + timedelta(days=2))
        with self.assertRaisesRegex(UserError, "Choose the one day"):
            self._asof(False, domain=[("date", "in", ["2026-09-30", "2026-10-31"])])
        with self.assertRaisesRegex(UserError, "Choose the one day"):
            self._asof(domain=[("date", "=", False)])

    def test_day_before_all_history_is_empty_and_the_beginning_is_known(self):
        Report = self.env["crmsol.pipeline.asof"].with_user(self.anna)
        self.assertFalse(Report.get_beginning())
        self._move(datetime(2026, 9, 10, 23))  # in Madrid it is the next day already
        self._create_opportunity()
        self.assertFalse(self._asof("2026-01-31"))
        self.assertEqual(Report.get_beginning(), "2026-09-11")

    def test_row_opens_the_live_opportunity(self):
        opportunity = self._create_opportunity()
        action = self._asof(user=self.anna).action_open_opportunity()
        self.assertEqual(
            (action["res_model"], action["res_id"]), ("crmsol.opportunity", opportunity.id)
        )

    def test_hundred_opportunities_cost_no_more_queries_than_ten(self):
        Report = self.env["crmsol.pipeline.asof"].with_user(self.anna)
        domain = [("date", "=", "2026-09-30")]

        def read():
            Report.web_search_read(domain, dict.fromkeys(LIVE_FIELDS, {}))
            Report.formatted_read_group(domain, ["phase_id"], ["amount_company:sum"])

        def grow():
            for _number in range(90):
                self._create_opportunity(date_last_stage_update="2026-09-10 10:00:00")

        self._move(datetime(2026, 9, 10))
        for _number in range(10):
            self._create_opportunity()
        self._move(datetime(2026, 10, 10))
        self._assert_same_statements(read, grow)
