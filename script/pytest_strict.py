"""What script/test asks of pytest beyond pytest-odoo: a green run may not hide anything.

- A tour that no browser ran is a failure; Odoo skips it.
- A warning or an error that the addon logs, or that names it, fails the test that was running.
- Doctests of the addon's engine are collected.
- A run in which every test was skipped is none.
- Tests outside an addon (bench/tests) may use Odoo's test classes.
- The numbers of tests by outcome are appended to the file that $CRMSOL_COUNTS names.
- As with Odoo's own runner, neither test classes that a module merely imports nor test methods that
  a class merely inherits run again there.
"""

import logging
import os
import re

import pytest
from _pytest.doctest import DoctestModule

NO_BROWSER = re.compile("chrom|websocket|browser", re.IGNORECASE)
OURS = re.compile("crmsol")
HOST_WARNINGS = [
    re.compile(line) for line in os.environ.get("CRMSOL_HOST_WARNINGS", "").splitlines() if line
]


class OwnWarnings(logging.Handler):
    """Gathers the warnings and errors of the addon."""

    def __init__(self):
        super().__init__(logging.WARNING)
        self.lines = []

    def emit(self, record):
        line = f"{record.levelname} {record.name}: {record.getMessage()}"
        if record.exc_info:
            line += f" {record.exc_info[1]!r}"
        if OURS.search(line) and not any(host.search(line) for host in HOST_WARNINGS):
            self.lines.append(line)


own_warnings = OwnWarnings()


passed = set()


def pytest_sessionstart():
    logging.getLogger().addHandler(own_warnings)


def pytest_collect_file(file_path, parent):
    if file_path.suffix == ".py" and file_path.parent.name == "engine":
        return DoctestModule.from_parent(parent, path=file_path)
    return None


@pytest.hookimpl(tryfirst=True)
def pytest_pycollect_makeitem(collector, name, obj):
    from odoo.tests import BaseCase  # not before pytest-odoo has read the configuration

    if isinstance(obj, type) and obj.__module__ != collector.obj.__name__:
        return []
    if isinstance(obj, type) and issubclass(obj, BaseCase) and not hasattr(obj, "test_tags"):
        # Odoo sets these two for the test classes of addons only, and needs them
        obj.test_tags = {"standard", "post_install"}
        obj.test_module = "bench"
    return None


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    from odoo.tests import BaseCase

    def is_inherited(item):
        return (
            isinstance(getattr(item, "cls", None), type)
            and issubclass(item.cls, BaseCase)
            and not getattr(item.cls, "allow_inherited_tests_method", False)
            and item.originalname not in vars(item.cls)
        )

    BaseCase._test_params = []  # Odoo's tag selector sets it, for Hoot
    items[:] = [item for item in items if not is_inherited(item)]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[-1] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        if NO_BROWSER.search(reason):
            report.outcome = "failed"
            report.longrepr = f"{item.nodeid}: not run for want of a browser: {reason}"
    if own_warnings.lines and report.passed:
        report.outcome = "failed"
        report.longrepr = "\n".join([f"{item.nodeid} logged:", *own_warnings.lines])
    own_warnings.lines.clear()
    if report.when == "call" and report.passed:
        passed.add(item.nodeid)
    return report


def pytest_sessionfinish(session, exitstatus):
    if exitstatus == pytest.ExitCode.OK and not passed:
        session.exitstatus = pytest.ExitCode.NO_TESTS_COLLECTED


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter):
    counts = os.environ.get("CRMSOL_COUNTS")
    if counts:
        with open(counts, "a") as file:
            for kind in ("failed", "error", "passed", "skipped", "xfailed", "xpassed"):
                file.write(f"{kind} {len(terminalreporter.getreports(kind))}\n")
