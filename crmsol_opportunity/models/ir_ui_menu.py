from odoo import api, models


class IrUiMenu(models.Model):
    _inherit = "ir.ui.menu"

    @api.model
    def load_menus(self, debug):
        """Tell our application from Odoo's own CRM, also named “CRM”, where both are installed."""
        menus = super().load_menus(debug)
        own = self.env.ref("crmsol_opportunity.menu_root", raise_if_not_found=False)
        other = self.env.ref("crm.crm_menu_root", raise_if_not_found=False)
        if not own or not other or own.id not in menus or other.id not in menus:
            return menus
        if menus[own.id]["name"] != menus[other.id]["name"]:
            return menus
        # super()'s answer is cached and shared: replace the one entry, change none
        name = self.env._("%(menu)s Opportunities", menu=menus[own.id]["name"])
        return {**menus, own.id: {**menus[own.id], "name": name}}
