from odoo import api, fields, models, tools
from odoo.tools import SQL

from ..const import NUMBER_MAX

#: What it takes of a company to write an opportunity, or in its thread.
FIELDS_OF_THREAD = (
    "active",
    "alias_domain_id",
    "crmsol_big_deal_amount",
    "crmsol_loss_reason_required",
    "currency_id",
    "name",
)


class ResCompany(models.Model):
    _inherit = "res.company"

    crmsol_amount_drift_percent = fields.Float(
        "Amount Drift Tolerance (%)",
        default=0.0,
        help="An opportunity's amount is flagged when it differs from the source that feeds it by "
        "more than this percentage of the amount. With 0, every difference is flagged.",
    )
    crmsol_quotation_expiry_days = fields.Integer(
        "Quotation Expiry Warning (days)",
        default=7,
        help="A quotation is flagged this many days before the end of its validity.",
    )

    crmsol_silence_days = fields.Integer(
        "Silence Warning (days)",
        default=14,
        help="An open opportunity is shown as silent this many days after the last contact with "
        "the customer. 0: never.",
    )
    crmsol_far_action_days = fields.Integer(
        "Far Action Warning (days)",
        default=30,
        help="The next action of an opportunity is shown as far away when it is planned more than "
        "this many days ahead. 0: never.",
    )
    crmsol_contact_days = fields.Integer(
        "Recent Contact (days)",
        default=30,
        help="How many days after the last contact a person counts as recently contacted in the "
        "map of references and its warnings.",
    )

    crmsol_loss_reason_required = fields.Boolean(
        "Loss Reason Required",
        help="No opportunity can be lost without a reason, whichever way it is closed: in the "
        "dialog, by an import or by another program.",
    )

    crmsol_big_deal_amount = fields.Monetary(
        "Big Deal From",
        currency_field="currency_id",
        help="From which amount on a deal is big, in the company's currency. The leader of its "
        "sales team is notified when it is created, raised to it or lost. 0: no notifications.",
    )

    # PostgreSQL holds NaN for greater than every number, so that BETWEEN refuses it.
    _crmsol_amount_drift_percent_range = models.Constraint(
        "CHECK(crmsol_amount_drift_percent BETWEEN 0 AND 100)",
        "The tolerance for the amount is a percentage: give a number from 0 to 100.",
    )
    _crmsol_quotation_expiry_days_range = models.Constraint(
        "CHECK(crmsol_quotation_expiry_days BETWEEN 0 AND 365)",
        "The warning for quotations is given in days: a number from 0 to 365.",
    )
    _crmsol_silence_days_range = models.Constraint(
        "CHECK(crmsol_silence_days BETWEEN 0 AND 3650)",
        "The warning for silence is given in days: a number from 0 to 3650.",
    )
    _crmsol_far_action_days_range = models.Constraint(
        "CHECK(crmsol_far_action_days BETWEEN 0 AND 3650)",
        "The warning for actions that are far away is given in days: a number from 0 to 3650.",
    )
    _crmsol_contact_days_range = models.Constraint(
        "CHECK(crmsol_contact_days BETWEEN 2 AND 3650)",
        "How long a contact is recent is given in days: a number from 2 to 3650.",
    )
    _crmsol_big_deal_amount_range = models.Constraint(
        f"CHECK(crmsol_big_deal_amount BETWEEN 0 AND {NUMBER_MAX})",
        "The amount from which a deal is big cannot be negative. Give 0 for no notifications.",
    )

    # === READ METHODS === #

    @api.model
    @tools.ormcache()
    def _crmsol_get_only_currency_id(self):
        """Return the id of the currency that all companies have, None if they have several."""
        self.flush_model(["currency_id"])
        rows = self.env.execute_query(SQL("SELECT DISTINCT currency_id FROM res_company LIMIT 2"))
        return rows[0][0] if len(rows) == 1 else None

    def cache_invalidation_fields(self):
        return super().cache_invalidation_fields() | {"currency_id"}

    # === BUSINESS METHODS === #

    def _crmsol_fetch(self):
        """Read what it takes to write an opportunity or in its thread, not the whole company."""
        known = self._fields["alias_domain_id"]._get_cache(self.env)
        if any(id_ not in known for id_ in self._ids):
            self.fetch(FIELDS_OF_THREAD)
