"""A user's browser over HTTP, without the browser: plain Python, no package needed."""

import contextlib
import json
import urllib.error
import urllib.request
from http.cookiejar import CookieJar
from xml.etree import ElementTree


class RpcError(Exception):
    """What the server answered instead of a result."""


class Browser:
    """One session of a user.

    :param str base: the server's address, such as ``http://127.0.0.1:8069``
    """

    #: what limits the connections of all browsers at once, as a proxy before the server does
    gate = contextlib.nullcontext()

    def __init__(self, base, timeout=120):
        self.base, self.timeout = base, timeout
        self._cookies = CookieJar()
        cookies = urllib.request.HTTPCookieProcessor(self._cookies)
        self._opener = urllib.request.build_opener(cookies)
        self.context = {}

    def post(self, path, **params):
        """Return the result of a JSON-RPC route.

        :raise RpcError: if the server says that something went wrong
        """
        body = json.dumps({"jsonrpc": "2.0", "method": "call", "params": params}).encode()
        request = urllib.request.Request(
            self.base + path, body, {"Content-Type": "application/json"}
        )
        try:
            with self.gate, self._opener.open(request, timeout=self.timeout) as answer:
                result = json.load(answer)
        except (urllib.error.URLError, OSError) as error:
            raise RpcError(str(error)) from error
        if "error" in result:
            data = result["error"].get("data", {})
            raise RpcError(f"{data.get('name')}: {data.get('message')}")
        return result.get("result")

    def log_in(self, db, login, password):
        session = self.post("/web/session/authenticate", db=db, login=login, password=password)
        self.context = {**session["user_context"], "allowed_company_ids": [1]}
        return session

    @property
    def session_id(self):
        """Return what the session is known by, once the user has logged in."""
        return next(cookie.value for cookie in self._cookies if cookie.name == "session_id")

    def call(self, model, method, *args, **kwargs):
        """Call a public method, as the web client does."""
        context = self.context | kwargs.pop("context", {})
        return self.post(
            f"/web/dataset/call_kw/{model}/{method}",
            model=model,
            method=method,
            args=list(args),
            kwargs={**kwargs, "context": context},
        )

    def get_views(self, model, views):
        """Return {type: specification} of the fields that the views read, and their archs.

        :param list views: (id or false, type)
        """
        found = self.call(model, "get_views", views=views, options={"toolbar": False})
        models = found["models"]
        specifications, archs = {}, {}
        for view_type, view in found["views"].items():
            arch = archs[view_type] = ElementTree.fromstring(view["arch"])
            specifications[view_type] = _get_specification(models, model, arch)
        return specifications, archs


def _fields_of(arch):
    """Yield the fields of a view, without those of the views within them."""
    for node in arch:
        if node.tag == "field":
            yield node
        else:
            yield from _fields_of(node)


def _get_specification(models, model, arch):
    fields, found = models[model]["fields"], {}
    for node in _fields_of(arch):
        field = fields.get(node.get("name"))
        if not field:
            continue
        found[node.get("name")] = {}
        if relation := field.get("relation"):
            subview = next((n for n in node if n.tag in ("list", "kanban")), None)
            known = subview is not None and relation in models
            found[node.get("name")]["fields"] = (
                _get_specification(models, relation, subview) if known else {"display_name": {}}
            )
    return found
