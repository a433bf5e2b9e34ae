from odoo import models


class CrmsolOpportunity(models.Model):
    """The files of the negotiation, wherever they were attached."""

    _inherit = "crmsol.opportunity"  # pylint: disable=consider-merging-classes-inherited
