from odoo import models


class CrmsolReferenceRole(models.Model):
    """The part that a contact person has in the customer's decision."""

    _name = "crmsol.reference.role"
    _description = "Role of a Reference"
    _inherit = ["crmsol.parameter.mixin"]

    _name_uniq = models.Constraint(
        "UNIQUE(name)", "This role already exists. If you do not see it, it is archived."
    )

    # === BUSINESS METHODS === #

    def _count_using_opportunities(self):
        return self._count_by(
            "crmsol.opportunity.reference", "role_id", "opportunity_id:count_distinct"
        )
