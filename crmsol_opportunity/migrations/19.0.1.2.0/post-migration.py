"""Opportunities get the history that their thread tells: until now nothing else kept it.

Then the facts that follow from it, and from the actions and messages there are already.
"""

from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {"active_test": False})
    opportunities = env["crmsol.opportunity"].search([])
    opportunities._rebuild_history()
    opportunities._renew_last_contact()
    opportunities._renew_slips()
    env.flush_all()
    env["crmsol.phase.pace"]._refresh()
