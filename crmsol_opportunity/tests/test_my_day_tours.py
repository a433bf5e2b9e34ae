from datetime import timedelta

from odoo.tests import HttpCase, tagged

from .test_my_day import MyDayCommon


@tagged("post_install", "-at_install")
class TestMyDayTours(MyDayCommon, HttpCase):
    """In Spanish, as the salespeople begin their day."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._in_spanish(cls.anna)
        cls._in_spanish(cls.dora)
        cls.deal = cls._create_opportunity(
            name="Cocina nueva", amount=1234.5, date_deadline=cls.today - timedelta(days=1)
        )
        cls._silence(cls.deal, 30)
        cls.action = cls._plan(cls.deal, -1, summary="Preguntar por la oferta")
        cls.env["crmsol.target"].create(
            {"user_id": cls.anna.id, "date_month": cls.today, "amount": 4000}
        )

    def test_seller_works_through_the_day(self):
        self.start_tour("/odoo/my-day", "crmsol_opportunity_my_day", login="crmsol_anna")
        self.assertFalse(self.action.active)
        self.assertEqual(self.action.feedback, "Quiere la oferta por correo")

    def test_manager_looks_at_the_teams(self):
        self.start_tour("/odoo/my-day", "crmsol_opportunity_my_day_teams", login="crmsol_dora")

    def test_new_seller_is_told_what_to_do(self):
        self._in_spanish(self.ben)
        self.start_tour("/odoo/my-day", "crmsol_opportunity_my_day_new", login="crmsol_ben")
