"""Fifty salespeople at once: what a server of two workers answers them, and how fast.

Run by ``script/bench_http sellers``. Each is a thread with a session of its own that opens the
board, deals and My Day, searches, moves, writes and creates, in a fixed mixture.
"""

import argparse
import random
import statistics
import sys
import threading
import time
from collections import defaultdict, deque
from pathlib import Path

from .browser import Browser, RpcError

RESULT = Path(__file__).parent / "results" / "concurrency.md"
MODEL = "crmsol.opportunity"
SELLERS = 50
CONNECTIONS = 12  # at once, see HEAD
ROUNDS = (("without a pause", 0.0, 60), ("with 2 to 8 seconds to think", 5.0, 60))
WORDS = ("robot", "soldadura", "garcía", "licencias", "mantenimiento")
HEAD = """# Fifty salespeople on two workers

Written by `./script/bench_http sellers` (see `bench/sellers.py`); nothing here is typed in by hand.

How it was obtained: an Odoo server with `--workers 2` and a database of 10,000 opportunities; 50
salespeople, each with a session of their own, send what the web client sends for the operations
below, in that mixture, and what they change is committed. The client is on the same machine and
takes its part of the two cores. Times are those that the seller waits, from request to answer,
waiting for a free worker included. PostgreSQL does not wait for the disk at a commit (`fsync` off:
it is the cluster of the tests). The workers wait 60 s for what a client sends
(`ODOO_HTTP_SOCKET_TIMEOUT`), and no more than {connections} requests are on their way at a time,
the others wait their turn: two workers have room for 16 that wait, the system drops the rest. Both
is what the proxy is for that Odoo's documentation asks for in front of it (without the limit, one
request in ten was reset).

"""


class Queue:
    """Lets so many in at a time, in the order in which they came, unlike a semaphore."""

    def __init__(self, places):
        self._lock, self._places, self._waiting = threading.Lock(), places, deque()

    def __enter__(self):
        with self._lock:
            if self._places:
                self._places -= 1
                return
            turn = threading.Event()
            self._waiting.append(turn)
        turn.wait()

    def __exit__(self, *_error):
        with self._lock:
            if self._waiting:
                self._waiting.popleft().set()  # who leaves hands the place on
            else:
                self._places += 1


class Seller:
    """One of them: what they do, and how long they waited for it."""

    def __init__(self, base, db, number):
        self.login = f"bench_seller_{number}"
        self.browser = Browser(base)
        self.browser.log_in(db, self.login, self.login)
        self.random = random.Random(number)
        call = self.browser.call
        self.mine = [("user_id", "=", self.browser.context["uid"])]
        views, _archs = self.browser.get_views(MODEL, [[False, "kanban"], [False, "form"]])
        self.cards, self.form = views["kanban"], views["form"]
        self.phases = call("crmsol.phase", "search", [("is_closing", "=", False)])
        self.customers = call("res.partner", "search", [("is_company", "=", True)], limit=200)
        self.own = []
        for i in range(8):
            self.create(f"{self.login} {i}")
        self.times = defaultdict(list)
        self.errors = []

    #: how often each, of 20
    MIXTURE = {
        "board": 4,
        "open_form": 5,
        "timeline": 2,
        "my_day": 2,
        "search": 2,
        "move": 2,
        "change": 1,
        "post": 1,
        "create": 1,
    }

    def work(self, until, pause):
        names = [name for name, times in self.MIXTURE.items() for _i in range(times)]
        while time.monotonic() < until:
            name = self.random.choice(names)
            start = time.monotonic()
            try:
                getattr(self, name)()
            except RpcError as error:
                self.errors.append(f"{name}: {error}"[:200])
            self.times[name].append(time.monotonic() - start)
            if pause:
                time.sleep(pause * self.random.uniform(0.4, 1.6))

    def board(self):
        states = {
            "field": "activity_state",
            "colors": {"planned": "a", "today": "b", "overdue": "c"},
        }
        call = self.browser.call
        call(MODEL, "read_progress_bar", domain=self.mine, group_by="phase_id", progress_bar=states)
        call(
            MODEL,
            "web_read_group",
            domain=self.mine,
            groupby=["phase_id"],
            aggregates=["amount_company:sum"],
            auto_unfold=True,
            unfold_read_default_limit=40,
            unfold_read_specification=self.cards,
            context={"read_group_expand": True},
        )

    def open_form(self):
        self.browser.call(MODEL, "web_read", [self.random.choice(self.own)], self.form)

    def timeline(self):
        self.browser.call(MODEL, "get_timeline", [self.random.choice(self.own)])

    def my_day(self):
        self.browser.call("crmsol.my.day", "get_my_day")

    def search(self):
        domain = [("display_name", "ilike", self.random.choice(WORDS))]
        self.browser.call(MODEL, "web_search_read", domain, {"name": {}}, limit=80)

    def move(self):
        vals = {"phase_id": self.random.choice(self.phases)}
        self.browser.call(MODEL, "web_save", [self.random.choice(self.own)], vals, {"name": {}})

    def change(self):
        vals = {"amount": self.random.randrange(100, 10000)}
        self.browser.call(MODEL, "web_save", [self.random.choice(self.own)], vals, {"name": {}})

    def post(self):
        self.browser.call(MODEL, "message_post", [self.random.choice(self.own)], body="Hablado.")

    def create(self, name="Nueva"):
        vals = {"name": name, "partner_id": self.random.choice(self.customers), "amount": 1000}
        [record] = self.browser.call(MODEL, "web_save", [], vals, {"name": {}})
        self.own.append(record["id"])


def percentile(times, share):
    ordered = sorted(times)
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)]


def run_round(sellers, seconds, pause):
    """Have all of them work at once; return {operation: seconds each} and the errors."""
    for seller in sellers:
        seller.times, seller.errors = defaultdict(list), []
    until = time.monotonic() + seconds
    threads = [threading.Thread(target=s.work, args=(until, pause)) for s in sellers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    times = defaultdict(list)
    for seller in sellers:
        for name, each in seller.times.items():
            times[name] += each
    return times, [error for seller in sellers for error in seller.errors]


def main(argv=None):
    parser = argparse.ArgumentParser(prog="bench_http sellers", description=__doc__)
    parser.add_argument("--base", required=True)
    parser.add_argument("--db", required=True)
    parser.add_argument("--log", required=True, help="the server's")
    parser.add_argument("--about", default="")
    options = parser.parse_args(argv)
    Browser.gate = Queue(CONNECTIONS)
    sellers = [Seller(options.base, options.db, i) for i in range(SELLERS)]
    lines, failed = [HEAD.format(connections=CONNECTIONS).rstrip(), "", options.about, ""], 0
    for title, pause, seconds in ROUNDS:
        start = time.monotonic()
        times, errors = run_round(sellers, seconds, pause)
        lasted = time.monotonic() - start
        everything = [each for of_name in times.values() for each in of_name]
        failed += len(errors)
        facts = (
            f"{len(everything)} operations in {lasted:.0f} s: {len(everything) / lasted:.1f} a "
            f"second; median {1000 * statistics.median(everything):.0f} ms, "
            f"p95 {1000 * percentile(everything, 0.95):.0f} ms; errors {len(errors)}"
        )
        print(f"{title}: {facts}", flush=True)
        lines += [
            f"## {title.capitalize()}",
            "",
            f"{facts}.",
            "",
            "| Operation | times | median ms | p95 ms |",
            "|---|--:|--:|--:|",
            *(
                f"| {name} | {len(each)} | {1000 * statistics.median(each):.0f}"
                f" | {1000 * percentile(each, 0.95):.0f} |"
                for name, each in sorted(times.items())
            ),
            "",
            *(f"- {error}" for error in sorted(set(errors))[:10]),
            *([""] if errors else []),
        ]
    logged = Path(options.log).read_text(encoding="utf-8", errors="replace").splitlines()
    troubles = [line for line in logged if " ERROR " in line or " CRITICAL " in line]
    conflicts = sum("serialize access" in line for line in logged)
    lines += [
        "",
        f"In the server's log: {len(troubles)} errors; {conflicts} conflicts of two transactions, "
        "which Odoo repeated by itself.",
        "",
        *(f"- {line[24:150]}" for line in troubles[:5]),
    ]
    RESULT.write_text("\n".join(lines))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
