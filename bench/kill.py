"""Kills Odoo's workers and PostgreSQL while they write, and looks at what is left.

A client keeps what was acknowledged to it. After each kill the tables are compared with that: what
was acknowledged is there, a bulk close is done to all of its opportunities or to none, histories
tile, and an import goes on where it stopped, without a row lost or twice.
"""

import argparse
import base64
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path

import psycopg2
import requests

RESULT = Path(__file__).parent / "results" / "kill.md"
MODEL = "crmsol.opportunity"
DEALS = 200  # closed at once
ROWS = 3000  # imported
HEADER = "opportunity_id,sales_agent,product,account,deal_stage,engage_date,close_date,close_value"


class Lost(Exception):
    """The server went away before it answered: what it did is not known."""


class Client:
    """A user of the web client."""

    def __init__(self, base, db):
        self.base = base
        self.session = requests.Session()
        self.post("/web/session/authenticate", {"db": db, "login": "admin", "password": "admin"})

    def post(self, url, params):
        body = {"jsonrpc": "2.0", "method": "call", "params": params}
        try:
            answer = self.session.post(self.base + url, json=body, timeout=120).json()
        except (requests.RequestException, ValueError) as error:
            raise Lost from error
        if "error" in answer:
            raise RuntimeError(answer["error"]["data"]["message"])
        return answer["result"]

    def call(self, model, method, *args, **kwargs):
        params = {"model": model, "method": method, "args": list(args), "kwargs": kwargs}
        return self.post(f"/web/dataset/call_kw/{model}/{method}", params)


class Server:
    """Odoo with two workers, and the private PostgreSQL behind it."""

    def __init__(self, options):
        self.options = options
        self.base = f"http://127.0.0.1:{options.port}"
        self.restarts = 0
        self.start()
        self.wait()

    def start(self):
        command = [sys.executable, "-m", "odoo", "-d", self.options.db, "--workers=2"]
        command += ["--http-port", str(self.options.port)]
        command += ["--gevent-port", str(self.options.port + 1000)]
        command += ["--log-level=warn", "--limit-time-real=600", "--limit-time-cpu=600"]
        with open(self.options.log, "ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)

    def wait(self):
        """Return the seconds until a page is answered."""
        begin = time.monotonic()
        while time.monotonic() - begin < 180:
            if self.process.poll() is not None:  # as a service manager does
                self.restarts += 1
                self.start()
            try:
                if requests.get(f"{self.base}/web/login", timeout=20).ok:
                    return time.monotonic() - begin
            except requests.RequestException:
                pass
            time.sleep(0.2)
        raise SystemExit("Odoo does not answer")

    def kill_workers(self):
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        for pid in children.split():
            command = Path(f"/proc/{pid}/cmdline").read_bytes()
            if b"gevent" not in command.split(b"\0"):
                os.kill(int(pid), signal.SIGKILL)

    def kill_postgres(self):
        pid = int((Path(self.options.pg_data) / "postmaster.pid").read_text().split()[0])
        os.kill(pid, signal.SIGKILL)
        for _ in range(100):  # its processes leave by themselves
            if not Path(f"/proc/{pid}").exists():
                break
            time.sleep(0.1)
        time.sleep(1)
        begin = time.monotonic()
        subprocess.run(["bash", "-eu", self.options.pg_start], check=True)
        return time.monotonic() - begin  # seconds until it takes connections again

    def query(self, query, *params):
        with psycopg2.connect(dbname=self.options.db) as connection:
            cr = connection.cursor()
            cr.execute(query, params)
            return cr.fetchall()

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)


def check_histories(server):
    """Return how many histories do not tile, or end with another state than the opportunity's."""
    [[wrong]] = server.query(
        """
        SELECT count(*) FROM crmsol_opportunity o
         WHERE (SELECT count(*) FROM crmsol_opportunity_history h
                 WHERE h.opportunity_id = o.id AND h.date_to IS NULL) <> 1
            OR EXISTS (SELECT FROM crmsol_opportunity_history h
                        WHERE h.opportunity_id = o.id AND h.date_to IS NOT NULL
                          AND NOT EXISTS (SELECT FROM crmsol_opportunity_history n
                                           WHERE n.opportunity_id = o.id
                                             AND n.date_from = h.date_to))
            OR EXISTS (SELECT FROM crmsol_opportunity_history h
                        WHERE h.opportunity_id = o.id AND h.date_to IS NULL
                          AND (h.outcome, h.phase_id) IS DISTINCT FROM (o.outcome, o.phase_id))
        """
    )
    return wrong


class Writer(threading.Thread):
    """A colleague who changes amounts one after the other and remembers what was acknowledged."""

    def __init__(self, server, ids):
        super().__init__(daemon=True)
        self.server, self.ids = server, ids
        self.acknowledged, self.unknown = {}, {}
        self.is_over = threading.Event()

    def run(self):
        client = None
        while not self.is_over.is_set():
            id_, amount = random.choice(self.ids), random.randrange(1, 10**6)
            try:
                client = client or Client(self.server.base, self.server.options.db)
                client.call(MODEL, "write", [id_], {"amount": amount})
                self.acknowledged[id_] = amount
                self.unknown.pop(id_, None)
            except (Lost, RuntimeError):
                self.unknown.setdefault(id_, []).append(amount)
                client = None
                time.sleep(0.2)

    def get_lost(self):
        """Return how many acknowledged amounts are not there."""
        rows = dict(
            self.server.query(
                "SELECT id, amount FROM crmsol_opportunity WHERE id = ANY(%s)", self.ids
            )
        )
        return sum(
            float(rows[id_]) not in (amount, *self.unknown.get(id_, []))
            for id_, amount in self.acknowledged.items()
        )


def create_deals(client, partner_id, number):
    vals = [{"name": f"Deal {i}", "partner_id": partner_id, "amount": 1} for i in range(number)]
    return client.call(MODEL, "create", vals)


def kill_during_close(server, partner_id, delay):
    """Return the row of the table about one kill of the workers, so long after the request."""
    client = Client(server.base, server.options.db)
    ids = create_deals(client, partner_id, DEALS)
    writer = Writer(server, create_deals(client, partner_id, 20))
    answer = []

    def close():
        try:
            dialog = client.call(
                f"{MODEL}.close", "create", {"opportunity_ids": ids, "outcome": "won"}
            )
            answer.append("begun")
            client.call(f"{MODEL}.close", "action_close", [dialog])
            answer.append("done")
        except (Lost, RuntimeError):
            answer.append("lost")

    writer.start()
    request = threading.Thread(target=close)
    request.start()
    time.sleep(delay)
    server.kill_workers()
    request.join(150)
    recovery = server.wait()
    writer.is_over.set()
    writer.join(150)
    outcomes = Counter(
        dict(
            server.query(
                "SELECT outcome, count(*) FROM crmsol_opportunity WHERE id = ANY(%s) GROUP BY 1",
                ids,
            )
        )
    )
    won = outcomes["won"]
    return {
        "kill": f"workers, {delay:.1f} s after the request",
        "answer": answer[-1],
        "found": f"{won} of {DEALS} closed",
        "is_whole": won in (0, DEALS) and (answer[-1] != "done" or won == DEALS),
        "lost": writer.get_lost(),
        "acknowledged": len(writer.acknowledged),
        "histories": check_histories(server),
        "recovery": recovery,
    }


def kill_during_import(server, partner_id, delay, key):
    """Return the row of the table about one kill of PostgreSQL during an import."""
    client = Client(server.base, server.options.db)
    wizard = f"{MODEL}.import"
    rows = [
        f"{key}{i},Seller,Pump,Customer {i % 7},Won,10/20/2016,3/1/2017,{i}" for i in range(ROWS)
    ]
    data = base64.b64encode("\n".join([HEADER, *rows]).encode()).decode()
    id_ = client.call(wizard, "create", {"file": data, "file_name": "pipeline.csv"})
    id_ = id_[0] if isinstance(id_, list) else id_
    client.call(wizard, "action_read_file", [id_])
    client.call(wizard, "action_read_columns", [id_])
    client.call(wizard, "write", [id_], {"partner_id": partner_id, "source": key})
    client.call(wizard, "action_import", [id_])
    writer = Writer(server, create_deals(client, partner_id, 20))
    writer.start()
    state = {"acknowledged": 0, "answer": "done"}

    def run():
        try:
            while state["acknowledged"] < ROWS:
                state["acknowledged"] = client.call(wizard, "run_batch", [id_])["done"]
        except (Lost, RuntimeError) as error:
            state["answer"] = f"stopped ({type(error).__name__})"

    thread = threading.Thread(target=run)
    thread.start()
    time.sleep(delay)
    recovery = server.kill_postgres()
    thread.join(150)
    recovery += server.wait()
    count = "SELECT count(*), count(DISTINCT import_key) FROM crmsol_opportunity"
    [[there, _]] = server.query(f"{count} WHERE import_source = %s", key)
    stopped_at = state["acknowledged"]
    # the user goes on: the same dialog, or the same file again
    client = Client(server.base, server.options.db)
    while client.call(wizard, "run_batch", [id_])["done"] < ROWS:
        pass
    writer.is_over.set()
    writer.join(150)
    [[after, distinct]] = server.query(f"{count} WHERE import_source = %s", key)
    return {
        "kill": f"PostgreSQL, {delay:.1f} s after the import began",
        "answer": f"{stopped_at} rows acknowledged, then {state['answer']}",
        "found": f"{there} rows, {after} after going on, {distinct} distinct",
        # a batch may be in whose acknowledgement was lost
        "is_whole": there >= stopped_at and there % 500 == 0 and after == distinct == ROWS,
        "lost": writer.get_lost(),
        "acknowledged": len(writer.acknowledged),
        "histories": check_histories(server),
        "recovery": recovery,
    }


def race_by_http(server, partner_id):
    """Return what two sellers at once were told, by real requests to two workers."""
    clients = [Client(server.base, server.options.db) for _ in range(2)]
    told = Counter()
    for _ in range(15):
        [id_] = create_deals(clients[0], partner_id, 1)
        barrier = threading.Barrier(2)

        def close(client, outcome, id_=id_, barrier=barrier):
            barrier.wait()
            try:
                dialog = client.call(
                    f"{MODEL}.close", "create", {"opportunity_ids": [id_], "outcome": outcome}
                )
                client.call(f"{MODEL}.close", "action_close", [dialog])
                told["closed"] += 1
            except RuntimeError as error:
                told["told that it is closed" if "“Deal 0”" in str(error) else str(error)] += 1

        threads = [
            threading.Thread(target=close, args=pair)
            for pair in zip(clients, ("won", "lost"), strict=True)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    return told


def format_report(rows, told, wrong, restarts):
    lines = [
        "# Kills and races",
        "",
        f"Written by `./script/bench kill` on {time.strftime('%Y-%m-%d')}: Odoo with two workers,",
        "PostgreSQL with its usual durability. While a bulk close or an import runs, a colleague",
        "writes amounts one after the other. *Lost*: acknowledged writes that are not there",
        "afterwards. *Histories*: those that have a gap or end with another state than the row.",
        "",
        "| kill -9 of | the client was told | found afterwards | nothing half done | lost "
        "| histories | answers again after |",
        "|---|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {row['kill']} | {row['answer']} | {row['found']} "
        f"| {'yes' if row['is_whole'] else 'NO'} | {row['lost']} of {row['acknowledged']} "
        f"| {row['histories']} | {row['recovery']:.1f} s |"
        for row in rows
    ]
    lines += [
        "",
        "Without PostgreSQL Odoo's master process may end itself; the script starts it again, as a",
        f"service manager does ({restarts} times here).",
        "",
        "Two sellers at once, one wins and the other loses the same deal, 15 times by HTTP:",
        "; ".join(f"{answer}: {count}" for answer, count in sorted(told.items()))
        + f". Histories that do not tile: {wrong}.",
        "",
    ]
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser()
    for name in ("--db", "--pg-data", "--pg-start", "--log"):
        parser.add_argument(name, required=True)
    parser.add_argument("--port", type=int, default=8105)
    options = parser.parse_args()
    server = Server(options)
    try:
        client = Client(server.base, options.db)
        partner_id = client.call("res.partner", "create", {"name": "Customer of the kills"})
        rows = []
        for delay in (0.5, 1.5, 3, 6, 12, 24):
            rows.append(kill_during_close(server, partner_id, delay))
            print(rows[-1], flush=True)  # noqa: T201 the progress of minutes
        for number, delay in enumerate((1, 4, 8)):
            rows.append(kill_during_import(server, partner_id, delay, f"K{number}"))
            print(rows[-1], flush=True)  # noqa: T201
        told = race_by_http(server, partner_id)
        wrong = check_histories(server)
    finally:
        server.stop()
    RESULT.write_text(format_report(rows, told, wrong, server.restarts))
    is_good = all(row["is_whole"] and not row["lost"] + row["histories"] for row in rows)
    is_good &= set(told) <= {"closed", "told that it is closed"} and not wrong
    return 0 if is_good else 1


if __name__ == "__main__":
    sys.exit(main())
