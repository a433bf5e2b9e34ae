import json
from datetime import datetime, timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.service.model import call_kw
from odoo.tests import tagged
from odoo.tools import json_default

from .access_common import OWNERS, VISIBLE, AccessCommon
from .public_methods import get_public_methods

TODAY = fields.Date.today()
YEAR_AGO = fields.Date.to_string(TODAY - timedelta(days=365))
TODAY = fields.Date.to_string(TODAY)

#: read-only methods of figures -> arguments. The records "deal" and "customer" are put in.
FIGURES = {
    ("crmsol.competitor.report", "get_matrix"): ["all", None, "product"],
    ("crmsol.my.day", "get_big_deals"): [],
    ("crmsol.my.day", "get_my_day"): [],
    ("crmsol.my.day", "get_page"): ["closing"],
    ("crmsol.my.day", "get_team_day"): [],
    ("crmsol.opportunity", "get_documents"): ["deal"],
    ("crmsol.opportunity", "get_forecast_backtest"): [],
    ("crmsol.opportunity", "get_month_distribution"): [],
    ("crmsol.opportunity", "get_advice"): ["deal"],
    ("crmsol.opportunity", "get_win_calibration"): [],
    ("crmsol.opportunity", "get_move_dialog"): ["deal", {"outcome": "won"}],
    ("crmsol.opportunity", "get_timeline"): ["deal"],
    ("crmsol.opportunity", "read_progress_bar"): None,  # below, as the board asks for it
    ("crmsol.opportunity", "search_count"): [[]],
    ("crmsol.opportunity.line", "action_add_from_catalog"): None,  # opens a page
    ("crmsol.partner.report", "get_contribution"): [],
    ("crmsol.phase.stay", "get_phase_report"): [YEAR_AGO, TODAY],
    ("crmsol.pipeline.asof", "get_beginning"): [],
    ("crmsol.pipeline.movement", "get_waterfall"): [YEAR_AGO, TODAY],
    ("mail.activity", "crmsol_get_day_agenda"): ["user", TODAY],
    ("res.partner", "action_view_crmsol_competitors"): ["customer"],
    ("res.partner", "action_view_crmsol_opportunities"): ["customer"],
    ("res.partner", "action_view_crmsol_partner_lines"): ["customer"],
    ("res.partner", "action_view_crmsol_references"): ["customer"],
}
#: further ways to learn a figure: label -> (model, method, args, kwargs)
GROUPS = ["company_id"]
HOST_FIGURES = {
    "progress bar": (
        "crmsol.opportunity",
        "read_progress_bar",
        [],
        {
            "domain": [],
            "group_by": "phase_id",
            "progress_bar": {"field": "activity_state", "colors": {"overdue": "danger"}},
        },
    ),
    "board": (
        "crmsol.opportunity",
        "web_read_group",
        [[]],
        {"groupby": ["phase_id"], "aggregates": ["amount_company:sum", "__count"]},
    ),
    "board of the forecast": (
        "crmsol.opportunity",
        "web_read_group",
        [[]],
        {"groupby": ["forecast_month"], "aggregates": ["forecast_amount:sum", "__count"]},
    ),
    "activity view": ("mail.activity", "get_activity_data", ["crmsol.opportunity", []], {}),
    "contacts": (
        "res.partner",
        "search_read",
        [[("name", "in", ["Customer", "Rival", "Ally", "Person"])]],
        {
            "fields": [
                "crmsol_opportunity_count",
                "crmsol_reference_count",
                "crmsol_partner_line_count",
                "crmsol_competitor_count",
            ]
        },
    ),
    "targets": (
        "crmsol.target",
        "search_read",
        [[]],
        {"fields": ["won_amount", "forecast_amount", "gap_amount", "progress"]},
    ),
    "suggestions of opportunities": ("crmsol.opportunity", "name_search", ["Secret"], {}),
    "suggestions of phases": ("crmsol.phase", "search_read", [[]], {}),
    "forecast": (
        "crmsol.forecast.report",
        "formatted_read_group",
        [[]],
        {"groupby": ["date_forecast:month"], "aggregates": ["__count"]},
    ),
    "sums of the present": (
        "crmsol.pipeline.asof",
        "formatted_read_group",
        [[]],
        {"groupby": GROUPS, "aggregates": ["amount_company:sum", "__count"]},
    ),
    "sums of a past day": (
        "crmsol.pipeline.asof",
        "formatted_read_group",
        [[("date", "=", fields.Date.to_string(fields.Date.today() - timedelta(days=60)))]],
        {"groupby": GROUPS, "aggregates": ["amount_company:sum", "__count"]},
    ),
    "messages": (
        "mail.message",
        "search_count",
        [[("model", "=", "crmsol.opportunity")]],
        {},
    ),
    "files": (
        "ir.attachment",
        "search_count",
        [[("res_model", "=", "crmsol.opportunity")]],
        {},
    ),
    "actions": (
        "mail.activity",
        "search_count",
        [[("res_model", "=", "crmsol.opportunity")]],
        {},
    ),
}


@tagged("post_install", "-at_install")
class TestAccessFigures(AccessCommon):
    """The deals of others change nothing in what a reader is told, by whatever method."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.call = cls.env.ref("mail.mail_activity_data_call")

    def test_every_method_that_tells_figures_is_in_the_table(self):
        readers = {
            key
            for key, function in get_public_methods(self.env).items()
            if getattr(function, "_readonly", False)
        }
        self.assertEqual(readers, set(FIGURES), "a new method needs its row")

    def _get_calls(self, role):
        calls = dict(HOST_FIGURES)
        known = {"deal": self.open_deals["anna" if role != "eva" else "eva"].ids}
        known |= {"customer": self.customer.ids, "user": self.users[role].id}
        for (model, method), args in FIGURES.items():
            if args is not None:
                args = [known.get(arg, arg) if isinstance(arg, str) else arg for arg in args]
                calls[f"{model}.{method}"] = (model, method, args, {})
        return calls

    def _get_answers(self, role):
        """Return {label: answer, as the client gets it}, and None where the role is refused."""
        answers = {}
        self.env.flush_all()
        for label, (model, method, args, kwargs) in self._get_calls(role).items():
            self.env.invalidate_all()
            try:
                answer = call_kw(self._as(role, model), method, list(args), dict(kwargs))
            except AccessError:
                answer = None
            answers[label] = json.dumps(answer, default=json_default, sort_keys=True)
        if role not in ("public", "portal"):  # they have no such menu
            activities = self._as(role, "res.users")._get_activity_groups()
            answers["menu of activities"] = json.dumps(activities, default=json_default)
        digest = self.env["digest.digest"].create({"name": "Digest", "company_id": False})
        names = ("new_opportunities", "won_amount", "open_pipeline")
        for name in names:
            digest.invalidate_recordset()
            mail = digest.with_user(self.users[role]).with_context(
                start_datetime=datetime(2020, 1, 1), end_datetime=datetime(2100, 1, 1)
            )
            try:
                answers[f"digest: {name}"] = str(mail[f"kpi_crmsol_{name}_value"])
            except AccessError:
                answers[f"digest: {name}"] = "null"
        digest.unlink()
        return answers

    def _create_deals(self, owner):
        """Create an open, a won and a lost deal with a past, actions, messages and files."""
        deals = self.env["crmsol.opportunity"]
        for outcome in (False, "won", "lost"):
            deal = self._create_deal(owner, amount=123456).sudo()
            before = {"phase_id": self.phase_new.id, "outcome": "open", "probability": 40}
            before |= {"amount_company": 99999, "date_deadline": "2026-03-03"}
            if outcome:
                deal._close(outcome, loss_reason_id=outcome == "lost" and self.reason.id)
            self.env.flush_all()
            past = [
                (self.env.cr.now() - timedelta(days=400), before),
                (
                    self.env.cr.now() - timedelta(days=200),
                    before | {"phase_id": self.phase_proposal.id, "amount_company": 77},
                ),
                (self.env.cr.now() - timedelta(seconds=1), {}),
            ]
            deal._replace_history({deal.id: past})
            deal.message_post(body="Secret", message_type="comment")
            self.env["ir.attachment"].create(
                {"name": "s.txt", "raw": b"s", "res_model": deal._name, "res_id": deal.id}
            )
            self.env["mail.activity"].create(
                {
                    "res_model_id": self.env["ir.model"]._get_id(deal._name),
                    "res_id": deal.id,
                    "activity_type_id": self.call.id,
                    "summary": "Secret call",
                    "user_id": deal.user_id.id or self.env.uid,
                    "date_deadline": TODAY,
                }
            )
            self.env["crmsol.big.deal"].create(
                {
                    "opportunity_id": deal.id,
                    "event": "created",
                    "company_id": deal.company_id.id,
                    "currency_id": deal.company_currency_id.id,
                    "user_id": deal.user_id.id,
                }
            )
            deals |= deal
        return deals

    def test_deals_that_the_reader_may_not_read_change_no_answer(self):
        for role in ("anna", "clara", "dora", "eva"):
            for owner in OWNERS:
                before = self._get_answers(role)
                deals = self._create_deals(owner)
                after = self._get_answers(role)
                changed = {label for label, answer in after.items() if answer != before[label]}
                with self.subTest(role=role, owner=owner):
                    if owner in VISIBLE[role]:  # else the test would prove nothing
                        self.assertGreater(len(changed), 12, changed)
                    else:
                        self.assertFalse(changed)
                deals.unlink()

    def test_outsiders_are_told_no_figure(self):
        refused = {"null", "[]", "{}"}
        harmless = {"contacts", "menu of activities", "files", "messages", "actions"}
        for role in ("public", "portal", "clerk"):
            answers = self._get_answers(role)
            for label, answer in answers.items():
                if label in harmless or label.startswith(("res.partner", "mail.activity")):
                    continue
                with self.subTest(role=role, method=label):
                    self.assertIn(answer, refused)
            for label in ("files", "messages", "actions"):
                with self.subTest(role=role, method=label):
                    self.assertIn(answers[label], ("null", "0"))

    def test_name_of_a_colleague_is_told_only_of_deals_that_the_reader_sees(self):
        """A choice of the page cannot be used to ask for anybody's name by their id."""
        hidden = self.env["crm.team"].create(
            {
                "name": "Secret team",
                "company_id": self.other_company.id,
                "member_ids": [Command.set(self.eva.ids)],
            }
        )
        guest = self.portal.copy(
            {
                "name": "Secret guest",
                "login": "crmsol_guest",
                "company_id": self.other_company.id,
                "company_ids": [Command.set(self.other_company.ids)],
            }
        )
        Opportunity = self._as("anna", "crmsol.opportunity")
        data = Opportunity.get_month_distribution(user_id=guest.id, team_id=hidden.id)
        self.assertNotIn("Secret guest", [name for _id, name in data["users"]])
        self.assertNotIn("Secret team", [name for _id, name in data["teams"]])

    def test_domains_that_an_answer_names_find_no_more_than_it_counts(self):
        data = self._as("anna", "crmsol.pipeline.movement").get_waterfall(YEAR_AGO, TODAY)
        for section in data["sections"]:
            for bar in section["bars"]:
                rows = self._as("anna", bar["model"]).search(bar["domain"])
                with self.subTest(bar["kind"]):
                    owners = {self.owner_of.get(row.opportunity_id.id, "nobody") for row in rows}
                    self.assertLessEqual(owners, VISIBLE["anna"])
