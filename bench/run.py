"""Fills a database unless it is full, measures the scenarios on it, and keeps what was found."""

import argparse
import json
import logging
import os
import platform
import sys
import time
from datetime import date
from pathlib import Path

from odoo import SUPERUSER_ID, api, release
from odoo.modules.registry import Registry
from odoo.tools import config

from .generate import Generator
from .measure import measure
from .scenarios import SCENARIOS

RESULTS = Path(__file__).parent / "results"
KEY = "crmsol_bench.data"  # of the parameter that says what the database was filled with
STATEMENT_LENGTH, PLAN_LENGTH = 600, 1200  # characters that are kept of them


def fill(registry, size, seed, today):
    """Generate the data unless the very same are there already. Return what they are."""
    with registry.cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        parameter = env["ir.config_parameter"]
        if known := parameter.get_param(KEY):
            data = json.loads(known)
            if (data["size"], data["seed"]) == (size, seed):
                return data
            raise SystemExit(f"the database holds other data: {data}. Use --fresh.")
        start = time.monotonic()
        Generator(env, size, seed, today).run()
        data = {"size": size, "seed": seed, "today": str(today)}
        data["seconds"] = round(time.monotonic() - start)
        parameter.set_param(KEY, json.dumps(data))
        cr.commit()
    with registry.cursor() as cr:
        cr.rollback()  # VACUUM is refused within a transaction
        cr._cnx.autocommit = True
        cr.execute("VACUUM ANALYZE")
        cr._cnx.autocommit = False
    return data


def learn(registry):
    """Have the chances to win learnt from the data, as the nightly job does."""
    with registry.cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        if "crmsol.win.table" in env and not env["crmsol.win.table"].search_count([], limit=1):
            env["crmsol.win.table"]._refresh(env["res.company"].search([]))
        cr.commit()


def environment(registry):
    """Return what the figures depend on besides the data."""
    with registry.cursor() as cr:
        cr.execute("SELECT current_setting('server_version'), current_setting('shared_buffers')")
        version, buffers = cr.fetchone()
        cr.execute(
            "SELECT pg_size_pretty(pg_database_size(current_database())),"
            " (SELECT count(*) FROM crmsol_opportunity_history)"
        )
        database, rows = cr.fetchone()
    return {
        "odoo": release.version,
        "postgresql": f"{version.split()[0]}, shared_buffers {buffers}",
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 1),
        "database": database,
        "history_rows": rows,
    }


def measure_all(registry, folder, names, runs):
    """Measure scenarios one after the other; return {name: figures} and what was not possible."""
    found, missing = {}, []
    for name in names:
        scenario = SCENARIOS[name]
        with registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            uid = env["res.users"].search([("login", "=", scenario.user)]).id
            if not scenario.is_possible(env):
                missing.append(name)
                continue
        try:
            figures, slowest = measure(registry, uid, scenario.prepare, runs)
        except Exception as error:  # of whatever kind: the others are to be measured nevertheless
            logging.getLogger(__name__).exception(name)
            print(f"{name:22} FAILED: {error}", flush=True)
            found[name] = {"failed": str(error)[:200]}
            continue
        found[name] = {key: round(value, 2) for key, value in figures._asdict().items()}
        (folder / f"{name}.txt").write_text(shorten(*slowest))
        print(
            f"{name:22} {figures.median:9.1f} ms ({figures.least:.1f} to {figures.most:.1f}), "
            f"CPU {figures.cpu:.1f} ms, {figures.statements} statements",
            flush=True,
        )
    return found, missing


def shorten(statement, plan):
    """Leave out what makes them long: the middle, and what each parallel worker did."""
    lines = [line for line in plan.splitlines() if "Worker " not in line]
    lines = [f"{line[:130]} […]" if len(line) > 136 else line.rstrip() for line in lines]
    statement = cut(" ".join(statement.split()), STATEMENT_LENGTH)
    plan = cut("\n".join(lines), PLAN_LENGTH)
    return f"{statement}\n\n{plan}\n"


def cut(text, most):
    """Return the text without its middle if it has more than ``most`` characters."""
    if len(text) <= most:
        return text
    return f"{text[: most * 2 // 3]}\n[…]\n{text[-most // 3 :]}"


def main(argv=None):
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--db", required=True)
    parser.add_argument("--size", type=int, required=True)
    parser.add_argument("--label", required=True, help="the size as a word, e.g. 10k")
    parser.add_argument("--only", action="append", choices=sorted(SCENARIOS), default=[])
    parser.add_argument("--quick", action="store_true", help="3 runs instead of 9")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--today", type=date.fromisoformat, default=date.today())
    parser.add_argument("--run", required=True, help="what the sizes of one run have in common")
    options = parser.parse_args(argv)

    config.parse_config(
        ["-d", options.db, "--no-http", "--max-cron-threads=0", "--log-level=warn"],
        setup_logging=True,
    )
    logging.getLogger("bench").setLevel(logging.INFO)
    registry = Registry(options.db)
    data = fill(registry, options.size, options.seed, options.today)
    learn(registry)
    folder = RESULTS / f"{options.run[:10]}-{options.label}"
    folder.mkdir(parents=True, exist_ok=True)
    names = options.only or list(SCENARIOS)
    before = environment(registry)
    found, missing = measure_all(registry, folder, names, 3 if options.quick else 9)
    path = folder / "figures.json"
    kept = json.loads(path.read_text()) if options.only and path.exists() else {}
    figures = {**kept.get("figures", {}), **found}
    kept = {"run": options.run, "data": data, "environment": before, "missing": missing}
    path.write_text(json.dumps({**kept, "figures": figures}, indent=1) + "\n")
    titles = {name: scenario.title for name, scenario in SCENARIOS.items()}
    (RESULTS / "titles.json").write_text(json.dumps(titles, indent=1, ensure_ascii=False) + "\n")
    for name in missing:
        print(f"{name:22} not possible: {SCENARIOS[name].needs} is not there")
    return 1 if any("failed" in each for each in found.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
