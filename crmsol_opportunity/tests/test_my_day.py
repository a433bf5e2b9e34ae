import json
from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import json_default

from ..const import OPPORTUNITY_MODEL
from ..models.crmsol_my_day import PAGE_SIZE
from .common import CrmsolCommon

FEW, MANY = 10, 100


class MyDayCommon(CrmsolCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.team = cls.env["crm.team"].create(
            {
                "name": "Team",
                "sequence": -100,
                "user_id": cls.dora.id,
                "member_ids": [Command.set((cls.anna | cls.ben).ids)],
            }
        )
        cls.today = fields.Date.today()
        cls.call = cls.env.ref("mail.mail_activity_data_call")
        cls.customer.phone = "+34 600 000 000"

    def _day_of(self, user):
        return self.env["crmsol.my.day"].with_user(user).get_my_day()

    def _teams_of(self, user):
        day = self.env["crmsol.my.day"].with_user(user).get_team_day()
        return {team["id"]: team for team in day["teams"]}

    @classmethod
    def _plan(cls, opportunity, days=0, user=None, **values):
        """Plan a call so many days from today."""
        return cls.env["mail.activity"].create(
            {
                "res_model_id": cls.env["ir.model"]._get_id(OPPORTUNITY_MODEL),
                "res_id": opportunity.id,
                "activity_type_id": cls.call.id,
                "summary": "Call",
                "user_id": (user or cls.anna).id,
                "date_deadline": cls.today + timedelta(days=days),
                **values,
            }
        )

    @classmethod
    def _silence(cls, opportunities, days):
        """Nothing happened to the opportunities for so many days."""
        moment = cls.env.cr.now() - timedelta(days=days)
        opportunities.sudo().write({"date_last_stage_update": moment})
        if "silence_days" in opportunities._fields:
            cls.env.flush_all()
            cls.env.cr.execute(
                "UPDATE crmsol_opportunity SET create_date = %s WHERE id IN %s",
                [moment, tuple(opportunities.ids)],
            )
            cls.env.invalidate_all()


@tagged("post_install", "-at_install")
class TestMyDay(MyDayCommon):
    """What a salesperson finds on the page in the morning."""

    # === ACTIONS === #

    def test_actions_of_today_and_late_ones_are_there_and_those_to_come_are_not(self):
        opportunity = self._create_opportunity()
        late, due = self._plan(opportunity, -3), self._plan(opportunity)
        self._plan(opportunity, 1)
        self._plan(opportunity, -1, self.ben)
        self._plan(opportunity, -5).action_done()
        actions = self._day_of(self.anna)["actions"]
        self.assertEqual([row["id"] for row in actions["rows"]], [late.id, due.id])
        self.assertEqual((actions["total"], actions["overdue"]), (2, 1))
        row = actions["rows"][0]
        self.assertEqual(row["days_late"], 3)
        self.assertEqual((row["contact"], row["phone"]), ("Customer", "+34 600 000 000"))
        self.assertEqual(row["opportunity_id"], opportunity.id)
        self.assertTrue(row["is_call"])

    def test_action_of_a_deal_of_another_is_named_but_does_not_open_it(self):
        opportunity = self._create_opportunity(self.ben, name="Of Ben")
        self._plan(opportunity)
        (row,) = self._day_of(self.anna)["actions"]["rows"]
        self.assertEqual((row["opportunity"], row["opportunity_id"]), ("Of Ben", False))

    # === SILENT DEALS === #

    def test_deals_gone_silent_begin_with_the_quietest(self):
        loud, quiet, quietest, won = (self._create_opportunity(name=name) for name in "abcd")
        self._silence(quiet, 40)
        self._silence(quietest, 50)
        self._silence(won, 60)
        won._close("won")
        silent = self._day_of(self.anna)["silent"]
        self.assertEqual([row["id"] for row in silent["rows"]], [quietest.id, quiet.id])
        self.assertEqual(silent["rows"][0]["silence"], 50)
        self.assertNotIn(loud.id, [row["id"] for row in silent["rows"]])

    # === THE MONTH === #

    def test_month_counts_what_is_won_due_and_overdue_beside_the_target(self):
        self.env["crmsol.target"].create(
            {"user_id": self.anna.id, "date_month": self.today, "amount": 4000}
        )
        last = self.today + relativedelta(day=31)
        self._create_opportunity(amount=1000)._close("won")
        self._create_opportunity(amount=500)._close("lost")
        due = self._create_opportunity(amount=2000, date_deadline=last)
        late = self._create_opportunity(amount=300, date_deadline=self.today - timedelta(days=40))
        self._create_opportunity(amount=7000, date_deadline=last + timedelta(days=1))
        self._create_opportunity(self.ben, amount=9000, date_deadline=last)
        day = self._day_of(self.anna)
        (month,) = day["months"]
        self.assertEqual((month["won_amount"], month["won_count"]), (1000, 1))
        self.assertEqual((month["due_amount"], month["due_count"]), (2000, 1))
        self.assertEqual((month["overdue_amount"], month["overdue_count"]), (300, 1))
        self.assertEqual(month["target"], 4000)
        self.assertEqual([row["id"] for row in day["closing"]["rows"]], [late.id, due.id])
        self.assertEqual(day["closing"]["rows"][0]["days_late"], 40)
        Opportunity = self.env[OPPORTUNITY_MODEL].with_user(self.anna)
        for figure in ("won", "due", "overdue"):
            with self.subTest(figure):
                found = Opportunity.search(month["domains"][figure])
                self.assertEqual(len(found), month[f"{figure}_count"])
                self.assertEqual(sum(found.mapped("amount")), month[f"{figure}_amount"])

    def test_companies_are_apart_with_their_currencies(self):
        self.anna.company_ids |= self.other_company
        last = self.today + relativedelta(day=31)
        self._create_opportunity(date_deadline=last)
        self._create_opportunity(company_id=self.other_company.id, amount=50, date_deadline=last)
        companies = self.company | self.other_company
        my_day = self.env["crmsol.my.day"].with_user(self.anna)
        months = my_day.with_context(allowed_company_ids=companies.ids).get_my_day()["months"]
        self.assertEqual(
            [(month["company"], month["currency_id"], month["due_amount"]) for month in months],
            [
                (self.company.name, self.company.currency_id.id, 1000),
                ("Other Company", self.env.ref("base.USD").id, 50),
            ],
        )

    def test_new_salesperson_has_an_empty_day(self):
        day = self._day_of(self.anna)
        self.assertTrue(day["is_new"])
        self.assertEqual(len(day["months"]), 1)
        for section in ("actions", "silent", "closing"):
            self.assertEqual((day[section]["rows"], day[section]["total"]), ([], 0))
        self._create_opportunity(self.ben)
        self.assertTrue(self._day_of(self.anna)["is_new"], "the deals of others are theirs")
        self._create_opportunity()
        self.assertFalse(self._day_of(self.anna)["is_new"])

    # === PAGES AND RIGHTS === #

    def test_pages_follow_one_another_without_a_gap(self):
        opportunity = self._create_opportunity()
        planned = [self._plan(opportunity, -20 + i) for i in range(PAGE_SIZE + 3)]
        my_day = self.env["crmsol.my.day"].with_user(self.anna)
        first = my_day.get_page("actions")
        second = my_day.get_page("actions", PAGE_SIZE)
        self.assertEqual(first["total"], PAGE_SIZE + 3)
        self.assertEqual(
            [row["id"] for row in first["rows"] + second["rows"]], [p.id for p in planned]
        )

    def test_pages_that_do_not_exist_are_refused_with_a_sentence(self):
        my_day = self.env["crmsol.my.day"].with_user(self.anna)
        for args in (("secrets",), ("actions", -1), ("actions", "x"), (None,), ([],)):
            with self.subTest(args), self.assertRaisesRegex(UserError, "Reload My Day"):
                my_day.get_page(*args)

    def test_day_is_for_salespeople_and_that_of_the_teams_for_who_sees_all(self):
        for user in (self.clerk, self.portal):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self._day_of(user)
        self.assertFalse(self._day_of(self.anna)["has_teams"])
        self.assertTrue(self._day_of(self.dora)["has_teams"])
        for user in (self.anna, self.clerk, self.portal):
            my_day = self.env["crmsol.my.day"].with_user(user)
            for method in (my_day.get_team_day, my_day.get_big_deals):
                with self.subTest(user.login), self.assertRaises(AccessError):
                    method()

    def test_answers_are_fit_for_the_wire(self):
        self._silence(self._create_opportunity(date_deadline=self.today), 30)
        my_day = self.env["crmsol.my.day"].with_user(self.dora)
        for answer in (my_day.get_my_day(), my_day.get_team_day()):
            json.dumps(answer, default=json_default)

    # === TEAMS === #

    def test_teams_have_the_sums_of_their_salespeople(self):
        self.env["crmsol.target"].create(
            [
                {"user_id": user.id, "date_month": self.today, "amount": amount}
                for user, amount in ((self.anna, 4000), (self.ben, 1000))
            ]
        )
        last = self.today + relativedelta(day=31)
        self._create_opportunity(amount=1000)._close("won")
        self._create_opportunity(self.ben, amount=500)._close("won")
        due = self._create_opportunity(amount=2000, date_deadline=last)
        self._silence(due, 40)
        self._plan(due, -1)
        self._plan(due, -2)
        team = self._teams_of(self.dora)[self.team.id]
        self.assertTrue(team["is_led"])
        self.assertFalse(self._teams_of(self.clara)[self.team.id]["is_led"])
        self.assertEqual((team["won_amount"], team["due_amount"]), (1500, 2000))
        self.assertEqual(team["target"], 5000)
        self.assertEqual((team["late"], team["silent"]), (1, 1), "deals, not actions")
        sellers = {seller["id"]: seller for seller in team["sellers"]}
        self.assertEqual(sellers[self.anna.id]["won_amount"], 1000)
        self.assertEqual(sellers[self.ben.id]["target"], 1000)
        Opportunity = self.env[OPPORTUNITY_MODEL].with_user(self.dora)
        for warning in ("late", "silent"):
            self.assertEqual(Opportunity.search(team["domains"][warning]), due)

    def test_deals_of_no_team_come_last(self):
        self._create_opportunity(self.clara, team_id=False, date_deadline=self.today)
        self._create_opportunity(date_deadline=self.today)
        teams = self.env["crmsol.my.day"].with_user(self.dora).get_team_day()["teams"]
        self.assertEqual(teams[0]["id"], self.team.id, "the one that the user leads is the first")
        self.assertEqual((teams[-1]["id"], teams[-1]["name"]), (False, ""))

    # === QUERIES === #

    def test_day_takes_the_same_queries_for_ten_and_for_a_hundred(self):
        def create(count):
            partners = self.env["res.partner"].create(
                [{"name": f"Customer {i}"} for i in range(count)]
            )
            opportunities = self.env[OPPORTUNITY_MODEL].create(
                [
                    {
                        "name": f"Opportunity {i}",
                        "partner_id": partner.id,
                        "amount": 1000,
                        "phase_id": self.phase_new.id,
                        "user_id": (self.anna, self.ben)[i % 2].id,
                        "date_deadline": self.today,
                    }
                    for i, partner in enumerate(partners)
                ]
            )
            for i, opportunity in enumerate(opportunities):
                self._plan(opportunity, -1, (self.anna, self.ben)[i % 2])
            self._silence(opportunities, 40)

        of_anna = self.env["crmsol.my.day"].with_user(self.anna)
        of_dora = self.env["crmsol.my.day"].with_user(self.dora)
        create(2 * FEW)  # more than a page
        for method in (of_anna.get_my_day, of_dora.get_team_day):
            with self.subTest(method.__name__):
                self._assert_same_statements(method, lambda: create(MANY - FEW))
