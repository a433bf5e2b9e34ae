"""Checks that a history is one: what an SQL generator could get wrong and the recorder does not."""

from odoo.tools import SQL

FIRST_ROWS, LAST_ROWS = 3, 8  # how many rows a generated opportunity has


def state_fields():
    """Return the fields that the history keeps."""
    # here, as addons are found only once Odoo has read its configuration
    from odoo.addons.crmsol_opportunity.models.crmsol_opportunity_history import STATE_FIELDS

    return STATE_FIELDS


def problems(cr, first_id=0):
    """Return how many times each rule is broken by opportunities from ``first_id`` on.

    Nothing is wrong if all are 0.
    """
    state = [SQL.identifier(name) for name in state_fields()]

    def columns(alias):
        return SQL(", ").join(SQL("%s.%s", SQL.identifier(alias), name) for name in state)

    cr.execute(
        SQL(
            """
            WITH h AS (
                SELECT *, lead(date_from) OVER life AS following,
                       lag(phase_id) OVER life AS phase_before,
                       lag(phase_date_from) OVER life AS since_before,
                       row_number() OVER life AS number,
                       lag(ROW(%(h)s)) OVER life AS state_before
                  FROM crmsol_opportunity_history h
                 WHERE opportunity_id >= %(first)s
                WINDOW life AS (PARTITION BY opportunity_id ORDER BY date_from)
            )
            SELECT count(*) FILTER (WHERE following > date_to) AS gaps,
                   count(*) FILTER (WHERE following < date_to
                                       OR date_to IS NULL AND following IS NOT NULL) AS overlaps,
                   count(*) FILTER (WHERE following IS NULL AND date_to IS NOT NULL) AS ended,
                   count(*) FILTER (WHERE date_from > now() AT TIME ZONE 'UTC') AS in_the_future,
                   count(*) FILTER (WHERE number = 1 AND date_from <> o.create_date) AS late_begin,
                   count(*) FILTER (WHERE following IS NULL AND (number < %(least)s
                                       OR number > %(most)s)) AS too_few_or_many_rows,
                   count(*) FILTER (WHERE date_to IS NULL
                                      AND (%(h)s) IS DISTINCT FROM (%(o)s)) AS other_present_state,
                   count(*) FILTER (WHERE date_to IS NULL AND phase_date_from
                                       <> o.date_last_stage_update) AS other_phase_date,
                   count(*) FILTER (WHERE state_before IS NOT DISTINCT FROM ROW(%(h)s))
                       AS rows_without_change,
                   count(*) FILTER (WHERE phase_date_from IS DISTINCT FROM CASE
                       WHEN phase_before = h.phase_id THEN since_before ELSE date_from END)
                       AS wrong_phase_begin,
                   count(*) FILTER (WHERE h.currency_id <> c.currency_id) AS other_currency
              FROM h JOIN crmsol_opportunity o ON o.id = h.opportunity_id
                     JOIN res_company c ON c.id = h.company_id
            """,
            first=first_id,
            least=FIRST_ROWS,
            most=LAST_ROWS,
            h=columns("h"),
            o=columns("o"),
        )
    )
    found = cr.dictfetchone()
    cr.execute(
        SQL(
            """
            SELECT (SELECT count(*) FROM crmsol_opportunity o WHERE o.id >= %(first)s
                       AND NOT EXISTS (SELECT FROM crmsol_opportunity_history h
                                        WHERE h.opportunity_id = o.id AND h.date_to IS NULL))
                       AS without_history,
                   (SELECT count(*) FROM crmsol_opportunity o
                      LEFT JOIN res_partner p ON p.id = o.partner_id
                      LEFT JOIN res_partner c ON c.id = o.contact_id
                     WHERE o.id >= %(first)s
                       AND (p.id IS NULL OR o.contact_id IS NOT NULL AND c.parent_id <> p.id))
                       AS wrong_customer,
                   (SELECT count(*) FROM crmsol_opportunity o
                     WHERE o.id >= %(first)s AND o.weighted_amount
                           <> round((o.amount_company * o.probability / 100)::numeric, 2))
                       AS wrong_weighted_amount
            """,
            first=first_id,
        )
    )
    return found | cr.dictfetchone()
