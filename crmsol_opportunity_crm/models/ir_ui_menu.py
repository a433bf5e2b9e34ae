from odoo import api, models


class IrUiMenu(models.Model):
    _inherit = "ir.ui.menu"

    @api.model
    def load_menus(self, debug):
        """Tell Odoo's own CRM from ours, which is named “CRM” too.

        Only what is shown: the menus are nobody's to rename, and without this addon they are as
        they were. A menu that somebody has renamed keeps that name.
        """
        menus = super().load_menus(debug)
        own = self.env.ref("crmsol_opportunity.menu_root", raise_if_not_found=False)
        other = self.env.ref("crm.crm_menu_root", raise_if_not_found=False)
        if not own or not other or own.id not in menus or other.id not in menus:
            return menus
        if menus[own.id]["name"] != menus[other.id]["name"]:
            return menus
        # super()'s answer is cached and shared: replace the one entry, change none
        name = self.env._("%(menu)s of Odoo", menu=menus[other.id]["name"])
        return {**menus, other.id: {**menus[other.id], "name": name}}
