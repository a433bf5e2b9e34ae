from odoo import api, fields, models
from odoo.tools import SQL

from .crmsol_opportunity_history import STATE_FIELDS

_STATE = frozenset(STATE_FIELDS)
#: ``currency_id``, the company's, follows from the company and is kept with it
_COLUMNS = (*STATE_FIELDS, "currency_id")


def _columns(alias, columns=_COLUMNS):
    return SQL(", ").join(SQL.identifier(alias, column) for column in columns)


# Composed once, as every change of an opportunity needs them. ``t.now`` is the transaction's time.
_NAMES = SQL(", ").join(map(SQL.identifier, _COLUMNS))
_WAS, _IS_NOW = _columns("h"), _columns("s")
_BEGAN = SQL("h.date_from < t.now")  # in an earlier transaction
_ASSIGNMENTS = SQL(", ").join(
    SQL(
        "%s = CASE WHEN %s THEN %s ELSE %s END",
        SQL.identifier(column),
        _BEGAN,
        SQL.identifier("h", column),
        SQL.identifier("s", column),
    )
    for column in _COLUMNS
)

#: The present state of opportunities as history has it. One parameter: their ids.
_PRESENT = """
    SELECT o.id, o.phase_id, o.outcome, COALESCE(o.active, FALSE) AS active,
           COALESCE(o.amount_company, 0) AS amount_company,
           COALESCE(o.probability, 0) AS probability,
           o.date_deadline, o.user_id, o.team_id, o.company_id, c.currency_id,
           o.date_last_stage_update
      FROM crmsol_opportunity o JOIN res_company c ON c.id = o.company_id
     WHERE o.id = ANY(%s)
"""


class CrmsolOpportunity(models.Model):
    """Records the history: whatever reaches the opportunity's row is recorded with it.

    The ORM brings every change to the table by ``_create`` and ``_write_multi``, whether it comes
    from a user, an import or a computation. History follows there, so that any query sees both in
    the same state, and a transaction that is rolled back leaves neither.
    """

    _inherit = "crmsol.opportunity"  # pylint: disable=consider-merging-classes-inherited

    history_ids = fields.One2many("crmsol.opportunity.history", "opportunity_id", copy=False)

    # === CRUD METHODS === #

    @api.model
    def _create(self, data_list):
        opportunities = super()._create(data_list)
        self._begin_interval(opportunities.ids, self.env.cr.now())
        self.env["crmsol.opportunity.history"].invalidate_model(flush=False)
        return opportunities

    def _write_multi(self, vals_list):
        result = super()._write_multi(vals_list)
        changed = [
            id_
            for id_, vals in zip(self._ids, vals_list, strict=True)
            if not _STATE.isdisjoint(vals)
        ]
        if changed:
            self.browse(changed)._record_history()
        return result

    # === BUSINESS METHODS === #

    def _record_history(self):
        """Bring the history up to the state that the table has now.

        The present interval ends and another one begins, unless it began in this very transaction:
        then it takes the state over, and disappears if that is the state from which it began.
        """
        ids, now = list(self._ids), self.env.cr.now()
        rows = self.env.execute_query(
            SQL(
                """
                WITH changed AS (
                    UPDATE crmsol_opportunity_history h
                       SET date_to = CASE WHEN %(began)s THEN t.now END,
                           %(assignments)s,
                           phase_date_from = CASE WHEN %(began)s THEN h.phase_date_from
                               ELSE COALESCE(
                                   (SELECT p.phase_date_from FROM crmsol_opportunity_history p
                                     WHERE p.opportunity_id = h.opportunity_id
                                       AND p.date_to = h.date_from AND p.phase_id = s.phase_id),
                                   h.date_from) END
                      FROM (%(present)s) s, (SELECT %(now)s::timestamp AS now) t
                     WHERE h.opportunity_id = s.id AND h.date_to IS NULL
                       AND (%(was)s) IS DISTINCT FROM (%(is_now)s)
                 RETURNING h.opportunity_id, h.date_to, %(is_now)s,
                           CASE WHEN h.phase_id = s.phase_id THEN h.phase_date_from
                                ELSE t.now END AS phase_date_from
                ), begun AS (
                    INSERT INTO crmsol_opportunity_history
                                (opportunity_id, date_from, phase_date_from, %(columns)s)
                    SELECT opportunity_id, date_to, phase_date_from, %(columns)s
                      FROM changed WHERE date_to IS NOT NULL
                )
                SELECT opportunity_id, date_to IS NULL FROM changed
                """,
                began=_BEGAN,
                now=now,
                assignments=_ASSIGNMENTS,
                present=SQL(_PRESENT, ids),
                was=_WAS,
                is_now=_IS_NOW,
                columns=_NAMES,
            )
        )
        same_transaction = [id_ for id_, is_present in rows if is_present]
        if len(rows) < len(ids):
            self._begin_interval(ids, now)
        if same_transaction:
            self._drop_interval_without_change(same_transaction)
        self.env["crmsol.opportunity.history"].invalidate_model(flush=False)

    @api.model
    def _begin_interval(self, ids, now):
        """Begin the present interval of those opportunities that have none.

        The first one begins when the phase was entered, which an import may date back.
        """
        self.env.execute_query(
            SQL(
                """
                INSERT INTO crmsol_opportunity_history
                            (opportunity_id, date_from, phase_date_from, %(columns)s)
                SELECT s.id,
                       CASE WHEN h.id IS NULL THEN %(begin)s ELSE %(now)s::timestamp END,
                       CASE WHEN h.id IS NULL THEN %(begin)s
                            WHEN h.phase_id = s.phase_id THEN h.phase_date_from
                            ELSE %(now)s::timestamp END,
                       %(state)s
                  FROM (%(present)s) s
             LEFT JOIN crmsol_opportunity_history h
                    ON h.opportunity_id = s.id AND h.date_to = %(now)s
                 WHERE NOT EXISTS (SELECT FROM crmsol_opportunity_history c
                                    WHERE c.opportunity_id = s.id AND c.date_to IS NULL)
                RETURNING id
                """,
                columns=_NAMES,
                begin=SQL("LEAST(s.date_last_stage_update, %s::timestamp)", now),
                now=now,
                state=_IS_NOW,
                present=SQL(_PRESENT, ids),
            )
        )

    @api.model
    def _drop_interval_without_change(self, ids):
        """Let the interval before go on where this transaction took its own changes back."""
        dropped = self.env.execute_query(
            SQL(
                """
                DELETE FROM crmsol_opportunity_history h USING crmsol_opportunity_history p
                 WHERE h.opportunity_id = ANY(%s) AND h.date_to IS NULL
                   AND p.opportunity_id = h.opportunity_id AND p.date_to = h.date_from
                   AND (%s) IS NOT DISTINCT FROM (%s)
             RETURNING p.id
                """,
                ids,
                _columns("h"),
                _columns("p"),
            )
        )
        if dropped:
            self.env.execute_query(
                SQL(
                    "UPDATE crmsol_opportunity_history SET date_to = NULL WHERE id = ANY(%s)"
                    " RETURNING id",
                    [id_ for (id_,) in dropped],
                )
            )

    @api.model
    def _replace_history(self, steps):
        """Give opportunities a past that was not lived here: of an import, or of the demo data.

        Every row has the present state overlaid with the values of its step; the last row, which
        is the present one, has the present state whatever is given. Steps of one moment are one.

        :param dict steps: ``{opportunity id: [(datetime, {field: value}), …]}``, in UTC, in any
            order, with fields of ``STATE_FIELDS``; at least one step each, none in the future
        :raise ValueError: if there is no step, a future one, or a field that history does not keep
        """
        self.env["crmsol.opportunity"].flush_model()
        now = self.env.cr.now()
        present = {
            row["id"]: row for row in self.env.execute_query_dict(SQL(_PRESENT, list(steps)))
        }
        rows = []
        for id_, of_one in steps.items():
            if not of_one or id_ not in present:
                raise ValueError("no step, or no such opportunity")
            by_moment = {}
            for moment, values in sorted(of_one, key=lambda step: step[0]):
                if moment > now or not _STATE.issuperset(values):
                    raise ValueError("a step in the future, or a field that history does not keep")
                by_moment.setdefault(moment, {}).update(values)
            state = {column: present[id_][column] for column in _COLUMNS}
            rows += self._prepare_history_rows(id_, by_moment, state)
        self.env.execute_query(
            SQL(
                "DELETE FROM crmsol_opportunity_history WHERE opportunity_id = ANY(%s)"
                " RETURNING id",
                list(steps),
            )
        )
        columns = ("opportunity_id", "date_from", "date_to", "phase_date_from", *_COLUMNS)
        self.env.execute_query(
            SQL(
                "INSERT INTO crmsol_opportunity_history (%s) VALUES %s RETURNING id",
                SQL(", ").join(map(SQL.identifier, columns)),
                SQL(", ").join(rows),
            )
        )
        self.env["crmsol.opportunity.history"].invalidate_model(flush=False)

    @api.model
    def _prepare_history_rows(self, id_, by_moment, present):
        """Return the values of the rows of one opportunity, oldest first, as SQL rows.

        Steps that change nothing are left out.
        """
        moments = list(by_moment)
        states = [{**present, **values} for values in by_moment.values()]
        states[-1] = present
        kept = [i for i in range(len(states)) if i == 0 or states[i] != states[i - 1]]
        rows, phase_since = [], None
        for position, i in enumerate(kept):
            state, begin = states[i], moments[i]
            end = moments[kept[position + 1]] if position + 1 < len(kept) else None
            if not position or state["phase_id"] != states[kept[position - 1]]["phase_id"]:
                phase_since = begin
            values = [value if value is not False else None for value in state.values()]
            values[_COLUMNS.index("active")] = bool(state["active"])
            rows.append(
                SQL(
                    "(%s, %s::timestamp, %s::timestamp, %s::timestamp, %s)",
                    id_,
                    begin,
                    end,
                    phase_since,
                    SQL(", ").join(SQL("%s", value) for value in values),
                )
            )
        return rows
