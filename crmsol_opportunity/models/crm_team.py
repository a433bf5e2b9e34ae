from odoo import fields, models


class CrmTeam(models.Model):
    _inherit = "crm.team"

    crmsol_properties_definition = fields.PropertiesDefinition("Opportunity Properties")
    crmsol_address_ids = fields.One2many(
        "crmsol.team.address", "team_id", string="Incoming Addresses"
    )

    # === CRUD METHODS === #

    def unlink(self):
        # a deletion by SQL's cascade would leave their aliases, and mails to nobody's team
        self.crmsol_address_ids.unlink()
        # the same cascade shares the phases that were kept for them
        self.env.registry.clear_cache()
        return super().unlink()
