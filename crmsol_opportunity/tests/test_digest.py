from datetime import datetime, timedelta

from odoo.tests import tagged

from .common import CrmsolCommon

KPIS = ("new_opportunities", "won_amount", "open_pipeline")


@tagged("post_install", "-at_install")
class TestDigest(CrmsolCommon):
    """The figures of the opportunities in the periodic mail."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.digest = cls.env["digest.digest"].create(
            {
                "name": "Digest",
                "company_id": cls.company.id,
                **{f"kpi_crmsol_{name}": True for name in KPIS},
            }
        )
        # the figures of a company in which nothing else happens
        cls.day = datetime(2031, 3, 11, 12)

    def _values(self, user, start, end):
        digest = self.digest.with_user(user).with_context(start_datetime=start, end_datetime=end)
        digest.invalidate_recordset()
        return [digest[f"kpi_crmsol_{name}_value"] for name in KPIS]

    def test_mail_counts_what_is_new_won_and_open(self):
        before, day = self.day - timedelta(days=9), self.day
        self._at(before)
        quiet = self._create_opportunity(self.clara, amount=100)
        self._at(day)
        won = self._create_opportunity(self.clara, amount=2500)
        self._create_opportunity(self.clara, amount=70)._close("lost")
        self.env.flush_all()
        self._at(day + timedelta(hours=1))
        won._close("won")
        self._at(day + timedelta(hours=2))
        deals = self.env["crmsol.opportunity"]
        for deal, created in ((quiet, before), (won, day)):
            self.env.flush_all()
            self.env.cr.execute(
                "UPDATE crmsol_opportunity SET create_date = %s WHERE id = %s", [created, deal.id]
            )
            deals |= deal
        self.env.invalidate_all()
        new, amount, pipeline = self._values(
            self.clara, day + timedelta(minutes=30), day + timedelta(hours=3)
        )
        self.assertEqual((new, amount), (0, 2500))
        at_noon = self._values(self.clara, before, day + timedelta(minutes=30))
        self.assertEqual(at_noon[1], 0, "not won yet")
        self.assertEqual(at_noon[2] - pipeline, 2500, "what was won has left the pipeline")
        new = self._values(self.clara, day - timedelta(hours=1), day + timedelta(minutes=30))[0]
        self.assertGreaterEqual(new, 1)

    def test_recipients_get_the_figures_of_what_they_may_see(self):
        self._at(self.day)
        self._create_opportunity(self.ben, amount=2500)._close("won")
        self.env.flush_all()
        period = (self.day - timedelta(hours=1), self.day + timedelta(hours=1))
        self.assertEqual(self._values(self.anna, *period)[1], 0)
        self.assertEqual(self._values(self.dora, *period)[1], 2500)

    def test_who_sells_nothing_gets_the_mail_without_these_figures(self):
        for user, count in ((self.clerk, 0), (self.dora, len(KPIS))):
            with self.subTest(user.login):
                kpis = self.digest._compute_kpis(self.company, user)
                names = [k["kpi_name"] for k in kpis if k["kpi_name"].startswith("kpi_crmsol_")]
                self.assertEqual(len(names), count)

    def test_figures_lead_to_the_opportunities(self):
        kpis = self.digest._compute_kpis(self.company, self.dora)
        menu = self.env.ref("crmsol_opportunity.menu_root")
        for kpi in kpis:
            if kpi["kpi_name"].startswith("kpi_crmsol_"):
                self.assertEqual(
                    kpi["kpi_action"],
                    f"crmsol_opportunity.crmsol_opportunity_action?menu_id={menu.id}",
                )

    def test_mail_is_rendered_with_the_figures_in_spanish(self):
        self._in_spanish(self.dora)
        self.digest.user_ids = self.dora
        before = self.env["mail.mail"].sudo().search([]).ids
        self.digest.action_send_manual()
        mail = self.env["mail.mail"].sudo().search([("id", "not in", before)])
        body = mail[:1].body_html
        for label in ("Oportunidades nuevas", "Cantidad ganada", "Embudo abierto"):
            self.assertIn(label, body)

    def test_new_database_has_the_figures_in_its_digest(self):
        digest = self.env.ref("digest.digest_digest_default", raise_if_not_found=False)
        if not digest:
            self.skipTest("the digest of the installation was deleted")
        for name in KPIS:
            self.assertIn(f"kpi_crmsol_{name}", digest._fields)
