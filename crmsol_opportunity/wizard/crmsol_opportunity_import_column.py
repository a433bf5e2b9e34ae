from odoo import fields, models

from ..engine import pipeline_terms as terms


class CrmsolOpportunityImportColumn(models.TransientModel):
    """What a column of the file holds."""

    _name = "crmsol.opportunity.import.column"
    _description = "Column of an Imported Pipeline"
    _order = "index, id"

    import_id = fields.Many2one(
        "crmsol.opportunity.import", required=True, index=True, ondelete="cascade"
    )
    index = fields.Integer(readonly=True)
    name = fields.Char("Column", required=True, readonly=True)
    sample = fields.Char("Examples", readonly=True)
    target = fields.Selection(
        [
            (terms.KEY, "External Key"),
            (terms.NAME, "Name"),
            (terms.CUSTOMER, "Customer"),
            (terms.AMOUNT, "Amount"),
            (terms.CURRENCY, "Currency"),
            (terms.PHASE, "Phase"),
            (terms.OUTCOME, "Outcome"),
            (terms.LOSS_REASON, "Loss Reason"),
            (terms.SELLER, "Salesperson"),
            (terms.TEAM, "Sales Team"),
            (terms.PRODUCT, "Product"),
            (terms.DEADLINE, "Expected Close"),
            (terms.CLOSED, "Closing Date"),
            (terms.CREATED, "Creation Date"),
            (terms.ENTERED, "Entered the Phase On"),
        ],
        string="Is Imported As",
        help="Leave it empty for a column that is not imported.",
    )
    phase_id = fields.Many2one("crmsol.phase", string="Phase Entered", ondelete="cascade")
