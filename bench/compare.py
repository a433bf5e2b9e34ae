"""Measures ours and the host's own CRM beside one another, in one process and one database."""

import argparse
import json
import logging
import re
import statistics
import sys
import time
from datetime import date
from typing import NamedTuple

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tools import config

from .beside import PAIRS
from .client import Client
from .generator.leads import LeadCopier
from .measure import _get_cpu, _run
from .run import RESULTS, environment, fill, learn

_SEQ_SCAN = re.compile(r"Seq Scan on crmsol_opportunity(?![_\w])")
#: From so many opportunities on a screen may not read all of them: a smaller table is read faster
#: as a whole, and the planner knows that.
SEQ_SCAN_SIZE = 100_000
COPIED = "crmsol_bench.leads"  # of the parameter that says that crm's leads are there


class Side(NamedTuple):
    """Of one side of a pair; times in milliseconds."""

    clock: float  # median on the clock
    cpu: float  # median of this process and its PostgreSQL backend
    statements: int


def fill_leads(registry):
    """Give crm the opportunities that ours has, unless it has them."""
    with registry.cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        parameter = env["ir.config_parameter"]
        if parameter.get_param(COPIED):
            return
        LeadCopier(env).run()
        parameter.set_param(COPIED, "1")
        cr.commit()
    with registry.cursor() as cr:
        cr.rollback()
        cr._cnx.autocommit = True
        cr.execute("VACUUM ANALYZE")
        cr._cnx.autocommit = False


def measure_pair(registry, pair, runs):
    """Return the figures of both sides, measured by turns, so that a busy minute hits both."""
    with registry.cursor() as cr:
        users = api.Environment(cr, SUPERUSER_ID, {})["res.users"]
        uid = users.search([("login", "=", pair.user)]).id
    sides = (pair.ours, pair.theirs)
    for prepare in sides:
        _run(registry, uid, prepare)  # warms up
    found = ([], [])
    for _i in range(runs):
        for prepare, timed in zip(sides, found, strict=True):
            timed.append(_run(registry, uid, prepare))
    return [
        Side(
            1000 * statistics.median(run.seconds for run in timed),
            1000 * statistics.median(run.cpu for run in timed),
            timed[-1].statements,
        )
        for timed in found
    ]


def find_seq_scans(registry, pair):
    """Return the statements of our side of which PostgreSQL reads the whole table."""
    with registry.cursor() as cr:
        users = api.Environment(cr, SUPERUSER_ID, {})["res.users"]
        uid = users.search([("login", "=", pair.user)]).id
    recorder = _run(registry, uid, pair.ours, record=True).recorder
    found = []
    with registry.cursor() as cr:
        for statement in recorder.statements:
            text = statement.text.decode()
            if not text.lstrip().startswith(("SELECT", "WITH")):
                continue
            cr._obj.execute(b"EXPLAIN (COSTS OFF) " + statement.text)
            plan = "\n".join(line for (line,) in cr.fetchall())
            if _SEQ_SCAN.search(plan):
                found.append(" ".join(text.split())[:300])
        cr.rollback()
    return found


def measure_floor(registry, pair, runs):
    """Return what the SQL alone takes, if the pair has such a floor: clock and CPU, milliseconds.

    Of the CPU, parallel workers of PostgreSQL are not in it, as in all figures.
    """
    if not pair.floor:
        return None
    with registry.cursor() as cr:
        users = api.Environment(cr, SUPERUSER_ID, {})["res.users"]
        uid = users.search([("login", "=", pair.user)]).id
        statements = pair.floor(Client(api.Environment(cr, uid, {})))
        times = []
        for _i in range(runs + 1):
            start, cpu = time.perf_counter(), _get_cpu(cr)
            for statement in statements:
                cr.execute(statement)
                cr.fetchall()
            times.append((1000 * (time.perf_counter() - start), 1000 * (_get_cpu(cr) - cpu)))
        cr.rollback()
    return tuple(map(statistics.median, zip(*times[1:], strict=True)))


def measure_nothing(registry, pair, runs):
    """Return the milliseconds of CPU that the host takes to find nothing, if that is said."""
    if not pair.nothing:
        return None
    with registry.cursor() as cr:
        users = api.Environment(cr, SUPERUSER_ID, {})["res.users"]
        uid = users.search([("login", "=", pair.user)]).id
    _run(registry, uid, pair.nothing)  # warms up
    return 1000 * statistics.median(_run(registry, uid, pair.nothing).cpu for _i in range(runs))


def main(argv=None):
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--db", required=True)
    parser.add_argument("--size", type=int, required=True)
    parser.add_argument("--label", required=True)
    parser.add_argument("--only", action="append", choices=sorted(PAIRS), default=[])
    parser.add_argument("--quick", action="store_true", help="3 runs instead of 9")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--today", type=date.fromisoformat, default=date.today())
    parser.add_argument("--run", required=True)
    options = parser.parse_args(argv)

    config.parse_config(
        ["-d", options.db, "--no-http", "--max-cron-threads=0", "--log-level=warn"],
        setup_logging=True,
    )
    registry = Registry(options.db)
    data = fill(registry, options.size, options.seed, options.today)
    fill_leads(registry)
    learn(registry)
    runs = 3 if options.quick else 9
    path = RESULTS / "beside" / f"{options.label}.json"
    path.parent.mkdir(exist_ok=True)
    kept = json.loads(path.read_text())["pairs"] if options.only and path.exists() else {}
    for name in options.only or PAIRS:
        pair = PAIRS[name]
        try:
            ours, theirs = measure_pair(registry, pair, runs)
            floor, floor_cpu = measure_floor(registry, pair, runs) or (None, None)
            nothing = measure_nothing(registry, pair, runs)
            is_screen = pair.ours.__module__.endswith(".screens")
            scans = find_seq_scans(registry, pair) if is_screen else None
        except Exception as error:  # of whatever kind: the others are to be measured nevertheless
            logging.getLogger(__name__).exception(name)
            kept[name] = {"title": pair.title, "failed": str(error)[:200]}
            continue
        kept[name] = {
            "title": pair.title,
            "goal": pair.goal,
            "runs": runs,
            "ours": {key: round(value, 2) for key, value in ours._asdict().items()},
            "theirs": {key: round(value, 2) for key, value in theirs._asdict().items()},
            "floor": floor and round(floor, 2),
            "floor_cpu": floor_cpu and round(floor_cpu, 2),
            "nothing": nothing and round(nothing, 2),
            "seq_scans": scans,
        }
        print(
            f"{name:18} {ours.clock:8.1f} / {theirs.clock:8.1f} ms = "
            f"{ours.clock / theirs.clock:.2f}   CPU {ours.cpu:7.1f} / {theirs.cpu:7.1f} = "
            f"{ours.cpu / theirs.cpu:.2f}   {ours.statements} / {theirs.statements} statements"
            + (f"   floor {floor:.1f}, CPU {floor_cpu:.1f}" if floor else "")
            + (f"   nothing {nothing:.1f}" if nothing else "")
            + (f"   SEQ SCAN {scans}" if scans else ""),
            flush=True,
        )
    head = {"run": options.run, "data": data, "environment": environment(registry)}
    path.write_text(json.dumps({**head, "pairs": kept}, indent=1) + "\n")
    failed = [name for name, each in kept.items() if "failed" in each]
    if options.size >= SEQ_SCAN_SIZE:
        failed += [name for name, each in kept.items() if each.get("seq_scans")]
    for name in failed:
        print(f"{name:18} FAILED: {kept[name].get('failed') or 'the whole table is read'}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
