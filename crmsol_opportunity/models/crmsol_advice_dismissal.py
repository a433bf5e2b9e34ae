from odoo import fields, models


class CrmsolAdviceDismissal(models.Model):
    """That an occasion of a piece of advice was answered: set aside, or an action planned for it.

    It is not given again, unless the fact becomes another one or the action is cancelled. The rows
    are written by the opportunity itself and by nobody else.
    """

    _name = "crmsol.advice.dismissal"
    _description = "Answered Advice"
    _order = "id desc"
    _rec_name = "opportunity_id"

    opportunity_id = fields.Many2one(
        "crmsol.opportunity", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="opportunity_id.company_id")
    rule_id = fields.Many2one(
        "crmsol.advice.rule", required=True, readonly=True, index=True, ondelete="cascade"
    )
    fact = fields.Char(
        required=True, readonly=True, help="What tells the occasion from another one."
    )
    activity_id = fields.Many2one(
        "mail.activity",
        string="Planned Action",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
        help="The action that was planned for it. Empty: the advice was dismissed.",
    )
    user_id = fields.Many2one("res.users", readonly=True, ondelete="set null")

    _occasion_uniq = models.UniqueIndex(
        "(opportunity_id, rule_id, fact)",
        "Somebody has just answered this advice. Reload the page.",
    )
