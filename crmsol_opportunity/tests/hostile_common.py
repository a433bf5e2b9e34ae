"""Random calls: what a client can send, part of it good, so that the other part is reached."""

import inspect
import re
from datetime import datetime, timedelta
from pathlib import Path

from hypothesis import strategies as st

import odoo

from ..client_call import get_host_addons
from .access_common import MODEL_ACCESS, NO_ROWS, AccessCommon
from .public_methods import get_host_methods, get_public_methods
from .test_client_context import HOST_KEYS, KEYS

HOST_MODELS = ("mail.activity", "sale.order", "res.partner")
ROLES = ("anna", "dora", "dora", "clerk", "portal")
ROUTES = ("json", "xmlrpc", "json2")
OPERATORS = ("=", "!=", "in", "not in", "<", ">=", "ilike", "=like", "any", "child_of", "nonsense")
OWN_KEYS = (*KEYS, "default_opportunity_id", "default_res_id", "default_team_id", "order_id")
CONTEXT_KEYS = (*OWN_KEYS, *HOST_KEYS, "lang", "tz", "allowed_company_ids", "uid", "default_name")
#: the keys that Odoo's code reads, which is what this addon is built upon
READ_KEYS = sorted(
    {
        key
        for folder in ("odoo/orm", *(f"odoo/addons/{addon}/models" for addon in get_host_addons()))
        for path in Path(odoo.__path__[0]).parent.glob(f"{folder}/*.py")
        for key in re.findall(r"context\.get\(\s*[\"'](\w+)", path.read_text())
    }
)

scalar = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 12),
    st.sampled_from([2**31 - 1, -(2**31), 10**13, 10**9]),
    st.floats(allow_nan=True, allow_infinity=True, width=32),
    st.sampled_from(
        ["", " ", "x", "0", "-1", "1e400", "nan", "2026-11-25", "2026-13-45", "0001-01-01",
         "9999-12-31", "2026-11-25 10:00:00", "won", "lost", "open", "all", "<b>x</b>", "á€😀",
         "a" * 5000, "%s %(x)s {0}", "'; DROP TABLE x", "../..", "id", "name", "company_id",
         "phase_id.name", "fr_FR", "Europe/Madrid"]
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
keys = st.one_of(st.sampled_from(CONTEXT_KEYS), st.sampled_from(READ_KEYS))
contexts = st.dictionaries(keys, junk, max_size=3)
one_in_eight = st.integers(0, 7).map(lambda number: not number)


class HostileCommon(AccessCommon):
    """What is called: a row of every model, their ids, fields and methods, a key of each role."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.methods = get_public_methods(cls.env)
        cls.host_methods = get_host_methods(cls.env, cls.methods)
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
        cls._create_rows()
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

    @classmethod
    def _create_rows(cls):
        """Create a row of the dialogs, and of the host's models, beside those of every model."""
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

    # === THE CALLS === #

    def _draw_call(self, draw):
        """Return model, method, arguments by name, ids or None, of a call.

        Most of them fit. Of those of our models one in eight lacks an argument, has one too many,
        or ids or a context that are none; what the host's models make of this is the host's.
        """
        kinds = ["method", "host", "create", "write", "search", "group", "default", "onchange"]
        kind = draw(st.sampled_from(["method", *kinds]))
        model, method, kwargs, ids = getattr(self, f"_draw_{kind}")(draw)
        is_ours = model.startswith("crmsol.")
        if draw(st.booleans()) and is_ours:
            kwargs["context"] = kwargs.get("context", {}) | draw(contexts)
        if draw(one_in_eight) and is_ours:
            misfit = draw(st.sampled_from(["less", "more", "ids", "context"]))
            if misfit == "less" and kwargs:
                del kwargs[draw(st.sampled_from(sorted(kwargs)))]
            elif misfit == "more":
                kwargs[draw(st.sampled_from(["nonsense", "domain", "vals"]))] = draw(junk)
            elif misfit == "ids":
                ids = draw(junk)
            else:
                kwargs["context"] = draw(junk)
        return model, method, kwargs, ids

    def _draw_method(self, draw):
        return self._draw_of(draw, self.methods)

    def _draw_host(self, draw):
        return self._draw_of(draw, self.host_methods)

    def _draw_of(self, draw, methods):
        model, method = draw(st.sampled_from(sorted(methods)))
        function = methods[model, method]
        kwargs = {}
        for name, parameter in list(inspect.signature(function).parameters.items())[1:]:
            if parameter.kind not in (parameter.POSITIONAL_OR_KEYWORD, parameter.KEYWORD_ONLY):
                continue
            if parameter.default is parameter.empty or draw(st.booleans()):
                kwargs[name] = self._draw_argument(draw, model, name)
        is_of_model = hasattr(function, "_api_model")
        return model, method, kwargs, None if is_of_model else self._draw_ids(draw, model)

    def _draw_default(self, draw):
        model = draw(st.sampled_from(sorted(self.fields)))
        keys = CONTEXT_KEYS if model.startswith("crmsol.") else OWN_KEYS
        context = draw(st.dictionaries(st.sampled_from(keys), junk, max_size=3))
        context["default_res_model"] = "crmsol.opportunity"
        return model, "default_get", {"fields": self.fields[model], "context": context}, None

    def _draw_onchange(self, draw):
        model = draw(st.sampled_from(sorted(self.fields)))
        values = self._draw_values(draw, model)
        kwargs = {"values": values, "field_names": list(values)}
        return model, "onchange", kwargs | {"fields_spec": {f: {} for f in values}}, []

    def _draw_create(self, draw):
        model = draw(st.sampled_from(sorted(self.fields)))
        return model, "create", {"vals_list": [self._draw_values(draw, model)]}, None

    def _draw_write(self, draw):
        model = draw(st.sampled_from(sorted(self.fields)))
        return (
            model,
            "write",
            {"vals": self._draw_values(draw, model)},
            self._draw_ids(draw, model),
        )

    def _draw_search(self, draw):
        model = draw(st.sampled_from(sorted(self.fields)))
        return model, "search_count", {"domain": self._draw_domain(draw, model)}, None

    def _draw_group(self, draw):
        model = draw(st.sampled_from(sorted(self.fields)))
        kwargs = {
            "domain": [],
            "groupby": [self._draw_group_by(draw, model)],
            "aggregates": [self._draw_aggregate(draw, model)],
        }
        return model, "formatted_read_group", kwargs, None

    # === THE ARGUMENTS === #

    def _draw_ids(self, draw, model):
        known = self.ids.get(model) or self.env[model].sudo()._auto and [1] or [1]
        return draw(st.lists(st.sampled_from([*known, *known, 10**9]), max_size=2, unique=True))

    def _draw_argument(self, draw, model, name):
        """Return what fits a parameter of this name, or in half of the cases anything."""
        if name in ("vals", "vals_list"):
            if model.startswith("crmsol.") and draw(one_in_eight):
                return draw(junk)
            values = self._draw_values(draw, model)
            return values if name == "vals" else [values]
        if draw(st.booleans()):
            return draw(junk)
        for names, draw_fitting in self._get_fitting().items():
            if name in names:
                return draw_fitting(draw, model)
        if name.endswith("_id"):
            return draw(st.sampled_from([self.anna.id, self.company.id]))
        return draw(junk)

    def _get_fitting(self):
        """Return {names of parameters: function that draws what fits them}."""

        def one_of(*values):
            return lambda draw, model: draw(st.sampled_from(values))

        return {
            ("values", "default"): self._draw_values,
            ("domain",): self._draw_domain,
            ("fields", "fnames", "field_names", "allfields"): (
                lambda draw, model: draw(st.lists(self._names(model), max_size=3))
            ),
            ("specification", "fields_spec"): (
                lambda draw, model: draw(
                    st.dictionaries(self._names(model), st.just({}), max_size=3)
                )
            ),
            ("groupby",): lambda draw, model: [self._draw_group_by(draw, model)],
            ("aggregates",): lambda draw, model: [self._draw_aggregate(draw, model)],
            ("field_name", "fname", "field", "group_by"): (
                lambda draw, model: draw(self._names(model))
            ),
            ("limit", "offset"): one_of(-1, 0, 1, 5),
            ("day", "month", "date_from", "date_to"): one_of("2026-11-01"),
            ("section",): one_of("actions", "silent", "closing"),
        }

    def _names(self, model):
        return st.sampled_from(self.fields.get(model) or ["id", "display_name"])

    def _draw_domain(self, draw, model):
        return [[draw(self._names(model)), draw(st.sampled_from(OPERATORS)), draw(junk)]]

    def _draw_group_by(self, draw, model):
        fname = draw(self._names(model))
        return draw(st.sampled_from([fname, f"{fname}:month", f"{fname}:nonsense"]))

    def _draw_aggregate(self, draw, model):
        fname = draw(self._names(model))
        return draw(st.sampled_from(["__count", f"{fname}:sum", f"{fname}:avg"]))

    def _draw_values(self, draw, model):
        """Return values of which some are good, so that the others are reached, and some junk."""
        values = {}
        if model in MODEL_ACCESS and draw(st.booleans()):
            values = self._get_good_values(model)
        names = st.sampled_from(self.fields.get(model) or ["name"])
        for fname in draw(st.lists(names, max_size=3, unique=True)):
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
