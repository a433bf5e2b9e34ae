import re
import unittest
from importlib.util import find_spec
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlsplit

from odoo import Command
from odoo.addons.rpc.controllers.xmlrpc import dumps
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .common import CrmsolCommon

GUIDE = Path(__file__).parents[2] / "docs" / "api.md"


@tagged("post_install", "-at_install")
@unittest.skipUnless(GUIDE.exists(), "the guide is in the repository only")
class TestExternalApi(CrmsolCommon, HttpCase):
    """What docs/api.md tells programs to do is done, as it is written there."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={"lang": "en_US"})  # with a thread
        cls.env["crmsol.loss.reason"].create({"name": "Price"})
        cls.anna.password = "a password of anna"
        cls.Opportunity = cls.env["crmsol.opportunity"]
        cls.person = cls.env["res.partner"].create({"name": "Person", "parent_id": cls.customer.id})
        # salespeople make customers where they are given that right
        cls.anna.group_ids += cls.env.ref("base.group_partner_manager")

    def _run(self, title, **names):
        """Run the first Python block below a title of the guide; return what it leaves."""
        section = GUIDE.read_text().split(f"\n## {title}", 1)[1]
        code = re.search(r"```python\n(.*?)```", section, re.DOTALL).group(1)
        address = urlsplit(self.base_url())
        names |= {
            "url": self.base_url(),
            "host": address.hostname,
            "port": address.port,
            "database": self.env.cr.dbname,
            "login": self.anna.login,
            "password": "a password of anna",
        }
        with self.allow_requests(all_requests=True):
            exec(compile(code, str(GUIDE), "exec"), names)  # pylint: disable=exec-used
        self.env.invalidate_all()
        return names

    def _key(self, user):
        keys = self.env["res.users.apikeys"].with_user(user).sudo()
        return keys._generate("rpc", "test", None)

    def test_json_2(self):
        names = self._run("JSON-2", api_key=self._key(self.anna))
        opportunity = self.Opportunity.browse(names["opportunity_id"])
        self.assertEqual(
            (opportunity.outcome, opportunity.amount, opportunity.user_id),
            ("won", 48000, self.anna),
        )
        phases = opportunity.history_ids.phase_id
        self.assertIn(self.phase_close, phases)
        self.assertEqual(sum(month["amount_company:sum"] for month in names["months"]), 48000)
        self.assertEqual(names["distribution"]["won_amount"], 48000)

    @mute_logger("odoo.http")
    def test_json_2_tells_what_is_not_accepted(self):
        names = self._run("JSON-2", api_key=self._key(self.anna))
        call, before = names["call"], self.Opportunity.search_count([])
        with self.allow_requests(all_requests=True), self.assertRaises(HTTPError) as refused:
            call("crmsol.opportunity", "create", vals_list=[{"name": "Nobody's"}])
        self.assertEqual(refused.exception.code, 422)
        self.assertIn("Choose the customer", refused.exception.read().decode())
        with self.allow_requests(all_requests=True), self.assertRaises(HTTPError) as refused:
            call("crmsol.opportunity", "unlink", ids=[names["opportunity_id"]])
        self.assertEqual(refused.exception.code, 403)
        self.assertEqual(self.Opportunity.search_count([]), before)

    @unittest.skipUnless(find_spec("odoorpc"), "OdooRPC is in requirements/test.in")
    def test_odoorpc(self):
        names = self._run("OdooRPC")
        opportunity = self.Opportunity.browse(names["opportunity_id"])
        self.assertEqual(opportunity.outcome, "lost")
        self.assertEqual(opportunity.loss_reason_id.id, names["reason_ids"][0])

    def test_xml_rpc(self):
        names = self._run("XML-RPC")
        self.assertEqual(names["opportunity"]["phase_id"], [self.phase_new.id, "First"])
        self.assertEqual(names["opportunity"]["probability"], 10)

    def test_whatever_is_read_goes_over_xml_rpc(self):
        """Numbers as keys, and nothing where there is none, do not."""
        opportunity = self._create_opportunity(probability=77, budget=500)
        opportunity.reference_ids = [Command.create({"partner_id": self.person.id})]
        self.env.cr.flush()  # what is tracked, too
        opportunity.phase_id = self.phase_proposal
        self.env.cr.flush()
        Opportunity = self.Opportunity.with_user(self.anna)
        answers = {
            key: getattr(self.env[key[0]].with_user(self.anna), key[1])(*args)
            for key, args in (
                (("crmsol.my.day", "get_my_day"), []),
                (("crmsol.opportunity", "get_forecast_backtest"), []),
                (("crmsol.opportunity", "get_month_distribution"), []),
                (("crmsol.opportunity", "get_win_calibration"), []),
                (("crmsol.partner.report", "get_contribution"), []),
                (("crmsol.competitor.report", "get_matrix"), []),
                (("crmsol.pipeline.movement", "get_waterfall"), ["2026-01-01", "2026-02-01"]),
            )
        }
        record = Opportunity.browse(opportunity.id)
        answers |= {
            name: getattr(record, name)()
            for name in ("get_advice", "get_timeline", "get_documents")
        }
        self.assertTrue(
            [event for event in answers["get_timeline"]["events"] if "changes" in event]
        )
        fnames = Opportunity.fields_get([], attributes=["type"])
        answers |= {fname: record.read([fname]) for fname in fnames}
        for name, answer in answers.items():
            with self.subTest(name):
                dumps((answer,))
