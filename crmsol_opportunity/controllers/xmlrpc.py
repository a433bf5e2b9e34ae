from xmlrpc.client import loads

from odoo.addons.rpc import controllers
from odoo.http import request

from ..client_call import get_call_of_service, get_refusal


class RPC(controllers.RPC):
    """XML-RPC makes the answer to an exception itself, so ``ir.http`` is not asked.

    Where Odoo serves several databases without a filter it asks no addon, and answers as ever.
    """

    def _xmlrpc(self, service):
        try:
            return super()._xmlrpc(service)
        except Exception as error:
            params = loads(request.httprequest.get_data(), use_datetime=True)[0]
            call = get_call_of_service(service, params)
            refusal = call and get_refusal(call, error)
            if not refusal:
                raise
            raise refusal from error
