from odoo import models


class CrmsolOpportunity(models.Model):
    """What happened in the negotiation, in one list."""

    _inherit = "crmsol.opportunity"  # pylint: disable=consider-merging-classes-inherited
