from odoo import models


class MailActivity(models.Model):
    _inherit = "mail.activity"  # pylint: disable=consider-merging-classes-inherited

    # Board, lists and facts ask which opportunities have a planned action, and when the next one
    # is: done ones, which are kept, are most of the table. Partial, so that the host's own
    # activities cost nothing.
    _crmsol_planned_idx = models.Index(
        "(res_id, date_deadline) INCLUDE (user_tz)"
        " WHERE active IS TRUE AND res_model = 'crmsol.opportunity'"
    )
