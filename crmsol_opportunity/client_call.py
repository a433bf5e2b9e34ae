"""Calls from outside that do not fit, answered in words.

Odoo's own code takes what a client sends before any code of an addon does: it binds the arguments,
browses the ids, reads the context, the domain, the fields and their values. What it cannot take
ends in whichever exception Python or PostgreSQL raises there: a TypeError, a KeyError, a DataError,
told to the client as a failure of the server and logged as one. For calls of our models it is a
refusal instead, a sentence in the caller's language, whichever route it comes by:

- web client, JSON-2 and JSON-RPC pass :meth:`ir.http._handle_error` when all is rolled back and
  Odoo has repeated what it repeats, so neither its retries nor its flush are touched;
- XML-RPC makes its answers itself: ``controllers/xmlrpc.py``.

A bug is not disguised: the exception is left as it is, and logged as an error, unless

- all frames between the call and the failure are Odoo's, or are methods of ours that hand on to the
  method that they extend; or
- what was given cannot be ids, values, a domain or a context, whoever stumbles over it.

So is whatever Odoo itself answers or repeats: its refusals, violated constraints, concurrency, a
cursor that is read-only.
"""

import functools
import logging
from itertools import pairwise
from traceback import walk_tb
from typing import Any, NamedTuple

import psycopg2
from werkzeug.exceptions import NotFound, UnprocessableEntity

from odoo.api import Environment
from odoo.exceptions import MissingError, UserError, ValidationError
from odoo.http import request
from odoo.models import BaseModel
from odoo.modules import Manifest
from odoo.modules.registry import Registry

from .client_input import is_id

PREFIX = "crmsol."
#: in the name of each method of ours on a model of Odoo's
METHOD_MARK = "crmsol_"
ADDON = __package__.rpartition(".")[2]
#: addons of the server itself, without which no call comes in
SERVER_ADDONS = ("base", "web", "rpc")
REASON_MAX_LENGTH = 200

#: what is raised about arguments that do not fit. PostgreSQL's other errors are not about them:
#: IntegrityError, OperationalError and InternalError are Odoo's to tell, to repeat or to retry.
ARGUMENT_ERRORS = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    NotImplementedError,
    RecursionError,  # domains within domains, as deep as Python goes
    TypeError,
    ValueError,
    psycopg2.DataError,
    psycopg2.ProgrammingError,
    # of JSON-2, which looks for the method and binds the arguments itself
    NotFound,
    UnprocessableEntity,
)
DOMAINS = "odoo.orm.domains"
ONE_RECORD = ("odoo.orm.models", "ensure_one")
#: where Odoo looks for the method, and calls it
LOOK_UP = ("odoo.service.model", "get_public_method")
CALLERS = {
    ("odoo.service.model", "call_kw"),
    ("odoo.addons.rpc.controllers.json2", "web_json_2_rpc"),
}


class Call(NamedTuple):
    """A call of one of our models, as a client sent it: any value may be of any type."""

    db: str
    uid: int
    model: str
    method: Any
    context: Any


def get_call(db, uid, model, method, context=None):
    """Return the call, None where neither the model nor the method are ours by their names."""
    if not isinstance(model, str):
        return None
    is_ours = model.startswith(PREFIX) or isinstance(method, str) and METHOD_MARK in method
    return Call(db, uid, model, method, context) if is_ours else None


def get_call_of_service(service, params):
    """Return the call that ``execute`` or ``execute_kw`` of XML-RPC or JSON-RPC make, or None."""
    if service != "object" or not isinstance(params, list | tuple) or len(params) < 5:
        return None
    db, uid, _password, model, method, *arguments = params
    if not is_id(uid):
        return None
    kwargs = arguments[1] if len(arguments) > 1 and isinstance(arguments[1], dict) else {}
    return get_call(db, uid, model, method, kwargs.get("context"))


def get_refusal(call, error):
    """Return the refusal that a client is given for an error, None where the error stays.

    The error becomes its cause, so that the technical details of the answer and the log have it.
    It is logged for information only, as it is no failure of the server.
    """
    if not _is_of_arguments(call, error):
        return None
    if request.env and not request.env.cr.closed:
        request.env.cr.rollback()  # as it will be anyway: the error may have made it useless
    with Registry(call.db).cursor() as cr:
        refusal = _make_refusal(_get_env(cr, call), call, error)
    refusal.__cause__ = error
    refusal.loglevel, refusal.exc_info = logging.INFO, refusal
    return refusal


def _make_refusal(env, call, error):
    names = {"model": call.model, "method": call.method}
    place = _get_place(_get_frames(error)[-1])
    if place == LOOK_UP or isinstance(error, NotFound):
        return MissingError(
            env._(
                "“%(model)s” has no method “%(method)s” that can be called. "
                "Check the name in the documentation.",
                **names,
            )
        )
    if place in CALLERS:
        return UserError(
            env._(
                "“%(method)s” of “%(model)s” does not take these arguments (%(reason)s). "
                "Check how many there are and what they are called.",
                reason=_get_reason(error),
                **names,
            )
        )
    if place == ONE_RECORD:
        return UserError(
            env._(
                "“%(method)s” of “%(model)s” is for one record. Give exactly one id.",
                **names,
            )
        )
    if place[0] == "xmlrpc.client":
        return UserError(
            env._(
                "“%(method)s” of “%(model)s” has been carried out, but XML-RPC cannot express its "
                "answer (%(reason)s). Call it by JSON-2 if you need the answer.",
                reason=_get_reason(error),
                **names,
            )
        )
    return ValidationError(
        env._(
            "“%(method)s” of “%(model)s” cannot do anything with what it was given (%(reason)s). "
            "Check ids, names of fields, values, domain and context.",
            reason=_get_reason(error),
            **names,
        )
    )


def _get_env(cr, call):
    """Return an environment in the language of the call, or else in that of the user."""
    env = Environment(cr, call.uid, {})
    lang = call.context.get("lang") if isinstance(call.context, dict) else None
    if lang not in (code for code, _name in env["res.lang"].get_installed()):
        lang = env.user.exists().lang
    return env(context={"lang": lang})


def _get_reason(error):
    """Return what Odoo, Python or PostgreSQL say, in one line."""
    if isinstance(error, psycopg2.Error):
        reason = error.diag.message_primary or error.args[0]
    elif isinstance(error, UnprocessableEntity):
        reason = error.description
    else:
        reason = str(error) or type(error).__name__
    line = " ".join(reason.split())
    return line if len(line) <= REASON_MAX_LENGTH else f"{line[: REASON_MAX_LENGTH - 1]}…"


# === WHOSE FAULT IT IS === #


def _is_of_arguments(call, error):
    """Tell whether Odoo's code refused the arguments, rather than that ours failed with them."""
    if not isinstance(error, ARGUMENT_ERRORS):
        return False
    if not _is_context(call.db, call.context):
        return True
    while error:  # what was raised first may have been wrapped
        frames = _get_frames(error)
        if not (
            _has_misfits(frames)
            or all(
                _is_host(outer) or _hands_on(outer, inner)
                for outer, inner in pairwise([*frames, None])
            )
        ):
            return False
        error = error.__cause__ or error.__context__
    return True


def _is_context(db, context):
    """Tell whether Odoo, which reads its keys for any code, could take them."""
    if not isinstance(context, dict):
        return not context
    companies = context.get("allowed_company_ids") or []
    return (
        all(isinstance(context.get(key) or "", str) for key in ("lang", "tz"))
        and isinstance(companies, list | tuple)
        and all(map(is_id, companies))
        and _is_hashable(context.get("active_test"))
        and all(
            _is_hashable(tuple(context[key]) if isinstance(context[key], list) else context[key])
            for key in _get_keys_of_caches(db) & context.keys()
        )
        # what Odoo tells itself by the context
        and not any(key.startswith("_") for key in context)
    )


def _get_keys_of_caches(db):
    """Return the keys by whose values Odoo keeps the values of a field apart."""
    return set().union(*Registry(db).field_depends_context.values())


def _is_hashable(value):
    try:
        hash(value)
    except TypeError:
        return False
    return True


def _get_frames(error):
    return [frame for frame, _line in walk_tb(error.__traceback__)]


def _get_place(frame):
    """Return the names of the module and of the function that a frame runs."""
    return frame.f_globals.get("__name__", ""), frame.f_code.co_name


def _is_host(frame):
    """Tell whether a frame is code below this addon: Odoo's, or a library's."""
    module = _get_place(frame)[0]
    return not module.startswith("odoo.addons.") or module.split(".")[2] in get_host_addons()


def _hands_on(outer, inner):
    """Tell whether a method gives the call to the one that it extends."""
    return inner is not None and outer.f_code.co_name == inner.f_code.co_name


def _has_misfits(frames):
    """Tell whether the method called was given what cannot be ids, values or a domain."""
    given = _get_given(frames)
    records, vals_list = given.get("self"), given.get("vals_list", [])
    if not isinstance(records, BaseModel):
        return False
    return (
        not all(map(is_id, records._ids))
        or (_get_place(frames[-1]) == ONE_RECORD and len(records) != 1)
        or not isinstance(given.get("vals", {}), dict)
        or not isinstance(vals_list, list | dict)
        or not all(isinstance(vals, dict) for vals in vals_list if isinstance(vals_list, list))
        or ("domain" in given and _is_in_domain(frames))
    )


def _get_given(frames):
    """Return what the method called was given, by the names of its parameters."""
    callers = [number for number, frame in enumerate(frames) if _get_place(frame) in CALLERS]
    for called in frames[callers[-1] + 1 :][:1] if callers else []:
        code = called.f_code
        names = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
        return {name: called.f_locals[name] for name in names if name in called.f_locals}
    return {}


def _is_in_domain(frames):
    """Tell whether Odoo failed to read a domain, rather than a search method of ours it asked."""
    modules = [_get_place(frame)[0] for frame in frames]
    return DOMAINS in modules and all(map(_is_host, frames[modules.index(DOMAINS) :]))


@functools.cache
def get_host_addons():
    """Return the names of all addons that this one is built upon."""
    found, left = set(SERVER_ADDONS), [ADDON]
    while left:
        new = {name for addon in left for name in Manifest.for_addon(addon)["depends"]} - found
        found |= new
        left = list(new)
    return found
