import tempfile
from pathlib import Path

from odoo.addons.base.tests.common import BaseCommon

from bench import report_beside
from bench.replica import Log
from bench.sellers import percentile

FIGURES = {
    "move": {
        "title": "Move",
        "goal": 0.3,
        "runs": 3,
        "ours": {"clock": 20, "cpu": 10, "statements": 5},
        "theirs": {"clock": 200, "cpu": 100, "statements": 50},
        "floor": None,
        "seq_scans": None,
    },
    "board": {
        "title": "Board",
        "goal": 0.7,
        "runs": 3,
        "ours": {"clock": 90, "cpu": 90, "statements": 5},
        "theirs": {"clock": 100, "cpu": 100, "statements": 5},
        "floor": 30,
        "floor_cpu": 12,
        "nothing": 71,
        "seq_scans": ["SELECT 1"],
    },
    "broken": {"title": "Broken", "failed": "for some reason"},
}


class TestBeside(BaseCommon):
    def test_table_marks_what_is_beyond_its_goal(self):
        _head, _line, move, board, broken = report_beside.table(FIGURES)
        self.assertIn("| 0.10 | 0.3 | 5 / 50 | – | – | – |", move)
        self.assertIn("| **0.90** | 0.7 | 5 / 5 | 12 | 71 | **89** |", board)
        self.assertIn("failed: for some reason", broken)

    def test_growth_compares_the_smallest_size_with_the_largest(self):
        many = {"board": FIGURES["board"] | {"ours": {"cpu": 180}, "theirs": {"cpu": 500}}}
        lines = list(report_beside.growth({"10k": FIGURES, "100k": {}, "1M": many}))
        self.assertEqual(lines[0], "## From 10k to 1M")
        self.assertIn("| Board (`board`) | 90 → 180, × 2.0 | 100 → 500, × 5.0 |", lines)

    def test_chart_has_a_bar_for_each_ratio(self):
        lines = list(report_beside.chart(FIGURES.values()))
        self.assertEqual(sum('height="16"' in line for line in lines), 2)

    def test_screens_that_read_the_whole_table_are_named(self):
        self.assertIn("`board`", "".join(report_beside.scans(FIGURES)))

    def test_log_gives_what_came_since(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "server.log"
            path.write_text("LOG:  statement: SELECT 1\n")
            log = Log(path)
            with path.open("a") as file:
                file.write("LOG:  statement: BEGIN\nLOG:  statement: SELECT 2\nLOG:  other\n")
            self.assertEqual([each.strip() for each in log.read()], ["SELECT 2"])
            self.assertEqual(log.read(), [])

    def test_percentile(self):
        self.assertEqual(percentile(range(100), 0.95), 95)
        self.assertEqual(percentile([7], 0.95), 7)
