from datetime import timedelta
from math import ceil, floor, isfinite

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..const import OPEN

#: Facts that depend on the day. They are not stored: SQL tells them wherever they are read,
#: searched, sorted, grouped or averaged.
_WAITING = ("days_in_phase", "silence_days", "is_silent")
_NEXT_ACTION = ("next_action_days", "next_action_state")
DAY_FACTS = (*_WAITING, "phase_median_days", *_NEXT_ACTION)

NO_ACTION = "none"
NEXT_ACTION_STATES = [
    ("overdue", "Overdue"),
    ("today", "Today"),
    ("planned", "Planned"),
    ("far", "Far Away"),
    (NO_ACTION, "None"),
]

#: More days than anything lasts; dates beyond it are no dates.
_DAYS_MAX = 365_000

#: One second, in days: the least that tells two durations apart.
_SECOND = 1 / 86400


class CrmsolOpportunity(models.Model):
    """The progress of an open negotiation: how long it has been quiet, and what comes next.

    A closed opportunity does not wait for anything: its days are 0 and it has no next action state.
    Neither has one that is yet to be saved. Dates in the future, as an import may bring, count as
    now.
    """

    _inherit = "crmsol.opportunity"  # pylint: disable=consider-merging-classes-inherited

    days_in_phase = fields.Float(
        compute="_compute_waiting",
        search="_search_days_in_phase",
        digits=(16, 1),
        aggregator="avg",
        help="Days since the opportunity entered the phase in which it is; 0 once it is closed.",
    )
    phase_median_days = fields.Float(
        "Usual Days in Phase",
        compute="_compute_phase_median_days",
        digits=(16, 1),
        aggregator=None,
        help="How long opportunities of the team, else of the company, used to stay in this phase: "
        "half of them left it earlier. 0: too few have left it yet.",
    )
    silence_days = fields.Integer(
        "Days of Silence",
        compute="_compute_waiting",
        search="_search_silence_days",
        aggregator="avg",
        help="Whole days since the last contact with the customer; without one, since the "
        "opportunity came to be. 0 once it is closed.",
    )
    is_silent = fields.Boolean(
        "Silent",
        compute="_compute_waiting",
        search="_search_is_silent",
        help="Nobody has talked with the customer for the days of the company's settings.",
    )
    next_action_days = fields.Integer(
        "Days to the Next Action",
        compute="_compute_next_action",
        aggregator=None,
        help="Days until the first planned action; negative if it is overdue.",
    )
    next_action_state = fields.Selection(
        NEXT_ACTION_STATES,
        string="State of the Next Action",
        compute="_compute_next_action",
        search="_search_next_action_state",
        help="Whether the first planned action of an open opportunity is overdue, due today, "
        "planned, later than the days of the company's settings, or not there at all.",
    )

    # === COMPUTE METHODS === #

    @api.depends(
        "outcome",
        "company_id.crmsol_silence_days",
        "date_last_stage_update",
        "date_last_contact",
    )
    def _compute_waiting(self):
        self._set_day_facts(_WAITING)

    @api.depends("phase_id", "team_id", "company_id")
    def _compute_phase_median_days(self):
        self._set_day_facts(["phase_median_days"])

    @api.depends(
        "outcome",
        "company_id.crmsol_far_action_days",
        "activity_ids.active",
        "activity_ids.date_deadline",
        "activity_ids.user_id",
    )
    def _compute_next_action(self):
        self._set_day_facts(_NEXT_ACTION)

    # === SEARCH METHODS === #

    def _search_silence_days(self, operator, value):
        """In terms of stored dates, so that PostgreSQL finds the silent ones by an index."""
        return self._search_days(operator, value, self._get_silence_domain, whole=True)

    def _search_days_in_phase(self, operator, value):
        return self._search_days(operator, value, self._get_in_phase_domain, whole=False)

    def _search_is_silent(self, operator, value):
        if operator != "in":
            return NotImplemented
        # sudo: the settings of a company that the user may not read hold as well
        companies = self.env["res.company"].sudo().search([("crmsol_silence_days", ">", 0)])
        silent = Domain.OR(
            Domain("company_id", "in", of_days.ids) & self._get_silence_domain(days)
            for days, of_days in companies.grouped("crmsol_silence_days").items()
        )
        return Domain.OR(silent if of_silent else ~silent for of_silent in value)

    def _search_next_action_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        states = tuple((state or "") for state in value if state != NO_ACTION)
        domain = Domain.FALSE
        if NO_ACTION in value:  # the planner knows how to look for what is not there
            planned = [("active", "=", True)]
            domain = Domain("outcome", "=", OPEN) & Domain("activity_ids", "not any", planned)
        if states:
            domain |= Domain.custom(
                to_sql=lambda model, alias, query: SQL(
                    "COALESCE(%s, '') IN %s",
                    model._field_to_sql(alias, "next_action_state", query),
                    states,
                )
            )
        return domain

    # === READ METHODS === #

    @api.model
    def fields_get(self, allfields=None, attributes=None):
        """Keep numbers of days that are different for each out of what lists are grouped by."""
        result = super().fields_get(allfields, attributes)
        for fname in ("days_in_phase", "phase_median_days", "next_action_days"):
            if "groupable" in result.get(fname, {}):
                result[fname]["groupable"] = False
        return result

    def _field_to_sql(self, alias, field_expr, query=None):
        if field_expr not in DAY_FACTS:
            return super()._field_to_sql(alias, field_expr, query)
        self._check_field_access(self._fields[field_expr], "read")
        return getattr(self, f"_get_sql_of_{field_expr}")(alias, query)

    def _read_group_select(self, aggregate_spec, query):
        """Closed opportunities are left out of averages: they do not wait."""
        sql = super()._read_group_select(aggregate_spec, query)
        if aggregate_spec.partition(":")[0] not in DAY_FACTS:
            return sql
        outcome = self._field_to_sql(self._table, "outcome", query)
        return SQL("%s FILTER (WHERE %s = %s)", sql, outcome, OPEN)

    # === BUSINESS METHODS === #

    def _set_day_facts(self, fnames):
        """Set facts of all records; those that are yet to be saved have none."""
        found = self._get_day_facts(fnames)
        nothing = [False] * len(fnames)
        rows = [found.get(id_ or id_.origin, nothing) for id_ in self._ids]
        for index, fname in enumerate(fnames):
            self._set_column(fname, [row[index] for row in rows])

    def _prefetch_day_facts(self):
        """Set all the facts by one query: whoever needs all of them would ask by one for each."""
        missing = [f for f in DAY_FACTS if any(self._fields[f]._cache_missing_ids(self))]
        if missing:
            self._set_day_facts(missing)

    def _get_day_facts(self, fnames):
        """Return {id: values of the facts} of saved opportunities, by one query."""
        ids = self._origin.ids
        if not ids:
            return {}
        # sudo: figures of these records only, which are read by their own rights afterwards
        query = self.browse(ids).sudo()._as_query(ordered=False)
        columns = [self.sudo()._field_to_sql(query.table, fname, query) for fname in fnames]
        rows = self.env.execute_query(query.select(SQL.identifier(query.table, "id"), *columns))
        return {id_: values for id_, *values in rows}

    # SQL of the facts. None of them is NULL, but the state where there is none.

    def _get_sql_of_days_in_phase(self, alias, query):
        return SQL(
            "CASE WHEN %s = %s THEN %s ELSE 0 END",
            self._field_to_sql(alias, "outcome", query),
            OPEN,
            self._get_sql_of_days_since(self._field_to_sql(alias, "date_last_stage_update", query)),
        )

    def _get_sql_of_silence_days(self, alias, query):
        since = SQL(
            "COALESCE(%s, LEAST(%s, %s))",
            self._field_to_sql(alias, "date_last_contact", query),
            self._field_to_sql(alias, "create_date", query),
            self._field_to_sql(alias, "date_last_stage_update", query),
        )
        return SQL(
            "CASE WHEN %s = %s THEN FLOOR(%s)::integer ELSE 0 END",
            self._field_to_sql(alias, "outcome", query),
            OPEN,
            self._get_sql_of_days_since(since),
        )

    def _get_sql_of_is_silent(self, alias, query):
        limit = self._get_sql_of_company_days(alias, "crmsol_silence_days", query)
        return SQL("COALESCE(%s >= %s, FALSE)", self._get_sql_of_silence_days(alias, query), limit)

    def _get_sql_of_company_days(self, alias, fname, query):
        """Return the SQL of a threshold of the opportunity's company, NULL where it is 0."""
        Company = self.env["res.company"]
        return SQL(
            "(SELECT NULLIF(%s, 0) FROM res_company c WHERE c.id = %s)",
            SQL.identifier("c", fname, to_flush=Company._fields[fname]),
            self._field_to_sql(alias, "company_id", query),
        )

    def _get_sql_of_days_since(self, moment):
        return SQL(
            "GREATEST(COALESCE(EXTRACT(EPOCH FROM %s::timestamp - %s) / 86400, 0), 0)::float",
            self.env.cr.now(),
            moment,
        )

    def _get_sql_of_phase_median_days(self, alias, query):
        """Of the team; of the company where too few of the team have left the phase."""
        Pace = self.env["crmsol.phase.pace"]
        return SQL(
            """
            COALESCE((SELECT %(median)s FROM crmsol_phase_pace p
                       WHERE %(phase)s = p.phase_id AND %(company)s = p.company_id
                         AND (p.team_id IS NULL OR p.team_id = %(team)s)
                    ORDER BY p.team_id NULLS LAST LIMIT 1), 0)
            """,
            median=SQL.identifier("p", "median_days", to_flush=Pace._fields["median_days"]),
            phase=self._field_to_sql(alias, "phase_id", query),
            company=self._field_to_sql(alias, "company_id", query),
            team=self._field_to_sql(alias, "team_id", query),
        )

    def _get_sql_of_next_action_days(self, alias, query):
        return SQL("COALESCE(%s, 0)", self._get_sql_of_next_action(alias, SQL("n.days")))

    def _get_sql_of_next_action_state(self, alias, query):
        state = SQL(
            """
            CASE WHEN %(outcome)s <> %(open)s THEN NULL
                 WHEN n.days IS NULL THEN %(none)s
                 WHEN n.days < 0 THEN 'overdue'
                 WHEN n.days = 0 THEN 'today'
                 WHEN n.days > %(far)s THEN 'far'
                 ELSE 'planned' END
            """,
            outcome=self._field_to_sql(alias, "outcome", query),
            open=OPEN,
            none=NO_ACTION,
            far=self._get_sql_of_company_days(alias, "crmsol_far_action_days", query),
        )
        return self._get_sql_of_next_action(alias, state)

    def _get_sql_of_next_action(self, alias, value):
        """Return the SQL of a value of ``n.days``: days to the first action, NULL without one.

        As the host, it tells a day where the person in charge of the action lives.
        """
        Activity = self.env["mail.activity"]
        columns = {
            fname: SQL.identifier("a", fname, to_flush=Activity._fields[fname])
            for fname in ("date_deadline", "user_tz", "active", "res_model", "res_id")
        }
        return SQL(
            """
            (SELECT %(value)s FROM (
                SELECT MIN(%(date_deadline)s - (%(now)s::timestamp AT TIME ZONE 'UTC'
                           AT TIME ZONE COALESCE(%(user_tz)s, 'UTC'))::date) AS days
                  FROM mail_activity a
                 WHERE %(active)s AND %(res_model)s = 'crmsol.opportunity'
                   AND %(res_id)s = %(id)s) n)
            """,
            value=value,
            now=self.env.cr.now(),
            id=SQL.identifier(alias, "id"),
            **columns,
        )

    @api.model
    def _search_days(self, operator, value, get_domain, whole):
        """Return the domain of a number of days.

        :param get_domain: function of a positive number that returns the domain of at least so many
        :param bool whole: whether the days are whole ones, or have a fraction
        """

        def at_least(days):
            if days <= 0:
                return Domain.TRUE
            return get_domain(days) if days < _DAYS_MAX else Domain.FALSE

        if operator == "in":
            numbers = [number or 0 for number in value if isinstance(number or 0, (int, float))]
            step = 1 if whole else _SECOND
            return Domain.OR(
                at_least(number) & ~at_least(number + step)
                for number in numbers
                if number >= 0 and (not whole or number == int(number))
            )
        is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
        if operator not in (">=", ">", "<", "<=") or not is_number or not isfinite(value):
            return NotImplemented
        # the least number of days that is not below, or above
        if whole:
            value = ceil(value) if operator in (">=", "<") else floor(value) + 1
        elif operator in (">", "<="):
            value += _SECOND
        reached = at_least(value)
        return reached if operator in (">=", ">") else ~reached

    def _get_in_phase_domain(self, days):
        limit = self.env.cr.now() - timedelta(days=days)
        return Domain("outcome", "=", OPEN) & Domain("date_last_stage_update", "<=", limit)

    def _get_silence_domain(self, days):
        limit = self.env.cr.now() - timedelta(days=days)
        since = Domain("create_date", "<=", limit) | Domain("date_last_stage_update", "<=", limit)
        return Domain("outcome", "=", OPEN) & (
            Domain("date_last_contact", "<=", limit)
            | (Domain("date_last_contact", "=", False) & since)
        )
