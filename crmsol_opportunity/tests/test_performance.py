from datetime import timedelta

from lxml import etree

from odoo import Command, fields
from odoo.addons.web.models.models import Base as WebBase
from odoo.tests import tagged

from ..const import OPPORTUNITY_MODEL
from .common import CrmsolCommon

FEW, MANY = 10, 100
#: What the web client's widget of the next action reads besides.
ACTIVITY_FIELDS = (
    "activity_exception_decoration",
    "activity_state",
    "activity_summary",
    "activity_type_id",
)
PROGRESS_BAR = {
    "field": "activity_state",
    "colors": {"planned": "success", "today": "warning", "overdue": "danger"},
}


@tagged("post_install", "-at_install")
class TestPerformance(CrmsolCommon):
    """What is read at once takes as many queries for a hundred records as for ten."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.team = cls.env["crm.team"].create(
            {"name": "Team", "member_ids": [Command.set((cls.anna | cls.ben).ids)]}
        )
        cls.activity_type = cls.env.ref("mail.mail_activity_data_call")
        cls.Opportunity = cls.env[OPPORTUNITY_MODEL].with_user(cls.clara)

    # === HELPERS === #

    def _prepare_opportunities(self, count, **values):
        """Return values of opportunities that have nothing in common but the phase."""
        partners = self.env["res.partner"].create(
            [{"name": f"Customer {i}", "is_company": True} for i in range(count)]
        )
        contacts = self.env["res.partner"].create(
            [{"name": f"Contact of {p.id}", "parent_id": p.id} for p in partners]
        )
        tags = self.env["crm.tag"].create([{"name": f"Tag {partner.id}"} for partner in partners])
        return [
            {
                "name": f"Opportunity {i}",
                "partner_id": partner.id,
                "contact_id": contact.id,
                "amount": 1000 + i,
                "phase_id": self.phase_new.id,
                "user_id": (self.anna, self.ben, self.clara)[i % 3].id,
                "date_deadline": f"2030-01-{1 + i % 28:02}",
                "tag_ids": [Command.set(tag.ids)],
                **values,
            }
            for i, (partner, contact, tag) in enumerate(zip(partners, contacts, tags, strict=True))
        ]

    def _create_opportunities(self, count):
        opportunities = self.env[OPPORTUNITY_MODEL].create(self._prepare_opportunities(count))
        self._create_actions(opportunities)
        return opportunities

    def _create_actions(self, opportunities):
        """Plan an action of each; those of one opportunity given several times are several."""
        return self.env["mail.activity"].create(
            [
                {
                    "res_model_id": self.env["ir.model"]._get_id(OPPORTUNITY_MODEL),
                    "res_id": opportunity.id,
                    "activity_type_id": self.activity_type.id,
                    "summary": "Call",
                    "crmsol_contact_id": opportunity.partner_id.id,
                    "user_id": (self.anna, self.ben)[i % 2].id,
                    "date_deadline": "2030-01-01",
                }
                for i, opportunity in enumerate(opportunities)
            ]
        )

    def _get_specification(self, view_type):
        """Return what the web client reads for our view of the type."""
        views = self.Opportunity.get_views([(False, view_type)])["views"]
        arch = etree.fromstring(views[view_type]["arch"])
        specification = self._get_specification_of(self.Opportunity, arch)
        if "activity_ids" in specification:
            specification |= dict.fromkeys(ACTIVITY_FIELDS, {})
        return specification

    def _get_specification_of(self, model, arch):
        specification = {}
        level = arch.xpath("count(ancestor-or-self::field)")
        for node in arch.xpath(f".//field[count(ancestor::field) = {level}]"):
            field = model._fields[node.get("name")]
            of_field = specification[field.name] = {}
            if not field.relational:
                continue
            view = node.find("list") if node.find("list") is not None else node.find("kanban")
            of_field["fields"] = {"display_name": {}}
            if view is not None:
                comodel = self.env[field.comodel_name]
                of_field["fields"] = self._get_specification_of(comodel, view)
        return specification

    # === TESTS === #

    def test_board_takes_the_same_queries_for_ten_and_for_a_hundred(self):
        specification = self._get_specification("kanban")
        domain = [("id", "in", self._create_opportunities(FEW).ids)]

        def load():
            self.Opportunity.read_progress_bar(domain, "phase_id", PROGRESS_BAR)
            board = self.Opportunity.with_context(read_group_expand=True).web_read_group(
                domain,
                ["phase_id"],
                ["amount_company:sum", "amount_company:sum_currency"],
                auto_unfold=True,
                unfold_read_specification=specification,
                unfold_read_default_limit=2 * MANY,
            )
            cards = [card for group in board["groups"] for card in group.get("__records", [])]
            self.assertEqual(len(cards), len(domain[0][2]))

        def grow():
            domain[0][2].extend(self._create_opportunities(MANY - FEW).ids)

        self._assert_same_statements(load, grow)

    def test_column_takes_the_same_queries_for_ten_and_for_a_hundred(self):
        specification = self._get_specification("kanban")
        domain = [("id", "in", self._create_opportunities(FEW).ids)]
        self._assert_same_statements(
            lambda: self.Opportunity.web_search_read(domain, specification, limit=2 * MANY),
            lambda: domain[0][2].extend(self._create_opportunities(MANY - FEW).ids),
        )

    def test_list_takes_the_same_queries_for_ten_and_for_a_hundred(self):
        specification = self._get_specification("list")
        domain = [("id", "in", self._create_opportunities(FEW).ids)]
        self._create_opportunities(1)  # beyond the page, so that it is counted

        def load():
            # a page that is full, as the web client counts only then
            page = self.Opportunity.web_search_read(
                domain, specification, limit=len(domain[0][2]), count_limit=10001
            )
            self.assertEqual(page["length"], len(domain[0][2]))

        self._assert_same_statements(
            load, lambda: domain[0][2].extend(self._create_opportunities(MANY - FEW).ids)
        )

    def test_form_takes_the_same_queries_for_ten_and_for_a_hundred_of_each(self):
        specification = self._get_specification("form")
        opportunity = self._create_opportunities(1)
        role = self.env["crmsol.reference.role"].search([], limit=1)
        kind = self.env["crmsol.partner.kind"].search([], limit=1)

        def fill(count):
            partners = self.env["res.partner"].create(
                [{"name": f"Partner {i}"} for i in range(count)]
            )
            products = self.env["product.product"].create(
                [{"name": f"Product {i}", "list_price": 10} for i in range(count)]
            )
            opportunity.write(
                {
                    "line_ids": [Command.create({"product_id": p.id}) for p in products],
                    "reference_ids": [
                        Command.create({"partner_id": p.id, "role_id": role.id}) for p in partners
                    ],
                    "partner_line_ids": [
                        Command.create({"partner_id": p.id, "kind_id": kind.id}) for p in partners
                    ],
                    "competitor_ids": [Command.create({"partner_id": p.id}) for p in partners],
                }
            )
            self.env["sale.order"].create(
                [
                    {
                        "partner_id": opportunity.partner_id.id,
                        "crmsol_opportunity_id": opportunity.id,
                    }
                ]
                * count
            )
            done = self._create_actions([opportunity] * 2 * count)[::2]
            done.action_done()
            for _i in range(count):
                opportunity._message_log(body="Note")

        fill(FEW)
        form = opportunity.with_user(self.clara)
        self._assert_same_statements(lambda: form.web_read(specification), lambda: fill(MANY - FEW))

    def test_history_takes_the_same_queries_for_ten_and_for_a_hundred(self):
        opportunities = self._create_opportunities(FEW)
        History = self.env["crmsol.opportunity.history"].with_user(self.clara)
        specification = {
            name: {"fields": {"display_name": {}}} if field.relational else {}
            for name, field in History._fields.items()
            if name not in ("create_uid", "write_uid")
        }

        def read():
            History.web_search_read(
                [("opportunity_id", "in", opportunities.ids)], specification, limit=2 * MANY
            )

        def grow():
            nonlocal opportunities
            opportunities |= self._create_opportunities(MANY - FEW)

        self._assert_same_statements(read, grow)

    def _assert_queries_a_record(self, method, most):
        """Each record beyond the tenth adds ``most`` queries at the most."""
        for number in (FEW, MANY):  # fills the caches that are not of records
            method(number)
        few, many = (len(self._get_statements(lambda n=n: method(n))) for n in (FEW, MANY))
        self.assertLessEqual((many - few) / (MANY - FEW), most)

    def test_creating_many_without_the_thread_adds_nothing_for_each(self):
        values = {n: self._prepare_opportunities(n) for n in (FEW, MANY)}
        of_import = self.Opportunity.with_context(tracking_disable=True)
        self._assert_queries_a_record(lambda n: of_import.create(values[n]), 0)

    def test_progress_bars_count_as_those_of_the_host(self):
        opportunities = self._create_opportunities(FEW)
        opportunities[:3].phase_id = self.phase_proposal
        today = fields.Date.today()
        for i, activity in enumerate(opportunities.activity_ids):
            activity.date_deadline = today + timedelta(days=i % 5 - 2)
        opportunities[4].activity_ids.unlink()
        opportunities[5].activity_ids.action_feedback()
        self.env.flush_all()
        for domain in (
            [("id", "in", opportunities.ids)],
            [("id", "in", opportunities.ids), ("user_id", "=", self.anna.id)],
            [("id", "in", [])],
        ):
            for group_by in ("phase_id", "user_id", "outcome", "date_deadline:month", "tag_ids"):
                with self.subTest(domain=domain, group_by=group_by):
                    found = self.Opportunity.read_progress_bar(domain, group_by, PROGRESS_BAR)
                    expected = WebBase.read_progress_bar(
                        self.Opportunity, domain, group_by, PROGRESS_BAR
                    )
                    expected = {
                        key: value for key, value in expected.items() if any(value.values())
                    }
                    self.assertEqual(dict(found), expected)
