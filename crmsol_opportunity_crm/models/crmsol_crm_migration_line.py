from odoo import api, fields, models


class CrmsolCrmMigrationLine(models.Model):
    """What a stage, or a lost reason, of Odoo's CRM becomes."""

    _name = "crmsol.crm.migration.line"
    _description = "Migration from Odoo's CRM: Stage or Reason"
    _order = "sequence, id"

    migration_id = fields.Many2one(
        "crmsol.crm.migration", required=True, index=True, ondelete="cascade"
    )
    kind = fields.Selection([("stage", "Stage"), ("reason", "Lost Reason")], required=True)
    sequence = fields.Integer()
    name = fields.Char("In Odoo's CRM", compute="_compute_name")
    count = fields.Integer("Opportunities", readonly=True)
    stage_id = fields.Many2one("crm.stage", readonly=True, ondelete="cascade")
    is_won = fields.Boolean(related="stage_id.is_won")
    lost_reason_id = fields.Many2one("crm.lost.reason", readonly=True, ondelete="cascade")

    phase_id = fields.Many2one(
        "crmsol.phase",
        domain="[('is_closing', '=', is_won)]",
        ondelete="set null",
        help="The phase in which the opportunities of this stage go on. Won and lost ones go to "
        "the closing phase.",
    )
    loss_reason_id = fields.Many2one(
        "crmsol.loss.reason",
        ondelete="set null",
        help="Left empty, a loss reason with the name of this one is created.",
    )

    # === COMPUTE METHODS === #

    @api.depends("kind", "stage_id.name", "lost_reason_id.name")
    @api.depends_context("lang")
    def _compute_name(self):
        for line in self:
            named = line.stage_id if line.kind == "stage" else line.lost_reason_id
            line.name = named.name or self.env._("(without a reason)")
