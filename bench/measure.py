"""Times a scenario in this process, counts its statements and explains the slowest of them.

What is timed is what a worker of the server does with one request once its registry is warm: the
method with an empty cache of records, all that it writes included, and the answer as JSON. Neither
HTTP nor the browser is in it, nor the commit. Every run is rolled back.
"""

import contextlib
import json
import statistics
import time
from datetime import date, datetime
from pathlib import Path
from typing import NamedTuple

from odoo import api

from .client import Client

TIMEOUT = 180  # seconds for one statement


class Statement(NamedTuple):
    text: bytes
    seconds: float


class Figures(NamedTuple):
    """Of one scenario; times in milliseconds."""

    median: float
    least: float
    most: float
    cpu: float  # median of this process and its PostgreSQL backend, without parallel workers
    runs: int
    statements: int
    sql: float  # what of a run is spent in PostgreSQL, in the run that is explained
    slowest: float  # of that, in the slowest statement
    answer: int  # bytes of JSON


class _Recorder:
    """Stands for psycopg2's cursor, and keeps each statement with its time.

    :param int explain: the number, from 0 on, of a statement to explain before it is run
    """

    def __init__(self, cursor, explain=None):
        self._cursor, self._explain = cursor, explain
        self.statements, self.plan = [], None

    def __getattr__(self, name):
        return getattr(self._cursor, name)

    def __iter__(self):
        return iter(self._cursor)

    def execute(self, query, params=None):
        if len(self.statements) == self._explain:
            self.plan = self._get_plan(query, params)
        start = time.perf_counter()
        self._cursor.execute(query, params)
        self.statements.append(Statement(self._cursor.query, time.perf_counter() - start))

    def _get_plan(self, query, params):
        text = self._cursor.mogrify(query, params)
        self._cursor.execute("SAVEPOINT explained")
        self._cursor.execute(b"EXPLAIN (ANALYZE, BUFFERS, COSTS OFF) " + text)
        plan = "\n".join(line for (line,) in self._cursor.fetchall())
        self._cursor.execute("ROLLBACK TO SAVEPOINT explained")
        return text.decode(), plan


def _jsonable(value):
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.decode()
    raise TypeError(type(value))


@contextlib.contextmanager
def _client(registry, uid):
    with registry.cursor() as cr:
        cr.execute("SELECT set_config('statement_timeout', %s, false)", [f"{TIMEOUT}s"])
        yield Client(api.Environment(cr, uid, {}))
        cr.rollback()


class _Run(NamedTuple):
    seconds: float
    cpu: float
    statements: int
    answer: int
    recorder: _Recorder


def _get_cpu(cr):
    """Return the seconds that this process and its backend have spent on a processor.

    On a machine with other work they tell more than those on the clock.
    """
    own = time.process_time()
    try:
        path = Path(f"/proc/{cr._cnx.get_backend_pid()}/schedstat")
        return own + int(path.read_text().split()[0]) / 1e9
    except OSError:  # not Linux, or another machine: that of Python alone
        return own


def _run(registry, uid, prepare, explain=None, record=False):
    with _client(registry, uid) as client:
        run = prepare(client)
        env = client.env
        cr, recorder = env.cr, None
        cr.flush()
        env.invalidate_all()
        if record:
            recorder = cr._obj = _Recorder(cr._obj, explain)
        statements, cpu, start = cr.sql_log_count, _get_cpu(cr), time.perf_counter()
        answer = run()
        cr.flush()  # with what awaits the commit, such as the messages of tracked values
        text = json.dumps(answer, default=_jsonable)
        seconds = time.perf_counter() - start
        cpu = _get_cpu(cr) - cpu
        statements = cr.sql_log_count - statements
        if record:
            cr._obj = recorder._cursor
    return _Run(seconds, cpu, statements, len(text), recorder)


def measure(registry, uid, prepare, runs):
    """Return the :class:`Figures` of a scenario, its slowest statement and the plan of that.

    :param prepare: called with a :class:`Client`, returns what is to be timed
    """
    _run(registry, uid, prepare)  # warms up
    timed = [_run(registry, uid, prepare) for _i in range(runs)]
    recorder = _run(registry, uid, prepare, record=True).recorder
    seconds = [statement.seconds for statement in recorder.statements]
    slowest = max(range(len(seconds)), key=seconds.__getitem__)
    again = _run(registry, uid, prepare, explain=slowest, record=True).recorder
    times = [1000 * run.seconds for run in timed]
    figures = Figures(
        statistics.median(times),
        min(times),
        max(times),
        1000 * statistics.median(run.cpu for run in timed),
        runs,
        timed[-1].statements,
        1000 * sum(seconds),
        1000 * seconds[slowest],
        timed[-1].answer,
    )
    return figures, again.plan or ("", "")
