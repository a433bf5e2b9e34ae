from odoo import models


class MailMessage(models.Model):
    _inherit = "mail.message"

    # The timeline reads the newest messages of one opportunity: without it, all of them are sorted.
    # Partial, so that the host's own messages cost nothing.
    _crmsol_timeline_idx = models.Index(
        "(res_id, date DESC, id DESC) WHERE model = 'crmsol.opportunity'"
    )
