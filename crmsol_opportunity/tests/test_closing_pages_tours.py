from odoo import Command
from odoo.tests import HttpCase, tagged

from ..const import LOST, WON
from .common import CrmsolCommon


@tagged("post_install", "-at_install")
class TestClosingPagesTours(CrmsolCommon, HttpCase):
    """In Spanish, as a salesman reads what the closed deals tell."""

    def test_seller_reads_what_the_closed_deals_tell(self):
        self._in_spanish(self.anna)
        self.env["crmsol.opportunity"].search([]).action_archive()
        rival, helper = self.env["res.partner"].create(
            [{"name": name, "is_company": True} for name in ("Rival", "Socia")]
        )
        for index, outcome in enumerate((WON, LOST, WON, WON, LOST, WON)):
            helpers = [Command.create({"partner_id": helper.id})] if index < 2 else []
            deal = self._create_opportunity(
                phase_id=self.phase_proposal.id,
                competitor_ids=[Command.create({"partner_id": rival.id})],
                partner_line_ids=helpers,
            )
            deal._close(outcome)
        self.start_tour(
            "/odoo/opportunity", "crmsol_opportunity_closing_pages", login="crmsol_anna"
        )
