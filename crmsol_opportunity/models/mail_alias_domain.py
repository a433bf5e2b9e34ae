from odoo import api, models
from odoo.tools import SQL, ormcache


class MailAliasDomain(models.Model):
    _inherit = "mail.alias.domain"

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        domains = super().create(vals_list)
        self.env.registry.clear_cache()  # see _crmsol_is_in_use
        return domains

    # === BUSINESS METHODS === #

    @api.model
    @ormcache()
    def _crmsol_is_in_use(self):
        """Tell whether there may be any domain of aliases."""
        [(is_in_use,)] = self.env.execute_query(
            SQL("SELECT EXISTS (SELECT FROM mail_alias_domain)")
        )
        return is_in_use
