from odoo import fields, models
from odoo.tools import SQL


class CrmsolReferenceRole(models.Model):
    """The part that a contact person has in the customer's decision."""

    _name = "crmsol.reference.role"
    _description = "Role of a Reference"
    _inherit = ["crmsol.parameter.mixin"]

    is_decisive = fields.Boolean(
        "Takes the Decision",
        help="Who has this role says yes or no. An opportunity in which nobody of them has been "
        "contacted lately is pointed out.",
    )

    _name_uniq = models.Constraint(
        "UNIQUE(name)", "This role already exists. If you do not see it, it is archived."
    )

    # === TABLE METHODS === #

    def _init_column(self, column_name):
        """Mark the role “Decides” of an installation that is older than the column."""
        result = super()._init_column(column_name)
        if column_name == "is_decisive":
            self.env.cr.execute(
                SQL(
                    """
                    UPDATE crmsol_reference_role SET is_decisive = TRUE WHERE id IN (
                        SELECT res_id FROM ir_model_data
                        WHERE module = 'crmsol_opportunity' AND name = 'reference_role_decides'
                    )
                    """
                )
            )
        return result

    # === BUSINESS METHODS === #

    def _count_using_opportunities(self):
        return self._count_by(
            "crmsol.opportunity.reference", "role_id", "opportunity_id:count_distinct"
        )
