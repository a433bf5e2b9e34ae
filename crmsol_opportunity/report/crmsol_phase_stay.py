from odoo import fields, models
from odoo.tools import SQL

from ..const import LOST, OPEN, WON
from ..models.crmsol_opportunity_history import STATE_FIELDS

FORWARD = "forward"
BACK = "back"
PRESENT = "present"
ARCHIVED = "archived"

EXITS = [
    (FORWARD, "Moved Forward"),
    (WON, "Won"),
    (BACK, "Moved Back"),
    (LOST, "Lost"),
    (PRESENT, "Still There"),
    (ARCHIVED, "Archived"),
]
#: Stays that came to an end: those whose length is known.
LEFT = (FORWARD, WON, BACK, LOST)
MOVED_ON = (FORWARD, WON)

#: key, label and the day with which the next bucket begins. Days are whole ones that have passed.
BUCKETS = [
    ("1", "0–1 days", 2),
    ("2", "2–3 days", 4),
    ("3", "4–7 days", 8),
    ("4", "8–14 days", 15),
    ("5", "15–30 days", 31),
    ("6", "31–60 days", 61),
    ("7", "61 days or more", None),
]

DAY_DIGITS = (16, 1)

#: Aggregates that the host has not, by their names, with the part of the values that lie below.
PERCENTILES = {"quartile_1": 0.25, "median": 0.5, "quartile_3": 0.75}


class CrmsolPhaseStay(models.Model):
    """An unbroken stay of an opportunity in a phase, from entering it to leaving it.

    Only open states are stays: in the closing phase nothing is waited for. A reopened opportunity
    begins another one. The time in which an opportunity was archived does not count: its days are
    those of the active states, and where it was archived and is still, the stay ended then. A
    phase that it passed through while archived is no stay.

    Team, salesperson, company and amount are those with which it left; of a stay that goes on, the
    present ones. Whether it moved forward or back is told by the present order of the phases.
    """

    _name = "crmsol.phase.stay"
    _description = "Time in Phase"
    _auto = False
    _rec_name = "opportunity_id"
    _order = "date_from desc, id desc"
    _depends = {
        "crmsol.opportunity": list(STATE_FIELDS),
        "crmsol.phase": ["sequence"],
    }

    opportunity_id = fields.Many2one("crmsol.opportunity", readonly=True)
    phase_id = fields.Many2one("crmsol.phase", readonly=True)
    date_from = fields.Datetime("Entered", readonly=True)
    date_to = fields.Datetime("Left", readonly=True, help="Empty: it is still there.")
    is_present = fields.Boolean(
        "Is Still There",
        readonly=True,
        help="The stay goes on. Its days are those up to now, and will be more.",
    )
    days = fields.Float(
        "Days in Phase",
        digits=DAY_DIGITS,
        readonly=True,
        aggregator="avg",
        help="Days that the opportunity stayed, without those in which it was archived; of a stay "
        "that goes on, up to now.",
    )
    # The same days, once for each aggregate: the web client asks for a field's own aggregate.
    days_quartile_1 = fields.Float(
        "Days: Lower Quartile", digits=DAY_DIGITS, readonly=True, aggregator="quartile_1"
    )
    days_median = fields.Float(
        "Days: Median", digits=DAY_DIGITS, readonly=True, aggregator="median"
    )
    days_quartile_3 = fields.Float(
        "Days: Upper Quartile", digits=DAY_DIGITS, readonly=True, aggregator="quartile_3"
    )
    bucket = fields.Selection(
        [(key, label) for key, label, _end in BUCKETS], string="Length of Stay", readonly=True
    )
    exit = fields.Selection(EXITS, readonly=True, string="What Came of It")
    next_phase_id = fields.Many2one("crmsol.phase", readonly=True)
    outcome = fields.Selection(
        [(OPEN, "Open"), (WON, "Won"), (LOST, "Lost")],
        string="Present Outcome",
        readonly=True,
        help="What the opportunity is today.",
    )
    user_id = fields.Many2one("res.users", string="Salesperson", readonly=True)
    team_id = fields.Many2one("crm.team", string="Sales Team", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    amount_company = fields.Monetary(
        "Amount in Company Currency", readonly=True, help="When it left the phase."
    )

    # === ACTION METHODS === #

    def action_open_opportunity(self):
        self.ensure_one()
        return self.opportunity_id._get_records_action()

    # === BUSINESS METHODS === #

    @property
    def _table_query(self):
        """Return the stays: the last state s of each, with the state n that follows it.

        Conditions on the opportunity and on the date of entry reach the innermost query, since the
        window is partitioned by both: a period reads no more of the history than its own stays.
        """
        now = self.env.cr.now()
        return SQL(
            """
            SELECT s.id, s.opportunity_id, s.phase_id, s.date_from,
                   CASE WHEN e.exit != %(present)s THEN s.active_to END AS date_to,
                   e.exit = %(present)s AS is_present,
                   s.days, s.days AS days_quartile_1, s.days AS days_median,
                   s.days AS days_quartile_3, %(bucket)s AS bucket,
                   e.exit, n.phase_id AS next_phase_id, o.outcome,
                   s.user_id, s.team_id, s.company_id, s.currency_id, s.amount_company
              FROM (SELECT MIN(h.id) OVER stay AS id, h.opportunity_id, h.phase_id,
                           h.phase_date_from AS date_from, h.active,
                           h.user_id, h.team_id, h.company_id, h.currency_id, h.amount_company,
                           SUM(EXTRACT(EPOCH FROM COALESCE(h.date_to, %(now)s) - h.date_from))
                               FILTER (WHERE h.active) OVER stay::float8 / 86400 AS days,
                           MAX(h.date_to) FILTER (WHERE h.active) OVER stay AS active_to,
                           h.date_to AS state_to, LEAD(h.id) OVER stay AS later_id
                      FROM crmsol_opportunity_history h
                     WHERE h.outcome = %(open)s
                    WINDOW stay AS (PARTITION BY h.opportunity_id, h.phase_date_from
                                        ORDER BY h.date_from)) s
         LEFT JOIN crmsol_opportunity_history n
                ON n.opportunity_id = s.opportunity_id AND n.date_from = s.state_to
              JOIN crmsol_opportunity o ON o.id = s.opportunity_id
              JOIN crmsol_phase p ON p.id = s.phase_id
         LEFT JOIN crmsol_phase np ON np.id = n.phase_id
        CROSS JOIN LATERAL (
                   SELECT CASE WHEN n.id IS NULL AND s.active THEN %(present)s
                               WHEN n.id IS NULL THEN %(archived)s
                               WHEN n.outcome != %(open)s THEN n.outcome
                               WHEN (np.sequence, np.id) > (p.sequence, p.id) THEN %(forward)s
                               ELSE %(back)s END AS exit) e
             WHERE s.later_id IS NULL AND s.days IS NOT NULL
            """,
            now=SQL("%s::timestamp", now),
            bucket=SQL(
                "CASE %s END",
                SQL(" ").join(
                    SQL("ELSE %s", key)
                    if end is None
                    else SQL("WHEN s.days < %s THEN %s", end, key)
                    for key, _label, end in BUCKETS
                ),
            ),
            open=OPEN,
            present=PRESENT,
            archived=ARCHIVED,
            forward=FORWARD,
            back=BACK,
        )

    def _read_group_select(self, aggregate_spec, query):
        fname, _colon, func = aggregate_spec.partition(":")
        if func not in PERCENTILES:
            return super()._read_group_select(aggregate_spec, query)
        return self._get_percentile(
            PERCENTILES[func], self._field_to_sql(self._table, fname, query)
        )

    def _get_percentile(self, part, expression, condition=None):
        """Return the SQL of the value below which that part of the values lies.

        :param SQL condition: of the rows that count; all of them without it
        """
        percentile = SQL("PERCENTILE_CONT(%s) WITHIN GROUP (ORDER BY %s)", part, expression)
        return SQL("%s FILTER (WHERE %s)", percentile, condition) if condition else percentile
