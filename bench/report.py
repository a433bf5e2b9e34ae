"""Writes results/README.md from the latest figures of every size. Needs no Odoo."""

import json
from pathlib import Path

RESULTS = Path(__file__).parent / "results"
TITLES = RESULTS / "titles.json"
HEAD = """# What the addon takes with many opportunities

Written by `./script/bench` (see `bench/report.py`); nothing here is typed in by hand.

How it was obtained: every scenario (`bench/scenarios`) is what the web client asks of the server,
with its own arguments, as a sales manager who sees everything unless it says otherwise. Timed is
what a worker of the server does: the method with an empty cache of records and a warm registry, all
that it writes, and its answer as JSON. Neither HTTP nor the browser is in it, nor the commit, and
every run is rolled back. One run warms up (PostgreSQL's cache too, which holds what the scenario
reads as far as it fits). The figures are medians of the following runs, in milliseconds: the time
on the clock and, in brackets, what the process and its PostgreSQL backend spent on a processor. On
a machine that has other work to do, the first is much greater, so the ratios are those of the
second (parallel workers of PostgreSQL are not in it). *SQL* is the number of statements, which is
to be the same for every size. `figures.json` has more.

The data are generated (`bench/generate.py`): about 30 % open, 3 to 8 rows of history each, three
years, {sellers} salespeople, one customer for 20 opportunities with few having very many. Messages
have one in ten. Beside the figures are the plans of the slowest statement of every scenario.

"""


def load():
    """Return {label: what was kept} of the latest run of every size, the smallest first."""
    latest = {}
    for path in sorted(RESULTS.glob("*/figures.json")):
        kept = json.loads(path.read_text())
        label = path.parent.name[11:]
        if label not in latest or latest[label]["run"] <= kept["run"]:
            latest[label] = {**kept, "folder": path.parent.name}
    return dict(sorted(latest.items(), key=lambda item: item[1]["data"]["size"]))


def milliseconds(value):
    """Return a time with about three digits.

    >>> milliseconds(3.14159), milliseconds(31.4159), milliseconds(31415.9)
    ('3.1', '31', '31 416')
    """
    return f"{value:.1f}" if value < 10 else f"{value:,.0f}".replace(",", " ")


def cell(figures):
    if not figures:
        return "–"
    if "failed" in figures:
        return f"failed: {figures['failed']}".replace("|", " ")[:60]
    return f"{milliseconds(figures['median'])} ({milliseconds(figures['cpu'])})"


def ratio(small, large):
    if not small or not large or "failed" in small or "failed" in large:
        return "–"
    return f"× {large['cpu'] / small['cpu']:.1f}"


def runs_of(kept):
    """Return how many runs the figures are of, e.g. 3 or 3–9."""
    runs = sorted({each["runs"] for each in kept["figures"].values() if "runs" in each})
    return "–".join(map(str, dict.fromkeys([runs[0], runs[-1]]))) if runs else "no"


def table(latest):
    """Return the lines of the table: medians, and ratios from each size to the next."""
    labels = list(latest)
    steps = list(zip(labels, labels[1:], strict=False))
    head = ["Scenario", *labels, *(f"{a} → {b}" for a, b in steps), "SQL"]
    yield "| " + " | ".join(head) + " |"
    yield "|" + "---|" + "--:|" * (len(head) - 1)
    titles = json.loads(TITLES.read_text())
    for name, title in titles.items():
        of = {label: latest[label]["figures"].get(name) for label in labels}
        if not any(of.values()):
            continue
        counts = [str(f["statements"]) for f in of.values() if f and "statements" in f]
        row = [
            f"{title} (`{name}`)",
            *(cell(of[label]) for label in labels),
            *(ratio(of[a], of[b]) for a, b in steps),
            "/".join(dict.fromkeys(counts)),
        ]
        yield "| " + " | ".join(row) + " |"


def main():
    latest = load()
    lines = [HEAD.format(sellers=40).rstrip(), ""]
    for label, kept in latest.items():
        data, machine = kept["data"], kept["environment"]
        facts = [
            f"run of {kept['run']}, {kept['folder']}",
            f"{data['size']} opportunities and {machine['history_rows']} rows of history",
            f"{machine['database']}, generated in {data['seconds']} s",
            f"seed {data['seed']}, up to {data['today']}",
            f"Odoo {machine['odoo']}, PostgreSQL {machine['postgresql']}",
            f"Python {machine['python']}, {machine['cores']} cores",
            f"load {machine['load']} at the beginning, {runs_of(kept)} runs each",
        ]
        lines.append(f"- **{label}**: {'; '.join(facts)}.")
    if len({kept["run"] for kept in latest.values()}) > 1:
        lines.append("- The sizes were measured in different runs: take the ratios with care.")
    missing = sorted({name for kept in latest.values() for name in kept["missing"]})
    if missing:
        lines.append(f"- Not measured, for want of what they need: {', '.join(missing)}.")
    lines += ["", *table(latest), ""]
    notes = RESULTS / "notes.md"
    if notes.exists():
        lines.append(notes.read_text())
    (RESULTS / "README.md").write_text("\n".join(lines))


if __name__ == "__main__":
    main()
