"""Tells where the time goes of what takes longer than its goal: results/beside-why.md.

The parts are timed on the processor, that of the PostgreSQL backend included, by wrapping the
methods that do them. What one part has another one do is the other's alone.
"""

import argparse
import statistics
import sys
from collections import defaultdict
from datetime import date
from typing import NamedTuple

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tools import config

from .beside import PAIRS
from .compare import fill_leads
from .measure import _get_cpu, _run
from .report_beside import load, ratio
from .run import RESULTS, fill, learn

OURS, ACTION, LEAD = "crmsol.opportunity", "mail.activity", "crm.lead"
#: What only ours does: {part: [(model, method)]}.
EXTRA = {
    "history: the row of the present state ends, another begins": [
        (OURS, "_record_history"),
        (OURS, "_begin_interval"),
    ],
    "last contact, found anew from actions, meetings, messages and quotations": [
        (OURS, "_renew_last_contact"),
        (OURS, "_get_last_contacts"),
    ],
    "postponements, counted from the history": [(OURS, "_get_slips")],
    "gate: what the phase requires": [(OURS, "_get_missing_items")],
    "closing: planned actions to ask about, its phase, competitors": [
        (OURS, "_get_planned_actions"),
        ("crmsol.phase", "_get_closing_phase"),
        (OURS, "_set_competitor_results"),
        (OURS, "_check_date_closed_of_created"),
    ],
    "big deals": [(OURS, "_alert_big_deals"), (OURS, "_was_no_big_deal")],
    "action: its contact, phase and company": [
        (ACTION, "_crmsol_prepare_create"),
        (ACTION, "_check_crmsol_contact_company"),
        (ACTION, "_crmsol_check_trace"),
        (OURS, "_get_action_contacts"),
    ],
    "advice: what to do next": [(OURS, "_get_advice"), (OURS, "_format_advice")],
    "chance to win, and what it rests upon": [
        (OURS, "_compute_win"),
        (OURS, "_compute_win_insight"),
    ],
    "progress: days in phase, silence, next action": [(OURS, "_set_day_facts")],
    "actions, done ones too, and plans of the phase": [
        (OURS, "_compute_action_ids"),
        (OURS, "_compute_action_plan_ids"),
    ],
    "amount against products and quotations": [
        (OURS, "_compute_amount_drift"),
        (OURS, "_compute_order_data"),
    ],
}
#: What both do, on either side: {part: [method]}.
BOTH = {
    "row of the record written": ["_write_multi"],
    "record and related ones read": ["_fetch_query"],
    "tracking: values before": ["_track_prepare"],
    "tracking: message and values": ["_message_track"],
    "address for answers": ["_notify_get_reply_to_batch"],
    "message: who is to be notified": ["_get_recipient_data"],
    "followers": ["_message_subscribe"],
    # within others, but none of theirs: the rest of what is yet to be written
    None: ["flush_model"],
}
REST = "all else: the client's call, computed fields, rights, the ORM"


class Clock:
    """Gives every moment to the innermost part that is at work."""

    def __init__(self):
        self.spent, self._stack, self._cr, self._since = defaultdict(float), [], None, 0

    def start(self, cr):
        self._cr, self._stack, self._since = cr, [None], _get_cpu(cr)

    def _lap(self):
        now = _get_cpu(self._cr)
        self.spent[self._stack[-1]] += now - self._since
        self._since = now

    def stop(self):
        self._lap()
        self._cr = None

    def wrap(self, part, method):
        def timed(*args, **kwargs):
            if not self._cr:
                return method(*args, **kwargs)
            self._lap()
            self._stack.append(part)
            try:
                return method(*args, **kwargs)
            finally:
                self._lap()
                self._stack.pop()

        return timed


class Times(NamedTuple):
    """Of one side, milliseconds on the processor."""

    cpu: float
    statements: int
    parts: dict


def wrap(registry, clock):
    """Have the clock told of all parts; a method that is no model's way is a slip of this file."""
    wanted = [(part, *pair) for part, pairs in EXTRA.items() for pair in pairs]
    wanted += [
        (part, model, name)
        for part, names in BOTH.items()
        for name in names
        for model in (OURS, LEAD, ACTION, "mail.followers", "crm.team")
        if hasattr(registry[model], name)
    ]
    wrapped = set()
    for part, model, name in wanted:
        # where it is defined: our thread takes what a registry's own class has for an automation's
        cls = next(cls for cls in registry[model].mro() if name in vars(cls))
        method = vars(cls)[name]
        assert callable(method) and not isinstance(method, classmethod), name
        if (cls, name) not in wrapped:
            wrapped.add((cls, name))
            setattr(cls, name, clock.wrap(part, method))


def measure(registry, uid, prepare, runs, clock):
    """Return the :class:`Times` of one side: medians of the whole, means of the parts."""

    def prepared(client):
        run, cr = prepare(client), client.env.cr

        def timed():
            clock.start(cr)
            try:
                answer = run()
                cr.flush()
            finally:
                clock.stop()
            return answer

        return timed

    _run(registry, uid, prepared)
    clock.spent.clear()
    done = [_run(registry, uid, prepared) for _i in range(runs)]
    parts = {part: 1000 * seconds / runs for part, seconds in clock.spent.items()}
    cpu = 1000 * statistics.median(run.cpu for run in done)
    return Times(cpu, done[-1].statements, parts)


def sums(ours, theirs):
    """Return what ours takes, what crm takes, and what only ours does, in milliseconds."""
    extra = sum(ours.parts.get(part, 0) for part in EXTRA)
    return sum(ours.parts.values()), sum(theirs.parts.values()), extra


def summary(found):
    """Return the lines of the table of all operations."""
    yield "| Operation | ratio | only ours | ratio without that | goal, ms | what both do, ms |"
    yield "|---|--:|--:|--:|--:|--:|"
    for name, sides in found.items():
        whole, of_crm, extra = sums(*sides)
        pair = PAIRS[name]
        yield (
            f"| {pair.title} (`{name}`) | {whole / of_crm:.2f} | {extra / whole:.0%}"
            f" | {(whole - extra) / of_crm:.2f} | {pair.goal * of_crm:.1f} | {whole - extra:.1f} |"
        )
    yield ""


def table(pair, ours, theirs):
    """Return the lines about one operation."""
    whole, of_crm, extra = sums(ours, theirs)
    yield f"### {pair.title}"
    yield ""
    yield (
        f"Ours {whole:.1f} ms and {ours.statements} statements, crm {of_crm:.1f} ms and "
        f"{theirs.statements}: {whole / of_crm:.2f}. What only ours does takes {extra:.1f} ms of "
        f"it; without that it would be {(whole - extra) / of_crm:.2f}."
    )
    yield ""
    yield "| Part | ours, ms | share | crm, ms |"
    yield "|---|--:|--:|--:|"
    titles = {**{part: f"only ours: {part}" for part in EXTRA}, **{part: part for part in BOTH}}
    titles[None] = REST
    shown = sorted(titles, key=lambda part: -ours.parts.get(part, 0))
    for part in shown:
        mine, crm = ours.parts.get(part, 0), theirs.parts.get(part, 0)
        if max(mine, crm) >= 0.05:
            crm = "–" if part in EXTRA else f"{crm:.1f}"
            yield f"| {titles[part]} | {mine:.1f} | {mine / whole:.0%} | {crm} |"
    yield ""


HEAD = """# Where the time goes, beside the host's own CRM

Written by `./script/bench --why` (see `bench/why.py`); nothing here is typed in by hand. It is
about what was beyond its goal in [beside.md](beside.md), measured as there: both sides in one
process, an empty cache of records, everything written, every run rolled back. Milliseconds are
those on a processor, this process's and its PostgreSQL backend's; to wrap the parts costs some of
them, so that the sums are a little above those of beside.md. What one part has another one do is
counted with the other: a part that reads records leaves the reading to “record and related ones
read”. *What both do* is ours less what only ours does: the host's thread, ORM and web client, which
crm pays for as well, and what of ours is not listed (checks of input, small computed fields).
Where that alone is above the goal, the goal is not reached by leaving out what only ours does.
"""


def main(argv=None):
    parser = argparse.ArgumentParser(prog="bench --why", description=__doc__)
    parser.add_argument("--db", required=True)
    parser.add_argument("--size", type=int, required=True)
    parser.add_argument("--label", required=True)
    parser.add_argument("--only", action="append", choices=sorted(PAIRS), default=[])
    parser.add_argument("--quick", action="store_true", help="5 runs instead of 20")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--today", type=date.fromisoformat, default=date.today())
    parser.add_argument("--run", required=True)
    options = parser.parse_args(argv)
    config.parse_config(
        ["-d", options.db, "--no-http", "--max-cron-threads=0", "--log-level=warn"],
        setup_logging=True,
    )
    registry = Registry(options.db)
    fill(registry, options.size, options.seed, options.today)
    fill_leads(registry)
    learn(registry)
    measured = load().get(options.label, {"pairs": {}})["pairs"]
    beyond = [name for name, each in measured.items() if ratio(each) > each["goal"]]
    clock = Clock()
    wrap(registry, clock)
    runs = 5 if options.quick else 20
    found = {}
    lines = [HEAD, f"{options.label} opportunities, run of {options.run}, {runs} runs each.", ""]
    for name in options.only or beyond:
        pair = PAIRS[name]
        with registry.cursor() as cr:
            users = api.Environment(cr, SUPERUSER_ID, {})["res.users"]
            uid = users.search([("login", "=", pair.user)]).id
        sides = [
            measure(registry, uid, prepare, runs, clock) for prepare in (pair.ours, pair.theirs)
        ]
        print(f"{name:18} {sides[0].cpu:7.1f} / {sides[1].cpu:7.1f} ms", flush=True)
        found[name] = sides
    lines += summary(found)
    for name, sides in found.items():
        lines += table(PAIRS[name], *sides)
    (RESULTS / "beside-why.md").write_text("\n".join(lines).rstrip() + "\n")


if __name__ == "__main__":
    sys.exit(main())
