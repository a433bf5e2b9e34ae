"""Random calls of everything that a client can call: nothing but clear refusals come back."""

import inspect
import json
import os
import re
import sys
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from xmlrpc.client import Fault

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .access_common import MODEL_ACCESS, NO_ROWS, AccessCommon
from .public_methods import get_public_methods
from .test_client_context import KEYS

#: how many calls; more of them take longer: CRMSOL_EXAMPLES=10000
EXAMPLES = int(os.environ.get("CRMSOL_EXAMPLES", "300"))
HOST_MODELS = ("mail.activity", "sale.order", "res.partner")
ROLES = ("anna", "dora", "dora", "clerk", "portal")
ROUTES = ("json", "xmlrpc", "json2")
OPERATORS = ("=", "!=", "in", "not in", "<", ">=", "ilike", "=like", "any", "child_of", "nonsense")
#: what Odoo answers with a sentence of its own
REFUSALS = ("UserError", "ValidationError", "AccessError", "MissingError", "RedirectWarning")
FRAME = re.compile(r'File "([^"]+)", line \d+, in (\w+)\n\s*(.*)')
#: the folder of the addon; its name alone could be that of a folder around Odoo as well
ADDON = f"{Path(__file__).resolve().parents[1]}{os.sep}"

scalar = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 12),
    st.sampled_from([2**31 - 1, -(2**31), 10**13, 10**9]),
    st.floats(allow_nan=True, allow_infinity=True, width=32),
    st.sampled_from(
        ["", " ", "x", "0", "-1", "1e400", "nan", "2026-11-25", "2026-13-45", "0001-01-01",
         "9999-12-31", "2026-11-25 10:00:00", "won", "lost", "open", "all", "<b>x</b>", "á€😀",
         "a" * 5000, "%s %(x)s {0}", "'; DROP TABLE x", "../..", "id", "name", "company_id"]
    ),
    st.text(st.characters(min_codepoint=32, max_codepoint=0x2FFF), max_size=12),
)  # fmt: skip
junk = st.recursive(
    scalar,
    lambda child: st.one_of(
        st.lists(child, max_size=3),
        st.dictionaries(st.sampled_from(["id", "name", "0", "x", "phase_id"]), child, max_size=2),
    ),
    max_leaves=5,
)

nested = st.dictionaries(
    st.sampled_from(["id", "name", "partner_id", "product_id"]), junk, max_size=3
)


@tagged("post_install", "-at_install")
class TestHostileInput(AccessCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.counts, cls.reasons = Counter(), Counter()
        cls.methods = get_public_methods(cls.env)
        cls.fields = {
            model: sorted(
                name
                for name, field in cls.env[model]._fields.items()
                if model in MODEL_ACCESS or field._module == "crmsol_opportunity"
            )
            for model in (
                *(m for m, row in MODEL_ACCESS.items() if row[2] != NO_ROWS),
                *HOST_MODELS,
            )
        }
        cls.env["mail.activity"].create(
            [
                {
                    "res_model_id": cls.env["ir.model"]._get_id("crmsol.opportunity"),
                    "res_id": deal.id,
                    "summary": "Call",
                    "user_id": cls.dora.id,
                }
                for deal in cls.open_deals.values()
            ]
        )
        values = {"opportunity_ids": cls.open_deals["anna"].ids}
        for model in ("close", "merge", "reopen"):
            cls.env[f"crmsol.opportunity.{model}"].with_user(cls.dora).create(values)
        gate = cls.env["crmsol.opportunity.gate"].with_user(cls.dora)
        gate.create({**values, "phase_id": cls.phase_proposal.id})
        cls.env["crmsol.opportunity.import"].with_user(cls.dora).create({})
        cls.env["crmsol.threshold.settings"].with_user(cls.dora).create({})
        cls.env["sale.order"].create(
            {
                "partner_id": cls.customer.id,
                "crmsol_opportunity_id": cls.open_deals["anna"].id,
                "user_id": cls.dora.id,
            }
        )
        cls.env.flush_all()
        cls.ids = {
            model: cls.env[model].search([], limit=30, order="id desc").ids for model in cls.fields
        }
        tomorrow = datetime.now() + timedelta(days=1)
        cls.keys = {
            role: cls.env["res.users.apikeys"]
            .with_user(cls.users[role])
            .sudo()
            ._generate("rpc", "test", tomorrow)
            for role in set(ROLES)
        }

    # === THE CALLS === #

    def test_only_clear_refusals_come_back(self):
        """Whatever a client sends, it is answered or told what to do; nothing else comes back."""
        self.faults = {}
        self._call_at_random()
        if "CRMSOL_EXAMPLES" in os.environ:  # the figures of a long run
            sys.stderr.write(f"\nanswers: {dict(self.counts)} {self.reasons.most_common(40)}\n")
        self.assertFalse(self.faults)
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
        kind = self._classify(error)
        self.counts[kind] += 1
        if kind == "host":
            self.reasons[error[1].strip().splitlines()[-1][:60]] += 1
        if kind == "ours":  # one call of each fault is enough
            last = self._get_own_frames(error[1])[-1]
            place = f"{last[0].rpartition('/')[2]} {last[1]}: {last[2]}"
            reason = error[1].strip().splitlines()[-1][:200]
            self.faults.setdefault(
                place, f"{reason} {role} {route} {model}.{method} {ids} {kwargs}"
            )

    def _draw_call(self, draw):
        """Return model, method, arguments by name, ids or None, of a call that fits."""
        kinds = ["method", "method", "create", "write", "search", "group", "default", "onchange"]
        kind = draw(st.sampled_from(kinds))
        if kind == "method":
            model, method = draw(st.sampled_from(sorted(self.methods)))
            function = self.methods[model, method]
            kwargs = {}
            for name, parameter in list(inspect.signature(function).parameters.items())[1:]:
                if parameter.kind not in (parameter.POSITIONAL_OR_KEYWORD, parameter.KEYWORD_ONLY):
                    continue
                if parameter.default is parameter.empty or draw(st.booleans()):
                    kwargs[name] = self._draw_argument(draw, model, name)
            is_of_model = hasattr(function, "_api_model")
            return model, method, kwargs, None if is_of_model else self._draw_ids(draw, model)
        model = draw(st.sampled_from(sorted(self.fields)))
        if kind == "default":
            keys = [
                *KEYS,
                "default_opportunity_id",
                "default_res_id",
                "default_team_id",
                "order_id",
            ]
            context = draw(st.dictionaries(st.sampled_from(keys), junk, max_size=3))
            context["default_res_model"] = "crmsol.opportunity"
            kwargs = {"fields": self.fields[model], "context": context}
            return model, "default_get", kwargs, None
        if kind == "onchange":
            values = self._draw_values(draw, model)
            kwargs = {"values": values, "field_names": list(values)}
            return model, "onchange", kwargs | {"fields_spec": {f: {} for f in values}}, []
        if kind == "create":
            return model, "create", {"vals_list": [self._draw_values(draw, model)]}, None
        if kind == "write":
            values = self._draw_values(draw, model)
            return model, "write", {"vals": values}, self._draw_ids(draw, model)
        leaf = [
            draw(st.sampled_from(self.fields[model])),
            draw(st.sampled_from(OPERATORS)),
            draw(junk),
        ]
        if kind == "search":
            return model, "search_count", {"domain": [leaf]}, None
        fname = draw(st.sampled_from(self.fields[model]))
        spec = draw(st.sampled_from([fname, f"{fname}:month", f"{fname}:nonsense"]))
        aggregate = draw(st.sampled_from(["__count", f"{fname}:sum", f"{fname}:avg"]))
        kwargs = {"domain": [], "groupby": [spec], "aggregates": [aggregate]}
        return model, "formatted_read_group", kwargs, None

    def _draw_ids(self, draw, model):
        known = self.ids.get(model) or self.env[model].sudo()._auto and [1] or [1]
        return draw(st.lists(st.sampled_from([*known, *known, 10**9]), max_size=2, unique=True))

    def _draw_argument(self, draw, model, name):
        if name == "vals":  # what is no dict at all does not fit the host's signature
            return self._draw_values(draw, model)
        if name == "vals_list":
            return [self._draw_values(draw, model)]
        if name in ("values", "default"):
            return draw(st.one_of(junk, st.just(self._draw_values(draw, model))))
        if name.startswith("date_") or name in ("day", "month"):
            return draw(st.one_of(junk, st.just("2026-11-01")))
        if name == "section":
            return draw(st.one_of(junk, st.sampled_from(["actions", "silent", "closing"])))
        if name.endswith("_id"):
            return draw(st.one_of(junk, st.sampled_from([self.anna.id, self.company.id])))
        return draw(junk)

    def _draw_values(self, draw, model):
        """Return values of which some are good, so that the others are reached, and some junk."""
        values = {}
        if model in MODEL_ACCESS and draw(st.booleans()):
            values = self._get_good_values(model)
        for fname in draw(
            st.lists(st.sampled_from(self.fields.get(model) or ["name"]), max_size=3, unique=True)
        ):
            field = self.env[model]._fields.get(fname)
            kind = field.type if field is not None and draw(st.booleans()) else None
            if kind in ("one2many", "many2many"):
                values[fname] = [[0, 0, draw(nested)]]
            elif kind == "many2one":
                values[fname] = draw(st.sampled_from([self.anna.id, self.phase_new.id, 1, 10**9]))
            else:
                values[fname] = draw(junk)
        return values

    def _get_good_values(self, model):
        deal = self.open_deals["anna"].id
        fields = self.env[model]._fields
        good = {
            "name": "New",
            "partner_id": self.rival.id if model != "crmsol.opportunity" else self.customer.id,
            "opportunity_id": deal,
            "opportunity_ids": [[6, 0, [deal]]],
            "phase_id": self.phase_proposal.id,
            "product_id": self.product.id,
        }
        return {fname: value for fname, value in good.items() if fname in fields}

    # === THE ROUTES === #

    def _call(self, role, route, model, method, ids, kwargs):
        """Return (name of the exception, traceback), or None where there was an answer."""
        user = self.users[role]
        loggers = ("http", "sql_db", "models", "service.model", "tools.mail.html_sanitize")
        loggers += ("addons.rpc.controllers", "addons.rpc.controllers.xmlrpc")
        with mute_logger(*(f"odoo.{name}" for name in loggers)):
            if route == "xmlrpc":
                args = [] if ids is None else [ids]
                if ids is None and method == "create":
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
            if route == "json2":
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
            if self.session is None or self.session.uid != user.id:
                self.authenticate(user.login, user.login)
            params = {
                "model": model,
                "method": method,
                "args": [] if ids is None else [ids],
                "kwargs": kwargs,
            }
            body = {"jsonrpc": "2.0", "method": "call", "params": params}
            error = (
                self.url_open(
                    "/web/dataset/call_kw",
                    data=json.dumps(body),
                    headers={"Content-Type": "application/json"},
                )
                .json()
                .get("error")
            )
            return error and (error["data"]["name"], error["data"]["debug"])

    @staticmethod
    def _get_own_frames(trace):
        """Return (file, function, line) of each frame that is code of the addon."""
        return [
            frame
            for frame in FRAME.findall(trace)
            if str(Path(frame[0]).resolve()).startswith(ADDON)
        ]

    @classmethod
    def _classify(cls, error):
        """Return ``answer``, ``refusal``, ``host`` or ``ours``.

        ``host``: Odoo refuses in words of its own what its own fields and methods cannot take: an
        unknown field, text for a number, several records for one. ``ours``: the same raised by code
        of the addon, or by what that code calls with what a client gave.
        """
        if not error:
            return "answer"
        name, trace = error
        if name.rpartition(".")[2] in REFUSALS or name in ("2", "4"):
            return "refusal"
        frames = cls._get_own_frames(trace)
        passed_on = ("super(", "ensure_one()", "Domain(domain)")  # lines that hand over to the host
        if not frames or any(line in frames[-1][2] for line in passed_on):
            return "host"
        return "ours"
