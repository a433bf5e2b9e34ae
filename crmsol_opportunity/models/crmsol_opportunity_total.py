import functools

from odoo import api, fields, models
from odoo.tools import SQL

from ..const import LOST, OPEN, WON

#: What totals are kept by: columns of the opportunity's table, too, with the same names.
DIMENSIONS = (
    "company_id",
    "user_id",
    "team_id",
    "phase_id",
    "outcome",
    "active",
    "date_deadline",
    "date_forecast",
)
#: Of these only the month is kept, as its first day.
MONTHS = ("date_deadline", "date_forecast")
#: What is summed, in the company's currency: columns of the opportunity's table, too.
MEASURES = ("amount_company", "weighted_amount", "forecast_amount")
_COLUMNS = (*DIMENSIONS, *MEASURES)


def _identifiers(columns, alias=None):
    path = (alias,) if alias else ()
    return SQL(", ").join(SQL.identifier(*path, column) for column in columns)


# Parts of the SQL that are always the same are composed once.
_GROUPS = _identifiers(DIMENSIONS)
_INSERTED = _identifiers(("record_count", *_COLUMNS))
_SUMS = [SQL("SUM(sign)"), *(SQL("SUM(sign * %s)", SQL.identifier(each)) for each in MEASURES)]
_SUMMED = SQL("%s, %s, %s", _SUMS[0], _GROUPS, SQL(", ").join(_SUMS[1:]))
_IS_SOMETHING = SQL(" OR ").join(SQL("%s <> 0", each) for each in _SUMS)


@functools.cache
def _select_state(given=()):
    """Return the SQL of the columns of a state of the opportunity ``o``.

    :param given: tuple of (column, its type) of those whose values are in ``v`` instead
    """
    types = dict(given)

    def select(column):
        value = SQL.identifier("o", column)
        if column in types:
            value = SQL("%s::%s", SQL.identifier("v", column), SQL(types[column]))
        if column in MONTHS:
            value = SQL("date_trunc('month', %s)::date", value)
        if column in MEASURES:
            value = SQL("COALESCE(%s, 0)", value)
        return SQL("%s AS %s", value, SQL.identifier(column))

    return SQL(", ").join(map(select, _COLUMNS))


class CrmsolOpportunityTotal(models.Model):
    """How many opportunities there are, and what they sum to: a ledger.

    A row adds to what the other rows with the same dimensions say; the total is their sum. A
    change of opportunities inserts what it takes away and what it adds, in its own transaction and
    with the statement that changes them. So the ledger agrees with the opportunities in every
    snapshot, and no two transactions wait for one row. An hourly job makes the rows of the same
    dimensions into one.

    Nobody reads it as a model: :class:`~.crmsol_opportunity_totals.CrmsolOpportunity` answers from
    it what is asked about opportunities, with the rights that hold for them.
    """

    _name = "crmsol.opportunity.total"
    _description = "Totals of Opportunities"
    _log_access = False
    _rec_name = "id"

    # If one of these is deleted, PostgreSQL does here what it does to the opportunities: those of a
    # deleted salesperson go on without one. Phases and companies with opportunities stay.
    company_id = fields.Many2one("res.company", required=True, readonly=True, ondelete="cascade")
    user_id = fields.Many2one("res.users", readonly=True, ondelete="set null")
    team_id = fields.Many2one("crm.team", readonly=True, ondelete="set null")
    phase_id = fields.Many2one("crmsol.phase", required=True, readonly=True, ondelete="cascade")
    outcome = fields.Selection([(OPEN, "Open"), (WON, "Won"), (LOST, "Lost")], readonly=True)
    active = fields.Boolean(readonly=True)
    date_deadline = fields.Date("Expected Close", readonly=True, help="The first day of its month.")
    date_forecast = fields.Date("Forecast Date", readonly=True, help="The first day of its month.")

    record_count = fields.Integer("Opportunities", required=True, readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    amount_company = fields.Monetary("Amount in Company Currency", required=True, readonly=True)
    weighted_amount = fields.Monetary(required=True, readonly=True)
    forecast_amount = fields.Monetary("Forecast", required=True, readonly=True)

    # === BUSINESS METHODS === #

    @api.model
    def _count_created(self, ids):
        """Add opportunities of which the rows were just inserted."""
        self._insert(self._get_state(1, ids))

    @api.model
    def _count_written(self, ids, vals_list):
        """Take opportunities away as they are and add them as they are about to be written.

        :param list[dict] vals_list: for each id what is to be written, as the columns' values
        """
        rows_by_columns = {}
        for id_, vals in zip(ids, vals_list, strict=True):
            if columns := tuple(column for column in _COLUMNS if column in vals):
                rows = rows_by_columns.setdefault(columns, [])
                rows.append((id_, *(vals[column] for column in columns)))
        for columns, rows in rows_by_columns.items():
            before = self._get_state(-1, [row[0] for row in rows])
            after = self._get_state(1, [row[0] for row in rows], columns, rows)
            self._insert(SQL("%s UNION ALL %s", before, after))

    @api.model
    def _get_deleted(self, ids):
        """Return what is to be added to the totals once the opportunities are deleted."""
        return self.env.execute_query(self._sum(self._get_state(-1, ids)))

    @api.model
    def _count_deleted(self, rows):
        if rows:
            self.env.cr.execute(
                SQL(
                    "INSERT INTO crmsol_opportunity_total (%s) VALUES %s",
                    _INSERTED,
                    SQL(", ").join(rows),
                )
            )

    @api.model
    def _rebuild(self):
        """Count all the opportunities anew.

        Both tables are read in one snapshot: what other transactions write meanwhile stays right.
        """
        self.env["crmsol.opportunity"].flush_model(_COLUMNS)
        self.env.cr.execute(SQL("DELETE FROM %s", SQL.identifier(self._table)))
        self._insert(self._get_state(1))

    @api.model
    def _cron_compact(self):
        """Make the rows of the same dimensions into one, and remove what sums to nothing.

        Rows of transactions that are not seen here stay beside the new one, and the next time are
        summed with it.
        """
        self.env.cr.execute(
            SQL(
                """
                WITH doubled AS MATERIALIZED (
                    SELECT array_agg(id) AS ids, %(sums)s
                      FROM %(table)s GROUP BY %(dimensions)s
                    HAVING COUNT(*) > 1 OR NOT (%(is_something)s)
                ), gone AS (
                    DELETE FROM %(table)s WHERE id IN (SELECT unnest(ids) FROM doubled)
                )
                INSERT INTO %(table)s (%(columns)s)
                SELECT %(columns)s FROM doubled t
                 WHERE (t.record_count, %(measures)s) IS DISTINCT FROM (0, %(zeros)s)
                """,
                table=SQL.identifier(self._table),
                columns=_INSERTED,
                dimensions=_GROUPS,
                measures=_identifiers(MEASURES, "t"),
                zeros=SQL(", ").join([SQL("0")] * len(MEASURES)),
                sums=SQL(
                    "SUM(record_count) AS record_count, %s, %s",
                    _GROUPS,
                    SQL(", ").join(
                        SQL("SUM(%s) AS %s", SQL.identifier(each), SQL.identifier(each))
                        for each in MEASURES
                    ),
                ),
                is_something=SQL(" OR ").join(
                    SQL("SUM(%s) <> 0", SQL.identifier(each))
                    for each in ("record_count", *MEASURES)
                ),
            )
        )

    # === SQL METHODS === #

    @api.model
    def _get_state(self, sign, ids=None, columns=(), rows=()):
        """Return the SQL of the state of opportunities, one row for each.

        :param int sign: 1 if they are to be added, -1 if they are to be taken away
        :param ids: of which; None: of all
        :param columns: of which the values are those of ``rows`` instead of the table's
        :param rows: tuples of an id and the values of ``columns``
        """
        given = tuple(
            (column, self.env["crmsol.opportunity"]._fields[column].column_type[1])
            for column in columns
        )
        return SQL(
            "SELECT %s::int AS sign, %s FROM crmsol_opportunity o%s%s",
            sign,
            _select_state(given),
            SQL(
                " JOIN (VALUES %s) AS v(id, %s) ON v.id = o.id",
                SQL(", ").join(rows),
                _identifiers(columns),
            )
            if rows
            else SQL(),
            SQL(" WHERE o.id = ANY(%s)", list(ids)) if ids is not None else SQL(),
        )

    @api.model
    def _sum(self, states):
        """Return the SQL of what states add to the totals, one row for each that is not nothing."""
        return SQL(
            "SELECT %s FROM (%s) s GROUP BY %s HAVING %s", _SUMMED, states, _GROUPS, _IS_SOMETHING
        )

    @api.model
    def _insert(self, states):
        self.env.cr.execute(
            SQL("INSERT INTO crmsol_opportunity_total (%s) %s", _INSERTED, self._sum(states))
        )
