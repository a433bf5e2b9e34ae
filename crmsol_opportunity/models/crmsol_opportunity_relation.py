from odoo import models


class CrmsolOpportunity(models.Model):
    """Who takes part in the negotiation: references, partners and competitors."""

    _inherit = "crmsol.opportunity"  # pylint: disable=consider-merging-classes-inherited
