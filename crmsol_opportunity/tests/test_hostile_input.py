"""Random calls of everything that a client can call: nothing but clear refusals come back."""

import json
import os
import re
import sys
from collections import Counter
from pathlib import Path
from xmlrpc.client import Fault

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from ..client_call import METHOD_MARK, PREFIX
from .hostile_common import ROLES, ROUTES, HostileCommon

#: how many calls; more of them take longer: CRMSOL_EXAMPLES=10000
EXAMPLES = int(os.environ.get("CRMSOL_EXAMPLES", "300"))
#: the only classes that come back, and the codes that XML-RPC gives them
REFUSALS = {"UserError", "ValidationError", "AccessError", "MissingError"}
CODES = {"2": "UserError", "4": "AccessError"}
#: warnings about what clients do, and about what Odoo gives up
LOGGERS = (
    "py.warnings",
    "odoo.domains",
    *("odoo.http", "odoo.sql_db", "odoo.models", "odoo.service.model"),
    *("odoo.tools.mail.html_sanitize", "odoo.addons.rpc.controllers"),
    "odoo.addons.rpc.controllers.xmlrpc",
)
FRAME = re.compile(r'File "([^"]+)", line \d+, in (\w+)\n\s*(.*)')
#: the folder of the addon; its name alone could be that of a folder around Odoo as well
ADDON = f"{Path(__file__).resolve().parents[1]}{os.sep}"


@tagged("post_install", "-at_install")
class TestHostileInput(HostileCommon, HttpCase):
    """What is strict, and where Odoo answers as ever.

    Strict are all calls of our models, their inherited methods included, and of our methods on
    Odoo's models: an answer or one of ``REFUSALS`` comes back, whatever the ids, arguments and
    context are. Strict is our code in any call of an Odoo model besides (extended methods, computed
    fields, searches): it may not be what fails.

    Lenient is what is left, Odoo's own methods failing in Odoo's code on Odoo's models, also if a
    field of ours is what they were asked for: such calls end without the addon as well.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.counts, cls.calls, cls.reasons = Counter(), Counter(), Counter()

    # === THE CALLS === #

    def test_only_clear_refusals_come_back(self):
        """Whatever a client sends, it is answered or told what to do; nothing else comes back."""
        self.faults = {}
        self._call_at_random()
        if "CRMSOL_EXAMPLES" in os.environ:  # the figures of a long run
            figures = f"{dict(self.counts)}\n{dict(self.calls)}\n{self.reasons.most_common(40)}"
            sys.stderr.write(f"\n{figures}\n")
        self.assertFalse(self.faults, "\n\n".join(self.faults.values()))
        # the database stays usable
        self.assertEqual(self.open_deals["anna"].with_user(self.anna).name, "Secret of anna")

    @given(data=st.data())
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize="CRMSOL_EXAMPLES" not in os.environ,
        suppress_health_check=list(HealthCheck),
        database=None,
    )
    def _call_at_random(self, data):
        model, method, kwargs, ids = self._draw_call(data.draw)
        role, route = data.draw(st.sampled_from(ROLES)), data.draw(st.sampled_from(ROUTES))
        self.env.flush_all()
        savepoint = self.env.cr.savepoint(flush=False)
        try:
            error = self._call(role, route, model, method, ids, kwargs)
        finally:
            self.env.invalidate_all(flush=False)
            savepoint.close(rollback=True)
            self.env.invalidate_all(flush=False)
        name = "answer" if not error else CODES.get(error[0], error[0].rpartition(".")[2])
        self.calls[role, route] += 1
        self.counts[name] += 1
        if not error or name in REFUSALS:
            return
        reason = error[1].strip().splitlines()[-1][:200]
        is_ours = model.startswith(PREFIX) or METHOD_MARK in method
        if not is_ours and self._is_host(error[1]):
            self.counts["of a model of the host"] += 1
            self.reasons[reason[:60]] += 1
            return
        place = FRAME.findall(error[1])[-1]
        call = f"{role} {route} {model}.{method} {ids} {kwargs}"
        self.faults.setdefault(place, f"{place} {reason} {call}")  # once each

    # === THE ROUTES === #

    def _call(self, role, route, model, method, ids, kwargs):
        """Return (name of the exception, traceback), or None where there was an answer."""
        with mute_logger(*LOGGERS):
            return getattr(self, f"_call_by_{route}")(role, model, method, ids, kwargs)

    def _call_by_xmlrpc(self, role, model, method, ids, kwargs):
        user = self.users[role]
        args = [] if ids is None else [ids]
        if ids is None and method == "create" and set(kwargs) == {"vals_list"}:
            args, kwargs = [kwargs["vals_list"]], {}
        try:
            self.xmlrpc_object.execute_kw(
                self.env.cr.dbname, user.id, user.login, model, method, args, kwargs
            )
        except (OverflowError, TypeError, ValueError):
            return None  # XML-RPC cannot say this
        except Fault as fault:
            return str(fault.faultCode), fault.faultString
        return None

    def _call_by_json2(self, role, model, method, ids, kwargs):
        if self.session is not None and self.session.uid:
            self.authenticate(None, None)  # a key beside another's session is refused
        response = self.url_open(
            f"/json/2/{model}/{method}",
            data=json.dumps({**kwargs, **({"ids": ids} if ids is not None else {})}),
            headers={
                "Content-Type": "application/json",
                "Authorization": f"bearer {self.keys[role]}",
            },
        )
        if response.ok:
            return None
        error = response.json()
        return error["name"], error["debug"]

    def _call_by_json(self, role, model, method, ids, kwargs):
        user = self.users[role]
        if self.session is None or self.session.uid != user.id:
            self.authenticate(user.login, user.login)
        params = {
            "model": model,
            "method": method,
            "args": [] if ids is None else [ids],
            "kwargs": kwargs,
        }
        response = self.url_open(
            "/web/dataset/call_kw",
            data=json.dumps({"jsonrpc": "2.0", "method": "call", "params": params}),
            headers={"Content-Type": "application/json"},
        )
        error = response.json().get("error")
        return error and (error["data"]["name"], error["data"]["debug"])

    @staticmethod
    def _is_host(trace):
        """Tell whether no code of the addon failed, but at most handed on what was given."""
        own = [
            frame
            for frame in FRAME.findall(trace)
            if str(Path(frame[0]).resolve()).startswith(ADDON)
        ]
        passed_on = ("super(", "ensure_one()", "Domain(domain)")  # lines that hand over to the host
        return not own or any(line in own[-1][2] for line in passed_on)
