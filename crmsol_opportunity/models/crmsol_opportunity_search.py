from odoo import api, models
from odoo.fields import Domain
from odoo.modules.db import FunctionStatus
from odoo.tools import SQL
from odoo.tools.sql import make_index_name


class CrmsolOpportunity(models.Model):
    """Search by what a user types: the opportunity's name, or its customer's."""

    _inherit = "crmsol.opportunity"  # pylint: disable=consider-merging-classes-inherited

    # === SEARCH METHODS === #

    @api.model
    def _search_display_name(self, operator, value):
        """Find opportunities by their names and those of their customers, both by an index.

        “The name is like … or the customer is one of (a query)” makes PostgreSQL read every
        opportunity. With an array of the customers found it uses the indexes of both.
        """
        if operator in ("not ilike", "not like"):
            return ~Domain(self._search_display_name(operator.removeprefix("not "), value))
        if operator not in ("ilike", "like") or not value:
            return super()._search_display_name(operator, value)
        customers = self.env["res.partner"]._search(
            Domain("display_name", operator, value), active_test=False
        )
        return Domain("name", operator, value) | Domain.custom(
            to_sql=lambda model, alias, query: SQL(
                "%s = ANY(ARRAY%s)",
                model._field_to_sql(alias, "partner_id", query),
                customers.subselect(),
            )
        )

    def _order_field_to_sql(self, alias, field_name, direction, nulls, query):
        """Order by the customer's name along its index.

        The host joins customers so that opportunities without one stay. There are none, and once
        PostgreSQL knows it, it reads a page in the order of the names; else it sorts them all.
        """
        term = super()._order_field_to_sql(alias, field_name, direction, nulls, query)
        if term and field_name == "partner_id" and alias == self._table:
            customer = query.make_alias(alias, field_name)
            query.add_where(SQL("%s IS NOT NULL", SQL.identifier(customer, "id")))
        return term

    # === TABLE METHODS === #

    def init(self):
        result = super().init()
        self._renew_search_index()
        return result

    @api.autovacuum
    def _renew_search_index(self):
        """Make the index of the names anew where it no longer serves the searches.

        PostgreSQL's ``unaccent`` may be added or removed after the installation. From then on the
        host searches for ``unaccent(name)``, or no longer does, but leaves the index as it was.
        """
        name = make_index_name(self._table, "name")
        found = self.env.execute_query(
            SQL("SELECT indexdef FROM pg_indexes WHERE indexname = %s", name)
        )
        wanted = self.pool.has_unaccent == FunctionStatus.INDEXABLE
        if found and ("unaccent(" in found[0][0]) != wanted:
            self.env.cr.execute(SQL("DROP INDEX %s", SQL.identifier(name)))
            self.pool.check_indexes(self.env.cr, [self._name])
