from math import isfinite

from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError

from ..engine.advice import DECISIONS, WITHOUT_THRESHOLD, Rule

#: What the threshold of a rule counts, with the least and the greatest that make sense. Those of
#: the others are settings of the company, or there is nothing to count.
_UNITS = {
    "overdue": ("days", 1, 3650),
    "deadline": ("days", 1, 3650),
    "postponed": ("times", 1, 1000),
    "slow": ("stays", 1, 1000),
    "budget": ("percent", 1, 1000),
}
_OF_SETTINGS = ("quotation", "silent", "far")

#: Categories of types of which one click makes no action: the host wants a meeting's hour and
#: guests, or a file.
_CATEGORIES_REFUSED = ("meeting", "upload_file")


class CrmsolAdviceRule(models.Model):
    """When an opportunity gets a piece of advice, and which action is proposed then.

    The conditions are in :mod:`engine.advice`, by code; the rule says whether it counts, from
    which threshold on, and what is planned. There is one rule a code: none is added or deleted.
    """

    _name = "crmsol.advice.rule"
    _description = "Rule of the Next Best Action"
    _inherit = ["crmsol.cached.mixin"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Selection(
        [
            ("overdue", "The next action is overdue"),
            ("quotation", "The quotation is about to expire"),
            ("deadline", "The expected close has passed"),
            ("no_action", "No next action is planned"),
            ("silent", "The customer has gone silent"),
            ("decider", "Who decides has not been contacted"),
            ("no_decider", "Nobody is known to decide"),
            ("postponed", "The expected close was postponed"),
            ("single_thread", "Only one person has been contacted"),
            ("budget", "The amount is over the budget"),
            ("no_quotation", "The quotation of the phase is missing"),
            ("slow", "Longer in the phase than usual"),
            ("far", "The next action is far away"),
        ],
        string="Condition",
        required=True,
        readonly=True,
    )
    sequence = fields.Integer(
        default=10, help="The rules that come first are the most urgent ones."
    )
    active = fields.Boolean(
        default=True, help="Whether the rule counts. Without it, it gives no advice."
    )
    threshold = fields.Float(help="From which number on the rule holds, in the unit beside it.")
    threshold_unit = fields.Selection(
        [
            ("days", "days"),
            ("times", "times"),
            ("stays", "times the usual stay"),
            ("percent", "% over the budget"),
            ("setting", "as in the thresholds"),
            ("none", "no threshold"),
        ],
        string="Unit",
        compute="_compute_threshold_unit",
        help="“As in the thresholds”: the number of days is that of Configuration / Thresholds.",
    )
    is_move = fields.Boolean(
        compute="_compute_threshold_unit",
        help="The rule moves the action that there is already, and plans no other one.",
    )
    activity_type_id = fields.Many2one(
        "mail.activity.type",
        string="Type of Action",
        ondelete="set null",
        domain="[('res_model', 'in', [False, 'crmsol.opportunity']),"
        " ('category', 'not in', ['meeting', 'upload_file'])]",
        help="The type of the action that one click plans. Empty: a call.",
    )
    summary = fields.Char(
        "Subject", translate=True, help="The subject of the planned action. Empty: the type's."
    )
    delay_days = fields.Integer(
        "Days Ahead",
        default=1,
        help="In how many days the action is planned, on the next working day.",
    )

    _code_uniq = models.Constraint("UNIQUE(code)", "There is one rule for each condition.")

    # === COMPUTE METHODS === #

    @api.depends("code")
    def _compute_threshold_unit(self):
        for rule in self:
            if rule.code in _UNITS:
                rule.threshold_unit = _UNITS[rule.code][0]
            else:
                rule.threshold_unit = "setting" if rule.code in _OF_SETTINGS else "none"
            rule.is_move = rule.code == "overdue"

    # === CONSTRAINT METHODS === #

    @api.constrains("threshold", "code")
    def _check_threshold(self):
        for rule in self.filtered(lambda r: r.code not in WITHOUT_THRESHOLD):
            _unit, least, most = _UNITS[rule.code]
            if not isfinite(rule.threshold) or not least <= rule.threshold <= most:
                raise ValidationError(
                    self.env._(
                        "The threshold of “%(rule)s” is a number from %(least)s to %(most)s. To "
                        "have no such advice, switch the rule off instead.",
                        rule=rule.name,
                        least=least,
                        most=most,
                    )
                )

    @api.constrains("delay_days")
    def _check_delay_days(self):
        for rule in self:
            if not 0 <= rule.delay_days <= 365:
                raise ValidationError(
                    self.env._(
                        "“%(rule)s” plans its action in 0 to 365 days: give a number of days in "
                        "between.",
                        rule=rule.name,
                    )
                )

    @api.constrains("activity_type_id")
    def _check_activity_type(self):
        for rule in self:
            activity_type = rule.activity_type_id
            if activity_type.category in _CATEGORIES_REFUSED:
                raise ValidationError(
                    self.env._(
                        "“%(type)s” cannot be planned by one click, since it asks for a meeting's "
                        "hour and guests or for a file. Choose another type for “%(rule)s”, such "
                        "as a visit.",
                        type=activity_type.name,
                        rule=rule.name,
                    )
                )
            if activity_type.res_model not in (False, "crmsol.opportunity"):
                raise ValidationError(
                    self.env._(
                        "“%(type)s” is no type of action of opportunities. Choose another one for "
                        "“%(rule)s”.",
                        type=activity_type.name,
                        rule=rule.name,
                    )
                )

    # === BUSINESS METHODS === #

    @api.model
    def _get_rules(self):
        """Return the rules that count, by code."""
        ids = dict(self._get_ids_of_rules())
        return dict(zip(ids, self.browse(ids.values()), strict=True))

    @api.model
    @tools.ormcache()
    def _get_ids_of_rules(self):
        """Return (code, id) of the rules that count, in order: every form asks for them."""
        domain = [("code", "in", list(DECISIONS)), ("active", "=", True)]
        # sudo: the rules are the same for all users
        return [(rule.code, rule.id) for rule in self.sudo().search_fetch(domain, ["code"])]

    def _to_engine(self):
        """Return the rule as the decision table wants it."""
        self.ensure_one()
        return Rule(self.code, self.sequence, self.threshold, self.delay_days)

    def _get_activity_type(self):
        """Return the type of the planned action: a call where there is none any more."""
        self.ensure_one()
        # sudo: what the rule says counts, also a type of which the user sees no list
        activity_type = self.sudo().activity_type_id
        if activity_type.active:
            return activity_type
        call_id = self.env["ir.model.data"]._xmlid_to_res_id(
            "mail.mail_activity_data_call", raise_if_not_found=False
        )
        if call_id:
            return activity_type.browse(call_id)
        return self.env["crmsol.opportunity"]._default_activity_type()
