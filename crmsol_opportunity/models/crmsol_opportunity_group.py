import functools
from collections import defaultdict
from datetime import UTC, datetime

import pytz

from odoo import api, fields, models
from odoo.tools import SQL

#: By the sign of the days that are left for the next action.
_STATES = {-1: "overdue", 0: "today", 1: "planned"}


class CrmsolOpportunity(models.Model):
    """Sums over many opportunities, such as those above the columns of the board."""

    _inherit = "crmsol.opportunity"  # pylint: disable=consider-merging-classes-inherited

    # === READ GROUP METHODS === #

    @api.model
    @api.readonly
    def read_progress_bar(self, domain, group_by, progress_bar):
        """Count the states of the next action of those that have one.

        The host finds the state of every record's activities, of whatever domain, and joins them to
        all the records shown, to count those without any too and then leave them out.
        """
        field = self._fields.get(group_by) if isinstance(group_by, str) else None
        is_column = field and field.store and field.type in ("many2one", "selection")
        is_of_action = isinstance(progress_bar, dict) and (
            progress_bar.get("field") == "activity_state" and "colors" in progress_bar
        )
        if not is_of_action or not is_column:
            return super().read_progress_bar(domain, group_by, progress_bar)
        self._check_field_access(self._fields["activity_state"], "read")
        self.check_access("read")
        result = defaultdict(lambda: dict.fromkeys(progress_bar["colors"], 0))
        query = self._search(domain)
        if query.is_empty():
            return result
        group = self._read_group_groupby(self._table, group_by, query)
        days = self._join_planned_actions(query)
        query.groupby = SQL("%s, %s", SQL.identifier(self._table, "id"), group)
        rows = self.env.execute_query(
            SQL(
                "SELECT s.value, SIGN(s.days), COUNT(*) FROM (%s) s GROUP BY 1, 2",
                query.select(SQL("%s AS value", group), SQL("MIN(%s) AS days", days)),
            )
        )
        for value, sign, count in rows:
            state = _STATES[int(sign)]
            if state in progress_bar["colors"]:
                result[str(value or False)][state] += count
        return result

    @api.model
    def _join_planned_actions(self, query):
        """Join the planned actions to a query.

        :return: SQL of the days that are left for an action, negative once it is overdue, in the
            time zone of who is to do it; see ``_compute_activity_state``
        """
        self.env["mail.activity"].flush_model(
            ["active", "date_deadline", "res_id", "res_model", "user_id", "user_tz"]
        )
        alias = query.make_alias(self._table, "planned_action")
        query.add_join(
            "JOIN",
            alias,
            "mail_activity",
            SQL(
                "%s = %s AND %s = %s AND %s IS TRUE",
                SQL.identifier(alias, "res_id"),
                SQL.identifier(self._table, "id"),
                SQL.identifier(alias, "res_model"),
                self._name,
                SQL.identifier(alias, "active"),
            ),
        )
        zone = self.env.context.get("tz")
        return SQL(
            "(%s - (%s AT TIME ZONE COALESCE(%s, %s))::date)",
            SQL.identifier(alias, "date_deadline"),
            datetime.now(UTC),
            SQL.identifier(alias, "user_tz"),
            zone if zone in pytz.all_timezones_set else "UTC",
        )

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
