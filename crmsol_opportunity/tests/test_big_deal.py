from odoo import Command
from odoo.addons.mail.tests.common import MailCase
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import CrmsolCommon


@tagged("post_install", "-at_install")
class TestBigDeal(CrmsolCommon, MailCase):
    """The leader of a team is told of big deals, once a deal and event."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={"lang": "en_US"})
        cls.company.crmsol_big_deal_amount = 10000
        cls.dora.write({"notification_type": "inbox", "lang": "en_US"})
        cls.team = cls.env["crm.team"].create(
            {
                "name": "Team",
                "user_id": cls.dora.id,
                "member_ids": [Command.set((cls.anna | cls.ben).ids)],
            }
        )
        cls.Alert = cls.env["crmsol.big.deal"]

    def _create(self, amount, **values):
        deal = self._create_opportunity(**{"team_id": self.team.id, "amount": amount, **values})
        self.flush_tracking()
        return deal

    def _change(self, deal, **values):
        deal.write(values)
        self.flush_tracking()

    def _events(self, deal):
        alerts = self.Alert.search([("opportunity_id", "=", deal.id)], order="id")
        return alerts.mapped("event")

    def _notices(self, deal, leader=None):
        """Return the subjects of what the leader (dora) has in the inbox about the deal."""
        messages = self.env["mail.message"].search(
            [
                ("model", "=", deal._name),
                ("res_id", "=", deal.id),
                ("message_type", "=", "user_notification"),
                ("notified_partner_ids", "in", (leader or self.dora).partner_id.ids),
            ],
            order="id",
        )
        return messages.mapped("subject")

    def test_new_deal_from_the_threshold_on_is_told_to_the_leader(self):
        small, big = self._create(9999.99), self._create(10000)
        self.assertEqual((self._events(small), self._notices(small)), ([], []))
        self.assertEqual(self._events(big), ["created"])
        self.assertEqual(self._notices(big), ["New big deal: Opportunity"])
        alert = self.Alert.search([("opportunity_id", "=", big.id)])
        self.assertEqual(alert.notified_user_id, self.dora)
        self.assertEqual((alert.amount_company, alert.user_id), (10000, self.anna))

    def test_raise_across_the_threshold_is_told_once(self):
        deal = self._create(5000)
        self._change(deal, amount=12000)
        self.assertEqual(self._events(deal), ["raised"])
        self._change(deal, amount=15000)
        self._change(deal, amount=4000)
        self._change(deal, amount=20000)
        self.assertEqual(self._events(deal), ["raised"])
        self.assertEqual(self._notices(deal), ["It is a big deal now: Opportunity"])

    def test_what_was_big_before_is_not_raised(self):
        deal = self._create(20000)
        self._change(deal, amount=15000)
        self._change(deal, name="Another name")
        self.assertEqual(self._events(deal), ["created"])

    def test_amount_that_comes_back_within_the_transaction_is_no_news(self):
        deal = self._create(5000)
        deal.amount = 50000
        self._change(deal, amount=5000)
        self.assertEqual(self._events(deal), [])

    def test_currency_counts(self):
        foreign = self.other_company.currency_id
        if foreign == self.company.currency_id:
            foreign = self.env.ref("base.EUR")
        foreign.active = True
        self.env["res.currency.rate"].create(
            {"currency_id": foreign.id, "rate": 0.5, "company_id": self.company.id}
        )
        deal = self._create(6000)
        self._change(deal, currency_id=foreign.id)
        self.assertEqual(deal.amount_company, 12000)
        self.assertEqual(self._events(deal), ["raised"])

    def test_lost_big_deal_is_told_once_with_its_reason(self):
        deal = self._create(10000)
        reason = self.env["crmsol.loss.reason"].create({"name": "Too dear"})
        for _time in range(2):
            deal._close("lost", loss_reason_id=reason.id)
            self.flush_tracking()
            deal._reopen()
            self.flush_tracking()
        self.assertEqual(self._events(deal), ["created", "lost"])
        self.assertEqual(self._notices(deal)[1:], ["Big deal lost: Opportunity"])
        body = self.env["mail.message"].search([("subject", "=", "Big deal lost: Opportunity")])
        self.assertIn("Too dear", body.body)

    def test_won_deal_and_small_lost_one_are_not_told(self):
        won, small = self._create(10000), self._create(10)
        won._close("won")
        small._close("lost")
        self.flush_tracking()
        self.assertEqual(self._events(won), ["created"])
        self.assertEqual(self._events(small), [])

    def test_without_a_threshold_nothing_is_told(self):
        self.company.crmsol_big_deal_amount = 0
        self.assertEqual(self._events(self._create(10**9)), [])

    def test_leaders_are_not_told_what_they_did_themselves(self):
        deal = self._create(10000, user=self.dora)
        self.assertEqual(self._events(deal), ["created"])
        self.assertEqual(self._notices(deal), [])

    def test_leader_who_may_not_read_the_deal_is_not_told(self):
        self.team.user_id = self.ben
        deal = self._create(10000)
        self.assertEqual(self._events(deal), ["created"])
        self.assertFalse(self.Alert.search([("opportunity_id", "=", deal.id)]).notified_user_id)

    def test_loaded_deals_are_not_told(self):
        deal = self._create_opportunity(amount=10000)
        loaded = deal.with_context(tracking_disable=True).copy()
        self.assertEqual(self._events(loaded), [])

    def test_name_of_the_deal_is_no_markup(self):
        deal = self._create(10000, name="Nuts & bolts < 3 mm")
        message = self.env["mail.message"].search(
            [("res_id", "=", deal.id), ("message_type", "=", "user_notification")]
        )
        self.assertIn("Nuts &amp; bolts &lt; 3 mm", message.body)

    def test_leader_reads_it_in_spanish_with_amounts_of_spain(self):
        self._in_spanish(self.clara)
        self.team.user_id = self.clara
        deal = self._create(12345.6)
        self.assertEqual(self._notices(deal, self.clara), ["Nueva oportunidad grande: Opportunity"])
        message = self.env["mail.message"].search(
            [("res_id", "=", deal.id), ("message_type", "=", "user_notification")]
        )
        self.assertIn("12.345,60", message.body)

    def test_alerts_follow_the_rights_of_their_deals(self):
        of_anna, of_ben = self._create(10000), self._create(10000, user=self.ben)
        deals = of_anna | of_ben
        for user, seen in (
            (self.anna, of_anna),
            (self.clara, deals),
            (self.dora, deals),
            (self.eva, deals.browse()),
        ):
            with self.subTest(user.login):
                found = self.Alert.with_user(user).search([("opportunity_id", "in", deals.ids)])
                self.assertEqual(set(found.opportunity_id.ids), set(seen.ids))
        with self.assertRaises(AccessError):
            self.Alert.with_user(self.dora).search([], limit=1).unlink()

    def test_manager_finds_the_alerts_in_the_day_of_the_teams(self):
        deal = self._create(10000)
        self._change(deal, outcome="lost", phase_id=self.phase_close.id)
        big = self.env["crmsol.my.day"].with_user(self.dora).get_big_deals()
        rows = [row for row in big["rows"] if row["opportunity_id"] == deal.id]
        self.assertEqual([row["event"] for row in rows], ["lost", "created"])
        self.assertTrue(big["has_threshold"])

    def test_threshold_is_set_by_the_manager_and_has_bounds(self):
        settings = self.env["crmsol.threshold.settings"].with_user(self.dora)
        settings.create({"big_deal_amount": 25000}).action_save()
        self.assertEqual(self.company.crmsol_big_deal_amount, 25000)
        page = self.env["res.config.settings"].create({})
        page.crmsol_big_deal_amount = 30000
        page.execute()
        self.assertEqual(self.company.crmsol_big_deal_amount, 30000)
        for value in (-1, 10**14):
            with self.subTest(value), self._refused("crmsol_big_deal_amount_range"):
                self.company.crmsol_big_deal_amount = value
