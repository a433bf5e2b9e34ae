from datetime import timedelta

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from .crmsol_opportunity_total import DIMENSIONS, MEASURES, MONTHS

_TABLE = SQL.identifier("crmsol_opportunity_total")
_COUNT = SQL.identifier("crmsol_opportunity", "record_count")
_MEMBERSHIP = ("in", "not in")
_OPERATORS = (*_MEMBERSHIP, "any", "not any", "any!", "not any!")
#: Of periods of at least a month a month is a part.
_GRANULARITIES = frozenset(
    ("month", "quarter", "year", "year_number", "quarter_number", "month_number")
)
_AGGREGATES = frozenset(
    (
        "__count",
        "company_currency_id:array_agg_distinct",
        *(f"{measure}:{function}" for measure in MEASURES for function in ("sum", "sum_currency")),
    )
)


def _read_totals(model, alias, query):
    """Let a query of opportunities read the totals instead, whose columns have the same names.

    Groups from which all have gone are none.
    """
    query._tables[alias] = _TABLE
    query.having = SQL("SUM(%s) <> 0", _COUNT)
    return SQL("TRUE")


class CrmsolOpportunity(models.Model):
    """Counts and sums from the totals, as long as these can tell them.

    Conditions, record rules, joins and order are those that the host makes for the opportunities:
    only the table that they are applied to is another one. What else is asked, by day, by customer
    or by a word, is counted as ever.
    """

    _inherit = "crmsol.opportunity"  # pylint: disable=consider-merging-classes-inherited

    # === SEARCH METHODS === #

    @api.model
    @api.readonly
    def search_count(self, domain, limit=None):
        told = self._get_domain_of_totals(domain)
        if told is None:
            return super().search_count(domain, limit=limit)
        query = self._search(told)
        rows = self.env.execute_query(query.select(SQL("SUM(%s)", _COUNT)))
        count = rows[0][0] if rows else 0
        return min(count, limit) if limit else count

    # === READ GROUP METHODS === #

    @api.model
    def _read_group(
        self, domain, groupby=(), aggregates=(), having=(), offset=0, limit=None, order=None
    ):
        told = None
        if not having and self._is_told_by_totals(groupby, aggregates, order):
            told = self._get_domain_of_totals(domain)
        if told is None:
            return super()._read_group(domain, groupby, aggregates, having, offset, limit, order)
        found = super()._read_group(told, groupby, aggregates, having, offset, limit, order)
        return found or self._get_groups_of_nothing(groupby, aggregates)

    @api.model
    def _read_grouping_sets(self, domain, grouping_sets, aggregates=(), order=None):
        told = None
        if all(self._is_told_by_totals(each, aggregates, order) for each in grouping_sets):
            told = self._get_domain_of_totals(domain)
        if told is None:
            return super()._read_grouping_sets(domain, grouping_sets, aggregates, order)
        found = super()._read_grouping_sets(told, grouping_sets, aggregates, order)
        return [
            groups or self._get_groups_of_nothing(groupby, aggregates)
            for groupby, groups in zip(grouping_sets, found, strict=True)
        ]

    @api.model
    def _read_group_select(self, aggregate_spec, query):
        if aggregate_spec == "__count" and self._reads_totals(query):
            return SQL("SUM(%s)", _COUNT)
        return super()._read_group_select(aggregate_spec, query)

    @api.model
    def _read_group_having(self, having_domain, query):
        if self._reads_totals(query):
            return query.having
        return super()._read_group_having(having_domain, query)

    # === BUSINESS METHODS === #

    @api.model
    def _reads_totals(self, query):
        return query._tables.get(self._table) is _TABLE

    @api.model
    def _get_groups_of_nothing(self, groupby, aggregates):
        """Return what PostgreSQL says of no rows at all: one group, unless they are grouped."""
        if groupby:
            return []
        return [tuple(self._read_group_empty_value(aggregate) for aggregate in aggregates)]

    @api.model
    def _is_told_by_totals(self, groupby, aggregates, order):
        if not _AGGREGATES.issuperset(aggregates):
            return False
        if "company_currency_id:array_agg_distinct" in aggregates and (
            self.env.su or len(self.env.companies.currency_id) > 1
        ):
            return False  # a currency may remain in the totals after its opportunities have gone
        by = {part.split()[0] for part in (order or "").split(",") if part.strip()}
        return all(map(self._is_dimension, {*groupby, *by - _AGGREGATES}))

    @api.model
    def _is_dimension(self, spec):
        fname, _colon, granularity = spec.partition(":")
        if fname in MONTHS:
            return granularity in _GRANULARITIES
        return fname in DIMENSIONS and not granularity

    @api.model
    def _get_domain_of_totals(self, domain):
        """Return the domain that asks the totals instead of the opportunities.

        :return: None if they cannot tell, because the domain or a record rule asks for more
        """
        asked = Domain(domain)
        if self.env.context.get("active_test", True) and not any(
            condition.field_expr == "active" for condition in asked.iter_conditions()
        ):
            asked &= Domain("active", "=", True)
        domain = asked.optimize_full(self)
        rules = Domain.TRUE
        if not self.env.su:
            rules = self.env["ir.rule"]._compute_domain(self._name, "read")
            # sudo: as the host does; a rule may ask for what the user may not read
            rules = rules.optimize_full(self.sudo().with_context(active_test=False))
        if domain.is_false() or rules.is_false():
            return None
        if not all(map(self._is_told_condition, (*domain, *rules))):
            return None
        # not the optimized one: where both states are asked for, nothing is left of that in it
        return asked & Domain.custom(to_sql=_read_totals)

    @api.model
    def _is_told_condition(self, item):
        """Return whether the totals know enough for an item of an optimized domain."""
        if not isinstance(item, tuple):
            return isinstance(item, str)  # an operator, unless the condition is made of SQL
        fname, operator, value = item
        if not isinstance(fname, str):
            return True  # always or never
        if fname in MONTHS and operator not in _MEMBERSHIP:
            try:
                starts_month = value.day == 1
                ends_month = (value + timedelta(days=1)).day == 1
            except (AttributeError, OverflowError):  # no date, or the last one
                return False
            return (operator in ("<", ">=") and starts_month) or (
                operator in ("<=", ">") and ends_month
            )
        if fname in MONTHS:
            return value == [False]
        return fname in DIMENSIONS and operator in _OPERATORS and isinstance(value, list)
