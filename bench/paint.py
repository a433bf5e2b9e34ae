"""Opens board and form of ours and of the host's own CRM in a browser: results/browser.md.

The browser is Chromium, told what to do by its DevTools protocol. Everything that does not change
(scripts, styles) is in its cache: each screen is opened once before it is measured.
"""

import argparse
import itertools
import json
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import NamedTuple

from websocket import create_connection

from .browser import Browser
from .report_beside import RESULTS, number

TIMEOUT, QUIET = 60, 0.5  # seconds: for a screen to show, and without a request until it is whole
CARD = ".o_kanban_record:not(.o_kanban_ghost)"
FORM = ".o_form_view .o_field_widget[name=name]"
#: Of every document: tells when there was first something of a selector, and a frame with it.
WATCH = """
window.benchWatch = (selector, start) => {
    window.benchPainted = 0;
    const look = () => {
        if (!document.querySelector(selector)) { return requestAnimationFrame(look); }
        requestAnimationFrame(() => { window.benchPainted = performance.now() - start; });
    };
    look();
};
"""
SIDES = {
    "ours": "crmsol_opportunity.crmsol_opportunity_action",
    "crm": "crm.crm_lead_action_pipeline",
}


class Opened(NamedTuple):
    painted: float  # milliseconds until what is looked for is painted
    calls: int  # of the server, from the beginning until it is quiet
    bytes: int  # received by them, as they came over the wire
    cards: int  # that are there then


class Chromium:
    """One page of a headless browser.

    :param str program: Chromium's
    """

    def __init__(self, program):
        self._folder = tempfile.TemporaryDirectory()
        self._process = subprocess.Popen(
            [
                program,
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--disable-extensions",
                "--window-size=1400,900",
                "--remote-debugging-port=0",
                "--remote-allow-origins=*",
                f"--user-data-dir={self._folder.name}",
                "about:blank",
            ],
            stderr=subprocess.DEVNULL,
        )
        told = Path(self._folder.name) / "DevToolsActivePort"
        until = time.monotonic() + TIMEOUT
        while not (told.exists() and told.read_text().count("\n")) and time.monotonic() < until:
            time.sleep(0.1)
        port = told.read_text().split()[0]
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/json/list") as answer:
            page = next(each for each in json.load(answer) if each["type"] == "page")
        self._socket = create_connection(page["webSocketDebuggerUrl"], timeout=TIMEOUT)
        self._numbers, self._calls, self._last = itertools.count(1), {}, time.monotonic()
        for domain in ("Page", "Network", "Runtime"):
            self.send(f"{domain}.enable")
        self.send("Page.addScriptToEvaluateOnNewDocument", source=WATCH)

    def close(self):
        self._socket.close()
        self._process.terminate()
        self._process.wait()
        self._folder.cleanup()

    def send(self, method, **params):
        """Return the answer to a command; what happens meanwhile is noted."""
        number_ = next(self._numbers)
        self._socket.send(json.dumps({"id": number_, "method": method, "params": params}))
        while True:
            message = json.loads(self._socket.recv())
            if message.get("id") == number_:
                if "error" in message:
                    raise RuntimeError(f"{method}: {message['error']}")
                return message["result"]
            self._note(message)

    def _note(self, message):
        params = message.get("params", {})
        id_ = params.get("requestId")
        if message.get("method") == "Network.requestWillBeSent":
            if params["request"]["method"] == "POST":  # a call; scripts, styles and images are not
                self._calls[id_] = None
                self._last = time.monotonic()
        elif message.get("method") == "Network.loadingFinished" and id_ in self._calls:
            self._calls[id_] = params["encodedDataLength"]
            self._last = time.monotonic()
        elif message.get("method") == "Network.loadingFailed" and id_ in self._calls:
            self._calls[id_] = 0

    def evaluate(self, expression):
        answer = self.send("Runtime.evaluate", expression=expression, returnByValue=True)
        if "exceptionDetails" in answer:
            raise RuntimeError(answer["exceptionDetails"])
        return answer["result"].get("value")

    def measure(self, begin):
        """Return what it took until the page told that it had painted, and was quiet.

        :param begin: called to begin, leads to ``benchWatch``
        """
        self._calls, self._last = {}, time.monotonic()
        begin()
        until = time.monotonic() + TIMEOUT
        painted = 0
        while not painted:
            if time.monotonic() > until:
                raise RuntimeError(self.evaluate("document.body.innerText.slice(0, 500)"))
            time.sleep(0.05)
            painted = self.evaluate("window.benchPainted || 0")
        while None in self._calls.values() or time.monotonic() - self._last < QUIET:
            if time.monotonic() > until:
                break  # what waits for news of the server never ends
            time.sleep(0.05)
            self.evaluate("0")
        received = sum(each or 0 for each in self._calls.values())
        cards = self.evaluate(f"document.querySelectorAll({CARD!r}).length")
        return Opened(painted, len(self._calls), received, cards)


def open_board(page, base, action):
    def begin():
        page.send("Page.navigate", url=f"{base}/odoo/action-{action}?view_type=kanban")
        page.evaluate(f"benchWatch({CARD!r}, 0)")

    return page.measure(begin)


def open_form(page):
    """Open the first card of the board that is shown, as a user does."""
    click = f"benchWatch({FORM!r}, performance.now()); document.querySelector({CARD!r}).click()"
    return page.measure(lambda: page.evaluate(click))


def describe(found):
    """Return the lines of the table.

    :param dict found: {(screen, side): list of :class:`Opened`}
    """
    yield "| Screen | painted, ms | calls | kB | cards |"
    yield "|---|--:|--:|--:|--:|"
    titles = {"board": "Board, from the address to its first cards", "form": "Form, from the click"}
    for screen, title in titles.items():
        cells = []
        for i in range(3 if screen == "form" else 4):
            ours, crm = (
                statistics.median(each[i] for each in found[screen, side]) for side in SIDES
            )
            scale = 1000 if i == 2 else 1
            ratio = f" = {ours / crm:.2f}" if i in (0, 2) else ""
            shown = f"{ours:.0f} / {crm:.0f}" if i in (1, 3) else ""
            cells.append(shown or f"{number(ours / scale)} / {number(crm / scale)}{ratio}")
        cells += ["–"] * (4 - len(cells))
        yield f"| {title} | {' | '.join(cells)} |"


def main(argv=None):
    parser = argparse.ArgumentParser(prog="bench_http browser", description=__doc__)
    parser.add_argument("--base", required=True)
    parser.add_argument("--db", required=True)
    parser.add_argument("--about", required=True)
    parser.add_argument("--chromium", default="chromium")
    parser.add_argument("--login", default="bench_seller_0")
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args(argv)
    user = Browser(options.base)
    user.log_in(options.db, options.login, options.login)
    found = {(screen, side): [] for screen in ("board", "form") for side in SIDES}
    page = Chromium(options.chromium)
    try:
        page.send("Network.setCookie", name="session_id", value=user.session_id, url=options.base)
        for i in range(options.runs + 1):  # the first one fills the caches
            for side, action in SIDES.items():
                board = open_board(page, options.base, action)
                form = open_form(page)
                print(f"{i} {side:5} board {board}   form {form}", flush=True)
                if i:
                    found["board", side].append(board)
                    found["form", side].append(form)
    finally:
        page.close()
    lines = [
        "# Board and form in a browser",
        "",
        "Written by `./script/bench_http browser` (see `bench/paint.py`); nothing here is typed in"
        " by hand.",
        "",
        "Chromium, headless, 1400 × 900, with what does not change in its cache, opens the board of"
        " crm's own"
        " pipeline and ours by turns, as a salesperson with the filters that each has by default,"
        " and then the form of the first card. Medians"
        f" of {options.runs}, ours / crm's, on the clock, so that other work on the machine is in"
        " them: until the first frame with cards or with the form, the"
        " calls of the server until it is quiet for half a second, and what these received. 10k"
        " opportunities and as many leads. Of a column ours shows 40 cards at first, crm 80: that"
        " is part of the difference.",
        "",
        options.about,
        "",
        *describe(found),
    ]
    (RESULTS / "browser.md").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    sys.exit(main())
