from odoo import fields, models
from odoo.tools import SQL

from ..const import LOST


class CrmsolLossReport(models.Model):
    """Why deals were lost, from which phase and when: a row a lost deal."""

    _name = "crmsol.loss.report"
    _description = "Loss Reasons by Phase"
    _inherit = ["crmsol.closing.report.mixin"]
    _auto = False

    # a row a deal: its amount adds up
    amount = fields.Monetary("Amount Lost", aggregator="sum")

    @property
    def _table_query(self):
        return SQL(
            "SELECT opportunity.id AS id, %(closed)s FROM %(source)s"
            " WHERE opportunity.outcome = %(lost)s",
            closed=self._select_closed(),
            source=self._from_closed(),
            lost=LOST,
        )
