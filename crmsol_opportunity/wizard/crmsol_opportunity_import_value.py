from odoo import api, fields, models

from ..const import LOST, OPEN, WON
from ..engine import pipeline_terms as terms


class CrmsolOpportunityImportValue(models.TransientModel):
    """What a value of the columns of phases or outcomes stands for."""

    _name = "crmsol.opportunity.import.value"
    _description = "Value of an Imported Pipeline"
    _order = "count desc, id"

    import_id = fields.Many2one(
        "crmsol.opportunity.import", required=True, index=True, ondelete="cascade"
    )
    target = fields.Selection(
        [(terms.PHASE, "Phase"), (terms.OUTCOME, "Outcome")], required=True, readonly=True
    )
    name = fields.Char("Value in the File", required=True, readonly=True)
    count = fields.Integer("Rows", readonly=True)
    outcome = fields.Selection([(OPEN, "Open"), (WON, "Won"), (LOST, "Lost")])
    phase_id = fields.Many2one(
        "crmsol.phase",
        ondelete="cascade",
        help="Of won and lost ones: the phase from which they were closed, if it is known.",
    )

    # === ONCHANGE METHODS === #

    @api.onchange("phase_id")
    def _onchange_phase_id(self):
        """Who is in an open phase is open, unless something else was said."""
        if self.phase_id and not self.phase_id.is_closing and not self.outcome:
            self.outcome = OPEN
