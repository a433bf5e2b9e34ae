"""Calls that do not fit are told in words; what is not about their arguments stays what it is."""

import json
import logging
from unittest.mock import patch
from xmlrpc.client import Fault

from odoo import http
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .common import CrmsolCommon

MODEL = "crmsol.opportunity"
RPC_LOGGER = "odoo.addons.rpc.controllers.xmlrpc"

DEEP_DOMAIN = []
for _depth in range(400):
    DEEP_DOMAIN = [("create_uid", "any", DEEP_DOMAIN or [("id", ">", 0)])]


@tagged("post_install", "-at_install")
class TestClientCall(CrmsolCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("es_ES")
        cls.anna.lang = "en_US"
        cls.deals = cls._create_opportunity(cls.anna) + cls._create_opportunity(cls.anna)
        cls.env.flush_all()

    def _call(self, method, *args, model=MODEL, **kwargs):
        """Call as the web client does; return (result, class of the error, its sentence)."""
        self.authenticate(self.anna.login, self.anna.login)
        params = {"model": model, "method": method, "args": args, "kwargs": kwargs}
        answer = self.url_open(
            "/web/dataset/call_kw",
            data=json.dumps({"jsonrpc": "2.0", "method": "call", "params": params}),
            headers={"Content-Type": "application/json"},
        ).json()
        if "error" not in answer:
            return answer.get("result"), None, None
        data = answer["error"]["data"]
        return None, data["name"].rpartition(".")[2], data["message"]

    def _patch(self, method, function):
        function.__name__ = method
        return patch.object(self.env.registry[MODEL], method, function)

    # === WHAT DOES NOT FIT === #

    @mute_logger("odoo.http", "odoo.sql_db")
    def test_what_does_not_fit_is_told_by_its_kind(self):
        ids = self.deals.ids
        for call, kwargs, kind, words in (
            (("action_nothing", ids[:1]), {}, "MissingError", "no method “action_nothing”"),
            (("write", ids[:1]), {}, "UserError", "does not take these arguments"),
            (("write", ids[:1]), {"nonsense": 1}, "UserError", "'nonsense'"),
            (("action_win", ["x"]), {}, "ValidationError", "cannot do anything with"),
            (("write", ids[:1], {"amount_nothing": 1}), {}, "ValidationError", "amount_nothing"),
            (("write", ids[:1], {"priority": [1]}), {}, "ValidationError", "unhashable"),
            (("write", ids[:1], None), {}, "ValidationError", "cannot do anything with"),
            (("web_read", ids, {"amount_nothing": {}}), {}, "ValidationError", "amount_nothing"),
            (("search_count", [["amount", "nonsense", 1]]), {}, "ValidationError", "nonsense"),
            (("search_count", DEEP_DOMAIN), {}, "ValidationError", "cannot do anything with"),
            (("get_timeline", ids[:1]), {"context": {"lang": ["x"]}}, "ValidationError", "context"),
            (("get_timeline", ids), {}, "UserError", "Give exactly one id"),
            (("message_post", ids), {}, "UserError", "Give exactly one id"),
        ):
            with self.subTest(call=call, kwargs=kwargs):
                _result, name, message = self._call(*call, **kwargs)
                self.assertEqual(name, kind, message)
                self.assertIn(words, message)

    @mute_logger("odoo.http")
    def test_context_that_odoo_cannot_read_is_told_whoever_comes_across_it(self):
        def make_another(records):
            return records.create({"name": "New", "partner_id": records[0].partner_id.id}).ids

        def find_customers(records):
            return records.partner_id.search([], order="parent_id, id", limit=1).ids

        def name_customers(records):
            return records.partner_id.mapped("display_name")

        for key, function in (
            ("active_test", make_another),
            ("show_address", name_customers),
            ("__m2o_order_seen", find_customers),
        ):
            with self.subTest(key), self._patch("action_win", function):
                self.assertIsNotNone(self._call("action_win", self.deals.ids)[0])
                name, message = self._call("action_win", self.deals.ids, context={key: [{}]})[1:]
                self.assertEqual(name, "ValidationError", message)

    @mute_logger("odoo.http")
    def test_team_of_the_context_that_is_none_has_no_first_phase(self):
        context = {"default_team_id": [[1]]}
        defaults = self._call("default_get", ["phase_id"])[0]
        self.assertTrue(defaults["phase_id"])
        self.assertEqual(self._call("default_get", ["phase_id"], context=context)[0], defaults)

    @mute_logger("odoo.http")
    def test_sentence_is_in_the_language_of_the_call_or_else_of_the_user(self):
        spanish = {"context": {"lang": "es_ES"}}
        self.assertIn("no admite estos", self._call("write", self.deals.ids, **spanish)[2])
        self.assertIn("does not take", self._call("write", self.deals.ids)[2])
        self.anna.lang = "es_ES"
        self.env.flush_all()
        self.assertIn("no admite estos", self._call("write", self.deals.ids)[2])

    def test_details_are_logged_for_information(self):
        with patch.object(http._logger, "log") as log:
            self.assertTrue(self._call("write", self.deals.ids)[1])
        [record] = log.call_args_list
        self.assertEqual(record.args[0], logging.INFO)
        self.assertIsInstance(record.kwargs["exc_info"], TypeError)

    @mute_logger("odoo.http", RPC_LOGGER, "odoo.addons.rpc.controllers")
    def test_xml_rpc_and_json_rpc_say_the_same(self):
        login = [self.env.cr.dbname, self.anna.id, self.anna.login]
        with self.assertRaises(Fault) as refused:
            self.xmlrpc_object.execute_kw(*login, MODEL, "write", [self.deals.ids])
        self.assertEqual(refused.exception.faultCode, 2)
        self.assertIn("does not take these arguments", refused.exception.faultString)
        nothing = self._patch("action_win", lambda records: None)
        with nothing, self.assertRaises(Fault) as refused:
            self.xmlrpc_object.execute_kw(*login, MODEL, "action_win", [[]])
        self.assertIn("XML-RPC cannot express", refused.exception.faultString)
        params = {"service": "object", "method": "execute_kw"}
        params["args"] = [*login, MODEL, "write", [self.deals.ids]]
        answer = self.url_open(
            "/jsonrpc",
            data=json.dumps({"jsonrpc": "2.0", "method": "call", "params": params}),
            headers={"Content-Type": "application/json"},
        ).json()
        self.assertEqual(answer["error"]["data"]["name"], "odoo.exceptions.UserError")

    @mute_logger("odoo.http")
    def test_nothing_of_a_refused_call_is_kept(self):
        name = self.deals[0].name
        vals = {"name": "Changed", "amount_nothing": 1}
        self.assertTrue(self._call("write", self.deals[:1].ids, vals)[1])
        self.env.invalidate_all()
        self.assertEqual(self.deals[0].name, name)

    # === WHAT STAYS AS IT IS === #

    def test_bug_of_ours_is_told_and_logged_as_one(self):
        """Also where it is Odoo's function that fails in the end, with what our code gave it."""

        def fail(records):
            raise TypeError("a bug")

        def give_nonsense(records):
            return records.write({"amount_nothing": 1})

        def fail_deep(records, fnames=None, load=None):
            return records.mapped(lambda record: record._fields["nothing"])

        for function, kind in ((fail, "TypeError"), (give_nonsense, "ValueError")):
            with (
                self.subTest(kind),
                self._patch("action_win", function),
                self.assertLogs("odoo.http", "ERROR"),
            ):
                self.assertEqual(self._call("action_win", self.deals[:1].ids)[1], kind)
        with self._patch("_compute_display_name", fail), self.assertLogs("odoo.http", "ERROR"):
            name = self._call("read", self.deals.ids, ["display_name"])[1]
            self.assertEqual(name, "TypeError")
        with self._patch("read", fail_deep), self.assertLogs("odoo.http", "ERROR"):
            self.assertEqual(self._call("read", self.deals.ids)[1], "KeyError")

    @mute_logger("odoo.http")
    def test_models_of_odoo_answer_as_ever(self):
        with self.assertLogs("odoo.http", "ERROR"):
            self.assertEqual(self._call("write", [], model="res.partner")[1], "TypeError")

    @mute_logger("odoo.sql_db")
    def test_concurrent_changes_are_repeated(self):
        tries = []

        def meet_another(records):
            tries.append(1)
            if len(tries) == 1:
                records.env.cr.execute(
                    "DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = 'serialization_failure'; END $$"
                )
            return len(tries)

        with self._patch("action_win", meet_another), patch("time.sleep"):
            self.assertEqual(self._call("action_win", self.deals[:1].ids)[0], 2)

    @mute_logger("odoo.http", "odoo.sql_db")
    def test_violated_constraints_are_told_by_odoo(self):
        def insert_twice(records):
            records.env.cr.execute("INSERT INTO res_company (id) SELECT min(id) FROM res_company")

        with self._patch("action_win", insert_twice):
            name, message = self._call("action_win", self.deals[:1].ids)[1:]
        self.assertEqual(name, "ValidationError")
        # told by Odoo in the language of the browser, whichever the database has
        self.assertIn("(res.company)", message)
        self.assertNotIn("action_win", message)
