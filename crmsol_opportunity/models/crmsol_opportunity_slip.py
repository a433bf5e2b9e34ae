from odoo import api, fields, models
from odoo.tools import SQL

from .crmsol_opportunity_history import STATE_FIELDS


class CrmsolOpportunity(models.Model):
    """What the progress says about the promises: the close postponed, the quotation, the budget."""

    _inherit = "crmsol.opportunity"  # pylint: disable=consider-merging-classes-inherited

    slip_count = fields.Integer(
        "Postponements",
        compute="_compute_slips",
        store=True,
        precompute=True,
        copy=False,
        index="btree_not_null",
        help="How many times the expected close was put off to a later day, as history tells.",
    )
    slip_days = fields.Integer(
        "Days Postponed",
        compute="_compute_slips",
        store=True,
        precompute=True,
        copy=False,
        help="By how many days the expected close was put off, all postponements together. "
        "Bringing it forward takes nothing back.",
    )
    quotation_date_expiry = fields.Date(
        "Quotation Valid Until",
        compute="_compute_quotation_date_expiry",
        store=True,
        index="btree_not_null",
        help="Until when the customer can accept the principal quotation that was sent.",
    )
    budget_gap = fields.Monetary(
        "Over Budget",
        compute="_compute_budget_gap",
        store=True,
        precompute=True,
        currency_field="currency_id",
        help="The amount less the established budget: negative where the budget leaves room. "
        "Nothing where no budget is known.",
    )

    # === COMPUTE METHODS === #

    # The outcome matters too, as long as the interval of a new date is not over: see write.
    @api.depends("date_deadline")
    def _compute_slips(self):
        slips = self._get_slips()
        for opportunity in self:
            count, days = slips.get(opportunity._origin.id, (0, 0))
            opportunity.slip_count = count
            opportunity.slip_days = days

    @api.depends("principal_order_id.state", "principal_order_id.validity_date")
    def _compute_quotation_date_expiry(self):
        for opportunity in self:
            order = opportunity.principal_order_id
            opportunity.quotation_date_expiry = order.state == "sent" and order.validity_date

    @api.depends("amount", "budget")
    def _compute_budget_gap(self):
        for opportunity in self:
            opportunity.budget_gap = opportunity.budget and opportunity.amount - opportunity.budget

    # === CRUD METHODS === #

    def write(self, vals):
        """Count anew where closing or reopening changes the interval in which the date changed.

        In any other case it begins an interval with the date that was known: no postponement.
        """
        result = super().write(vals)
        if "outcome" in vals:
            dated = self.browse(self._get_dated() & set(self.ids))
            if dated:
                dated._renew_slips()
        return result

    def _write_multi(self, vals_list):
        self._get_dated().update(
            id_ for id_, vals in zip(self._ids, vals_list, strict=True) if "date_deadline" in vals
        )
        return super()._write_multi(vals_list)

    # === BUSINESS METHODS === #

    @api.model
    def _get_dated(self):
        """Return the ids of those whose expected close was written by this transaction."""
        return self.env.cr.precommit.data.setdefault("crmsol.dated", set())

    @api.model
    def _replace_history(self, steps):
        result = super()._replace_history(steps)
        self.browse(steps)._renew_slips()
        return result

    def _renew_slips(self):
        """Have the postponements counted anew, after the history was replaced."""
        for fname in ("slip_count", "slip_days"):
            self.env.add_to_compute(self._fields[fname], self)
        self.modified(["slip_count", "slip_days"])

    def _get_slips(self):
        """Return {id: (times, days)} of those whose expected close was put off while open.

        A day is compared with the one known before, be it that none was known in between. What is
        corrected within one transaction was never promised: history does not have it.
        """
        ids = self._origin.ids
        if not ids:
            return {}
        self.flush_model(STATE_FIELDS)
        rows = self.env.execute_query(
            SQL(
                """
                SELECT opportunity_id, COUNT(*), SUM(days)
                  FROM (SELECT h.opportunity_id, h.outcome,
                               h.date_deadline - LAG(h.date_deadline) OVER (
                                   PARTITION BY h.opportunity_id ORDER BY h.date_from) AS days
                          FROM crmsol_opportunity_history h
                         WHERE h.opportunity_id = ANY(%s) AND h.date_deadline IS NOT NULL) step
                 WHERE days > 0 AND outcome = 'open'
              GROUP BY opportunity_id
                """,
                ids,
            )
        )
        return {id_: (count, days) for id_, count, days in rows}
