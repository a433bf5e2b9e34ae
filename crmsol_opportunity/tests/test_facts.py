from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from ..const import LOST
from .common import CrmsolCommon


@tagged("post_install", "-at_install")
class TestFacts(CrmsolCommon):
    """The facts of the progress: what they say, and that they are found, sorted and grouped."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.now = fields.Datetime.now()
        cls.Opportunity = cls.env["crmsol.opportunity"].with_user(cls.clara)
        cls.opportunity = cls._create_opportunity(name="Under test").with_user(cls.clara)

    # === HELPERS === #

    def _ago(self, days):
        return self.now - timedelta(days=days)

    def _date_back(self, opportunity, **days):
        """Let dates of the row be so many days ago."""
        self.env.flush_all()
        for column, number in days.items():
            self.env.cr.execute(
                f"UPDATE crmsol_opportunity SET {column} = %s WHERE id = %s",
                [self._ago(number), opportunity.id],
            )
        self.env.invalidate_all()

    def _plan(self, days, opportunity=None):
        """Plan a call in so many days."""
        return self.env["mail.activity"].create(
            {
                "res_model_id": self.env["ir.model"]._get_id("crmsol.opportunity"),
                "res_id": (opportunity or self.opportunity).id,
                "activity_type_id": self.env.ref("mail.mail_activity_data_call").id,
                "summary": "Call",
                "crmsol_contact_id": self.customer.id,
                "user_id": self.anna.id,
                "date_deadline": fields.Date.today() + timedelta(days=days),
            }
        )

    def _find(self, *condition, among=None):
        """Return those found by a condition, among some, after comparing with what they say."""
        among = among or self.opportunity
        found = self.Opportunity.search([condition, ("id", "in", among.ids)])
        self.assertEqual(found, among.filtered_domain([condition]) & found | found)
        return found

    def _get_text(self, name, opportunity=None):
        facts = (opportunity or self.opportunity).progress_facts
        return next((fact["text"] for fact in facts if fact["name"] == name), None)

    # === SILENCE === #

    def test_silence_counts_from_the_last_contact(self):
        self._date_back(self.opportunity, date_last_contact=12.5, create_date=90)
        self.assertEqual(self.opportunity.silence_days, 12)
        self.assertEqual(self._get_text("silence"), "12 days without contact")
        self.assertTrue(self._find("silence_days", "=", 12))
        self.assertFalse(self._find("silence_days", "in", [11, 13]))
        for operator, found in {">": 11, ">=": 12, "<": 13, "<=": 12}.items():
            self.assertTrue(self._find("silence_days", operator, found), operator)
        for operator, not_found in {">": 12, ">=": 13, "<": 12, "<=": 11}.items():
            self.assertFalse(self._find("silence_days", operator, not_found), operator)

    def test_a_day_is_said_in_the_singular(self):
        self._date_back(self.opportunity, date_last_contact=1.1)
        self.assertEqual(self._get_text("silence"), "1 day without contact")
        self._date_back(self.opportunity, date_last_contact=0.1)
        self.assertEqual(self._get_text("silence"), "In contact today")

    def test_facts_are_told_in_spanish(self):
        self._date_back(self.opportunity, date_last_contact=1.1)
        self._in_spanish(self.clara)
        record = self.opportunity.with_user(self.clara).with_context(lang="es_ES")
        self.assertTrue(all(fact["text"] for fact in record.progress_facts))

    def test_without_a_contact_silence_counts_since_the_opportunity_came_to_be(self):
        self._date_back(self.opportunity, create_date=20.5, date_last_stage_update=3)
        self.assertEqual(self.opportunity.silence_days, 20)
        self.assertEqual(self._get_text("silence"), "No contact yet, 20 days")
        self.assertTrue(self._find("silence_days", "=", 20))

    def test_an_imported_one_came_to_be_when_it_entered_its_phase(self):
        imported = self._create_opportunity(
            name="Imported", date_last_stage_update=self._ago(200.5)
        ).with_user(self.clara)
        self.assertEqual(imported.silence_days, 200)
        self.assertEqual(int(imported.days_in_phase), 200)
        self.assertTrue(self._find("silence_days", ">=", 200, among=imported))

    def test_dates_in_the_future_are_now(self):
        self._date_back(
            self.opportunity, date_last_contact=-5, create_date=-5, date_last_stage_update=-5
        )
        self.assertEqual(self.opportunity.silence_days, 0)
        self.assertEqual(self.opportunity.days_in_phase, 0)
        self.assertEqual(self._get_text("phase"), "In the phase since today")
        self.assertFalse(self._find("silence_days", ">", 0))
        self.assertFalse(self._find("days_in_phase", ">", 0))
        self.assertTrue(self._find("silence_days", "=", 0))

    def test_a_closed_one_does_not_wait_for_anything(self):
        self._date_back(self.opportunity, date_last_contact=50, create_date=90)
        self.opportunity.action_win()
        self.assertEqual(
            (
                self.opportunity.silence_days,
                self.opportunity.days_in_phase,
                self.opportunity.next_action_state,
                self.opportunity.is_silent,
                self.opportunity.progress_facts,
            ),
            (0, 0, False, False, False),
        )
        self.assertFalse(self._find("silence_days", ">", 0))
        self.assertFalse(self._find("next_action_state", "in", ["none", "overdue"]))
        self.assertTrue(self._find("next_action_state", "=", False))

    def test_absurd_numbers_of_days_find_nothing_and_break_nothing(self):
        self.assertFalse(self._find("silence_days", ">", 10**9))
        self.assertTrue(self._find("silence_days", "<", 10**9))
        self.assertTrue(self._find("silence_days", ">", -(10**9)))
        self.assertFalse(self._find("silence_days", "=", -1))

    def test_silent_is_by_the_days_of_the_company(self):
        self.company.crmsol_silence_days = 10
        self._date_back(self.opportunity, date_last_contact=10.1)
        self.assertTrue(self.opportunity.is_silent)
        self.assertTrue(self._find("is_silent", "=", True))
        self.company.crmsol_silence_days = 11
        self.assertFalse(self.opportunity.is_silent)
        self.assertTrue(self._find("is_silent", "=", False))
        self.company.crmsol_silence_days = 0
        self.assertFalse(self.opportunity.is_silent, "0: never")
        self.assertFalse(self._find("is_silent", "=", True))

    # === STALE === #

    def test_a_contact_keeps_an_opportunity_from_getting_stale(self):
        self._date_back(self.opportunity, date_last_stage_update=30, date_last_contact=3)
        self.assertFalse(self.opportunity.is_rotting)
        self.assertFalse(self._find("is_rotting", "=", True))
        self._date_back(self.opportunity, date_last_contact=8.5)
        self.assertTrue(self.opportunity.is_rotting)
        self.assertEqual(self.opportunity.rotting_days, 8, "since the contact")
        self.assertTrue(self._find("is_rotting", "=", True))

    def test_a_change_of_phase_keeps_it_too(self):
        self._date_back(self.opportunity, date_last_stage_update=3, date_last_contact=30)
        self.assertFalse(self.opportunity.is_rotting)
        self.assertFalse(self._find("is_rotting", "=", True))

    # === PHASE === #

    def _leave_phase(self, days, count, **values):
        """Create opportunities that stayed in the first phase so many days, and left it."""
        opportunities = self.env["crmsol.opportunity"].browse(
            self._create_opportunity(**{"phase_id": self.phase_proposal.id, **values}).id
            for _i in range(count)
        )
        self.env["crmsol.opportunity"]._replace_history(
            {
                o.id: [
                    (self._ago(days + 1), {"phase_id": self.phase_new.id}),
                    (self._ago(1), {}),
                ]
                for o in opportunities
            }
        )
        return opportunities

    def test_days_in_the_phase_stand_beside_the_own_median(self):
        team = self.env["crm.team"].create({"name": "Team"})
        self._leave_phase(4, 3, team_id=False, user_id=False)
        self._leave_phase(10, 2, team_id=team.id)
        Pace = self.env["crmsol.phase.pace"]
        Pace._refresh()
        self.assertEqual(round(self.opportunity.phase_median_days), 4, "the company's: 4, 4, 4")
        self.opportunity.team_id = team
        self.assertEqual(round(self.opportunity.phase_median_days), 4, "two of the team: too few")
        self._leave_phase(10, 3, team_id=team.id)
        Pace._refresh()
        self.assertEqual(round(self.opportunity.phase_median_days), 10, "the team's")
        self._date_back(self.opportunity, date_last_stage_update=12.1)
        self.assertEqual(self._get_text("phase"), "12 days in the phase, usually 10 days")
        other = self._create_opportunity(self.eva, company_id=self.other_company.id)
        self.assertEqual(other.phase_median_days, 0, "of another company: nothing")

    def test_too_few_stays_make_no_median(self):
        self._leave_phase(4, 4)
        self.env["crmsol.phase.pace"]._refresh()
        self.assertEqual(self.opportunity.phase_median_days, 0)
        self._date_back(self.opportunity, date_last_stage_update=1.1)
        self.assertEqual(self._get_text("phase"), "1 day in the phase")

    def test_a_phase_archived_since_still_has_its_facts(self):
        self._leave_phase(4, 5)
        self.env["crmsol.phase.pace"]._refresh()
        self._date_back(self.opportunity, date_last_stage_update=12.1)
        self.phase_new.active = False
        self.env.invalidate_all()
        self.assertEqual(self._get_text("phase"), "12 days in the phase, usually 4 days")

    def test_a_phase_deleted_since_takes_its_median_along(self):
        phase = self.Phase.create({"name": "Gone", "sequence": -15})
        self.env["crmsol.phase.pace"].sudo().create(
            {"phase_id": phase.id, "company_id": self.company.id, "median_days": 3}
        )
        phase.unlink()
        self.env["crmsol.phase.pace"]._refresh()
        self.assertTrue(self.opportunity.progress_facts)

    def test_days_in_phase_are_found_and_sorted(self):
        other = self._create_opportunity(name="Other").with_user(self.clara)
        both = self.opportunity | other
        self._date_back(self.opportunity, date_last_stage_update=5)
        self._date_back(other, date_last_stage_update=9)
        self.assertEqual(self._find("days_in_phase", ">", 7, among=both), other)
        self.assertEqual(self._find("days_in_phase", "<=", 7, among=both), self.opportunity)
        domain = [("id", "in", both.ids)]
        for order in ("days_in_phase desc", "silence_days desc", "phase_median_days, id desc"):
            found = self.Opportunity.search(domain, order=order)
            self.assertEqual(found[0], other, order)

    # === NEXT ACTION === #

    def test_the_state_of_the_next_action(self):
        for days, state, text in [
            (-3, "overdue", "Action overdue by 3 days"),
            (0, "today", "Next action today"),
            (1, "planned", "Next action in 1 day"),
            (30, "planned", "Next action in 30 days"),
            (31, "far", "Next action only in 31 days"),
        ]:
            with self.subTest(state):
                action = self._plan(days)
                self._plan(60)  # the first one counts
                self.assertEqual(self.opportunity.next_action_state, state)
                self.assertEqual(self._get_text("next_action"), text)
                self.assertTrue(self._find("next_action_state", "=", state))
                self.assertFalse(self._find("next_action_state", "!=", state))
                action.action_cancel()
        self.env["mail.activity"].search([("res_id", "=", self.opportunity.id)]).action_cancel()
        self.assertEqual(self.opportunity.next_action_state, "none")
        self.assertEqual(self._get_text("next_action"), "No next action")
        self.assertTrue(self._find("next_action_state", "=", "none"))

    def test_far_is_by_the_days_of_the_company(self):
        self._plan(31)
        self.company.crmsol_far_action_days = 0
        self.assertEqual(self.opportunity.next_action_state, "planned", "0: never")
        self.assertTrue(self._find("next_action_state", "=", "planned"))

    def test_an_action_done_leaves_none(self):
        action = self._plan(3)
        self.assertEqual(self.opportunity.next_action_state, "planned")
        action.action_feedback(feedback="Well")
        self.assertEqual(self.opportunity.next_action_state, "none")

    def test_facts_are_grouped_and_averaged_over_open_ones(self):
        other = self._create_opportunity(name="Other")
        closed = self._create_opportunity(name="Closed")
        self._plan(-1)
        self._date_back(self.opportunity, date_last_contact=10.5)
        self._date_back(other, date_last_contact=20.5)
        self._date_back(closed, date_last_contact=99)
        closed.action_win()
        domain = [("id", "in", (self.opportunity | other | closed).ids)]
        groups = self.Opportunity._read_group(
            domain, ["next_action_state"], ["__count"], order="next_action_state"
        )
        self.assertEqual(dict(groups), {"none": 1, "overdue": 1, False: 1})
        ((average,),) = self.Opportunity._read_group(domain, [], ["silence_days:avg"])
        self.assertEqual(average, 15)
        days = self.Opportunity._read_group(domain, ["silence_days"], ["__count"])
        self.assertEqual(dict(days), {0: 1, 10: 1, 20: 1})
        opened = self.Opportunity.formatted_read_group(domain, ["next_action_state"], ["__count"])
        for group in opened:
            count = self.Opportunity.search_count([*domain, *group["__extra_domain"]])
            self.assertEqual(count, group["__count"])

    def test_groups_hold_only_what_the_reader_may_see(self):
        foreign = self._create_opportunity(self.ben)
        domain = [("id", "in", (self.opportunity | foreign).ids)]
        groups = (
            self.env["crmsol.opportunity"]
            .with_user(self.anna)
            ._read_group(domain, ["next_action_state"], ["__count"])
        )
        self.assertEqual(groups, [("none", 1)])

    # === PROMISES === #

    def test_postponements_are_counted_by_times_and_days(self):
        start = fields.Date.today()
        opportunity = self._create_opportunity(date_deadline=start).with_user(self.clara)
        for day, deadline in enumerate((30, 20, None, 25, 32), start=1):
            self._at(self.now + timedelta(days=day))
            opportunity.date_deadline = deadline and start + timedelta(days=deadline)
        # 0 → 30, 30 → 20 forwards, 20 → none → 25, 25 → 32
        self.assertEqual((opportunity.slip_count, opportunity.slip_days), (3, 42))
        self.assertEqual(self._get_text("slip", opportunity), "Postponed 3 times, 42 days")
        self.assertTrue(self._find("slip_count", ">", 2, among=opportunity))
        self.assertEqual(opportunity.copy().slip_count, 0, "a copy starts anew")

    def test_what_is_corrected_at_once_was_never_promised(self):
        start = fields.Date.today()
        opportunity = self._create_opportunity(date_deadline=start)
        opportunity.date_deadline = start + timedelta(days=30)
        self.assertEqual(opportunity.slip_count, 0)
        self._at(self.now + timedelta(days=1))
        opportunity.date_deadline = start + timedelta(days=31)
        self.env.flush_all()
        opportunity.date_deadline = start + timedelta(days=30)
        self.assertEqual(opportunity.slip_count, 0)

    def test_postponements_of_a_past_that_was_given_count(self):
        opportunity = self._create_opportunity(date_deadline="2030-03-01")
        self.env["crmsol.opportunity"]._replace_history(
            {
                opportunity.id: [
                    (self._ago(20), {"date_deadline": fields.Date.to_date("2030-01-01")}),
                    (self._ago(10), {}),
                ]
            }
        )
        self.assertEqual((opportunity.slip_count, opportunity.slip_days), (1, 59))
        self.assertEqual(
            self._get_text("slip", opportunity.with_user(self.clara)), "Postponed once, 59 days"
        )

    def test_the_validity_is_that_of_the_principal_quotation_that_was_sent(self):
        end = fields.Date.today() + timedelta(days=3)
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "crmsol_opportunity_id": self.opportunity.id,
                "validity_date": end,
            }
        )
        self.assertFalse(self.opportunity.quotation_date_expiry, "not sent yet")
        order.action_quotation_sent()
        self.assertEqual(self.opportunity.quotation_date_expiry, end)
        self.assertEqual(self._get_text("quotation"), "Quotation expires in 3 days")
        order.validity_date = fields.Date.today() - timedelta(days=1)
        self.assertEqual(self._get_text("quotation"), "Quotation expired 1 day ago")
        order._action_cancel()
        self.assertFalse(self.opportunity.quotation_date_expiry)

    def test_the_amount_is_told_against_the_budget(self):
        self.assertIsNone(self._get_text("budget"), "without a budget there is nothing to say")
        self.assertEqual(self.opportunity.budget_gap, 0)
        self.opportunity.budget = 800
        self.assertEqual(self.opportunity.budget_gap, 200)
        self.assertIn("over the budget", self._get_text("budget"))
        self.opportunity.budget = 1200
        self.assertEqual(self.opportunity.budget_gap, -200)
        self.assertIn("below the budget", self._get_text("budget"))
        self.opportunity.budget = 1000
        self.assertEqual(self._get_text("budget"), "As much as the budget")

    # === CARD === #

    def test_a_card_has_two_chips_at_the_most_the_urgent_ones(self):
        start = fields.Date.today()
        opportunity = self._create_opportunity(date_deadline=start).with_user(self.clara)
        self._at(self.now + timedelta(days=1))
        opportunity.date_deadline = start + timedelta(days=30)
        self._date_back(opportunity, create_date=50)
        self._assert_chips(opportunity, ["next_action", "silence"])
        self._plan(3, opportunity)
        self._assert_chips(opportunity, ["silence", "slip"])
        opportunity._close(LOST)
        self._assert_chips(opportunity, [fact["name"] for fact in opportunity.progress_facts or []])

    def _assert_chips(self, opportunity, names):
        chips = [fact for fact in opportunity.progress_facts or [] if fact.get("chip")]
        self.assertEqual([fact["name"] for fact in chips], names)
        self.assertEqual(opportunity.progress_chips or [], chips)  # what the card reads is the same

    def test_a_new_one_has_no_facts_yet(self):
        new = self.env["crmsol.opportunity"].new({"name": "New", "partner_id": self.customer.id})
        self.assertFalse(new.progress_facts)
        self.assertEqual((new.silence_days, new.next_action_state), (0, False))

    def test_facts_of_many_are_read_with_the_queries_of_few(self):
        opportunities = self.Opportunity

        def create(number):
            nonlocal opportunities
            created = self.Opportunity.browse(
                self._create_opportunity(team_id=self.env["crm.team"].create({"name": "T"}).id).id
                for _i in range(number)
            )
            for opportunity in created:
                self._plan(3, opportunity)
            opportunities |= created

        create(10)
        self._assert_same_statements(
            lambda: opportunities.mapped("progress_facts"), lambda: create(90)
        )

    def test_contacts_of_many_are_found_by_one_computation(self):
        opportunities = self.env["crmsol.opportunity"].browse(
            self._create_opportunity().id for _i in range(20)
        )
        actions = self.env["mail.activity"]
        for opportunity in opportunities:
            actions |= self._plan(0, opportunity)

        def close():
            for action in actions:
                action.write({"active": False, "date_done": fields.Date.today()})

        # each action is written, and the opportunities with their history once
        statements = self._get_statements(close)  # one for each action, to check the rights
        self.assertLess(len(statements), 30)
        self.assertTrue(all(opportunities.mapped("date_last_contact")))

    # === SETTINGS === #

    def test_thresholds_are_set_in_both_places(self):
        wizard = self.env["crmsol.threshold.settings"].with_user(self.dora).create({})
        self.assertEqual((wizard.silence_days, wizard.far_action_days), (14, 30))
        wizard.write({"silence_days": 5, "far_action_days": 60})
        wizard.action_save()
        company = self.company
        self.assertEqual((company.crmsol_silence_days, company.crmsol_far_action_days), (5, 60))
        settings = self.env["res.config.settings"].create({"crmsol_silence_days": 6})
        settings.execute()
        self.assertEqual(company.crmsol_silence_days, 6)
        with self._refused("silence_days_range"):
            company.crmsol_silence_days = -1
