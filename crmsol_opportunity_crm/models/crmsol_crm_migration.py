from odoo import api, fields, models
from odoo.addons.crmsol_opportunity.engine import pipeline_terms as terms
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

#: The origin of what is copied, and the form of its key there. Both stay with the opportunity, so
#: that nothing is copied twice, not even after this addon was removed and installed again.
SOURCE = "Odoo CRM"
KEY = "crm.lead,%s"

#: What is done batch by batch.
CHECK, COPY, REVERT, CONFIRM = "check", "copy", "revert", "confirm"


class CrmsolCrmMigration(models.Model):
    """Brings the opportunities of Odoo's CRM over to ours.

    They are copied, and the originals stay as they are until somebody confirms. Until then one
    button removes the copies again. This file holds the steps and what the user chooses; ``…_plan``
    turns leads into values, ``…_copy`` and ``…_links`` bring over what hangs on them, ``…_history``
    their past, ``…_run`` does it batch by batch, and ``…_report`` says what became of them.

    It is no transient model: a migration may rest for days between the copy and its confirmation.
    """

    _name = "crmsol.crm.migration"
    _description = "Migration from Odoo's CRM"
    _order = "id desc"
    _rec_name = "company_id"

    state = fields.Selection(
        [
            ("draft", "Phases"),
            ("check", "Dry Run"),
            ("done", "Copied"),
            ("confirmed", "Confirmed"),
        ],
        required=True,
        default="draft",
        readonly=True,
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        default=lambda self: self.env.company,
        ondelete="cascade",
    )
    line_ids = fields.One2many("crmsol.crm.migration.line", "migration_id")
    stage_line_ids = fields.One2many(
        "crmsol.crm.migration.line",
        "migration_id",
        domain=[("kind", "=", "stage")],
        string="Stages",
    )
    reason_line_ids = fields.One2many(
        "crmsol.crm.migration.line",
        "migration_id",
        domain=[("kind", "=", "reason")],
        string="Lost Reasons",
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer of Opportunities without One",
        check_company=True,
        ondelete="set null",
        help="Opportunities without a customer, and without the data to create one, are skipped "
        "unless you choose one.",
    )
    is_creating_partners = fields.Boolean(
        "Create Missing Customers",
        default=True,
        help="From the company, contact or e-mail that the opportunity of Odoo's CRM names.",
    )
    is_archiving = fields.Boolean(
        "Archive the Originals",
        default=True,
        help="On confirming, the originals are archived and their planned activities removed, so "
        "that nobody goes on in the wrong place. Nothing else of them changes.",
    )
    date_copied = fields.Datetime("Copied On", readonly=True)
    date_confirmed = fields.Datetime("Confirmed On", readonly=True)

    _company_uniq = models.UniqueIndex(
        "(company_id) WHERE state <> 'confirmed'",
        "The company has a migration that is not confirmed yet. Go on with that one.",
    )

    # === ACTION METHODS === #

    @api.model
    def action_open_migration(self):
        """Open the migration of the company that is not confirmed yet; else begin one."""
        self.check_access("create")
        migration = self.search(
            [("company_id", "=", self.env.company.id), ("state", "!=", "confirmed")], limit=1
        )
        migration = migration or self.create({})
        if migration.state == "draft":
            migration._propose_lines()
        return migration._reopen()

    def action_back(self):
        """Return from the dry run to the choice of phases."""
        self.ensure_one()
        self._require_state("check")
        self._reset_run(False)
        self.state = "draft"
        self._propose_lines()
        return self._reopen()

    def action_check(self):
        """Show what the migration would do."""
        self._require_state("draft", "check")
        self._check_lines()
        return self._start(CHECK, "check")

    def action_copy(self):
        """Copy the opportunities. Those that are there already are left as they are."""
        self._require_state("check", "done")
        self._check_lines()
        self.date_copied = self.env.cr.now()
        return self._start(COPY, "done")

    def action_continue(self):
        """Go on with a run that was interrupted."""
        self.ensure_one()
        self._check_company()
        return self._run_in_client() if self.run else self._reopen()

    def action_revert(self):
        """Remove the copies, and what was created for them. The originals are as they were."""
        self._require_state("done")
        return self._start(REVERT, "done")

    def action_confirm(self):
        """Make the copies final: from now on the work is done there."""
        self._require_state("done")
        if self.run:
            raise UserError(
                self.env._("The copy was interrupted. Go on with it, or remove the copies.")
            )
        self._keep_totals()
        return self._start(CONFIRM, "done")

    # === BUSINESS METHODS === #

    def _reopen(self):
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "crmsol_opportunity_crm.crmsol_crm_migration_action"
            ),
            "res_id": self.id,
        }

    def _require_state(self, *states):
        """Refuse a step that is out of turn, from a page that is out of date."""
        self.ensure_one()
        self.check_access("write")
        self._check_company()
        # what is half confirmed is confirmed to the end
        if self.state not in states or self.run == CONFIRM:
            raise UserError(
                self.env._("The migration has gone on meanwhile. Open it again from the menu.")
            )

    def _check_company(self):
        """A migration is of one company, and for who may work there."""
        if self.company_id not in self.env.companies:
            raise AccessError(
                self.env._(
                    "This migration was begun in %(company)s. Switch to that company to go on.",
                    company=self.company_id.sudo().name,  # sudo: only the name of a company
                )
            )

    # === WHICH ONES === #

    def _get_leads(self):
        """Return the model of the originals as this migration reads it: archived ones too."""
        return self.env["crm.lead"].with_context(active_test=False)

    def _get_scope(self):
        """Return the domain of the originals: opportunities of the company, copied or not.

        What belongs to no company is taken along by that of its team, else by the salesperson's.
        """
        company = self.company_id.id
        of_no_team = Domain("team_id", "=", False) | Domain("team_id.company_id", "=", False)
        of_user = Domain("user_id.company_id", "=", company) | Domain("user_id", "=", False)
        shared = Domain("company_id", "=", False) & (
            Domain("team_id.company_id", "=", company) | of_no_team & of_user
        )
        # sudo: of another company, too
        others = (
            self.env["crmsol.opportunity"]
            .sudo()
            .with_context(active_test=False)
            ._search([("crm_lead_id", "!=", False), ("crm_migration_id", "!=", self.id)])
        )
        return (
            Domain("type", "=", "opportunity")
            & (Domain("company_id", "=", company) | shared)
            & Domain("id", "not in", others.subselect("crm_lead_id"))
        )

    def _get_copies(self):
        return (
            self.env["crmsol.opportunity"]
            .with_context(active_test=False)
            .search([("crm_migration_id", "=", self.id)], order="id")
        )

    # === WHAT STAGES AND REASONS BECOME === #

    def _propose_lines(self):
        """List stages and reasons, keeping what was chosen before."""
        Lead = self._get_leads()
        stages = dict(Lead._read_group(self._get_scope(), ["stage_id"], ["__count"]))
        lost = self._get_scope() & Domain("won_status", "=", "lost")
        reasons = dict(Lead._read_group(lost, ["lost_reason_id"], ["__count"]))
        known = {(line.stage_id, line.lost_reason_id): line for line in self.line_ids}
        proposed = self._propose_phases()
        lines = []
        for sequence, stage in enumerate(self._get_stages()):
            values = {"count": stages.get(stage, 0), "sequence": sequence}
            line = known.pop((stage, self.env["crm.lost.reason"]), None)
            if line:
                line.write(values)
            else:
                values |= {"kind": "stage", "stage_id": stage.id, "phase_id": proposed[stage]}
                lines.append(values)
        ids_by_name = self._get_ids_by_name("crmsol.loss.reason")
        for reason, count in reasons.items():
            line = known.pop((self.env["crm.stage"], reason), None)
            if line:
                line.count = count
                continue
            same = bool(reason) and terms.match_name(reason.name, ids_by_name)
            lines.append(
                {
                    "kind": "reason",
                    "lost_reason_id": reason.id,
                    "loss_reason_id": same or False,
                    "count": count,
                    "sequence": 0 if reason else 1,
                }
            )
        self.line_ids.browse([line.id for line in known.values()]).unlink()
        self.env["crmsol.crm.migration.line"].create(
            [{**values, "migration_id": self.id} for values in lines]
        )
        self.invalidate_recordset(["line_ids", "stage_line_ids", "reason_line_ids"])

    def _propose_phases(self):
        """Return {stage: id of a phase}: the one of its name, else the one at its place."""
        stages = self._get_stages()
        phases = self.env["crmsol.phase"].search([("active", "=", True)])
        closing = phases._get_closing_phase()
        opened = phases - closing
        ids_by_name = self._get_ids_by_name("crmsol.phase")
        going_on = stages.filtered(lambda s: not s.is_won)
        last = max(len(going_on) - 1, 1)
        proposed = dict.fromkeys(stages, closing.id)
        for index, stage in enumerate(going_on):
            names = {stage.with_context(lang=lang).name for lang in ("en_US", self.env.lang)}
            same = [id_ for id_ in (terms.match_name(n, ids_by_name) for n in names) if id_]
            at_its_place = opened[index * (len(opened) - 1) // last : len(opened)][:1].id
            proposed[stage] = next((i for i in same if i != closing.id), at_its_place)
        return proposed

    def _get_stages(self):
        return self.env["crm.stage"].search([("id", "!=", False)])

    def _get_ids_by_name(self, model):
        """Return {folded name: id}, with the names in the user's language and in English."""
        records = self.env[model].search([("active", "=", True)])
        return {
            terms.fold(record.name): record.id
            for lang in ("en_US", self.env.lang)
            for record in reversed(records.with_context(lang=lang))
        }

    def _check_lines(self):
        """Refuse a stage of which nobody has said in which phase its opportunities go on."""
        closing = self.env["crmsol.phase"]._get_closing_phase()
        for line in self.stage_line_ids:
            if not line.phase_id or (line.phase_id == closing) != line.is_won:
                raise UserError(
                    self.env._(
                        "Choose the phase in which the opportunities of the stage “%(stage)s” go "
                        "on.",
                        stage=line.name,
                    )
                )
