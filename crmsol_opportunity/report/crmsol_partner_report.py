from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..const import OPEN, WON
from .crmsol_closing_report_mixin import MAX_ROWS


class CrmsolPartnerReport(models.Model):
    """How deals ended in which a partner helped.

    A row is a partner in a closed deal, or a closed deal without any. People of one company are
    one partner.
    """

    _name = "crmsol.partner.report"
    _description = "Partner Contribution"
    _inherit = ["crmsol.closing.report.mixin"]
    _auto = False
    _depends = {
        "crmsol.opportunity.partner": ["opportunity_id", "commercial_partner_id"],
    }

    associate_id = fields.Many2one("res.partner", string="Partner", readonly=True)

    # === TABLE METHODS === #

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT
                -- a number that no row of the other kind has
                CASE WHEN help.id IS NULL
                     THEN opportunity.id::bigint * 2 + 1 ELSE help.id::bigint * 2 END AS id,
                %(closed)s,
                help.associate_id
            FROM %(source)s
            LEFT JOIN (
                SELECT MIN(id) AS id, opportunity_id, commercial_partner_id AS associate_id
                FROM crmsol_opportunity_partner
                GROUP BY opportunity_id, commercial_partner_id
            ) help ON help.opportunity_id = opportunity.id
            WHERE opportunity.outcome <> %(open)s
            """,
            closed=self._select_closed(),
            source=self._from_closed(),
            open=OPEN,
        )

    # === BUSINESS METHODS === #

    @api.model
    @api.readonly
    def get_contribution(self, period="all", company_id=None):
        """Return how the closed deals that the user may read ended with and without each partner.

        :param str period: ``all``, ``year``, ``last_year`` or ``months``, the last twelve ones
        :param int company_id: one of the companies that are switched on; the first by default
        :return: ``total`` of all closed deals, with ``won``, ``lost``, ``rate`` and the interval
            from ``low`` to ``high``; in each of the ``rows`` the same ``with`` and ``without`` the
            partner, with ``amount``, what was won, and ``average``, of a won deal, false if none
            was; those with most deals first, at most ``MAX_ROWS``; sentences
        :raise UserError: with a sentence that says what to choose
        :rtype: dict
        """
        self.browse().check_access("read")
        company, domain = self._get_closed_domain(period, company_id)
        deals, won, amount = self._read_closed(domain)
        of_partner = domain & Domain("associate_id", "!=", False)
        groups = self._read_group(
            of_partner,
            ["associate_id"],
            ["deal_count:sum", "won_count:sum"],
            order="deal_count:sum DESC, associate_id",
            limit=MAX_ROWS + 1,
        )
        partners = [associate.id for associate, *_measures in groups]
        # a deal has one row of each partner: its amount is in the sum of each of them once
        amounts = dict(
            self._read_group(
                of_partner & Domain("outcome", "=", WON) & Domain("associate_id", "in", partners),
                ["associate_id"],
                ["amount:sum"],
            )
        )
        rows = []
        for associate, its_deals, its_won in groups[:MAX_ROWS]:
            its_amount = amounts.get(associate, 0)
            rest = company.currency_id.round(amount - its_amount)
            rows.append(
                {
                    "key": associate.id,
                    "partner": associate.display_name,
                    "with": self._format_part(its_won, its_deals, its_amount),
                    "without": self._format_part(won - its_won, deals - its_deals, rest),
                    "domain": list(domain & Domain("associate_id", "=", associate.id)),
                }
            )
        return self._format_page(company, deals, won) | {
            "rows": rows,
            "notes": self._get_contribution_notes(deals, rows, len(groups) > MAX_ROWS),
        }

    @api.model
    def _format_part(self, won, deals, amount):
        """Return the rate of some deals with what they brought."""
        return self._format_rate(won, deals) | {
            "amount": amount,
            "average": amount / won if won else False,
        }

    @api.model
    def _get_contribution_notes(self, deals, rows, is_cut):
        """Return what to know when the rows are read."""
        if not deals:
            return []
        if not rows:
            return [
                self.env._(
                    "No closed deal names a partner. Add them in the tab Reports of your deals."
                )
            ]
        notes = [
            self.env._(
                "A difference does not say that the partner made it: deals with a partner may be "
                "of other sizes and customers, or the partner may be asked for help in the "
                "difficult ones."
            )
        ]
        if any(row[part]["is_small"] for row in rows for part in ("with", "without")):
            notes.append(self.env._("Grey rates are of too few deals to tell anything."))
        if is_cut:
            notes.append(
                self.env._(
                    "Only the first %(count)s rows are shown: the pivot has all of them.",
                    count=MAX_ROWS,
                )
            )
        return notes
