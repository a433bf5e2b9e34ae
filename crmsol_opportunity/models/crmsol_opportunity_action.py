from odoo import models


class CrmsolOpportunity(models.Model):
    """The commercial actions of the negotiation: the host's activities."""

    _inherit = "crmsol.opportunity"  # pylint: disable=consider-merging-classes-inherited
