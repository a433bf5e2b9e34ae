from odoo import api, models
from odoo.fields import Domain

from ..const import HTML_TAG, NAME_MAX_LENGTH


class CrmsolOpportunity(models.Model):
    """A mail to the address of a team is an opportunity, and so are its answers part of it."""

    _inherit = "crmsol.opportunity"  # pylint: disable=consider-merging-classes-inherited

    # === MAIL METHODS === #

    @api.model
    def message_new(self, msg_dict, custom_values=None):
        """Create the opportunity that a mail asks for; the mail itself is its first message.

        Whatever the mail is like, it is taken: nobody is there to be asked for something else.
        """
        if not isinstance(msg_dict, dict):  # no mail: the host refuses it
            return super().message_new(msg_dict, custom_values)
        values = dict(custom_values) if isinstance(custom_values, dict) else {}
        company = self.env["res.company"].browse(values.get("company_id") or self.env.company.id)
        sender = self._get_sender(msg_dict, company)
        # deleted or gone since the address was given to them
        user = self.env["res.users"].browse(values.get("user_id") or []).exists()
        user = user.filtered("active")
        if not user and not sender.partner_share:
            # a colleague who sends it on will follow it up
            user = sender.user_ids.filtered(lambda user: not user.share)[:1]
        user = user.filtered(lambda user: company in user.company_ids)
        team = self.env["crm.team"].browse(values.get("team_id") or [])
        target = self.with_company(company).with_context(
            lang=user.lang or team.user_id.lang or self.env.lang, default_team_id=team.id
        )
        organization = sender.commercial_partner_id
        is_employee = sender.partner_share and sender != organization
        values |= {
            "name": target._get_name_of_mail(msg_dict),
            "user_id": user.id,  # else it were the user of the mail server
            "partner_id": (organization if is_employee else sender).id,
            "contact_id": sender.id if is_employee else False,
        }
        return super(CrmsolOpportunity, target).message_new(msg_dict, values)

    @api.model
    def _detect_loop_sender_domain(self, email_from_normalized):
        """Return the opportunities of a sender, of whom the host takes no more than some an hour.

        The host looks for the address in the record itself, which has it of its contact.
        """
        email = Domain("email_normalized", "=", email_from_normalized)
        return Domain("partner_id", "any", email) | Domain("contact_id", "any", email)

    def _get_sender(self, msg_dict, company):
        """Return who sent a mail; somebody whom the company does not know becomes a contact."""
        sender = self.env["res.partner"].browse(msg_dict.get("author_id") or [])
        address = msg_dict.get("email_from") or msg_dict.get("from") or ""
        if sender.company_id and sender.company_id != company:
            sender = sender.search(
                [
                    ("email_normalized", "=", sender.email_normalized),
                    ("company_id", "in", [False, company.id]),
                ],
                limit=1,
            ) or sender.create(
                {"name": sender.name, "email": sender.email, "company_id": company.id}
            )
        if not sender and address:
            sender = self.env["mail.thread"]._partner_find_from_emails_single([address])
        return sender[:1] or sender.create({"name": address or self.env._("Unknown sender")})

    def _get_name_of_mail(self, msg_dict):
        """Return the subject as a title that the model takes."""
        name = msg_dict.get("subject") or ""
        while HTML_TAG.search(name):  # again: one may stand within another
            name = HTML_TAG.sub(" ", name)
        name = " ".join(name.split())
        return name[:NAME_MAX_LENGTH] or self.env._("Mail without a subject")

    def _notify_get_reply_to_batch(self, defaults=None, author_ids=None):
        """Ask for answers to the address of the team, where it has one."""
        result = super()._notify_get_reply_to_batch(defaults=defaults, author_ids=author_ids)
        if not self.env["crmsol.team.address"]._is_in_use():
            return result
        # sudo: whoever writes to the customer need not read how mails come in
        addresses = (
            self.env["crmsol.team.address"]
            .sudo()
            .search([("team_id", "in", self.team_id.ids), ("alias_email", "!=", False)])
        )
        of_team = {}
        for address in addresses:
            of_team.setdefault((address.team_id, address.company_id), address.alias_email)
        for opportunity in self:
            email = of_team.get((opportunity.team_id, opportunity.company_id))
            if email:
                result[opportunity.id] = self._notify_get_reply_to_formatted_email(
                    email, author_id=(author_ids or {}).get(opportunity.id, False)
                )
        return result
