from odoo import models
from odoo.http import request

from ..client_call import get_call, get_call_of_service, get_refusal


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    @classmethod
    def _handle_error(cls, exception):
        """Refuse a call of one of our models that does not fit, see ``client_call``."""
        call = cls._crmsol_get_call()
        refusal = call and get_refusal(call, exception)
        if not refusal:
            return super()._handle_error(exception)
        # what is raised is still the exception: it is logged as these say
        exception.loglevel, exception.exc_info = refusal.loglevel, exception
        return super()._handle_error(refusal)

    @classmethod
    def _crmsol_get_call(cls):
        """Return the call that the request makes of a model of ours, or None."""
        params, path = getattr(request, "params", {}), request.httprequest.path
        if path.startswith("/json/2/"):
            model, method = params.get("__model__"), params.get("__method__")
            return get_call(request.db, request.env.uid, model, method, params.get("context"))
        if path.startswith("/web/dataset/call_"):
            kwargs = params.get("kwargs")
            context = kwargs.get("context") if isinstance(kwargs, dict) else None
            model, method = params.get("model"), params.get("method")
            return get_call(request.db, request.env.uid, model, method, context)
        if path == "/jsonrpc":
            return get_call_of_service(params.get("service"), params.get("args"))
        return None
