from odoo import fields
from odoo.tests import HttpCase, tagged

from .common import CrmsolCommon


@tagged("post_install", "-at_install")
class TestDistributionTours(CrmsolCommon, HttpCase):
    """In Spanish, as a salesman reads what the month may bring."""

    def test_seller_reads_what_the_month_may_bring(self):
        self._in_spanish(self.anna)
        self.env["crmsol.opportunity"].search([]).action_archive()
        today = fields.Date.context_today(self.anna)
        values = {"date_deadline": today, "phase_id": self.phase_proposal.id}
        deals = self._create_opportunity(name="Negocio grande", amount=100_000, **values)
        for index in range(9):
            deals |= self._create_opportunity(name=f"Negocio {index}", amount=5_000, **values)
        deals.probability = 50
        self.start_tour("/odoo/opportunity", "crmsol_opportunity_distribution", login="crmsol_anna")
