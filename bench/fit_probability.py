"""Fits the chance to win on deals up to a day and scores it on what became of the open ones later.

    python -m bench.fit_probability …/crm_sales/sales_pipeline.csv [--output FILE]

Nothing after the day is known to the estimate: deals closed later count as open, those that began
later do not count. Knows nothing of Odoo. The file has one dated phase ("Engaging"), so the days in
it and the team are all that can tell its deals apart.
"""

import argparse
import sys
from datetime import date
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "crmsol_opportunity"))

from engine.calibration import get_calibration  # noqa: E402
from engine.probability import Stay, build_tables, count_stays, look_up  # noqa: E402

from .crm_sales import LOST, OPEN, WON, Source  # noqa: E402

PHASE = "engaging"
#: the percentage that the installation gives the phase that the loader puts these deals in
DEFAULT = 0.4
CUTS = [date(2017, 4, 30), date(2017, 5, 31), date(2017, 6, 30), date(2017, 7, 31)]


def get_stays(deals, sellers, cut):
    """Return what was known of the deals on the day."""
    stays = []
    for deal in deals:
        if not deal.engaged or deal.engaged > cut:
            continue
        is_closed = deal.outcome != OPEN and deal.closed <= cut
        end = deal.closed if is_closed else cut
        stays.append(
            Stay(
                deal.key,
                PHASE,
                deal.engaged.toordinal(),
                end.toordinal(),
                deal.outcome if is_closed else None,
                sellers[deal.seller].team,
            )
        )
    return stays


def fit(stays):
    """Return (tables, part of the closed deals that is won, number of closed deals)."""
    ends = [stay.exit for stay in stays if stay.exit in (WON, LOST)]
    tables = build_tables(count_stays(stays)[0], {PHASE: DEFAULT})
    return tables, ends.count(WON) / len(ends), len(ends)


def score(tables, base, stays, outcomes):
    """Return, of those deals that were open and closed later, what calibration asks for."""
    scored = []
    for stay in stays:
        if stay.exit is not None or outcomes[stay.deal] == OPEN:
            continue
        found = look_up(tables, PHASE, stay.end - stay.begin, DEFAULT, stay.team)
        scored.append(
            {
                "won": outcomes[stay.deal] == WON,
                "win": found["win"],
                "default": DEFAULT,
            }
        )
    return scored


def percent(value):
    return f"{100 * value:.1f} %"


def get_score_line(title, first, found):
    """Return one row of a table of scores."""
    _gain, low, high = found["gain"]["base"]
    cells = [title, *first, found["n"], percent(found["k"] / found["n"])]
    cells += [f"{found['brier'][name]:.4f}" for name in ("win", "base", "default")]
    cells += [f"{found['gain']['base'][0]:+.4f} ({low:+.4f} … {high:+.4f})", found["verdict"]]
    return "| " + " | ".join(map(str, cells)) + " |"


def get_reliability_lines(found):
    """Return the table of what became of the deals by the chance that they were given."""
    yield "| estimate | mean | deals | won | rate | 95 % interval | the mean lies in it |"
    yield "|---|---:|---:|---:|---:|---|---|"
    for row in found["bins"]:
        yield (
            f"| {row['from']:.0%} – {row['to']:.0%} | {percent(row['chance'])} | {row['n']} "
            f"| {row['k']} | {percent(row['rate'])} | {percent(row['low'])} – "
            f"{percent(row['high'])} | {'yes' if row['fits'] else 'no'} |"
        )
    parts = ", ".join(f"{name} {value:.4f}" for name, value in found["parts"].items())
    yield ""
    yield f"Brier score {found['brier']['win']:.4f}: {parts}."


SCORES = "won | estimate | base rate | phase | base rate − estimate (95 %) | verdict |"

INTRODUCTION = """# The chance to win, against what became of the deals

`python -m bench.fit_probability FOLDER/sales_pipeline.csv`: crm_sales, {deals} deals,
{skipped} rows skipped. The score is Brier's: the mean squared error of a chance, 0 is best, 0.25 is
what 50 % for all deals gets.

- *estimate*: the chance that the addon shows, by the days in the phase and the team;
- *base rate*: for all deals the part of those closed up to the day that was won;
- *phase*: for all deals the {default:.0f} % that the installation gives their phase.

Deals that the file never closes ({never} of {deals}) cannot be scored. The file dates one phase
only, so the estimate cannot draw on phases here.

## Fitted before, scored after

Fitted on what was known on the day; scored on the deals that were open on it and closed later.
"""

SAME_PERIOD = """
## The same months, other deals

Not a forecast but a check of the reckoning: fitted on one half of the deals with all that the file
tells of them, scored on the other half as they were on each day. Where the future is like the past,
chances should come true.
"""

DRIFT = """
## What changed between fitting and scoring

The part that is won goes up and down with the month of the close, which no deal knows of itself.
"""


def report(deals, sellers, skipped):
    """Yield the lines of the report."""
    outcomes = {deal.key: deal.outcome for deal in deals}
    never = sum(outcome == OPEN for outcome in outcomes.values())
    yield INTRODUCTION.format(deals=len(deals), skipped=skipped, default=100 * DEFAULT, never=never)
    yield f"| known until | closed | open | of these closed later | {SCORES}"
    yield "|---|---:|---:|---:|---:|---:|---:|---:|---:|---|"
    everything = []
    for cut in CUTS:
        stays = get_stays(deals, sellers, cut)
        tables, base, closed = fit(stays)
        scored = score(tables, base, stays, outcomes)
        everything += scored
        open_ = sum(stay.exit is None for stay in stays)
        yield get_score_line(cut, (closed, open_), get_calibration(scored, base))
    yield ""
    yield "Reliability, the four days together:"
    yield ""
    yield from get_reliability_lines(get_calibration(everything, number=20))

    yield SAME_PERIOD
    yield f"| as on | scored | {SCORES}"
    yield "|---|---:|---:|---:|---:|---:|---:|---|"
    halves = [deals[::2], deals[1::2]]
    last = max(deal.closed for deal in deals if deal.closed)
    everything = []
    for cut in CUTS:
        scored = []
        for fitted, other in (halves, halves[::-1]):
            tables, base, _closed = fit(get_stays(fitted, sellers, last))
            scored += score(tables, base, get_stays(other, sellers, cut), outcomes)
        everything += scored
        yield get_score_line(cut, (), get_calibration(scored, base))
    yield ""
    yield "Reliability, the four days together:"
    yield ""
    yield from get_reliability_lines(get_calibration(everything, number=20))

    yield DRIFT
    yield "| closed in | deals | won |"
    yield "|---|---:|---:|"
    by_month = {}
    for deal in deals:
        if deal.closed:
            by_month.setdefault(f"{deal.closed:%Y-%m}", []).append(deal.outcome == WON)
    for month, won in sorted(by_month.items()):
        yield f"| {month} | {len(won)} | {percent(sum(won) / len(won))} |"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", type=Path, help="sales_pipeline.csv, beside the other files")
    parser.add_argument("--output", type=Path, help="the report; without it, the screen")
    arguments = parser.parse_args()
    source = Source(arguments.file.parent)
    deals = [deal for _line, deal in source.deals()]
    text = "\n".join(report(deals, source.sellers, len(source.skipped))) + "\n"
    if arguments.output:
        arguments.output.parent.mkdir(parents=True, exist_ok=True)
        arguments.output.write_text(text, encoding="utf-8")
    else:
        print(text, end="")


if __name__ == "__main__":
    main()
