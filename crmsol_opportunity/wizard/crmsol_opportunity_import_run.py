from collections import Counter
from datetime import timedelta
from decimal import Decimal

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..const import OPEN
from ..engine import pipeline_terms as terms
from ..engine.pipeline_rows import Deal, read_deals, read_key
from ..engine.pipeline_values import CellError
from ..models.crmsol_opportunity_history import STATE_FIELDS

#: Rows of one request, and so of one transaction: what fails takes no other batch along, and a file
#: of any size stays within the time that a request has.
BATCH = 500
#: Nobody is told of what happened elsewhere, and years ago.
QUIET = {
    "tracking_disable": True,
    "mail_create_nolog": True,
    "mail_create_nosubscribe": True,
    "mail_auto_subscribe_no_notify": True,
    "mail_notrack": True,
}
REFUSALS = (UserError, psycopg2.IntegrityError, psycopg2.DataError)
CREATED, UPDATED, UNCHANGED, SKIPPED, NOTE = "created", "updated", "unchanged", "skipped", "note"
COUNTED = (CREATED, UPDATED, UNCHANGED, SKIPPED)
#: What is created with an opportunity: its field, the plan's attribute, the model, fixed values
MISSING = (
    ("partner_id", "new_partner", "res.partner", {"is_company": True}),
    ("loss_reason_id", "new_reason", "crmsol.loss.reason", {}),
)
_MINUTE = timedelta(minutes=1)


class CrmsolOpportunityImport(models.TransientModel):
    """Writes the rows, a batch a request, or undoes at once what it wrote: the dry run.

    A dry run is an import that is rolled back, so that it refuses what the import refuses.
    """

    _inherit = "crmsol.opportunity.import"  # pylint: disable=consider-merging-classes-inherited

    position = fields.Integer("Rows Done", readonly=True)
    result = fields.Json(readonly=True, prefetch=False)

    # === ACTION METHODS === #

    def run_batch(self):
        """Do the next batch of the run that was started. Called by the web client.

        :return: how many rows are done, how many there are, and what comes then
        """
        self.ensure_one()
        self.check_access("write")
        self._check_company()
        header, rows = self._get_table()
        batch = rows[self.position : self.position + self._get_batch_size()]
        if batch:
            earlier = rows[: self.position]
            importer = self.with_company(self.company_id).with_context(**QUIET)
            savepoint = self.env.cr.savepoint()
            try:
                found = importer._import_rows(header, earlier, batch)
            except Exception:
                savepoint.close(rollback=True)
                raise
            savepoint.close(rollback=self.state == "check")
            self.env.invalidate_all()
            self.write(
                {
                    "position": self.position + len(batch),
                    "result": self._merge_results(self.result, found),
                }
            )
        return {
            "done": self.position,
            "total": len(rows),
            "action": self._reopen() if self.position >= len(rows) else False,
        }

    # === BUSINESS METHODS === #

    @api.model
    def _get_batch_size(self):
        return BATCH

    def _reset_run(self, state):
        self.write({"state": state, "position": 0, "result": False})

    def _run_all(self, state):
        """Do all the batches at once, for those who call it in Python."""
        self._start(state)
        while self.run_batch()["done"] < self.row_count:
            pass

    def _import_rows(self, header, earlier, rows):
        """Create and update the opportunities of the rows.

        :return: what became of them: counts, totals, issues, and the names of what was created
        """
        layout = self._get_layout(header)
        seen = {read_key(layout, cells) for _line, cells in earlier}
        read = list(read_deals(layout, rows, seen))
        lookups = self._prepare_lookups([deal for _l, _c, deal in read if isinstance(deal, Deal)])
        found = {"counts": Counter(), "totals": {}, "issues": [], "created": {}}
        plans, tallies = [], {}
        for line, cells, deal in read:
            tally = self._tally(layout, cells, lookups)
            self._add_total(found, "file", tally)
            try:
                if isinstance(deal, CellError):
                    raise deal
                plan = self._prepare_plan(deal, lookups)
            except CellError as error:
                self._note(found, SKIPPED, line, read_key(layout, cells), error)
                self._add_total(found, "skipped", tally)
                continue
            tallies[line] = tally
            plans.append(plan)
        done = self._write_plans(plans, lookups, found)
        for plan in plans:
            if plan.line not in done:
                self._add_total(found, "skipped", tallies[plan.line])
            elif priced := plan.defaults.get("amount"):
                outcome, currency, _amount = tallies[plan.line]
                self._add_total(found, "priced", (outcome, currency, Decimal(str(priced))))
        self._add_database_totals(found, list(done.values()))
        for fname, _attribute, model, _values in MISSING:
            created = self.env[model].browse(lookups.get(model, {}).values()).exists()
            found["created"][fname] = created.mapped("name")
        return found | {"counts": dict(found["counts"])}

    def _write_plans(self, plans, lookups, found):
        """Write the plans. Return {line: opportunity id} of those that Odoo took."""
        existing = self._find_existing(plans)
        done, to_create = {}, []
        for plan in plans:
            opportunity = existing.get(plan.key)
            if not opportunity:
                to_create.append(plan)
                continue
            status = UNCHANGED
            if self.is_updating and self._get_changes(opportunity, plan):
                status = self._try(
                    lambda p=plan, o=opportunity: self._update(o, p, lookups), plan, found
                )
            if status:
                found["counts"][status] += 1
                done[plan.line] = opportunity.id
        for plan, id_ in self._create_most(to_create, lookups, found):
            done[plan.line] = id_
            found["counts"][CREATED] += 1
        for plan in plans:
            if plan.line in done:
                for note in plan.notes:
                    self._note(found, NOTE, plan.line, plan.key, note)
        return done

    def _try(self, write, plan=None, found=None):
        """Return what ``write`` returns; ``None``, and nothing written, if Odoo refuses it."""
        try:
            with self.env.cr.savepoint():
                return write()
        except REFUSALS as error:
            if plan:
                message = error.args[0] if isinstance(error, UserError) else str(error)
                self._note(found, SKIPPED, plan.line, plan.key, CellError("refused", message))
            return None

    def _create_most(self, plans, lookups, found):
        """Create what Odoo takes; halves of what it refuses, until the culprits are alone.

        :return: list of (plan, opportunity id)
        """
        if not plans:
            return []
        alone = plans[0] if len(plans) == 1 else None
        ids = self._try(lambda: self._create_all(plans, lookups), alone, found)
        if ids is not None:
            return list(zip(plans, ids, strict=True))
        if alone:
            return []
        middle = len(plans) // 2
        return [
            pair
            for half in (plans[:middle], plans[middle:])
            for pair in self._create_most(half, lookups, found)
        ]

    def _find_existing(self, plans):
        """Return {key: opportunity} of what was imported before."""
        opportunities = (
            self.env["crmsol.opportunity"]
            .with_context(active_test=False)
            .search(
                [
                    ("company_id", "=", self.company_id.id),
                    ("import_source", "=", self.source),
                    ("import_key", "in", [plan.key for plan in plans]),
                ]
            )
        )
        return {opportunity.import_key: opportunity for opportunity in opportunities}

    def _create_missing(self, plans, lookups):
        """Create the customers and loss reasons that the plans name and nobody has."""
        for fname, attribute, model, values in MISSING:
            named = [plan for plan in plans if getattr(plan, attribute)]
            if not named:
                continue
            known = lookups.setdefault(model, {})
            # what was created with plans that were refused is not there any more
            alive = set(self.env[model].browse(known.values()).exists()._ids)
            new = {}
            for plan in named:
                name = getattr(plan, attribute)
                if known.get(terms.fold(name) or name) not in alive:
                    new.setdefault(terms.fold(name) or name, name)
            records = self.env[model].create([{**values, "name": name} for name in new.values()])
            known.update(zip(new, records._ids, strict=True))
            for plan in named:
                name = getattr(plan, attribute)
                plan.values[fname] = known[terms.fold(name) or name]

    def _create_all(self, plans, lookups):
        """Create the opportunities, with their past. Return their ids."""
        self._create_missing(plans, lookups)
        opportunities = self.env["crmsol.opportunity"].create(
            [
                {
                    **plan.defaults,
                    **plan.values,
                    "company_id": self.company_id.id,
                    "import_source": self.source,
                    "import_key": plan.key,
                }
                for plan in plans
            ]
        )
        dated = [
            (opportunity.id, plan)
            for opportunity, plan in zip(opportunities, plans, strict=True)
            if plan.steps
        ]
        self._date_back(dated, lookups)
        return opportunities.ids

    def _date_back(self, dated, lookups):
        """Give opportunities the past that the file tells of, and their day of creation."""
        if not dated:
            return
        Opportunity = self.env["crmsol.opportunity"]
        closing = lookups["closing"]
        Opportunity._replace_history(
            {
                id_: [
                    (
                        moment,
                        {}
                        if phase_id == closing.id
                        else {
                            "phase_id": phase_id,
                            "outcome": OPEN,
                            "probability": lookups["phases"][phase_id].probability,
                        },
                    )
                    for moment, phase_id in plan.steps
                ]
                for id_, plan in dated
            }
        )
        self.env.cr.execute(  # both are set by the ORM and nobody else, as of now
            SQL(
                "UPDATE crmsol_opportunity o"
                " SET create_date = d.created, phase_before_close_id = d.phase_id"
                " FROM unnest(%s::int[], %s::timestamp[], %s::int[]) AS d(id, created, phase_id)"
                " WHERE o.id = d.id",
                [id_ for id_, _plan in dated],
                [plan.begin for _id, plan in dated],
                [plan.phase_before_close_id for _id, plan in dated],
            )
        )
        Opportunity.invalidate_model(["create_date", "phase_before_close_id"])

    # === UPDATES === #

    def _update(self, opportunity, plan, lookups):
        """Write what differs. Return that it did, as a status."""
        self._create_missing([plan], lookups)
        changes = self._get_changes(opportunity, plan)
        rows = []
        if {"phase_id", "outcome"} & changes.keys():
            changes |= {"phase_id": plan.values["phase_id"], "outcome": plan.values["outcome"]}
            rows = self._get_past(opportunity, plan)
            if rows:
                changes["date_last_stage_update"] = plan.defaults["date_last_stage_update"]
        opportunity.write(changes)
        if rows:
            moment = plan.steps[-1][0]
            opportunity._replace_history({opportunity.id: [*rows, (moment, {})]})
        return UPDATED

    def _get_changes(self, opportunity, plan):
        """Return the values of the file that the opportunity does not have."""
        return {
            fname: value
            for fname, value in plan.values.items()
            if self._differs(opportunity, fname, value)
        }

    def _differs(self, opportunity, fname, value):
        if fname == "amount":
            return bool(opportunity.currency_id.compare_amounts(opportunity.amount, value))
        current = opportunity[fname]
        if hasattr(current, "ids"):
            current = current.id
        return (current or False) != (value or False)

    def _get_past(self, opportunity, plan):
        """Return the history so far as steps, if the file dates the change after all of it."""
        if not plan.steps or plan.steps[-1][0] >= self.env.cr.now() - _MINUTE:
            return []
        rows = self.env.execute_query_dict(
            SQL(
                "SELECT date_from, %s FROM crmsol_opportunity_history"
                " WHERE opportunity_id = %s ORDER BY date_from",
                SQL(", ").join(map(SQL.identifier, STATE_FIELDS)),
                opportunity.id,
            )
        )
        if not rows or rows[-1]["date_from"] >= plan.steps[-1][0]:
            return []
        return [(row.pop("date_from"), row) for row in rows]

    # === ISSUES === #

    def _note(self, found, kind, line, key, error):
        if kind == SKIPPED:
            found["counts"][SKIPPED] += 1
        found["issues"].append([kind, error.code, error.column, line, key, error.value])
