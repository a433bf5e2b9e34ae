from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..const import LOST, OPEN
from .crmsol_closing_report_mixin import MAX_ROWS, CrmsolClosingReportMixin

#: What the rows of the page are made of, besides the competitor.
DETAILS = {
    "none": [],
    "product": ["product_id"],
    "phase": ["phase_id"],
    "product_phase": ["product_id", "phase_id"],
}


class CrmsolCompetitorReport(models.Model):
    """How deals ended against each competitor.

    A row is one offer of a competitor in a closed deal, or a closed deal without any competitor: so
    all closed deals are there, and the counts of deals reconcile with them.
    """

    _name = "crmsol.competitor.report"
    _description = "Competitor Analysis"
    _inherit = ["crmsol.closing.report.mixin"]
    _auto = False
    _counts_of_deals = (*CrmsolClosingReportMixin._counts_of_deals, "lost_to_count:sum")
    _depends = {
        "crmsol.opportunity.competitor": [
            "opportunity_id",
            "partner_id",
            "product_id",
            "competing_product",
            "price",
            "result",
        ],
        "crmsol.opportunity.line": [
            "opportunity_id",
            "product_id",
            "product_uom_id",
            "product_uom_qty",
            "display_type",
            "price_subtotal",
        ],
        "res.partner": ["commercial_partner_id"],
        "product.product": ["product_tmpl_id"],
        "product.template": ["uom_id"],
    }

    competitor_id = fields.Many2one("res.partner", readonly=True)
    product_id = fields.Many2one("product.product", string="Our Product", readonly=True)
    competing_product = fields.Char("Their Product", readonly=True)
    is_lost_to = fields.Boolean(
        "Lost to Them", readonly=True, help="The deal was lost, and this competitor won it."
    )
    lost_to_count = fields.Integer("Deals Lost to Them", readonly=True)
    price_gap = fields.Float(
        readonly=True,
        aggregator="avg",
        help="Our net price of the product against theirs, unit by unit: +0.10 is 10% dearer. "
        "Only where both prices are known.",
    )
    price_gap_count = fields.Integer(
        "Prices Compared", readonly=True, help="Offers of which both prices are known."
    )

    # === TABLE METHODS === #

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT
                -- a number that no row of the other kind has
                CASE WHEN offer.id IS NULL
                     THEN opportunity.id::bigint * 2 + 1 ELSE offer.id::bigint * 2 END AS id,
                %(closed)s,
                partner.commercial_partner_id AS competitor_id,
                offer.product_id,
                offer.competing_product,
                COALESCE(opportunity.outcome = %(lost)s AND offer.result = 'won', FALSE)
                    AS is_lost_to,
                CASE WHEN opportunity.outcome = %(lost)s AND offer.result = 'won'
                     THEN 1 ELSE 0 END AS lost_to_count,
                (our.price / NULLIF(offer.price, 0) - 1)::float8 AS price_gap,
                CASE WHEN our.price / NULLIF(offer.price, 0) IS NULL THEN 0 ELSE 1 END
                    AS price_gap_count
            FROM %(source)s
            LEFT JOIN crmsol_opportunity_competitor offer
                ON offer.opportunity_id = opportunity.id
            LEFT JOIN res_partner partner ON partner.id = offer.partner_id
            LEFT JOIN LATERAL (
                -- both prices are of one unit, and in the opportunity's currency
                SELECT SUM(line.price_subtotal) / NULLIF(SUM(line.product_uom_qty), 0)::numeric
                    AS price
                FROM crmsol_opportunity_line line
                JOIN product_product product ON product.id = line.product_id
                JOIN product_template template ON template.id = product.product_tmpl_id
                WHERE line.opportunity_id = opportunity.id
                    AND line.product_id = offer.product_id
                    AND line.product_uom_id = template.uom_id
                    AND line.display_type IS NULL
                    AND line.price_subtotal > 0
            ) our ON TRUE
            WHERE opportunity.outcome <> %(open)s
            """,
            closed=self._select_closed(),
            source=self._from_closed(),
            lost=LOST,
            open=OPEN,
        )

    # === BUSINESS METHODS === #

    @api.model
    @api.readonly
    def get_matrix(self, period="all", company_id=None, detail="none"):
        """Return how the closed deals that the user may read ended against each competitor.

        :param str period: ``all``, ``year``, ``last_year`` or ``months``, the last twelve ones
        :param int company_id: one of the companies that are switched on; the first by default
        :param str detail: one of ``DETAILS``: what the rows are made of besides the competitor
        :return: ``total`` of all closed deals and ``alone``, of those without competitor, with
            ``won``, ``lost``, ``rate`` and the interval from ``low`` to ``high``; the same in each
            of the ``rows``, those with most deals first, at most ``MAX_ROWS``; sentences
        :raise UserError: with a sentence that says what to choose
        :rtype: dict
        """
        self.browse().check_access("read")
        company, domain = self._get_closed_domain(period, company_id)
        if not isinstance(detail, str) or detail not in DETAILS:
            raise UserError(self.env._("Choose one of the details that the page offers."))
        deals, won, _amount = self._read_closed(domain)
        [[alone, alone_won]] = self._read_group(
            domain & Domain("competitor_id", "=", False), [], ["deal_count:sum", "won_count:sum"]
        )
        groupby = ["competitor_id", *DETAILS[detail]]
        groups = self._read_group(
            domain & Domain("competitor_id", "!=", False),
            groupby,
            [
                "deal_count:sum",
                "won_count:sum",
                "lost_to_count:sum",
                "price_gap:avg",
                "price_gap_count:sum",
            ],
            order="deal_count:sum DESC, " + ", ".join(groupby),
            limit=MAX_ROWS + 1,
        )
        rows = [self._format_row(groupby, domain, group) for group in groups[:MAX_ROWS]]
        return self._format_page(company, deals, won) | {
            "alone": self._format_rate(alone_won, alone),
            "rows": rows,
            "notes": self._get_matrix_notes(deals, rows, len(groups) > MAX_ROWS),
        }

    @api.model
    def _format_row(self, groupby, domain, group):
        records, measures = group[: len(groupby)], group[len(groupby) :]
        deals, won, lost_to, price_gap, price_count = measures
        for fname, record in zip(groupby, records, strict=True):
            domain &= Domain(fname, "=", record.id)
        names = {fname: record.display_name for fname, record in zip(groupby, records, strict=True)}
        return self._format_rate(won, deals) | {
            "key": "-".join(str(record.id) for record in records),
            "competitor": names["competitor_id"],
            "product": names.get("product_id") or False,
            "phase": names.get("phase_id") or False,
            "lost_to": lost_to,
            "price_gap": price_gap if price_count else False,
            "price_count": price_count,
            "domain": list(domain),
        }

    @api.model
    def _get_matrix_notes(self, deals, rows, is_cut):
        """Return what to know when the rows are read."""
        if not deals:
            return []
        if not rows:
            return [
                self.env._(
                    "No closed deal names a competitor. Add them in the tab Reports of your deals."
                )
            ]
        notes = [
            self.env._(
                "A deal with several competitors is in the row of each of them, and once in the "
                "total."
            )
        ]
        if any(row["is_small"] for row in rows):
            notes.append(self.env._("Grey rows have too few deals to tell anything."))
        if is_cut:
            notes.append(
                self.env._(
                    "Only the first %(count)s rows are shown: the pivot has all of them.",
                    count=MAX_ROWS,
                )
            )
        return notes
