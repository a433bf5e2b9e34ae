from datetime import timedelta

from odoo.tests import HttpCase, tagged

from .common import CrmsolCommon


@tagged("post_install", "-at_install")
class TestPhaseTours(CrmsolCommon, HttpCase):
    """The analysis of the phases, in Spanish as the users have it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # whatever a database in use holds is put away: the figures are those of the tour
        cls.env["crmsol.opportunity"].with_context(active_test=False).search([]).unlink()
        cls._in_spanish(cls.anna)
        cls._in_spanish(cls.dora)
        mill, press = (cls._create_opportunity(name=name) for name in ("Mill", "Press"))
        now = cls.env.cr.now()
        mill.phase_id = cls.phase_proposal
        press._close("lost")
        first, open_ = {"phase_id": cls.phase_new.id}, {"outcome": "open"}
        mill._replace_history(
            {
                mill.id: [(now - timedelta(days=10), first), (now - timedelta(days=6), {})],
                press.id: [
                    (now - timedelta(days=9), {**first, **open_}),
                    (now - timedelta(days=3), {}),
                ],
            }
        )

    def test_seller_reads_the_conversion_and_opens_what_a_number_counts(self):
        self.start_tour(
            "/odoo/opportunity-conversion", "crmsol_opportunity_phases", login="crmsol_anna"
        )

    def test_manager_reads_the_time_in_phase_and_the_history(self):
        self.start_tour(
            "/odoo/opportunity", "crmsol_opportunity_time_in_phase", login="crmsol_dora"
        )
