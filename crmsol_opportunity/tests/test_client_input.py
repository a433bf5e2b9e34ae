from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .access_common import AccessCommon

JUNK = ({}, [], [[]], {"x": [1]}, "x", -1, 10**13, 0.5, True)


@tagged("post_install", "-at_install")
class TestClientInput(AccessCommon):
    """What random calls have found: a client is told what to give, not how the code fails."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={"lang": "en_US"})
        cls.deal = cls.open_deals["anna"].with_user(cls.anna)

    def _assert_told(self, method, *args, **kwargs):
        """The call is refused in a sentence, or answered."""
        with self.subTest(args=args, kwargs=kwargs):
            try:
                method(*args, **kwargs)
                self.env.flush_all()
            except UserError as error:
                self.assertTrue(str(error))
            self.env.invalidate_all()

    def test_agenda_needs_a_user_and_a_day(self):
        agenda = self._as("anna", "mail.activity").crmsol_get_day_agenda
        for junk in (*JUNK, "2026-13-45", "9999-12-31"):
            with self.subTest(junk):
                with self.assertRaisesRegex(UserError, "Choose the user and the day"):
                    agenda(self.anna.id, junk)
                with self.assertRaisesRegex(UserError, "Choose the user and the day"):
                    agenda(junk, "2026-11-25")
        self.assertIsInstance(agenda(self.anna.id, "2026-11-25"), list)

    def test_pages_take_ids_and_names_of_their_choices_only(self):
        waterfall = self._as("anna", "crmsol.pipeline.movement").get_waterfall
        phases = self._as("anna", "crmsol.phase.stay").get_phase_report
        matrix = self._as("anna", "crmsol.competitor.report").get_matrix
        contribution = self._as("anna", "crmsol.partner.report").get_contribution
        distribution = self._as("anna", "crmsol.opportunity").get_month_distribution
        days = ("2026-11-01", "2026-11-02")
        for junk in (junk for junk in JUNK if junk):  # what is empty asks for all
            for method in (waterfall, phases):
                with self.subTest(junk), self.assertRaisesRegex(UserError, "Choose"):
                    method(*days, junk)
                with self.subTest(junk), self.assertRaisesRegex(UserError, "Choose"):
                    method(*days, False, junk)
            for method, key in (
                (matrix, "period"),
                (matrix, "detail"),
                (contribution, "period"),
                (distribution, "shock"),
            ):
                with self.subTest(junk, key=key), self.assertRaises(UserError):
                    method(**{key: junk})
            self.assertEqual(distribution(user_id=junk)["open_count"], 0)

    def test_move_is_asked_for_with_a_phase(self):
        for junk in ("x", [[]], 5, {"phase_id": {"x": 1}}, {"phase_id": "x"}, {"phase_id": True}):
            with self.subTest(junk), self.assertRaisesRegex(UserError, "There is no such phase"):
                self.deal.get_move_dialog(junk)

    def test_name_is_text(self):
        for junk in ({"x": 1}, ["x"], 5, True):
            with self.subTest(junk), self.assertRaisesRegex(UserError, "Give the opportunity a n"):
                self.deal.name = junk
        section = {"opportunity_id": self.deal.id, "display_type": "line_section"}
        line = self._as("anna", "crmsol.opportunity.line")
        self._assert_told(line.create, section | {"name": {}})

    def test_dates_are_dates(self):
        deal = self.deal.with_user(self.dora)
        for junk in ({"x": 1}, ["x"], "x", 5.5, "2026-13-45"):
            for fname in ("date_deadline", "date_last_stage_update"):
                with (
                    self.subTest(junk, fname=fname),
                    self.assertRaisesRegex(UserError, "Give a date"),
                ):
                    deal.write({fname: junk})

    def test_days_are_searched_by_numbers(self):
        Opportunity = self._as("anna", "crmsol.opportunity")
        for junk in ([[]], {"x": 1}, "x", float("nan"), float("inf")):
            for operator in ("<", ">=", "in"):
                with self.subTest(operator, value=junk):
                    try:
                        Opportunity.search_count([("days_in_phase", operator, junk)])
                    except (
                        UserError,
                        ValueError,
                        TypeError,
                    ) as error:  # as of any field of the host
                        self.assertTrue(str(error))

    def test_quotation_is_linked_by_an_id(self):
        order = self.env["sale.order"].create(
            {"partner_id": self.customer.id, "user_id": self.anna.id}
        )
        for junk in ([{}], [[]], [5, {"x": 1}]):
            self._assert_told(order.with_user(self.anna).write, {"crmsol_opportunity_id": junk})
            Order = self._as("anna", "sale.order").with_context(crmsol_quotation_of=junk)
            self._assert_told(Order.default_get, ["partner_id"])
        self.assertFalse(order.crmsol_opportunity_id)

    def test_people_are_added_to_an_opportunity_by_its_id(self):
        reference = self._as("anna", "crmsol.opportunity.reference")
        competitor = self._as("anna", "crmsol.opportunity.competitor")
        for junk in ({"x": 1}, ["x"], "x", True):
            for model, partner in ((reference, self.friend), (competitor, self.ally)):
                values = {"opportunity_id": junk, "partner_id": partner.id}
                with self.subTest(junk), self._refused("."), self.env.cr.savepoint():
                    model.create(values)
        values = {"opportunity_id": self.deal.id, "partner_id": {"x": 1}}
        with self._refused("."), self.env.cr.savepoint():
            competitor.create(values)

    def test_actions_are_scheduled_and_closed_one_by_one(self):
        # an external id of something else is no type of an action
        plan = self.deal.with_context(crmsol_action_type="base.main_company").action_plan_action()
        company = self.env.ref("base.main_company")
        self.assertNotEqual(plan["context"].get("default_activity_type_id"), company.id)
        Activity = self._as("anna", "mail.activity")
        for junk in JUNK:
            context = {"default_res_model": "crmsol.opportunity", "default_res_id": junk}
            context["default_activity_type_id"] = junk
            self._assert_told(
                Activity.with_context(**context).default_get, ["crmsol_contact_id", "summary"]
            )

    def test_junk_leaves_nothing_behind(self):
        before = self.deal.read(["name", "amount", "outcome", "reference_ids"])
        with self._refused("Give the opportunity a name"):
            self.deal.write(
                {
                    "amount": 5,
                    "reference_ids": [Command.create({"partner_id": self.friend.id})],
                    "name": {"x": 1},
                }
            )
        self.assertEqual(self.deal.read(["name", "amount", "outcome", "reference_ids"]), before)
