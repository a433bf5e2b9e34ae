from contextlib import contextmanager
from unittest.mock import patch

from odoo import Command
from odoo.addons.base.tests.common import BaseCommon
from odoo.sql_db import Cursor
from odoo.tests import new_test_user
from odoo.tools import SQL, mute_logger


class CrmsolCommon(BaseCommon):
    """Two companies, the phases of the installation and a user of every role.

    ============  ======================================================
    anna, ben     salesmen: own and unassigned opportunities
    clara         salesman who sees all the opportunities of the company
    dora          sales manager
    eva           salesman with all the opportunities, other company only
    ============  ======================================================
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        cls.other_company = cls.env["res.company"].create(
            {"name": "Other Company", "currency_id": cls.env.ref("base.USD").id}
        )

        def user(login, groups, company=cls.company):
            return new_test_user(
                cls.env,
                login=f"crmsol_{login}",
                groups=groups,
                company_id=company.id,
                company_ids=[Command.set(company.ids)],
                email=f"{login}@crmsol.example.com",
            )

        cls.anna = user("anna", "sales_team.group_sale_salesman")
        cls.ben = user("ben", "sales_team.group_sale_salesman")
        cls.clara = user("clara", "sales_team.group_sale_salesman_all_leads")
        cls.dora = user("dora", "sales_team.group_sale_manager")
        cls.eva = user("eva", "sales_team.group_sale_salesman_all_leads", cls.other_company)
        cls.clerk = user("clerk", "base.group_user")
        cls.portal = user("portal", "base.group_portal")

        cls.Phase = cls.env["crmsol.phase"]
        # The phases of the tests are their own: a database in use has others.
        cls.Phase.with_context(active_test=False).search([]).write({"team_ids": False})
        cls.phase_close = cls.Phase._get_closing_phase()
        cls.phase_new, cls.phase_proposal = cls.Phase.create(
            [
                {"name": "First", "sequence": -20, "probability": 10, "rotting_threshold_days": 7},
                {"name": "Second", "sequence": -10, "probability": 60},
            ]
        )
        cls.customer = cls.env["res.partner"].create({"name": "Customer", "is_company": True})

    @classmethod
    def _create_opportunity(cls, user=None, **values):
        """Create an opportunity as the user (anna unless another is given)."""
        Opportunity = cls.env["crmsol.opportunity"].with_user(user or cls.anna)
        return Opportunity.create(
            {
                "name": "Opportunity",
                "partner_id": cls.customer.id,
                "amount": 1000,
                "phase_id": cls.phase_new.id,
                **values,
            }
        )

    def _at(self, moment):
        """Go on as in another transaction, one that begins at the moment (UTC)."""
        self.env.flush_all()
        self.addCleanup(setattr, self.env.cr, "_now", self.env.cr._now)
        self.env.cr._now = moment

    def _date_by_sql(self, opportunity, **dates):
        """Give dates that are refused today, as rows of older versions may have them."""
        self.env.flush_all()
        for fname, value in dates.items():
            query = SQL(
                "UPDATE crmsol_opportunity SET %s = %s, date_forecast = %s WHERE id = %s",
                SQL.identifier(fname),
                value,
                value,
                opportunity.id,
            )
            self.env.cr.execute(query)
        self.env.invalidate_all()

    @classmethod
    def _in_spanish(cls, user):
        """Give the user the language es_ES, with the addon's terms."""
        cls.env["res.lang"]._activate_lang("es_ES")
        cls.env["ir.module.module"]._load_module_terms(["crmsol_opportunity"], ["es_ES"])
        user.lang = "es_ES"

    def _get_statements(self, call):
        """Return the SQL of a call with an empty cache of records, what it writes included.

        :rtype: list[str]
        """
        statements, execute = [], Cursor.execute

        def keep(cursor, query, *args, **kwargs):
            statements.append(query.code if isinstance(query, SQL) else str(query))
            return execute(cursor, query, *args, **kwargs)

        self.env.flush_all()
        self.env.invalidate_all()
        with patch.object(Cursor, "execute", keep):
            call()
            self.env.flush_all()
        return statements

    def _assert_same_statements(self, call, grow):
        """A read takes as many statements as before once ``grow`` has made more of what it reads.

        Each time it is made once before: the caches that are not of records (rights, names, views)
        are to hold all it asks of them. A long run of tests may evict any of it in between.
        """

        def measure():
            self._get_statements(call)
            return self._get_statements(call)

        few = measure()
        grow()
        many = measure()
        self.assertEqual(len(many), len(few), "\n".join(["The statements are now:", *many]))

    @contextmanager
    def _refused(self, sentence):
        """What is done inside raises an error with the sentence (a regular expression).

        Nothing of it stays, neither in the database nor in the cache.
        """
        with mute_logger("odoo.sql_db"), self.assertRaises(Exception) as caught:
            yield
            self.env.flush_all()
        self.assertRegex(str(caught.exception), sentence)
