from datetime import datetime, time, timedelta

from odoo.tests import HttpCase, tagged

from ..report.period import get_today
from .test_pipeline_asof import PipelineCommon


@tagged("post_install", "-at_install")
class TestPipelineTours(PipelineCommon, HttpCase):
    """In Spanish, as the sellers see the pipeline on a date and how it came there."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._in_spanish(cls.clara)
        last_month = get_today(cls.env(user=cls.clara)).replace(day=1) - timedelta(days=1)
        cls.last_month = datetime.combine(last_month.replace(day=15), time(12))
        won = cls._create_opportunity(name="Ganado hoy", amount=1500)
        won._close("won")
        still_open = cls._create_opportunity(name="Abierto", amount=2250)
        before = cls.last_month - timedelta(days=60)
        opened = {"outcome": "open", "phase_id": cls.phase_new.id}
        now = cls.env.cr.now()
        won._replace_history(
            {
                won.id: [(before, {**opened, "amount_company": 1000}), (now, {})],
                still_open.id: [(before, {"amount_company": 2000}), (cls.last_month, {})],
            }
        )

    def test_seller_looks_at_the_pipeline_of_another_day(self):
        self.start_tour(
            "/odoo/pipeline-on-a-date", "crmsol_opportunity_pipeline_asof", login="crmsol_clara"
        )

    def test_seller_follows_the_evolution_of_the_pipeline(self):
        self.start_tour(
            "/odoo/pipeline-evolution",
            "crmsol_opportunity_pipeline_waterfall",
            login="crmsol_clara",
        )
