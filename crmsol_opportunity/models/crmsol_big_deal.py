from odoo import api, fields, models

#: What is worth telling a team leader of a big deal.
CREATED, RAISED, BIG_LOST = "created", "raised", "lost"


class CrmsolBigDeal(models.Model):
    """That the leader of a sales team was to know of a big deal: once a deal and event.

    The rows are written by the opportunity itself and by nobody else.
    """

    _name = "crmsol.big.deal"
    _description = "Big-Deal Alert"
    _order = "id desc"
    _rec_name = "opportunity_id"

    opportunity_id = fields.Many2one(
        "crmsol.opportunity", required=True, readonly=True, ondelete="cascade"
    )
    event = fields.Selection(
        [(CREATED, "New big deal"), (RAISED, "Became a big deal"), (BIG_LOST, "Big deal lost")],
        required=True,
        readonly=True,
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    currency_id = fields.Many2one(
        "res.currency", required=True, readonly=True, help="The company's currency."
    )
    amount_company = fields.Monetary(
        "Amount in Company Currency", readonly=True, help="As it was at the event."
    )
    user_id = fields.Many2one("res.users", string="Salesperson", readonly=True)
    team_id = fields.Many2one("crm.team", string="Sales Team", readonly=True, ondelete="set null")
    notified_user_id = fields.Many2one(
        "res.users", readonly=True, help="The team leader who got the notification, if anybody did."
    )

    _event_uniq = models.UniqueIndex("(opportunity_id, event)")

    # === BUSINESS METHODS === #

    @api.model
    def _get_known(self, opportunities, event):
        """Return those of the opportunities of which the event was told already."""
        domain = [("opportunity_id", "in", opportunities.ids), ("event", "=", event)]
        return self.search(domain).opportunity_id
