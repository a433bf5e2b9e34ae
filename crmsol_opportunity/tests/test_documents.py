import base64
import io

from odoo import http
from odoo.exceptions import AccessError
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .common import CrmsolCommon


class DocumentsCommon(CrmsolCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={"lang": "en_US"})
        cls.opportunity = cls._create_opportunity()

    @classmethod
    def _file(cls, record, user=None, name="plan.txt", **values):
        return (
            cls.env["ir.attachment"]
            .with_user(user or cls.anna)
            .create(
                {
                    "name": name,
                    "raw": b"content",
                    "res_model": record._name,
                    "res_id": record.id,
                    **values,
                }
            )
        )

    @classmethod
    def _order(cls, **values):
        return cls.env["sale.order"].create(
            {
                "partner_id": cls.customer.id,
                "crmsol_opportunity_id": cls.opportunity.id,
                "user_id": cls.anna.id,
                **values,
            }
        )

    def _documents(self, user=None, **kwargs):
        self.env.flush_all()
        self.env.invalidate_all()
        return self.opportunity.with_user(user or self.anna).get_documents(**kwargs)

    def _origins(self, user=None):
        return {
            document["name"]: (document["origin"]["kind"], document["origin"]["name"])
            for document in self._documents(user)["documents"]
        }


@tagged("post_install", "-at_install")
class TestDocuments(DocumentsCommon):
    def test_files_of_record_messages_actions_and_quotations_are_listed_with_their_origin(self):
        order = self._order()
        self._file(self.opportunity, name="own.txt")
        self._file(order, name="order.txt")
        opportunity = self.opportunity.with_user(self.anna)
        opportunity.message_post(body="Look", attachments=[("message.txt", b"x")])
        order.message_post(body="Look", attachments=[("order message.txt", b"x")])
        planned, done = (
            opportunity.activity_schedule(
                "mail.mail_activity_data_call",
                summary=summary,
                user_id=self.anna.id,
                crmsol_contact_id=self.customer.id,
            )
            for summary in ("Planned", "Done")
        )
        self._file(planned, name="planned.txt")
        self._file(done, name="done.txt")
        done.action_feedback(feedback="Well")
        self.assertEqual(
            self._origins(),
            {
                "own.txt": ("document", ""),
                "order.txt": ("quotation", order.name),
                "order message.txt": ("quotation", order.name),
                "message.txt": ("message", ""),
                "planned.txt": ("action", ""),
                "done.txt": ("action", ""),
            },
        )

    def test_each_file_comes_once_with_who_when_size_type_and_note(self):
        kind = self.env["crmsol.document.type"].create({"name": "Ground plan"})
        file = self._file(self.opportunity)
        file.write({"crmsol_document_type_id": kind.id, "description": "First draft"})
        self.opportunity.with_user(self.anna).message_post(body="x", attachment_ids=file.ids)
        page = self._documents()
        self.assertEqual(page["total"], 1)
        (document,) = page["documents"]
        self.assertEqual(document["author"]["id"], self.anna.partner_id.id)
        self.assertEqual(document["date"], file.create_date)
        self.assertEqual(document["file_size"], 7)
        self.assertEqual(document["document_type"], {"id": kind.id, "display_name": "Ground plan"})
        self.assertEqual(document["note"], "First draft")

    def test_file_without_type_and_note_says_so(self):
        self._file(self.opportunity)
        (document,) = self._documents()["documents"]
        self.assertIs(document["document_type"], False)
        self.assertEqual(document["note"], "")

    def test_fields_of_the_record_are_no_documents(self):
        self._file(self.opportunity, self.dora, res_field="description")
        self.assertEqual(self._documents()["documents"], [])

    def test_pages_neither_repeat_nor_skip(self):
        files = [self._file(self.opportunity, name=f"{n}.txt").id for n in range(5)]
        ids, before = [], None
        while before is not False:
            page = self._documents(before=before, limit=2)
            ids += [document["id"] for document in page["documents"]]
            before = page["next"]
        self.assertEqual(ids, files[::-1])

    def test_page_that_does_not_exist_is_refused(self):
        for kwargs in ({"before": "x"}, {"limit": 0}, {"limit": "many"}):
            with self.subTest(kwargs), self._refused("Reload the list"):
                self._documents(**kwargs)

    def test_queries_are_as_many_with_10_and_100_files(self):
        order = self._order()

        def add(number):
            for index in range(number):
                record = (self.opportunity, order)[index % 2]
                self._file(record, name=f"{index}.txt")
                record.message_post(body="x", attachments=[("m.txt", b"x")])

        add(10)
        opportunity = self.opportunity.with_user(self.anna)
        self._assert_same_statements(lambda: opportunity.get_documents(limit=8), lambda: add(90))

    # Who may do what

    def test_reader_of_nothing_gets_nothing(self):
        file = self._file(self.opportunity)
        for user in (self.ben, self.eva, self.clerk, self.portal):
            with self.subTest(user.login):
                with self.assertRaises(AccessError):
                    self._documents(user)
                with self.assertRaises(AccessError):
                    file.with_user(user).read(["name"])
                with self.assertRaises(AccessError):
                    file.with_user(user).write({"description": "mine"})
                with self.assertRaises(AccessError):
                    file.with_user(user).unlink()
                with self.assertRaises(AccessError):
                    self._file(self.opportunity, user)

    def test_files_of_quotations_of_others_are_not_listed(self):
        order = self._order(user_id=self.ben.id)
        self._file(order, self.ben)
        order.message_post(body="Look", attachments=[("secret.txt", b"x")])
        self.assertEqual(self._origins(self.anna), {})
        self.assertEqual(len(self._origins(self.clara)), 2)

    def test_file_of_another_document_in_a_message_is_listed_and_can_be_opened(self):
        """As in the host's thread: who reads a message reads its files."""
        other = self._create_opportunity(self.ben)
        file = self._file(other, self.ben)
        self.opportunity.with_user(self.clara).message_post(body="Look", attachment_ids=file.ids)
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            file.with_user(self.anna).read(["raw"])
        (document,) = self._documents(self.anna)["documents"]
        self.assertTrue(document["raw_access_token"])
        self.assertFalse(document["can_edit"] or document["can_delete"])

    def test_own_files_are_deleted_here_and_the_others_where_they_belong(self):
        self._file(self.opportunity, name="own.txt")
        order = self._order()
        self._file(order, name="order.txt")
        self.opportunity.with_user(self.anna).message_post(
            body="Look", attachments=[("message.txt", b"x")]
        )
        documents = self._documents()["documents"]
        self.assertTrue(all(document["can_edit"] for document in documents))
        self.assertEqual([d["name"] for d in documents if d["can_delete"]], ["own.txt"])

    def test_reader_who_may_not_write_may_not_describe_delete_or_upload(self):
        file = self._file(self.opportunity)
        self.env["ir.rule"].create(
            {
                "name": "no writing",
                "model_id": self.env["ir.model"]._get_id("crmsol.opportunity"),
                "domain_force": "[(0, '=', 1)]",
                "perm_read": False,
                "perm_create": False,
            }
        )
        page = self._documents(self.clara)
        self.assertFalse(page["can_upload"])
        (document,) = page["documents"]
        self.assertFalse(document["can_edit"] or document["can_delete"])
        with self.assertRaises(AccessError):
            file.with_user(self.clara).write({"description": "mine"})

    def test_document_type_in_use_cannot_be_deleted(self):
        kind = self.env["crmsol.document.type"].create({"name": "Ground plan"})
        self._file(self.opportunity).crmsol_document_type_id = kind
        with self._refused("in use"):
            kind.with_user(self.dora).unlink()

    # Bad files

    def test_empty_file_is_refused_on_every_route(self):
        sentence = "The file “plan.txt” is empty"
        attachments = self.env["ir.attachment"].search_count([])
        for values in ({"raw": b""}, {"raw": False, "datas": ""}):
            with self.subTest(values), self._refused(sentence):
                self._file(self.opportunity, **values)
        file = self._file(self.opportunity)
        with self._refused(sentence):
            file.write({"raw": b""})
        with self._refused(sentence):
            file.write({"datas": base64.b64encode(b"")})
        draft = self._file(self.customer, self.dora, raw=b"")
        with self._refused(sentence):
            draft.write({"res_model": "crmsol.opportunity", "res_id": self.opportunity.id})
        self.assertEqual(self.env["ir.attachment"].search_count([]), attachments + 2)

    def test_links_and_files_of_other_models_may_be_empty(self):
        self._file(self.opportunity, raw=b"", type="url", url="https://example.com")
        self._file(self.customer, self.dora, raw=b"")
        self.assertEqual([d["type"] for d in self._documents()["documents"]], ["url"])

    def test_mail_with_an_empty_file_is_kept_without_it(self):
        message = self.opportunity.message_post(
            body="See attached",
            message_type="email",
            attachments=[("empty.txt", b""), ("full.txt", b"x")],
        )
        self.assertEqual(message.attachment_ids.mapped("name"), ["full.txt"])


@tagged("post_install", "-at_install")
class TestDocumentRoutes(DocumentsCommon, HttpCase):
    def _upload(self, content):
        return self.url_open(
            "/mail/attachment/upload",
            data={
                "csrf_token": http.Request.csrf_token(self),
                "thread_model": "crmsol.opportunity",
                "thread_id": self.opportunity.id,
            },
            files={"ufile": ("plan.txt", io.BytesIO(content), "text/plain")},
        )

    def _files(self):
        return self.env["ir.attachment"].search(
            [("res_model", "=", "crmsol.opportunity"), ("res_id", "=", self.opportunity.id)]
        )

    def test_file_is_fetched_by_those_who_read_the_opportunity_only(self):
        file = self._file(self.opportunity)
        for login, status in (
            ("crmsol_anna", 200),
            ("crmsol_clara", 200),
            ("crmsol_ben", 404),
            ("crmsol_eva", 404),
            ("crmsol_clerk", 404),
            ("crmsol_portal", 404),
            (None, 404),
        ):
            with self.subTest(login), mute_logger("odoo.http"):
                self.authenticate(login, login)
                self.assertEqual(self.url_open(f"/web/content/{file.id}").status_code, status)

    def test_uploaded_file_is_a_document(self):
        self.authenticate("crmsol_anna", "crmsol_anna")
        self.assertEqual(self._upload(b"content").status_code, 200)
        self.assertEqual(self._origins(), {"plan.txt": ("document", "")})

    @mute_logger("odoo.http")
    def test_upload_of_an_empty_file_leaves_nothing(self):
        self.authenticate("crmsol_anna", "crmsol_anna")
        self.assertNotEqual(self._upload(b"").status_code, 200)
        self.assertFalse(self._files())

    @mute_logger("odoo.http")
    def test_upload_over_the_limit_of_the_host_leaves_nothing(self):
        self.authenticate("crmsol_anna", "crmsol_anna")
        self.env["ir.config_parameter"].set_param("web.max_file_upload_size", 2000)
        self.assertEqual(self._upload(b"x" * 5000).status_code, 413)
        self.assertFalse(self._files())

    @mute_logger("odoo.http")
    def test_upload_by_another_salesman_leaves_nothing(self):
        self.authenticate("crmsol_ben", "crmsol_ben")
        self.assertEqual(self._upload(b"content").status_code, 404)
        self.assertFalse(self._files())
