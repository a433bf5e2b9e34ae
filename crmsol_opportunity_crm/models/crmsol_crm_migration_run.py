from collections import Counter

import psycopg2

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .crmsol_crm_migration import CHECK, CONFIRM, COPY, KEY, REVERT, SOURCE

#: Opportunities of one request, and so of one transaction: what fails takes no other batch along.
BATCH = 200
#: Nobody is told of what happened elsewhere, and years ago.
QUIET = {
    "tracking_disable": True,
    "mail_create_nolog": True,
    "mail_create_nosubscribe": True,
    "mail_auto_subscribe_no_notify": True,
    "mail_notrack": True,
    "mail_activity_quick_update": True,
}
REFUSALS = (UserError, psycopg2.IntegrityError, psycopg2.DataError)


class CrmsolCrmMigration(models.Model):
    """Does the steps batch by batch, one request and one transaction each.

    A dry run is a migration that is rolled back, so that it refuses what the migration refuses.
    """

    _inherit = "crmsol.crm.migration"  # pylint: disable=consider-merging-classes-inherited

    run = fields.Selection(
        [(CHECK, "Dry Run"), (COPY, "Copy"), (REVERT, "Removal"), (CONFIRM, "Confirmation")],
        readonly=True,
        help="What is being done, or was interrupted.",
    )
    run_last_id = fields.Integer(readonly=True)
    run_done = fields.Integer("Opportunities Done", readonly=True)
    run_total = fields.Integer("Opportunities to Do", readonly=True)
    result = fields.Json(readonly=True, prefetch=False)
    created = fields.Json(
        readonly=True,
        prefetch=False,
        help="Ids of the customers and loss reasons created, by model.",
    )

    # === ACTION METHODS === #

    def run_batch(self):
        """Do the next batch of the run that was started. Called by the web client.

        :return: how many opportunities are done, how many there are, and what comes then
        """
        self.ensure_one()
        self.check_access("write")
        self._check_company()
        # another window may be at it: each batch is done once
        self.lock_for_update(allow_referencing=True)
        if self.run:
            batch = self._get_batch()
            if batch:
                self._do_batch(batch)
            if len(batch) < self._get_batch_size():
                self._finish_run()
        return {
            "done": self.run_done,
            "total": self.run_total,
            "action": False if self.run else self._reopen(),
        }

    # === BUSINESS METHODS === #

    def _get_batch_size(self):
        return BATCH

    def _reset_run(self, run, total=0):
        self.write({"run": run, "run_last_id": 0, "run_done": 0, "run_total": total})

    def _start(self, run, state):
        """Begin a run; the web client then has it done batch by batch."""
        self.ensure_one()
        if run in (CHECK, COPY):
            total = self._get_leads().search_count(self._get_scope())
            self.result = False
        else:
            total = len(self._get_copies())
        self._reset_run(run, total)
        self.state = state
        return self._run_in_client()

    def _run_in_client(self):
        return {
            "type": "ir.actions.client",
            "tag": "crmsol_opportunity_crm_run",
            "params": {"migration_id": self.id, "total": self.run_total},
        }

    def _run_all(self):
        """Do all the batches at once, for those who call it in Python."""
        while self.run_batch()["action"] is False:
            pass

    def _get_batch(self):
        """Return the next originals, or the next copies where those are what is dealt with."""
        after = [("id", ">", self.run_last_id)]
        if self.run in (CHECK, COPY):
            return self._get_leads().search(
                self._get_scope() & fields.Domain(after), order="id", limit=self._get_batch_size()
            )
        return (
            self.env["crmsol.opportunity"]
            .with_context(active_test=False)
            .search(
                [("crm_migration_id", "=", self.id), *after],
                order="id",
                limit=self._get_batch_size(),
            )
        )

    def _do_batch(self, batch):
        worker = self.with_company(self.company_id).with_context(**QUIET)
        last_id = batch[-1].id
        values = {}
        if self.run == CHECK:
            savepoint = self.env.cr.savepoint()
            try:
                found = worker._copy_leads(batch)
            finally:
                savepoint.close(rollback=True)
                self.env.invalidate_all()
            values["result"] = self._merge_results(self.result, found)
        elif self.run == COPY:
            values["result"] = self._merge_results(self.result, worker._copy_leads(batch))
        elif self.run == REVERT:
            worker._remove_copies(batch)
        else:
            worker._confirm_copies(batch)
        self.write(
            {**values, "run_last_id": last_id, "run_done": self.run_done + len(batch)},
        )

    def _finish_run(self):
        if self.run == REVERT:
            self.with_context(**QUIET)._remove_created()
            self.write({"state": "draft", "result": False, "date_copied": False})
            self._propose_lines()
        elif self.run == CONFIRM:
            self.write({"state": "confirmed", "date_confirmed": self.env.cr.now()})
        self.run = False

    # === COPY === #

    def _copy_leads(self, leads):
        """Copy originals with all that hangs on them.

        :return: what became of them: counts, totals and issues, as plain values for JSON
        """
        found = {"counts": Counter(), "totals": {}, "issues": []}
        present = self._find_present(leads)
        new = leads.filtered(lambda lead: lead.id not in present)
        for lead in leads - new:
            found["counts"]["present"] += 1
            if present[lead.id] != self.id:
                self._note(found, "skipped", lead, "present")
        plans = []
        for lead in new:
            plan = self._prepare_plan(lead)
            if plan.refusal:
                found["counts"]["skipped"] += 1
                self._note(found, "skipped", lead, plan.refusal)
            else:
                plans.append(plan)
        for plan in self._create_most(plans, found):
            found["counts"]["created"] += 1
            for code, value in plan.notes:
                self._note(found, "note", plan.lead, code, value)
        self._add_totals(found, leads)
        found["counts"] = dict(found["counts"])
        return found

    def _find_present(self, leads):
        """Return {id of an original: id of the migration that copied it, or False}."""
        keys = {KEY % lead.id: lead.id for lead in leads}
        # sudo: it may have been copied in another company
        copies = (
            self.env["crmsol.opportunity"]
            .sudo()
            .with_context(active_test=False)
            .search([("import_source", "=", SOURCE), ("import_key", "in", list(keys))])
        )
        return {keys[copy.import_key]: copy.crm_migration_id.id for copy in copies}

    def _create_most(self, plans, found):
        """Create what Odoo takes; halves of what it refuses, until the culprits are alone.

        :return: the plans that were carried out
        """
        if not plans:
            return []
        try:
            with self.env.cr.savepoint():
                self._create_all(plans)
                self.env.flush_all()
                return plans
        except REFUSALS as error:
            self.env.invalidate_all()
            if len(plans) == 1:
                message = error.args[0] if isinstance(error, UserError) else str(error)
                found["counts"]["skipped"] += 1
                self._note(found, "skipped", plans[0].lead, "refused", message)
                return []
        middle = len(plans) // 2
        return self._create_most(plans[:middle], found) + self._create_most(plans[middle:], found)

    def _create_all(self, plans):
        """Create the opportunities, with their past and all that hangs on them."""
        created = {"res.partner": [], "crmsol.loss.reason": []}
        for plan in plans:
            self._add_missing(plan, created)
        opportunities = self.env["crmsol.opportunity"].create([plan.values for plan in plans])
        for plan, opportunity in zip(plans, opportunities, strict=True):
            plan.opportunity = opportunity
        self._link_copies(plans)
        self._copy_threads(plans)
        self._copy_activities(plans)
        self._copy_meetings(plans)
        self._link_quotations(plans)
        self._log_remainders(plans)
        self._replace_histories(plans)
        opportunities._renew_last_contact()
        opportunities._renew_next_actions(opportunities.ids)
        if self.run == COPY and any(created.values()):
            kept = self.created or {}
            self.created = {model: kept.get(model, []) + created[model] for model in created}

    def _link_copies(self, plans):
        """Write what the ORM sets by itself, or keeps from being set."""
        self.env.flush_all()
        self.env.execute_query(
            SQL(
                "UPDATE crmsol_opportunity o"
                "   SET create_date = l.create_date, create_uid = l.create_uid,"
                "       crm_lead_id = l.id, crm_migration_id = %s, crm_date_copied = %s"
                "  FROM unnest(%s::int[], %s::int[]) AS pair(id, lead_id)"
                "  JOIN crm_lead l ON l.id = pair.lead_id"
                " WHERE o.id = pair.id RETURNING o.id",
                self.id,
                self.env.cr.now(),
                [plan.opportunity.id for plan in plans],
                [plan.lead.id for plan in plans],
            )
        )
        self.env["crmsol.opportunity"].invalidate_model()
        self.env["crm.lead"].invalidate_model(["crmsol_opportunity_ids"])

    # === REMOVAL === #

    def _remove_copies(self, copies):
        """Delete copies, with what was copied along with them."""
        copies.unlink()

    def _remove_created(self):
        """Delete the customers and loss reasons that were created and that nobody uses."""
        for model, ids in (self.created or {}).items():
            records = self.env[model].browse(ids).exists()
            if model == "res.partner":  # originals would lose them without a word
                records -= self._get_leads().search([("partner_id", "in", ids)]).partner_id
            for record in records:
                try:
                    with self.env.cr.savepoint():
                        # sudo: sales managers create customers and do not delete them
                        record.sudo().unlink()
                except REFUSALS:
                    self.env.invalidate_all()
        self.created = False
