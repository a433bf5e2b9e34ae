from unittest.mock import patch

from hypothesis import given
from hypothesis import strategies as st

from odoo import SUPERUSER_ID, Command, api
from odoo.exceptions import AccessError
from odoo.modules.registry import Registry
from odoo.tests import BaseCase, get_db_name, tagged

from ..const import LOST, OPEN, OPPORTUNITY_MODEL
from ..models.crmsol_opportunity_total import DIMENSIONS, MEASURES, MONTHS
from .common import CrmsolCommon
from .random_deals import SETTINGS, RandomDeals, deal, operation

ROLES = ("anna", "ben", "clara", "dora", "eva")
SUMS = ["amount_company:sum", "weighted_amount:sum", "forecast_amount:sum", "__count"]
#: what the board asks
BOARD = [
    "amount_company:sum",
    "company_currency_id:array_agg_distinct",
    "amount_company:sum_currency",
    "__count",
]
ALWAYS = [("active", "in", [True, False])]
#: what totals tell: domain, groups, aggregates, order
TOLD = [
    ([], [], SUMS, None),
    ([], ["phase_id"], BOARD, None),
    ([("outcome", "=", OPEN)], ["phase_id"], BOARD, "phase_id"),
    ([("outcome", "!=", LOST)], ["user_id", "date_deadline:month"], SUMS, None),
    ([("outcome", "!=", LOST)], ["team_id"], SUMS, "__count desc, team_id"),
    ([("phase_id.is_closing", "=", False)], ["company_id"], SUMS, "amount_company:sum desc"),
    ([("user_id", "=", False)], ["outcome", "date_forecast:quarter"], SUMS, None),
    ([("date_deadline", ">=", "2026-06-01")], ["date_deadline:year"], SUMS, None),
    ([("date_deadline", "=", False)], ["outcome"], SUMS, None),
    (
        [("date_deadline", ">=", "2026-05-01"), ("date_deadline", "<=", "2026-05-31")],
        [],
        SUMS,
        None,
    ),
    (["!", ("date_forecast", ">", "2026-05-31")], ["phase_id"], SUMS, None),
    (["|", ("date_deadline", "<", "2026-06-01"), ("team_id", "=", False)], [], SUMS, None),
    (ALWAYS, ["active", "phase_id"], SUMS, None),
    ([("active", "=", False)], ["user_id"], SUMS, None),
]
#: what they do not
NOT_TOLD = [
    [("name", "ilike", "opp")],
    [("display_name", "ilike", "opp")],
    [("partner_id.name", "=", "Customer")],
    [("id", ">", 0)],
    [("date_deadline", ">=", "2026-05-02")],
    [("date_deadline", "<=", "2026-05-30")],
    [("date_deadline", "<", "2026-05-31")],
    [("date_deadline", "=", "2026-05-01")],
    [("amount_company", ">", 0)],
    ["|", ("outcome", "=", OPEN), ("tag_ids", "!=", False)],
    [("activity_ids", "=", False)],
]


def get_differences(cr):
    """Return {dimensions: what the totals say too much}, as bare SQL counts it."""
    months = {name: f"date_trunc('month', {name})::date" for name in MONTHS}
    dimensions = ", ".join(DIMENSIONS)
    cr.execute(
        f"""
        SELECT {dimensions}, SUM(record_count), {", ".join(f"SUM({name})" for name in MEASURES)}
          FROM (SELECT {dimensions}, record_count, {", ".join(MEASURES)}
                  FROM crmsol_opportunity_total
             UNION ALL
                SELECT {", ".join(months.get(name, name) for name in DIMENSIONS)}, -1,
                       {", ".join(f"-{name}" for name in MEASURES)}
                  FROM crmsol_opportunity) both_
      GROUP BY {dimensions}
        HAVING SUM(record_count) <> 0
            OR {" OR ".join(f"SUM({name}) <> 0" for name in MEASURES)}
        """
    )
    return cr.fetchall()


class TotalsCommon(CrmsolCommon):
    def _as_user(self, user):
        context = {"allowed_company_ids": user.company_ids.ids}
        return self.env[OPPORTUNITY_MODEL].with_user(user).with_context(**context)

    def _read(self, model, domain, groupby, aggregates, order):
        """Return what the opportunities sum to by each method, numbers to a millionth."""

        def plain(rows):
            return [
                tuple(
                    (value._name, value.ids)
                    if hasattr(value, "ids")
                    else round(value, 6)
                    if isinstance(value, float)
                    else value
                    for value in row
                )
                for row in rows
            ]

        sets = [[], groupby[:1], groupby]
        return (
            plain(model._read_group(domain, groupby, aggregates, order=order)),
            plain(model._read_group(domain, groupby, aggregates, order=order, limit=1)),
            [
                sorted(plain(rows), key=repr)
                for rows in model._read_grouping_sets(domain, sets, aggregates, order=None)
            ],
            model.search_count(domain),
            model.search_count(domain, limit=2),
        )

    def _read_as_the_host(self, model, *args):
        with patch.object(type(model), "_get_domain_of_totals", lambda self, domain: None):
            return self._read(model, *args)

    def _assert_told(self, model, domain, groupby, aggregates, order):
        told = self._read(model, domain, groupby, aggregates, order)
        self.assertEqual(
            told, self._read_as_the_host(model, domain, groupby, aggregates, order), domain
        )


@tagged("post_install", "-at_install")
class TestTotals(TotalsCommon):
    """Counts and sums are those of the opportunities, though nobody reads all of these."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.deals = cls._create_opportunity(amount=1000, date_deadline="2026-05-31")
        cls.deals |= cls._create_opportunity(
            user=cls.ben, amount=500.55, phase_id=cls.phase_proposal.id, date_deadline="2026-06-01"
        )
        cls.deals |= cls._create_opportunity(user=cls.eva, amount=70)
        cls.deals |= cls._create_opportunity(user=cls.clara, user_id=False, amount=33.33)
        cls.deals |= cls._create_opportunity(user=cls.clara, active=False)
        cls.lost = cls._create_opportunity(user=cls.clara, amount=10)
        cls.lost._close(LOST)
        cls.deals = (cls.deals | cls.lost).with_env(cls.env)
        cls.env.flush_all()
        cls.env.invalidate_all()

    def _get_tables(self, call):
        statements = " ".join(self._get_statements(call))
        return {
            table
            for table in ("crmsol_opportunity", "crmsol_opportunity_total")
            if f'FROM "{table}"' in statements
        }

    def test_answers_are_those_of_the_host_for_every_role(self):
        for role in ROLES:
            for case in TOLD:
                with self.subTest(role=role, case=case):
                    self._assert_told(self._as_user(getattr(self, role)), *case)
        for case in TOLD:
            with self.subTest(case=case):
                self._assert_told(self.env[OPPORTUNITY_MODEL], *case)

    def test_what_screens_ask_reads_no_opportunity(self):
        for role in ROLES:
            model = self._as_user(getattr(self, role))
            for domain, groupby, aggregates, order in TOLD:
                with self.subTest(role=role, domain=domain, groupby=groupby):
                    for call in (
                        lambda m=model, d=domain: m.search_count(d),
                        lambda m=model, d=domain, g=groupby, a=aggregates, o=order: m._read_group(
                            d, g, a, order=o
                        ),
                        lambda m=model, d=domain, g=groupby, a=aggregates: m._read_grouping_sets(
                            d, [[], g], a
                        ),
                    ):
                        self.assertEqual(self._get_tables(call), {"crmsol_opportunity_total"})

    def test_what_totals_do_not_know_is_counted_as_ever(self):
        for domain in NOT_TOLD:
            for role in ("anna", "clara"):
                with self.subTest(domain=domain, role=role):
                    model = self._as_user(getattr(self, role))
                    self.assertIsNone(model._get_domain_of_totals(domain))
                    self._assert_told(model, domain, ["phase_id"], SUMS, None)
        model = self._as_user(self.clara)
        for groupby, aggregates in (
            (["partner_id"], SUMS),
            (["date_deadline:week"], SUMS),
            (["date_deadline:day"], SUMS),
            (["phase_id"], ["amount:sum"]),
            (["phase_id"], ["amount_company:avg"]),
            (["phase_id"], ["id:recordset"]),
        ):
            with self.subTest(groupby=groupby, aggregates=aggregates):
                tables = self._get_tables(
                    lambda g=groupby, a=aggregates: model._read_group([], g, a)
                )
                self.assertEqual(tables, {"crmsol_opportunity"})

    def test_a_record_rule_that_asks_for_more_is_kept(self):
        self.env["ir.rule"].create(
            {
                "name": "Another customer's",
                "model_id": self.env["ir.model"]._get_id(OPPORTUNITY_MODEL),
                "domain_force": [("partner_id.name", "!=", "Customer")],
            }
        )
        model = self._as_user(self.clara)
        self.assertEqual(model.search_count([("id", "in", self.deals.ids)]), 0)
        self.assertIsNone(model._get_domain_of_totals([]))
        for case in TOLD:
            self._assert_told(model, *case)

    def test_a_record_rule_by_a_dimension_is_applied_to_totals(self):
        self.env["ir.rule"].create(
            {
                "name": "No lost ones",
                "model_id": self.env["ir.model"]._get_id(OPPORTUNITY_MODEL),
                "domain_force": [("outcome", "!=", LOST)],
            }
        )
        model = self._as_user(self.clara)
        self.assertIsNotNone(model._get_domain_of_totals([]))
        self.assertEqual(model.search_count([("outcome", "=", LOST)]), 0)
        for case in TOLD:
            self._assert_told(model, *case)

    def test_who_may_not_read_opportunities_gets_no_totals(self):
        for user in (self.clerk, self.portal):
            for call in (
                lambda m: m.search_count([]),
                lambda m: m._read_group([], ["phase_id"], SUMS),
                lambda m: m._read_grouping_sets([], [["phase_id"]], SUMS),
            ):
                with self.subTest(user=user.login), self.assertRaises(AccessError):
                    call(self.env[OPPORTUNITY_MODEL].with_user(user))

    def test_nobody_reaches_totals_as_a_model(self):
        Total = self.env["crmsol.opportunity.total"]
        for user in (*(getattr(self, role) for role in ROLES), self.env.ref("base.user_admin")):
            for operation_ in ("read", "write", "create", "unlink"):
                with self.subTest(user=user.login, operation=operation_):
                    self.assertFalse(Total.with_user(user).has_access(operation_))

    def test_what_is_pending_is_counted(self):
        model = self._as_user(self.clara)
        deal_ = self.deals[0].with_env(model.env)
        for values in (
            {"amount": 77.77},
            {"phase_id": self.phase_proposal.id},
            {"date_deadline": "2027-01-01"},
            {"active": False},
        ):
            with self.subTest(values):
                deal_.write(values)
                for case in TOLD:
                    self._assert_told(model, *case)

    def test_a_group_from_which_all_have_gone_is_none(self):
        model = self._as_user(self.clara)
        domain = [("company_id", "=", self.company.id)]
        self.deals.write({"phase_id": self.phase_close.id, "outcome": LOST})
        groups = model._read_group(domain, ["phase_id"], ["__count"])
        self.assertNotIn(self.phase_new.id, [phase.id for phase, _count in groups])
        gone = [*domain, ("phase_id", "=", self.phase_new.id)]
        self._assert_told(model, gone, [], SUMS, None)
        self._assert_told(model, gone, ["user_id"], SUMS, None)

    def test_a_deleted_salesperson_and_team_leave_their_opportunities(self):
        team = self.env["crm.team"].create({"name": "Team", "company_id": self.company.id})
        user = self.ben.copy({"login": "crmsol_short", "name": "Short"})
        self.deals[:2].write({"user_id": user.id, "team_id": team.id})
        self.env.flush_all()
        team.unlink()
        self.assertFalse(get_differences(self.env.cr))
        user.unlink()
        self.assertFalse(get_differences(self.env.cr))
        self.assertFalse(self.deals[:2].exists().user_id)

    def test_deleting_and_creating_with_lines_is_counted_once(self):
        product = self.env["product.product"].create({"name": "Pump", "list_price": 10})
        deal_ = self._create_opportunity(line_ids=[Command.create({"product_id": product.id})])
        self.env.flush_all()
        self.assertFalse(get_differences(self.env.cr))
        deal_.amount = 5
        deal_.sudo().unlink()
        self.assertFalse(get_differences(self.env.cr))

    def test_compacting_changes_no_total_and_leaves_one_row_a_key(self):
        Total = self.env["crmsol.opportunity.total"]
        for amount in (1, 2, 3):
            self.deals.write({"amount": amount})
            self.env.flush_all()
        model = self._as_user(self.clara)
        before = [self._read(model, *case) for case in TOLD]
        Total._cron_compact()
        self.assertFalse(get_differences(self.env.cr))
        self.assertEqual([self._read(model, *case) for case in TOLD], before)
        keys = [tuple(row[name] for name in DIMENSIONS) for row in Total.search([])]
        self.assertEqual(len(keys), len(set(keys)))
        self.env.cr.execute("SELECT max(id) FROM crmsol_opportunity_total")
        [last] = self.env.cr.fetchone()
        Total._cron_compact()
        self.env.cr.execute("SELECT max(id) FROM crmsol_opportunity_total")
        self.assertEqual(self.env.cr.fetchone(), (last,), "rewritten though there was no need")

    def test_rebuilding_gives_what_was_there(self):
        self.env.cr.execute("DELETE FROM crmsol_opportunity_total")
        self.assertTrue(get_differences(self.env.cr))
        self.env["crmsol.opportunity.total"]._rebuild()
        self.assertFalse(get_differences(self.env.cr))

    def test_a_change_that_no_total_tells_adds_no_row(self):
        self.env.cr.execute("SELECT count(*) FROM crmsol_opportunity_total")
        before = self.env.cr.fetchone()
        self.deals[0].write({"name": "Another", "priority": "2"})
        self.deals[1].date_deadline = "2026-06-30"  # in the same month
        self.env.flush_all()
        self.env.cr.execute("SELECT count(*) FROM crmsol_opportunity_total")
        self.assertEqual(self.env.cr.fetchone(), before)


#: what else may happen to opportunities than to their history
more = st.one_of(
    operation,
    st.tuples(st.just("delete"), deal),
    st.tuples(st.just("merge")),
    st.tuples(st.just("compact")),
)


@tagged("post_install", "-at_install")
class TestTotalsProperty(TotalsCommon, RandomDeals):
    @given(steps=st.lists(more, min_size=1, max_size=15))
    @SETTINGS
    def test_totals_are_those_of_the_opportunities(self, steps):
        self._run_and_roll_back(self._play, steps)

    def _play(self, steps):
        for step in steps:
            self._do(step)
            self.deals = self.deals.exists()
            if not self.deals:
                self._create(0)
        for role in ROLES:
            model = self._as_user(getattr(self, role))
            for case in TOLD:
                self._assert_told(model, *case)
        self.env.flush_all()
        self.assertFalse(get_differences(self.env.cr))

    def _delete(self, index):
        self._get(index).unlink()

    def _merge(self):
        merged = self.deals.sudo().filtered(
            lambda o: o.active and o.outcome == OPEN and o.company_id == self.company
        )
        if len(merged) > 1:
            self.env["crmsol.opportunity.merge"].create(
                {"opportunity_ids": [Command.set(merged.ids)]}
            ).action_merge()

    def _compact(self):
        self.env["crmsol.opportunity.total"]._cron_compact()


@tagged("post_install", "-at_install")
class TestTotalsOfTwoTransactions(BaseCase):
    """Transactions that change the same total at once neither wait for one another nor lose it."""

    def setUp(self):
        super().setUp()
        self.registry = Registry(get_db_name())
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            self.partner_id = env["res.partner"].create({"name": "Customer of totals"}).id
            phases = env["crmsol.phase"].search([("is_closing", "=", False)], limit=2)
            self.phase_ids = phases.ids
            vals = {"name": "Deal", "partner_id": self.partner_id, "amount": 100.1}
            deals = env[OPPORTUNITY_MODEL].create([{**vals, "phase_id": phases[0].id}] * 3)
            self.ids = deals.ids
        self.addCleanup(self._remove)

    def _remove(self):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            env[OPPORTUNITY_MODEL].browse(self.ids).exists().unlink()
            env["res.partner"].browse(self.partner_id).unlink()

    def _begin(self):
        cr = self.registry.cursor()
        self.addCleanup(cr.close)
        cr.execute("SET lock_timeout = '3s'")
        cr.execute("SELECT 1")  # the snapshot begins
        return api.Environment(cr, SUPERUSER_ID, {})

    def _count(self, env, phase_id):
        domain = [("phase_id", "=", phase_id), ("partner_id", "=", self.partner_id)]
        return env[OPPORTUNITY_MODEL].search_count(domain)

    def test_both_changes_are_in_the_total_whoever_commits_first(self):
        first, second, compacting, reader = (self._begin() for _ in range(4))
        before = reader[OPPORTUNITY_MODEL].search_count([("phase_id", "=", self.phase_ids[1])])
        first[OPPORTUNITY_MODEL].browse(self.ids[0]).write({"phase_id": self.phase_ids[1]})
        first.flush_all()
        second[OPPORTUNITY_MODEL].browse(self.ids[1]).write(
            {"phase_id": self.phase_ids[1], "amount": 7}
        )
        second.flush_all()
        compacting["crmsol.opportunity.total"]._cron_compact()
        second.cr.commit()
        compacting.cr.commit()
        first[OPPORTUNITY_MODEL].browse(self.ids[2]).unlink()
        first.cr.commit()
        # its snapshot is of before
        domain = [("phase_id", "=", self.phase_ids[1])]
        self.assertEqual(reader[OPPORTUNITY_MODEL].search_count(domain), before)
        after = self._begin()
        self.assertEqual(after[OPPORTUNITY_MODEL].search_count(domain), before + 2)
        self.assertFalse(get_differences(after.cr))

    def test_what_is_rolled_back_is_in_no_total(self):
        env = self._begin()
        env[OPPORTUNITY_MODEL].browse(self.ids).write({"amount": 5, "date_deadline": "2026-05-05"})
        env.flush_all()
        env.cr.rollback()
        self.assertFalse(get_differences(self._begin().cr))

    def test_a_rebuild_beside_a_change_keeps_both(self):
        rebuilding, changing = self._begin(), self._begin()
        changing[OPPORTUNITY_MODEL].browse(self.ids[0]).write({"amount": 5})
        changing.flush_all()
        rebuilding["crmsol.opportunity.total"]._rebuild()
        changing.cr.commit()
        rebuilding.cr.commit()
        self.assertFalse(get_differences(self._begin().cr))
