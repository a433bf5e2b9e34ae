from odoo import api, models
from odoo.fields import Domain


class ResPartner(models.Model):
    _inherit = "res.partner"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def name_search(self, name="", domain=None, operator="ilike", limit=100):
        """Offer the persons of the opportunity first, where the context names one."""
        opportunity_id = self.env.context.get("crmsol_suggest_opportunity_id")
        if not isinstance(opportunity_id, int):
            return super().name_search(name, domain, operator, limit)
        opportunity = self.env["crmsol.opportunity"].browse(opportunity_id).exists()
        if not opportunity or not opportunity.has_access("read"):
            return super().name_search(name, domain, operator, limit)
        domain = Domain(domain or Domain.TRUE)
        near = opportunity._get_suggested_contacts_domain()
        found = super().name_search(name, domain & near, operator, limit)
        if limit and len(found) >= limit:
            return found
        others = domain & Domain("id", "not in", [id_ for id_, _name in found])
        return found + super().name_search(name, others, operator, limit and limit - len(found))
