from odoo import api, models


class CrmsolCachedMixin(models.AbstractModel):
    """What seldom changes and is asked for often: kept in the registry's cache.

    Whatever the ORM does to its rows empties that cache, in every worker. Who writes them by SQL
    empties it too.
    """

    _name = "crmsol.cached.mixin"
    _description = "Kept in the Cache"

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache()
        return super().create(vals_list)

    def write(self, vals):
        self.env.registry.clear_cache()
        return super().write(vals)

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()
