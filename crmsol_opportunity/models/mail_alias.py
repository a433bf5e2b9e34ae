from odoo import api, models
from odoo.tools import SQL, ormcache


class MailAlias(models.Model):
    _inherit = "mail.alias"

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        aliases = super().create(vals_list)
        # sudo: of what was just created, by a default of the context too
        if aliases.sudo().alias_parent_model_id:
            self.env.registry.clear_cache()  # see _crmsol_is_parent
        return aliases

    def write(self, vals):
        result = super().write(vals)
        if "alias_parent_model_id" in vals:
            self.env.registry.clear_cache()  # see _crmsol_is_parent
        return result

    # === BUSINESS METHODS === #

    @api.model
    @ormcache("model_name")
    def _crmsol_is_parent(self, model_name):
        """Tell whether there may be aliases of single records of a model: most have none."""
        self.flush_model(["alias_parent_model_id"])
        [(is_parent,)] = self.env.execute_query(
            SQL(
                "SELECT EXISTS (SELECT FROM mail_alias WHERE alias_parent_model_id = %s)",
                self.env["ir.model"]._get_id(model_name),
            )
        )
        return is_parent
