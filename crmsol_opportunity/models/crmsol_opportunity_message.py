from odoo import models


class CrmsolOpportunity(models.Model):
    """Messages go to the customer, internal notes never do."""

    _inherit = "crmsol.opportunity"  # pylint: disable=consider-merging-classes-inherited

    # === MAIL METHODS === #

    def _mail_get_companies(self, default=False):
        companies = super()._mail_get_companies(default=default)
        # sudo: as the host reads their domains
        self.env["res.company"].sudo().union(*companies.values())._crmsol_fetch()
        return companies

    def _notify_get_recipients(self, message, msg_vals=False, **kwargs):
        """Keep internal notes among the users of the company.

        The host leaves out customers who follow the record, yet sends a note to whom it mentions,
        customers too.
        """
        recipients = super()._notify_get_recipients(message, msg_vals=msg_vals, **kwargs)
        inside = [data for data in recipients if data["id"] and not data["share"]]
        if len(inside) < len(recipients) and self._is_internal_note(message, msg_vals or {}):
            return inside
        return recipients

    def _is_internal_note(self, message, msg_vals):
        """Tell whether a message is for the users of the company only."""
        message = message.sudo()  # sudo: as the host does where it looks for the recipients
        if msg_vals.get("message_type", message.message_type) == "user_notification":
            return False  # not a note of the thread: it goes to the persons it was made for
        subtype = message.subtype_id
        if "subtype_id" in msg_vals:
            subtype = subtype.browse(msg_vals["subtype_id"])
        is_internal = msg_vals.get("is_internal", message.is_internal)
        return bool(is_internal or not subtype or subtype.internal)

    def _process_attachments_for_post(self, attachments, attachment_ids, message_values):
        """Leave empty files out of what is posted, rather than refuse the mail that brings them."""
        attachments = [file for file in attachments or [] if len(file) < 2 or file[1]]
        return super()._process_attachments_for_post(attachments, attachment_ids, message_values)
