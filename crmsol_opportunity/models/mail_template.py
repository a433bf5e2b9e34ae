from odoo import api, models

# Odoo 19's Spanish subject of the mail with a quotation lacks a quotation mark.
_FAULTY, _MENDED = "in ('draft, 'sent')", "in ('draft', 'sent')"


class MailTemplate(models.Model):
    _inherit = "mail.template"

    @api.model
    def _render_template(self, template_src, *args, **kwargs):
        """Read the subject without which no quotation could be sent to a Spanish customer.

        Only what is rendered is mended: the host's template stays as it is in the database.
        """
        if template_src and _FAULTY in template_src:
            template_src = template_src.replace(_FAULTY, _MENDED)
        return super()._render_template(template_src, *args, **kwargs)
