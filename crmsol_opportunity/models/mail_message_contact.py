from itertools import zip_longest

from odoo import models

from ..const import OPPORTUNITY_MODEL
from .crmsol_opportunity_contact import CONTACT_MESSAGES


class MailMessage(models.Model):
    """A message from the customer, or to them, may be the last contact of an opportunity."""

    _name = "mail.message"
    _inherit = ["crmsol.contact.mixin", "mail.message"]

    _crmsol_contact_fields = frozenset(
        {
            "author_id",
            "date",
            "is_internal",
            "message_type",
            "model",
            "outgoing_email_to",
            "partner_ids",
            "res_id",
            "subtype_id",
        }
    )

    # === BUSINESS METHODS === #

    def _crmsol_get_contact_opportunities(self, res_ids=()):
        """Of a message on a quotation, the one of the quotation.

        :param res_ids: those of the messages, where they are known without reading them
        """
        ids = {"sale.order": set(), OPPORTUNITY_MODEL: set()}
        # sudo: whoever may do something with a message changes what follows from it
        for message, res_id in zip_longest(self.sudo(), res_ids):
            if message.model in ids and message.message_type in CONTACT_MESSAGES:
                # a client may give it as a text
                ids[message.model].add(res_id if type(res_id) is int else message.res_id)
        # sudo: as above
        opportunities = self.env[OPPORTUNITY_MODEL].sudo().browse(ids[OPPORTUNITY_MODEL])
        if ids["sale.order"]:
            # sudo: as above
            orders = self.env["sale.order"].sudo().browse(ids["sale.order"])
            opportunities |= orders.exists().crmsol_opportunity_id
        return opportunities

    def _crmsol_get_contact_opportunities_of_new(self, vals_list):
        """What is being posted on an opportunity is looked at once it is known who is notified."""
        opportunities = self._crmsol_get_contact_opportunities(
            vals.get("res_id") for vals in vals_list
        )
        return opportunities - opportunities.browse(opportunities._get_posting())
