from odoo import fields, models


class CrmTeam(models.Model):
    _inherit = "crm.team"

    crmsol_properties_definition = fields.PropertiesDefinition("Opportunity Properties")
