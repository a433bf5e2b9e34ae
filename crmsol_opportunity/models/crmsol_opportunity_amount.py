from odoo import models


class CrmsolOpportunity(models.Model):
    """What the deal is worth by each source, and which of them feeds the amount."""

    _inherit = "crmsol.opportunity"  # pylint: disable=consider-merging-classes-inherited
