from markupsafe import Markup, escape

from odoo import api, models
from odoo.tools import format_amount

from ..const import LOST, OPEN
from .crmsol_big_deal import BIG_LOST, CREATED, RAISED

#: Whoever loads data does not want a notification of each row: an import, a demo, an upgrade.
_LOADING_KEYS = ("tracking_disable", "mail_notrack", "import_file", "install_mode")


class CrmsolOpportunity(models.Model):
    """Tells the leader of the sales team of big deals: new ones, raised ones and lost ones."""

    _inherit = "crmsol.opportunity"  # pylint: disable=consider-merging-classes-inherited

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        opportunities = super().create(vals_list)
        opportunities.filtered(lambda o: o.outcome == OPEN)._alert_big_deals(CREATED)
        return opportunities

    # === MAIL METHODS === #

    def _message_track(self, fields_iter, initial_values_dict):
        """Find the big deals among what a transaction changed, by its net effect."""
        tracking = super()._message_track(fields_iter, initial_values_dict)
        changed = self.browse(tracking)  # of the existing ones only
        lost = changed.filtered(
            lambda o: o.outcome == LOST and initial_values_dict[o.id].get("outcome", LOST) != LOST
        )
        raised = changed.filtered(
            lambda o: o.outcome == OPEN and o._was_no_big_deal(initial_values_dict[o.id])
        )
        lost._alert_big_deals(BIG_LOST)
        raised._alert_big_deals(RAISED)
        return tracking

    # === BUSINESS METHODS === #

    def _is_big_deal(self, amount):
        """Tell whether an amount, in the company's currency, reaches the company's threshold."""
        self.ensure_one()
        # sudo: the setting of a company that the user may not read
        company = self.company_id.sudo()
        threshold = company.crmsol_big_deal_amount
        return bool(threshold) and company.currency_id.compare_amounts(amount, threshold) >= 0

    def _was_no_big_deal(self, initial_values):
        """Tell whether the amount was another one, below the threshold, before the transaction."""
        self.ensure_one()
        if not initial_values.keys() & {"amount", "currency_id"}:
            return False
        currency = initial_values.get("currency_id") or self.currency_id
        amount = initial_values.get("amount", self.amount) or 0.0
        before = amount * self.currency_rate
        if currency != self.currency_id:
            company = self.company_id
            before = currency._convert(
                amount, company.currency_id, company, self.currency_rate_date, round=False
            )
        return not self._is_big_deal(before)

    def _alert_big_deals(self, event):
        """Keep the event of those that are big deals, and notify the team leaders, once.

        :param str event: ``created``, ``raised`` or ``lost``
        """
        if any(self.env.context.get(key) for key in _LOADING_KEYS):
            return
        big = self.filtered(lambda o: o.active and o._is_big_deal(o.amount_company))
        if not big:
            return
        # sudo: nobody writes alerts by hand; what a leader may read is found out for each
        Alert = self.env["crmsol.big.deal"].sudo()
        big = (big - Alert._get_known(big, event)).sudo()
        alerts = Alert.create(
            [
                {
                    "opportunity_id": opportunity.id,
                    "event": event,
                    "company_id": opportunity.company_id.id,
                    "currency_id": opportunity.company_currency_id.id,
                    "amount_company": opportunity.amount_company,
                    "user_id": opportunity.user_id.id,
                    "team_id": opportunity.team_id.id,
                }
                for opportunity in big
            ]
        )
        for opportunity, alert in zip(big, alerts, strict=True):
            alert.notified_user_id = opportunity._notify_big_deal(event)

    def _notify_big_deal(self, event):
        """Notify the leader of the team, in their inbox or by mail as they have chosen.

        :return: the leader who was notified: not somebody who did it or may not read the deal
        :rtype: res.users
        """
        self.ensure_one()
        leader = self.team_id.user_id
        opportunity = self.with_user(leader).sudo(False) if leader else self
        if (
            not leader.active
            or leader == self.env.user
            or self.company_id not in leader.company_ids
            or not opportunity.with_company(self.company_id)
            .with_context(allowed_company_ids=self.company_id.ids)
            .has_access("read")
        ):
            return leader.browse()
        spoken = self.with_context(lang=leader.lang)
        subject, sentence = spoken._get_big_deal_texts(event)
        spoken.message_notify(
            partner_ids=leader.partner_id.ids,
            author_id=self.env.user.partner_id.id,
            subject=subject,
            body=Markup("<p>%s</p>") % escape(sentence),
        )
        return leader

    def _get_big_deal_texts(self, event):
        """Return the subject and the sentence of a notification."""
        self.ensure_one()
        company = self.company_id
        values = {
            "name": self.name,
            "customer": self.partner_id.display_name,
            "amount": format_amount(self.env, self.amount_company, company.currency_id),
            "seller": self.user_id.name or self.env._("nobody"),
            "threshold": format_amount(
                self.env, company.crmsol_big_deal_amount, company.currency_id
            ),
        }
        if event == CREATED:
            return (
                self.env._("New big deal: %(name)s", name=self.name),
                self.env._(
                    "“%(name)s”, with %(customer)s, is worth %(amount)s: your company calls a deal "
                    "big from %(threshold)s. Salesperson: %(seller)s.",
                    **values,
                ),
            )
        if event == RAISED:
            return (
                self.env._("It is a big deal now: %(name)s", name=self.name),
                self.env._(
                    "“%(name)s”, with %(customer)s, was raised to %(amount)s: your company calls a "
                    "deal big from %(threshold)s. Salesperson: %(seller)s.",
                    **values,
                ),
            )
        reason = self.loss_reason_id.name
        values["reason"] = reason or self.env._("not given")
        return (
            self.env._("Big deal lost: %(name)s", name=self.name),
            self.env._(
                "“%(name)s”, with %(customer)s, worth %(amount)s, was lost. "
                "Reason: %(reason)s. Salesperson: %(seller)s.",
                **values,
            ),
        )
