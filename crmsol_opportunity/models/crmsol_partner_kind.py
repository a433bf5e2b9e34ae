from odoo import models


class CrmsolPartnerKind(models.Model):
    """In which way a partner helps to close a sale."""

    _name = "crmsol.partner.kind"
    _description = "Kind of Partner"
    _inherit = ["crmsol.parameter.mixin"]

    _name_uniq = models.Constraint(
        "UNIQUE(name)", "This kind of partner already exists. If you do not see it, it is archived."
    )

    # === BUSINESS METHODS === #

    def _count_using_opportunities(self):
        return self._count_by(
            "crmsol.opportunity.partner", "kind_id", "opportunity_id:count_distinct"
        )
