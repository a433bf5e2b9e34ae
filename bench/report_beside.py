"""Writes results/beside.md and its chart from the latest figures of every size. Needs no Odoo."""

import json
from pathlib import Path

RESULTS = Path(__file__).parent / "results"
HEAD = """# Beside the host's own CRM

Written by `./script/bench --crm` (see `bench/report_beside.py`); nothing here is typed in by hand.

How it was obtained: `crm` and `sale_crm` are installed in the same database as the addon, and every
opportunity has its lead (`bench/generator/leads.py`): same name, amount, dates, customer, contact,
seller, team, tags, followers, actions, messages and tracked phases. What is lost is archived in
crm, as crm does it, so its board and lists have fewer rows than ours. Each operation
(`bench/beside`) is what the web client asks of the server for crm's view and for ours, both derived
from the views by the same function. The two sides are measured by turns in one process, with an
empty cache of records and a warm registry; all that is written is in it, the commit is not, and
every run is rolled back. The figures are medians in milliseconds, ours / theirs: on the clock, and
what the process and its PostgreSQL backend spent on a processor. The ratio is that of the
processor: other work on the machine does not blur it (parallel workers of PostgreSQL are not in
it). Goals: at most 0.7 of crm's time, 0.3 where many records are written; a ratio beyond its goal
is **bold**. *Floor* is what the bare SQL takes on a processor, where that is easily said; *nothing*
is the same request of crm's where nothing is found. What is read may take one and a half times the
floor and that: *at most*, **bold** where it takes more.
The plans below count a sequential scan as one even where a LIMIT stops it early, as that of the
count up to 10,001. The million was filled and updated in one go before it was vacuumed, so its
indexes are larger than those of a database that grew.

"""
WIDTH, ROW, LABEL, SCALE = 860, 22, 330, 400  # of the chart, in pixels; SCALE: a ratio of 1


def load():
    """Return {label: what was kept}, the smallest size first."""
    kept = [
        (path.stem, json.loads(path.read_text())) for path in (RESULTS / "beside").glob("*.json")
    ]
    return dict(sorted(kept, key=lambda item: item[1]["data"]["size"]))


def number(value):
    return f"{value:.1f}" if value < 10 else f"{value:,.0f}".replace(",", " ")


def ratio(figures):
    return figures["ours"]["cpu"] / figures["theirs"]["cpu"]


def bound(figures):
    """Return the most that a read may take, as a cell of the table."""
    if not (figures.get("floor_cpu") and figures.get("nothing")):
        return "–"
    most = 1.5 * figures["floor_cpu"] + figures["nothing"]
    return number(most) if figures["ours"]["cpu"] <= most else f"**{number(most)}**"


def table(figures):
    """Return the lines of the table of one size."""
    yield "| Operation | clock | CPU | ratio | goal | SQL | floor | nothing | at most |"
    yield "|---|--:|--:|--:|--:|--:|--:|--:|--:|"
    for name, each in figures.items():
        if "failed" in each:
            yield f"| {each['title']} (`{name}`) | failed: {each['failed'][:60]} | | | | | | | |"
            continue
        ours, theirs, share = each["ours"], each["theirs"], ratio(each)
        text = f"{share:.2f}" if share <= each["goal"] else f"**{share:.2f}**"
        yield (
            f"| {each['title']} (`{name}`)"
            f" | {number(ours['clock'])} / {number(theirs['clock'])}"
            f" | {number(ours['cpu'])} / {number(theirs['cpu'])}"
            f" | {text} | {each['goal']}"
            f" | {ours['statements']} / {theirs['statements']}"
            f" | {number(each['floor_cpu']) if each.get('floor_cpu') else '–'}"
            f" | {number(each['nothing']) if each.get('nothing') else '–'}"
            f" | {bound(each)} |"
        )


def scans(figures):
    """Return the lines that say of which screens PostgreSQL reads the whole table."""
    checked = {name: each["seq_scans"] for name, each in figures.items() if "seq_scans" in each}
    checked = {name: found for name, found in checked.items() if found is not None}
    reading = [f"`{name}`" for name, found in checked.items() if found]
    yield (
        f"Plans of all the statements of {len(checked)} screens: "
        + (f"the whole table of opportunities is read by {', '.join(reading)}." if reading else "")
        + ("" if reading else "none reads the whole table of opportunities (EXPLAIN).")
    )
    yield ""


def growth(sizes):
    """Return the lines that say by how much each operation grows from the least to the most.

    :param dict sizes: {label: figures}, the smallest size first
    """
    (first, few), *_between, (last, many) = sizes.items()
    yield f"## From {first} to {last}"
    yield ""
    yield "Milliseconds on a processor, and how many times as many they have become."
    yield ""
    yield "| Operation | ours | crm |"
    yield "|---|--:|--:|"
    for name, each in many.items():
        before = few.get(name, {"failed": True})
        if "failed" in each or "failed" in before:
            continue
        cells = [
            f"{number(before[side]['cpu'])} → {number(each[side]['cpu'])},"
            f" × {each[side]['cpu'] / before[side]['cpu']:.1f}"
            for side in ("ours", "theirs")
        ]
        yield f"| {each['title']} (`{name}`) | {' | '.join(cells)} |"
    yield ""


def chart(figures):
    """Return an SVG: a bar for each operation, as long as its ratio; lines at 0.3, 0.7 and 1."""
    rows = [(each["title"], ratio(each), each["goal"]) for each in figures if "failed" not in each]
    height = ROW * (len(rows) + 2)
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}"'
        ' font-family="sans-serif" font-size="12">'
    )
    yield f'<rect width="{WIDTH}" height="{height}" fill="white"/>'
    for mark in (0.3, 0.7, 1):
        x = LABEL + SCALE * mark
        yield f'<line x1="{x}" x2="{x}" y1="{ROW}" y2="{height}" stroke="#999"/>'
        yield f'<text x="{x}" y="{ROW - 6}" text-anchor="middle">{mark}</text>'
    for i, (title, share, goal) in enumerate(rows, 1):
        y = ROW * i + 3
        color = "#3a7d44" if share <= goal else "#c0662b"
        length = min(SCALE * share, WIDTH - LABEL - 60)
        yield f'<text x="{LABEL - 8}" y="{y + 13}" text-anchor="end">{title}</text>'
        yield f'<rect x="{LABEL}" y="{y}" width="{length:.0f}" height="{ROW - 6}" fill="{color}"/>'
        yield f'<text x="{LABEL + length + 6:.0f}" y="{y + 13}">{share:.2f}</text>'
    yield "</svg>"


def main():
    lines = [HEAD.rstrip(), ""]
    for label, kept in load().items():
        data, machine, figures = kept["data"], kept["environment"], kept["pairs"]
        (RESULTS / "beside" / f"{label}.svg").write_text("\n".join(chart(figures.values())) + "\n")
        measured = [each for each in figures.values() if "failed" not in each]
        reached = sum(ratio(each) <= each["goal"] for each in measured)
        runs = sorted({each["runs"] for each in measured})
        lines += [
            f"## {label}",
            "",
            f"Run of {kept['run']}; {data['size']} opportunities and as many leads; "
            f"{machine['database']}; Odoo {machine['odoo']}, PostgreSQL {machine['postgresql']}, "
            f"Python {machine['python']}, {machine['cores']} cores, load {machine['load']}; "
            f"{'–'.join(map(str, runs))} runs each. "
            f"Goals reached: {reached} of {len(measured)}.",
            "",
            f"![Our time divided by crm's](beside/{label}.svg)",
            "",
            *table(figures),
            "",
            *scans(figures),
        ]
    if len(sizes := load()) > 1:
        lines += growth({label: kept["pairs"] for label, kept in sizes.items()})
    (RESULTS / "beside.md").write_text("\n".join(lines))


if __name__ == "__main__":
    main()
