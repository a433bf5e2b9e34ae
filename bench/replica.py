"""Opens every screen over HTTP and counts which PostgreSQL answered: the primary or its replica.

Run by ``script/bench_http replica``, which starts both and has them log every statement.
"""

import argparse
import ast
import json
import sys
from datetime import date, timedelta
from pathlib import Path

from .browser import Browser, RpcError

RESULT = Path(__file__).parent / "results" / "replica.md"
HEAD = """# Screens read from a replica

Written by `./script/bench_http replica` (see `bench/replica.py`); nothing here is typed in by hand.

How it was obtained: a PostgreSQL primary and its streaming replica (`pg_basebackup`, hot standby)
run on private ports, and an Odoo server with `db_replica_host` and `db_replica_port`. A sales
manager opens every window action of the addon (every view of it) and every page of its own over
HTTP, with what the web client asks. Both servers log every statement; counted are those that each
one got while the request was answered. A read-only request that had to write would be refused by
the replica and be done again on the primary, and show here.

"""


class Log:
    """The statements that a PostgreSQL has logged since the last time it was asked."""

    def __init__(self, path):
        self.path = Path(path)
        self.position = self.path.stat().st_size

    def read(self):
        with self.path.open(encoding="utf-8", errors="replace") as file:
            file.seek(self.position)
            lines = file.readlines()
            self.position = file.tell()
        statements = [line.split("statement: ", 1)[1] for line in lines if "statement: " in line]
        ends = ("BEGIN", "COMMIT", "ROLLBACK", "SELECT (now() AT", "SET ")
        return [statement for statement in statements if not statement.startswith(ends)]


def requests_of_action(browser, action):
    """Yield (view type, function) of what the web client asks for an action's views."""
    model = action["res_model"]
    domain = _evaluate(action["domain"], browser)
    context = _evaluate(action["context"], browser) or {}
    views = [[view_id, kind] for view_id, kind in action["views"] if kind != "search"]
    specifications, archs = browser.get_views(model, views)
    for _id, kind in views:
        specification, arch = specifications[kind], archs[kind]

        def ask(kind=kind, specification=specification, arch=arch):
            column = arch.get("default_group_by")
            if kind in ("graph", "pivot"):
                return browser.call(
                    model,
                    "formatted_read_grouping_sets",
                    domain=domain,
                    grouping_sets=[[]],
                    aggregates=["__count"],
                    context=context,
                )
            if kind == "activity":
                return browser.call(
                    "mail.activity", "get_activity_data", model, domain, limit=80, context=context
                )
            if kind == "kanban" and column:
                return browser.call(
                    model,
                    "web_read_group",
                    domain=domain,
                    groupby=[column],
                    aggregates=[],
                    auto_unfold=True,
                    unfold_read_specification=specification,
                    unfold_read_default_limit=40,
                    context={**context, "read_group_expand": True},
                )
            limit = 1 if kind == "form" else 80
            page = browser.call(
                model, "web_search_read", domain, specification, limit=limit, context=context
            )
            if kind == "form" and page["records"]:
                ids = [page["records"][0]["id"]]
                browser.call(model, "web_read", ids, specification, context=context)
            return page

        yield kind, ask


def _evaluate(text, browser):
    """Return a domain or context of an action: text that names the user, or the thing itself."""
    if not isinstance(text, str):
        return text or []
    uid = str(browser.context["uid"])
    try:
        return ast.literal_eval(text.replace("uid", uid)) if text.strip() else []
    except (ValueError, SyntaxError):
        return []


def pages(browser):
    """Yield (title, function) of the pages that are the addon's own."""
    today, past = date.today(), date.today() - timedelta(days=90)
    ids = browser.call("crmsol.opportunity", "search", [("outcome", "=", "open")], limit=1)
    phases = browser.call("crmsol.phase", "search", [("is_closing", "=", False)])
    between = [past.isoformat(), today.isoformat()]
    states = {"field": "activity_state", "colors": {"planned": "success", "overdue": "danger"}}
    for model, method, args, kwargs in (
        ("crmsol.my.day", "get_my_day", [], {}),
        ("crmsol.my.day", "get_team_day", [], {}),
        ("crmsol.my.day", "get_big_deals", [], {}),
        ("crmsol.opportunity", "read_progress_bar", [[], "phase_id", states], {}),
        ("crmsol.opportunity", "get_timeline", [ids], {}),
        ("crmsol.opportunity", "get_documents", [ids], {}),
        ("crmsol.opportunity", "get_move_dialog", [ids, {"phase_id": phases[-1]}], {}),
        ("crmsol.opportunity", "get_month_distribution", [], {}),
        ("crmsol.opportunity", "get_forecast_backtest", [], {}),
        ("crmsol.opportunity", "name_search", ["robot"], {"limit": 8}),
        ("crmsol.pipeline.movement", "get_waterfall", between, {}),
        ("crmsol.pipeline.asof", "get_beginning", [], {}),
        ("crmsol.phase.stay", "get_phase_report", between, {}),
        ("crmsol.competitor.report", "get_matrix", [], {}),
        ("crmsol.partner.report", "get_contribution", [], {}),
        (
            "mail.activity",
            "crmsol_get_day_agenda",
            [browser.context["uid"], today.isoformat()],
            {},
        ),
    ):

        def ask(model=model, method=method, args=args, kwargs=kwargs):
            return browser.call(model, method, *args, **kwargs)

        yield f"`{model}.{method}`", ask


def main(argv=None):
    parser = argparse.ArgumentParser(prog="bench_http replica", description=__doc__)
    parser.add_argument("--base", required=True)
    parser.add_argument("--db", required=True)
    parser.add_argument("--primary", required=True, help="its log file")
    parser.add_argument("--replica", required=True, help="its log file")
    parser.add_argument("--actions", required=True, help="name=id,… of the addon's")
    parser.add_argument("--about", default="", help="what the figures depend on")
    options = parser.parse_args(argv)
    browser = Browser(options.base)
    browser.log_in(options.db, "bench_manager", "bench_manager")
    actions = [action.split("=") for action in options.actions.split(",")]
    primary, replica = Log(options.primary), Log(options.replica)
    rows, written = [], []

    def count(title, ask):
        ask()  # caches that are not of records
        primary.read(), replica.read()
        try:
            ask()
        except RpcError as error:
            rows.append((title, f"{error}"[:80], ""))
            return
        on_primary, on_replica = primary.read(), replica.read()
        rows.append((title, len(on_replica), len(on_primary)))
        written.extend((title, " ".join(each.split())[:120]) for each in on_primary)

    skipped = []
    for name, id_ in actions:
        try:
            action = browser.post("/web/action/load", action_id=int(id_))
            asked = list(requests_of_action(browser, action))
            for kind, ask in asked:
                count(f"{name}: {kind}", ask)
        except RpcError as error:  # a wizard that needs records, or what a manager may not open
            skipped.append((name, f"{error}"[:100]))
    for title, ask in pages(browser):
        count(title, ask)

    reads = [row for row in rows if row[2] != ""]
    lines = [
        HEAD.rstrip(),
        "",
        options.about,
        "",
        f"**{sum(not row[2] for row in reads)} of {len(reads)} requests sent every statement to "
        f"the replica**; {sum(row[1] for row in reads)} statements there, "
        f"{sum(row[2] for row in reads)} on the primary.",
        "",
        "| Screen | statements on the replica | on the primary |",
        "|---|--:|--:|",
        *(f"| {title} | {there} | {here} |" for title, there, here in rows),
        "",
    ]
    if written:
        lines += ["On the primary:", "", *(f"- {title}: `{text}`" for title, text in written), ""]
    if skipped:
        lines += ["Not opened:", "", *(f"- {name}: {error}" for name, error in skipped), ""]
    RESULT.write_text("\n".join(lines))
    print(json.dumps({"requests": len(reads), "on primary": len(written), "skipped": skipped}))
    return 1 if written else 0


if __name__ == "__main__":
    sys.exit(main())
