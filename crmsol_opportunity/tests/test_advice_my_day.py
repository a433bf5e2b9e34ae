from datetime import timedelta
from unittest.mock import patch

from odoo import Command
from odoo.tests import tagged

from ..const import OPPORTUNITY_MODEL
from ..models.crmsol_my_day import PAGE_SIZE
from .advice_common import AdviceCommon

FEW, MANY = 10, 100


@tagged("post_install", "-at_install")
class TestAdviceOfMyDay(AdviceCommon):
    """The section of My Day, and what it costs."""

    def _page(self, offset=0, user=None):
        self.env.flush_all()
        self.env.invalidate_all()
        return self.env["crmsol.my.day"].with_user(user or self.anna).get_page("advice", offset)

    def test_deals_with_advice_begin_with_priority_and_amount(self):
        small = self._create_opportunity(name="Small", amount=10)
        dear = self._create_opportunity(name="Dear", amount=20, priority="3")
        covered = self._create_opportunity(name="Covered", amount=5000)
        self._plan(3, covered)
        self._create_opportunity(self.ben, name="Of Ben", amount=9000)
        page = self._page()
        self.assertEqual(
            [row["id"] for row in page["rows"]], [dear.id, self.opportunity.id, small.id]
        )
        self.assertEqual((page["total"], page["looked"], page["deals"]), (3, 4, 4))
        self.assertEqual(page["rows"][0]["advice"]["code"], "no_action")

    def test_late_actions_and_silence_have_their_own_lists(self):
        self._plan(-3)
        self._date_back(self.opportunity, create_date=90)
        self.assertEqual(self._codes(), ["overdue", "silent"])
        self.assertEqual(self._page()["total"], 0)

    def test_further_advice_of_a_deal_is_counted_and_comes_up_next(self):
        self.opportunity.write({"budget": 100, "date_deadline": self.today - timedelta(days=2)})
        (row,) = self._page()["rows"]
        self.assertEqual((row["advice"]["code"], row["more"]), ("deadline", 2))
        self._answer("dismiss_advice", row["advice"])
        (row,) = self._page()["rows"]
        self.assertEqual((row["advice"]["code"], row["more"]), ("no_action", 1))

    def test_pages_follow_one_another_and_say_how_many_were_looked_at(self):
        for i in range(PAGE_SIZE + 2):
            self._create_opportunity(name=f"Deal {i}", amount=i)
        first, second = self._page(), self._page(PAGE_SIZE)
        self.assertEqual((len(first["rows"]), len(second["rows"])), (PAGE_SIZE, 3))
        self.assertEqual(first["total"], PAGE_SIZE + 3)
        ids = [row["id"] for row in first["rows"] + second["rows"]]
        self.assertEqual(len(set(ids)), PAGE_SIZE + 3)
        with patch("odoo.addons.crmsol_opportunity.models.crmsol_my_day_advice.DEALS_MAX", 4):
            page = self._page()
        self.assertEqual((page["looked"], page["deals"], page["total"]), (4, PAGE_SIZE + 3, 4))

    def test_list_and_page_take_the_same_queries_for_ten_and_for_a_hundred(self):
        person = self.env["res.partner"].create({"name": "Person"})
        role = self.env["crmsol.reference.role"].create({"name": "Boss", "is_decisive": True})

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
                        "budget": 500,
                        "phase_id": self.phase_new.id,
                        "user_id": self.anna.id,
                        "date_deadline": self.today - timedelta(days=3),
                        "reference_ids": [
                            Command.create({"partner_id": person.id, "role_id": role.id})
                        ],
                    }
                    for i, partner in enumerate(partners)
                ]
            )
            for opportunity in opportunities[::2]:
                self._plan(40, opportunity)
            return opportunities

        Opportunity = self.env[OPPORTUNITY_MODEL].with_user(self.anna)
        my_day = self.env["crmsol.my.day"].with_user(self.anna)
        domain = [("name", "=like", "Opportunity %")]
        methods = (
            lambda: Opportunity.search(domain, limit=MANY).mapped("advice"),
            lambda: my_day.get_page("advice"),
        )
        create(FEW)
        for method in methods:
            self._assert_same_statements(method, lambda: create(MANY - FEW))
