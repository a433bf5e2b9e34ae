"""Asks what the web client asks: the same methods with the same arguments and context."""

import json
from pathlib import Path

from odoo.service.model import call_kw

MODEL = "crmsol.opportunity"
#: As the browser sent them; written down from Odoo's own web client on the views of the addon.
REQUESTS = json.loads((Path(__file__).parent / "scenarios" / "requests.json").read_text())


class Client:
    """A user's browser, without the browser."""

    def __init__(self, env):
        self.env = env
        self.context = {
            "lang": "es_ES",
            "tz": "Europe/Madrid",
            "uid": env.uid,
            "allowed_company_ids": env.user.company_ids.ids,
        }

    def call(self, model, method, *args, **kwargs):
        """Call a method as by RPC: only public ones, with the rights of the user."""
        context = self.context | kwargs.pop("context", {})
        return call_kw(self.env[model], method, list(args), {**kwargs, "context": context})

    def ask(self, name, *args, **changes):
        """Send one of :data:`REQUESTS`, with some arguments changed."""
        request = REQUESTS[name]
        return self.call(
            request["model"], request["method"], *args, **{**request["kwargs"], **changes}
        )

    def find(self, domain, limit=1, order="id desc", offset=0):
        """Return ids of opportunities, for a scenario to work on."""
        return self.env[MODEL].search(domain, limit=limit, order=order, offset=offset).ids
