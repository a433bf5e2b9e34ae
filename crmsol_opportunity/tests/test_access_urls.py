import json
from datetime import datetime, timedelta
from urllib.parse import urlencode
from xmlrpc.client import Fault

from odoo import http
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .access_common import OWNERS, VISIBLE, AccessCommon

OPPORTUNITY = "crmsol.opportunity"


@tagged("post_install", "-at_install")
class TestAccessUrls(AccessCommon, HttpCase):
    """The same rows by real requests: links of mails, files, pages, exports and the APIs."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.files, cls.messages = {}, {}
        for owner, deal in cls.open_deals.items():
            cls.files[owner] = cls.env["ir.attachment"].create(
                {
                    "name": "secret.txt",
                    "raw": f"Secret of {owner}".encode(),
                    "res_model": deal._name,
                    "res_id": deal.id,
                }
            )
            cls.messages[owner] = deal.sudo().message_post(
                body=f"Secret of {owner}", message_type="comment"
            )
        tomorrow = datetime.now() + timedelta(days=1)
        cls.keys = {
            role: cls.env["res.users.apikeys"]
            .with_user(user)
            .sudo()
            ._generate("rpc", "test", tomorrow)
            for role, user in cls.users.items()
            if role != "public"
        }

    def test_every_cell_of_role_owner_url(self):
        routes = [name for name in dir(self) if name.startswith("_get_by_")]
        self.assertEqual(len(routes), 11)
        for role, owners in VISIBLE.items():
            login = None if role == "public" else self.users[role].login
            self.role = role
            self.authenticate(login, login)
            for owner in OWNERS:
                for name in routes:
                    route = name.removeprefix("_get_by_")
                    if role == "public" and route in ("xmlrpc", "json2"):
                        continue  # nobody to log in as
                    with (
                        self.subTest(role=role, owner=owner, route=route),
                        mute_logger("odoo.http", "odoo.addons.web.controllers.export"),
                    ):
                        found = getattr(self, name)(owner, self.open_deals[owner].id)
                        self.assertEqual(found, owner in owners)

    def _has_secret(self, response, owner):
        """Tell whether the secret is in the answer, and fail if one is that may not be."""
        for other in set(OWNERS) - VISIBLE[self.role]:
            self.assertFalse(f"Secret of {other}" in response.text)
        return response.ok and f"Secret of {owner}" in response.text

    def _post(self, url, params):
        body = {"jsonrpc": "2.0", "method": "call", "params": params}
        return self.url_open(
            url, data=json.dumps(body), headers={"Content-Type": "application/json"}
        )

    def _get_by_file(self, owner, _id):
        return self._has_secret(self.url_open(f"/web/content/{self.files[owner].id}"), owner)

    def _get_by_field(self, owner, _id):
        url = f"/web/content/ir.attachment/{self.files[owner].id}/raw"
        return self._has_secret(self.url_open(url), owner)

    def _get_by_mail_link(self, _owner, id_):
        """The link of a mail leads to the record only whoever may read it."""
        query = urlencode({"model": OPPORTUNITY, "res_id": id_})
        response = self.url_open(f"/mail/view?{query}", allow_redirects=False)
        target = response.headers.get("Location", "")
        return f"{OPPORTUNITY}/{id_}" in target and "/web/login" not in target

    def _get_by_message_link(self, owner, id_):
        url = f"/mail/view?message_id={self.messages[owner].id}"
        target = self.url_open(url, allow_redirects=False).headers.get("Location", "")
        return f"{OPPORTUNITY}/{id_}" in target and "/web/login" not in target

    def _get_by_thread(self, owner, id_):
        params = {"thread_model": OPPORTUNITY, "thread_id": id_, "fetch_params": {"limit": 30}}
        return self._has_secret(self._post("/mail/thread/messages", params), owner)

    def _get_by_page(self, owner, id_):
        report = "crmsol_opportunity.report_opportunity_summary"
        response = self.url_open(f"/report/html/{report}/{id_}")
        return self._has_secret(response, owner)

    def _get_by_export(self, owner, id_):
        data = {
            "model": OPPORTUNITY,
            "fields": [{"name": "name", "label": "Name"}],
            "ids": [id_],
            "domain": [],
            "groupby": [],
            "import_compat": False,
            "context": {},
        }
        response = self.url_open(
            "/web/export/csv",
            data={"data": json.dumps(data), "csrf_token": http.Request.csrf_token(self)},
        )
        return self._has_secret(response, owner)

    def _get_by_call(self, owner, id_):
        params = {"model": OPPORTUNITY, "method": "read", "args": [[id_], ["name"]], "kwargs": {}}
        return self._has_secret(self._post("/web/dataset/call_kw", params), owner)

    def _get_by_timeline(self, owner, id_):
        params = {"model": OPPORTUNITY, "method": "get_timeline", "args": [[id_]], "kwargs": {}}
        return self._has_secret(self._post("/web/dataset/call_kw", params), owner)

    def _get_by_xmlrpc(self, _owner, id_):
        user = self.users[self.role]
        call = (self.env.cr.dbname, user.id, user.login, OPPORTUNITY, "read", [[id_], ["name"]])
        try:
            return bool(self.xmlrpc_object.execute_kw(*call))
        except Fault:
            return False

    def _get_by_json2(self, owner, id_):
        response = self.url_open(
            f"/json/2/{OPPORTUNITY}/read",
            data=json.dumps({"ids": [id_], "fields": ["name"]}),
            headers={
                "Content-Type": "application/json",
                "Authorization": f"bearer {self.keys[self.role]}",
            },
        )
        return self._has_secret(response, owner)

    def test_file_of_an_import_is_its_users_own(self):
        """The rows that an import refused are a file behind a link."""
        report = self._as("dora", "crmsol.opportunity.import").create({})
        other_manager = self.dora.copy({"login": "crmsol_manager", "password": "crmsol_manager"})
        url = f"/web/content/{report._name}/{report.id}/skipped_file/file.csv"
        for login in ("crmsol_dora", other_manager.login):
            self.authenticate(login, login)
            with self.subTest(login), mute_logger("odoo.http"):
                self.assertEqual(self.url_open(url).ok, login == "crmsol_dora")
