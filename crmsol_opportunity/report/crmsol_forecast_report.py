from odoo import api, fields, models
from odoo.tools import SQL

from ..const import LOST, OPEN, WON


class CrmsolForecastReport(models.Model):
    """The forecast by seller, team, customer, phase and product, beside the targets.

    A row is the part of an opportunity that falls to one of its products, or a whole opportunity
    that has none, or a target. Targets are rows of their own, so that joining multiplies neither.

    The parts are in proportion to the products' subtotals (equal where these are all zero). Each
    is the difference of two running totals that are rounded to the currency's decimals: so the
    parts add up to the opportunity's amount to the cent, and each is less than one cent away from
    its exact share.
    """

    _name = "crmsol.forecast.report"
    _description = "Forecast Analysis"
    _auto = False
    _order = "date_forecast desc, id desc"
    _rec_name = "opportunity_id"
    _depends = {
        "crmsol.opportunity": [
            "active",
            "partner_id",
            "user_id",
            "team_id",
            "company_id",
            "phase_id",
            "outcome",
            "date_forecast",
            "amount_company",
            "weighted_amount",
            "forecast_amount",
        ],
        "crmsol.opportunity.line": [
            "opportunity_id",
            "product_id",
            "sequence",
            "display_type",
            "price_subtotal",
        ],
        "crmsol.target": ["user_id", "company_id", "date_month", "amount"],
        "res.company": ["currency_id"],
        "res.currency": ["decimal_places"],
    }

    opportunity_id = fields.Many2one("crmsol.opportunity", readonly=True)
    active = fields.Boolean(readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    user_id = fields.Many2one("res.users", string="Salesperson", readonly=True)
    team_id = fields.Many2one("crm.team", string="Sales Team", readonly=True)
    phase_id = fields.Many2one("crmsol.phase", readonly=True)
    outcome = fields.Selection([(OPEN, "Open"), (WON, "Won"), (LOST, "Lost")], readonly=True)
    product_id = fields.Many2one("product.product", readonly=True)
    date_forecast = fields.Date(
        "Forecast Date",
        readonly=True,
        help="When it was closed or is expected to be; today for what is overdue, as it cannot "
        "close earlier. The month, for a target.",
    )
    is_overdue = fields.Boolean("Overdue Close", readonly=True)

    # Measures
    amount = fields.Monetary(readonly=True)
    weighted_amount = fields.Monetary(
        "Weighted (Open)", readonly=True, help="Amount × probability of what is open."
    )
    won_amount = fields.Monetary(readonly=True)
    forecast_amount = fields.Monetary(
        "Forecast", readonly=True, help="What was won, and what is open by its probability."
    )
    target_amount = fields.Monetary(
        "Target", readonly=True, help="A target is a salesperson's: it has no team and no product."
    )
    progress = fields.Float(
        "Target Reached", readonly=True, aggregator="avg", help="What was won ÷ the target."
    )

    # === TABLE METHODS === #

    @property
    def _table_query(self):
        return SQL("%s UNION ALL %s", self._select_opportunities(), self._select_targets())

    @api.model
    def _select_opportunities(self):
        """Return a row an opportunity and product."""
        return SQL(
            """
            SELECT
                -- a number that no row of another kind has
                CASE WHEN part.id IS NULL
                     THEN opportunity.id::bigint * 3 + 1 ELSE part.id::bigint * 3 END AS id,
                opportunity.id AS opportunity_id,
                opportunity.active,
                opportunity.company_id,
                company.currency_id,
                opportunity.partner_id,
                opportunity.user_id,
                opportunity.team_id,
                opportunity.phase_id,
                opportunity.outcome,
                part.product_id,
                CASE WHEN overdue.is_true THEN %(today)s ELSE opportunity.date_forecast END
                    AS date_forecast,
                overdue.is_true AS is_overdue,
                %(amount)s AS amount,
                CASE WHEN opportunity.outcome = %(open)s THEN %(weighted)s ELSE 0 END
                    AS weighted_amount,
                CASE WHEN opportunity.outcome = %(won)s THEN %(amount)s ELSE 0 END AS won_amount,
                %(forecast)s AS forecast_amount,
                0::numeric AS target_amount,
                0::float8 AS progress
            FROM crmsol_opportunity opportunity
            JOIN res_company company ON company.id = opportunity.company_id
            JOIN res_currency currency ON currency.id = company.currency_id
            CROSS JOIN LATERAL (
                SELECT COALESCE(
                    opportunity.outcome = %(open)s AND opportunity.date_forecast < %(today)s, FALSE
                ) AS is_true
            ) overdue
            LEFT JOIN (%(parts)s) part ON part.opportunity_id = opportunity.id
            """,
            parts=self._select_parts(),
            amount=self._share(SQL("opportunity.amount_company")),
            weighted=self._share(SQL("opportunity.weighted_amount")),
            forecast=self._share(SQL("opportunity.forecast_amount")),
            open=OPEN,
            won=WON,
            today=self._today(),
        )

    @api.model
    def _select_parts(self):
        """Return the products of each opportunity with their running totals.

        The share of a product is what lies between ``(upto - own) / whole`` and ``upto / whole``.
        """
        return SQL(
            """
            SELECT
                id,
                opportunity_id,
                product_id,
                CASE WHEN total > 0 THEN subtotal ELSE 1 END AS own,
                CASE WHEN total > 0 THEN running ELSE position END AS upto,
                CASE WHEN total > 0 THEN total ELSE number END AS whole
            FROM (
                SELECT
                    id,
                    opportunity_id,
                    product_id,
                    COALESCE(price_subtotal, 0) AS subtotal,
                    SUM(COALESCE(price_subtotal, 0)) OVER in_order AS running,
                    SUM(COALESCE(price_subtotal, 0)) OVER of_opportunity AS total,
                    ROW_NUMBER() OVER in_order AS position,
                    COUNT(*) OVER of_opportunity AS number
                FROM crmsol_opportunity_line
                WHERE display_type IS NULL
                WINDOW
                    of_opportunity AS (PARTITION BY opportunity_id),
                    in_order AS (PARTITION BY opportunity_id ORDER BY sequence, id)
            ) line
            """
        )

    @api.model
    def _share(self, amount):
        """Return the part of an opportunity's amount that falls to the row's product."""
        return SQL(
            """CASE WHEN part.id IS NULL THEN COALESCE(%(amount)s, 0) ELSE
                ROUND(COALESCE(%(amount)s, 0) * part.upto / part.whole, currency.decimal_places)
                - ROUND(
                    COALESCE(%(amount)s, 0) * (part.upto - part.own) / part.whole,
                    currency.decimal_places
                )
            END""",
            amount=amount,
        )

    @api.model
    def _select_targets(self):
        """Return a row a target."""
        return SQL(
            """
            SELECT
                target.id::bigint * 3 + 2,
                NULL, TRUE, target.company_id, company.currency_id,
                NULL, target.user_id, NULL, NULL, NULL, NULL,
                target.date_month, FALSE, 0, 0, 0, 0, target.amount, 0
            FROM crmsol_target target
            JOIN res_company company ON company.id = target.company_id
            """
        )

    @api.model
    def _today(self):
        return SQL("%s::date", fields.Date.context_today(self))

    def _read_group_select(self, aggregate_spec, query):
        """Reckon the progress of a group from its sums: an average of ratios would mean nothing."""
        if aggregate_spec != "progress:avg":
            return super()._read_group_select(aggregate_spec, query)
        return SQL(
            "SUM(%s)::float8 / NULLIF(SUM(%s), 0)::float8",
            self._field_to_sql(self._table, "won_amount", query),
            self._field_to_sql(self._table, "target_amount", query),
        )

    # === ACTION METHODS === #

    def action_open_opportunity(self):
        """Open the opportunity of the row; the targets' list for a target."""
        self.ensure_one()
        if not self.opportunity_id:
            return self.env["ir.actions.act_window"]._for_xml_id(
                "crmsol_opportunity.crmsol_target_action"
            )
        return {
            "type": "ir.actions.act_window",
            "res_model": "crmsol.opportunity",
            "res_id": self.opportunity_id.id,
            "views": [(False, "form")],
        }
