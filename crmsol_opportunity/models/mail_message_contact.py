from itertools import zip_longest

from odoo import api, models

from ..const import OPPORTUNITY_MODEL
from .crmsol_opportunity_contact import CONTACT_MESSAGES

#: What of a message decides whether, when and for which opportunity it is a contact.
_CONTACT_FIELDS = {
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


class MailMessage(models.Model):
    """A message from the customer, or to them, may be the last contact of an opportunity."""

    _inherit = "mail.message"  # pylint: disable=consider-merging-classes-inherited

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        messages = super().create(vals_list)
        res_ids = [vals.get("res_id") for vals in vals_list]
        messages._crmsol_contact_opportunities(res_ids)._renew_last_contact()
        return messages

    def write(self, vals):
        if not _CONTACT_FIELDS & vals.keys():
            return super().write(vals)
        before = self._crmsol_contact_opportunities()
        result = super().write(vals)
        (before | self._crmsol_contact_opportunities())._renew_last_contact()
        return result

    def unlink(self):
        before = self._crmsol_contact_opportunities()
        result = super().unlink()
        before._renew_last_contact()
        return result

    # === BUSINESS METHODS === #

    def _crmsol_contact_opportunities(self, res_ids=()):
        """Return the opportunities whose last contact may be one of these, by a quotation too.

        :param res_ids: those of the messages, where they are known without reading them
        """
        ids = {"sale.order": [], OPPORTUNITY_MODEL: []}
        # sudo: whoever may do something with a message changes what follows from it
        for message, res_id in zip_longest(self.sudo(), res_ids):
            if message.model in ids and message.message_type in CONTACT_MESSAGES:
                # a client may give it as a text
                ids[message.model].append(res_id if type(res_id) is int else message.res_id)
        opportunities = self.env[OPPORTUNITY_MODEL].sudo().browse(set(ids[OPPORTUNITY_MODEL]))
        if ids["sale.order"]:
            orders = self.env["sale.order"].sudo().browse(set(ids["sale.order"]))
            opportunities |= orders.exists().crmsol_opportunity_id
        return opportunities
