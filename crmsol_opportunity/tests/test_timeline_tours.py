from odoo.tests import HttpCase, tagged

from .common import CrmsolCommon


@tagged("post_install", "-at_install")
class TestTimelineTours(CrmsolCommon, HttpCase):
    """In Spanish, as the sellers see the tabs Cronología and Documentos."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._in_spanish(cls.anna)
        cls.env = cls.env(context={"lang": "es_ES"})
        cls.opportunity = cls._create_opportunity()
        cls.url = f"/odoo/opportunity/{cls.opportunity.id}"

    def test_seller_reads_the_timeline(self):
        opportunity = self.opportunity.with_user(self.anna)
        self.env.flush_all()
        self.env.cr.precommit.run()
        opportunity.amount = 2500.5
        self.env.flush_all()
        self.env.cr.precommit.run()
        for index in range(35):
            opportunity.message_post(body=f"Nota {index}")
        opportunity.activity_schedule(
            "mail.mail_activity_data_call",
            summary="Llamar al cliente",
            user_id=self.anna.id,
            crmsol_contact_id=self.customer.id,
        )
        self.env["sale.order"].with_user(self.anna).create(
            {"partner_id": self.customer.id, "crmsol_opportunity_id": opportunity.id}
        )
        # created, changed and noted in one moment, but in this order
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE crmsol_opportunity SET create_date = create_date - interval '2 days'"
            " WHERE id = %s",
            (opportunity.id,),
        )
        self.start_tour(self.url, "crmsol_opportunity_timeline", login="crmsol_anna")

    def test_seller_keeps_documents(self):
        kind = self.env["crmsol.document.type"].create({"name": "Contrato de prueba"})
        self.start_tour(self.url, "crmsol_opportunity_documents", login="crmsol_anna")
        file = self.env["ir.attachment"].search(
            [("res_model", "=", "crmsol.opportunity"), ("res_id", "=", self.opportunity.id)]
        )
        self.assertEqual(file.name, "contrato.txt")
        self.assertEqual(file.crmsol_document_type_id, kind)
        self.assertEqual(file.description, "Firmado")
        self.assertEqual(file.create_uid, self.anna)
