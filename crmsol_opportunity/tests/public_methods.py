"""What a client can call: found in the registry, so that a new method is not forgotten."""

import inspect

OWN_MODULE = "odoo.addons.crmsol_opportunity."


def get_public_methods(env):
    """Return {(model, method): function} of the addon's methods that a client may call.

    Those of the host that the addon extends are among them, on every model that has the extension.
    """
    found = {}
    for model in sorted(env.registry):
        cls = env.registry[model]
        for name in dir(cls):
            if name.startswith("_"):
                continue
            function = next((vars(c)[name] for c in cls.__mro__ if name in vars(c)), None)
            if not inspect.isfunction(function) or getattr(function, "_api_private", False):
                continue
            if function.__module__.startswith(OWN_MODULE):
                found[model, name] = function
    return found


def get_host_methods(env, own):
    """Return {(model, method): function} of the host's methods that our models have as well.

    :param own: what :func:`get_public_methods` found
    """
    found = {}
    for model in sorted(model for model in env.registry if model.startswith("crmsol.")):
        cls = env.registry[model]
        for name in dir(cls):
            if name.startswith("_") or (model, name) in own:
                continue
            function = getattr(cls, name)
            if inspect.isroutine(function) and not any(
                getattr(getattr(base, name, None), "_api_private", False) for base in cls.__mro__
            ):
                found[model, name] = function
    return found
