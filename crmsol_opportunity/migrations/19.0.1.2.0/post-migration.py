"""Opportunities get the history that their thread tells: until now nothing else kept it."""

from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {"active_test": False})
    env["crmsol.opportunity"].search([])._rebuild_history()
