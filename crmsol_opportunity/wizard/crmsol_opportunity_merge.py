from odoo import api, fields, models
from odoo.exceptions import UserError

from ..const import OPEN, OPPORTUNITY_MODEL

#: the parts of an opportunity of which the same may not occur twice
_PARTS = ("reference_ids", "partner_line_ids", "competitor_ids")


class CrmsolOpportunityMerge(models.TransientModel):
    """Makes one opportunity of several that turned out to be the same negotiation.

    One of them goes on, with its own data and all that is in the others. The others are archived
    rather than deleted, so that the pipeline of past days stays what it was.
    """

    _name = "crmsol.opportunity.merge"
    _description = "Merge Opportunities"

    opportunity_ids = fields.Many2many(
        OPPORTUNITY_MODEL,
        required=True,
        default=lambda self: self.env.context.get("active_ids"),
    )
    kept_id = fields.Many2one(
        OPPORTUNITY_MODEL,
        string="Opportunity that Goes On",
        compute="_compute_kept_id",
        store=True,
        readonly=False,
        domain="[('id', 'in', opportunity_ids)]",
        help="It keeps its name, customer, amount and phase, and takes over products, people, "
        "actions, messages, documents and quotations of the others.",
    )

    # === COMPUTE METHODS === #

    @api.depends("opportunity_ids")
    def _compute_kept_id(self):
        """Propose the one that has come farthest, of these the oldest."""
        for wizard in self:
            wizard.kept_id = wizard.opportunity_ids.sorted(
                lambda o: (-o.phase_id.sequence, o.create_date, o.id)
            )[:1]

    # === ACTION METHODS === #

    def action_merge(self):
        """Merge the opportunities and open the one that goes on."""
        self.ensure_one()
        self._check_opportunities()
        kept, others = self.kept_id, self.opportunity_ids - self.kept_id
        self._move_parts(kept, others)
        self._move_records(kept, others)
        names = ", ".join(others.mapped("name"))
        kept._message_log(body=self.env._("Merged with: %(names)s", names=names))
        for other in others:
            other._message_log(body=self.env._("Merged into: %(name)s", name=kept.name))
        others.write({"active": False})
        return {
            "type": "ir.actions.act_window",
            "res_model": OPPORTUNITY_MODEL,
            "res_id": kept.id,
            "views": [(False, "form")],
        }

    # === BUSINESS METHODS === #

    def _check_opportunities(self):
        """Refuse what cannot be one negotiation.

        :raise UserError: with a sentence that says what to choose
        """
        opportunities = self.opportunity_ids
        opportunities.check_access("write")
        if len(opportunities) < 2 or self.kept_id not in opportunities:
            raise UserError(
                self.env._("Select two opportunities or more, and which of them goes on.")
            )
        closed = opportunities.filtered(lambda o: o.outcome != OPEN or not o.active)
        if closed:
            raise UserError(
                self.env._(
                    "“%(name)s” is closed or archived. Only open opportunities can be merged: "
                    "leave it out, or reopen it first.",
                    name=closed[0].name,
                )
            )
        if len(opportunities.company_id) > 1:
            raise UserError(self.env._("Opportunities of different companies cannot be merged."))

    @api.model
    def _move_parts(self, kept, others):
        """Copy the products, which stay where they are, and move the people.

        Of people who are in several of the opportunities, one part is left.
        """
        others.line_ids.copy({"opportunity_id": kept.id})
        for fname in _PARTS:
            rows = others[fname]
            (kept[fname] | rows)._merge_rows(opportunity_id=kept.id)
            rows.exists().write({"opportunity_id": kept.id})

    @api.model
    def _move_records(self, kept, others):
        """Move what the host keeps for the opportunities.

        The log of their own changes stays with them: it is not the story of this one.
        """
        of_others = [("res_id", "in", others.ids)]
        target = {"res_id": kept.id}
        # sudo: actions, meetings, messages and files of colleagues go along; the access to all the
        # opportunities has been checked
        env = self.sudo().with_context(active_test=False).env
        for model in ("mail.activity", "calendar.event"):
            env[model].search([("res_model", "=", kept._name), *of_others]).write(target)
        env["mail.message"].search(
            [("model", "=", kept._name), ("message_type", "!=", "notification"), *of_others]
        ).write(target)
        env["ir.attachment"].search(
            [("res_model", "=", kept._name), ("res_field", "=", False), *of_others]
        ).write(target)
        env["sale.order"].search([("crmsol_opportunity_id", "in", others.ids)]).write(
            {"crmsol_opportunity_id": kept.id}
        )
        kept.message_subscribe(partner_ids=others.sudo().message_partner_ids.ids)
