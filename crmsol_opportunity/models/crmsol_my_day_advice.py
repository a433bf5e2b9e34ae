from odoo import api, models
from odoo.fields import Domain

from ..const import OPEN, OPPORTUNITY_MODEL
from .crmsol_my_day import PAGE_SIZE

#: How many of the user's deals are looked at: those that matter most. One who has more of them
#: open does not follow the advice on the others today.
DEALS_MAX = 100

#: What other sections of the page show already, with the buttons that settle it.
_ELSEWHERE = ("overdue", "silent")


class CrmsolMyDay(models.AbstractModel):
    """The advice on the user's deals: for each deal, what is most urgent."""

    _inherit = "crmsol.my.day"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _get_sections(self):
        return (*super()._get_sections(), "advice")

    @api.model
    def _get_page_of_advice(self, offset):
        """The user's open deals that have advice, those of the highest priority and amount first.

        :return: besides ``rows`` and ``total``, ``looked``: how many deals were looked at, and
            ``deals``: how many open ones there are
        """
        Opportunity = self.env[OPPORTUNITY_MODEL]
        domain = Domain("user_id", "=", self.env.uid) & Domain("outcome", "=", OPEN)
        deals = Opportunity.search(
            domain, limit=DEALS_MAX, order="priority desc, amount_company desc, id"
        )
        found = deals._get_advice(without=_ELSEWHERE)
        with_advice = deals.filtered(lambda deal: deal.id in found)
        page = with_advice[offset : offset + PAGE_SIZE]
        advice = page._format_advice({deal.id: found[deal.id] for deal in page})
        return {
            "rows": [
                {
                    "id": deal.id,
                    "name": deal.name,
                    "customer": deal.partner_id.display_name,
                    "amount": deal.amount,
                    "currency_id": deal.currency_id.id,
                    "advice": advice[deal.id][0],
                    "more": len(advice[deal.id]) - 1,
                }
                for deal in page
            ],
            "total": len(with_advice),
            "looked": len(deals),
            "deals": Opportunity.search_count(domain),
        }
