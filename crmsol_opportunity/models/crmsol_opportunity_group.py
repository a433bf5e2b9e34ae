import functools

from odoo import api, fields, models
from odoo.tools import SQL


class CrmsolOpportunity(models.Model):
    """Sums over many opportunities, such as those above the columns of the board."""

    _inherit = "crmsol.opportunity"  # pylint: disable=consider-merging-classes-inherited

    # === READ GROUP METHODS === #

    @api.model
    def _web_read_group_groupby_formatter(self, groupby_spec, values):
        """Word each value once: in a pivot a month comes once for every salesperson."""
        formatter = super()._web_read_group_groupby_formatter(groupby_spec, values)
        return functools.cache(formatter)

    @api.model
    def _read_group_select(self, aggregate_spec, query):
        """Sum amounts in company currency without looking at each one's currency.

        The web client also asks for the currencies of what it sums. To find them, PostgreSQL sorts
        all opportunities, which takes longer than all the rest. Where every company has the same
        currency, it is known beforehand.
        """
        fname, _colon, function = aggregate_spec.partition(":")
        is_currency = (fname, function) == ("company_currency_id", "array_agg_distinct")
        is_sum = function == "sum_currency" and self._is_in_company_currency(fname)
        currency = (is_currency or is_sum) and self._get_only_currency()
        if not currency:
            return super()._read_group_select(aggregate_spec, query)
        if is_currency:
            return SQL("CASE WHEN COUNT(*) > 0 THEN ARRAY[%s] END", currency.id)
        company = self.env.company.root_id
        [rate] = currency._get_rates(company, fields.Date.context_today(self)).values()
        return SQL("SUM(%s) / %s", self._field_to_sql(self._table, fname, query), rate)

    @api.model
    def _is_in_company_currency(self, fname):
        field = self._fields.get(fname)
        return (
            bool(field)
            and field.type == "monetary"
            and (field.get_currency_field(self) == "company_currency_id")
        )

    @api.model
    def _get_only_currency(self):
        """Return the currency of all companies, none if there are several."""
        currency_id = self.env["res.company"]._crmsol_get_only_currency_id()
        return self.env["res.currency"].browse(currency_id or [])
