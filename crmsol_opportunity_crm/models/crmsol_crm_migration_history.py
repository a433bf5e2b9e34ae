from odoo import models
from odoo.addons.crmsol_opportunity.const import LOST, OPEN, WON
from odoo.tools import SQL

from .crmsol_crm_migration_plan import OUTCOMES

#: the tracked field of the original -> the column of ``mail_tracking_value`` with its old value
_TRACKED = {
    "stage_id": "old_value_integer",
    "won_status": "old_value_char",
    "active": "old_value_integer",
    "expected_revenue": "old_value_float",
    "user_id": "old_value_integer",
    "team_id": "old_value_integer",
}


class CrmsolCrmMigration(models.Model):
    """Gives copies the past of their originals, as these tell it in their thread.

    It is followed back from the present state, change by change. What the thread of Odoo's CRM does
    not keep (probability, expected close, the company) is taken to have been as it is, or as the
    phase has it.
    """

    _inherit = "crmsol.crm.migration"  # pylint: disable=consider-merging-classes-inherited

    # === BUSINESS METHODS === #

    def _replace_histories(self, plans):
        tracked = self._get_tracked_values([plan.lead.id for plan in plans])
        steps = {
            plan.opportunity.id: self._get_steps(plan, tracked.get(plan.lead.id, []))
            for plan in plans
        }
        self.env["crmsol.opportunity"]._replace_history(steps)
        self._date_back_phase_before(plans, steps)

    def _get_tracked_values(self, lead_ids):
        """Return {id of an original: [(moment, {field: old value})]}, newest first."""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT m.res_id, m.date, f.name, v.old_value_integer, v.old_value_float,
                       v.old_value_char
                  FROM mail_message m
                  JOIN mail_tracking_value v ON v.mail_message_id = m.id
                  JOIN ir_model_fields f ON f.id = v.field_id
                 WHERE m.model = 'crm.lead' AND m.res_id = ANY(%s) AND m.date <= %s
                   AND f.model = 'crm.lead' AND f.name = ANY(%s)
              ORDER BY m.res_id, m.date DESC, v.id DESC
                """,
                lead_ids,
                self.env.cr.now(),
                list(_TRACKED),
            )
        )
        tracked = {}
        for res_id, moment, fname, integer, number, char in rows:
            value = {
                "old_value_integer": integer or None,
                "old_value_float": number or 0.0,
                "old_value_char": char,
            }[_TRACKED[fname]]
            tracked.setdefault(res_id, {}).setdefault(moment, {})[fname] = value
        return {res_id: list(moments.items()) for res_id, moments in tracked.items()}

    def _get_steps(self, plan, tracked):
        """Return the steps of ``_replace_history`` of one copy.

        :param list tracked: [(moment, {field: old value})], newest first
        """
        lead = plan.lead
        state = {
            "stage_id": lead.stage_id.id,
            "won_status": lead.won_status,
            "active": lead.active,
            "expected_revenue": lead.expected_revenue,
            "user_id": lead.user_id.id or None,
            "team_id": lead.team_id.id or None,
        }
        steps = []
        for moment, old in tracked:
            steps.append((moment, self._get_history_values(state)))
            state = self._get_state_before(state, old)
        begin = min([lead.create_date, *(moment for moment, _old in tracked)])
        if state["won_status"] != "pending":
            # no message tells when it was closed: the original's own date does
            first = steps[-1][0] if steps else self.env.cr.now()
            closed = self._get_moment_closed(lead)
            if begin < closed < first:
                steps.append((closed, self._get_history_values(state)))
                state = self._get_state_before(state, {"won_status": None})
        if not steps or steps[-1][0] != begin:
            steps.append((begin, self._get_history_values(state)))
        return steps

    def _get_state_before(self, state, old):
        """Return the state that a change has replaced.

        :param dict state: the state after it
        :param dict old: {field: old value} of what it changed
        """
        before = {**state, **old}
        stages = self.env["crm.stage"].browse(old.get("stage_id")).exists()
        if "stage_id" in old and not stages:  # one that was deleted
            before["stage_id"] = None
        if "won_status" in old:
            before["won_status"] = self._get_won_statuses().get(old["won_status"], "pending")
        elif stages:
            # messages from before Odoo tracked it: the stage tells who won
            if stages.is_won:
                before["won_status"] = "won"
            elif state["won_status"] == "won":
                before["won_status"] = "pending"
        elif "active" in old and state["won_status"] == "lost":
            before["won_status"] = "pending"
        for fname, model in (("user_id", "res.users"), ("team_id", "crm.team")):
            if fname in old:
                before[fname] = self.env[model].browse(old[fname] or []).exists().id or None
        if (
            before["won_status"] != "won"
            and self.env["crm.stage"].browse(before["stage_id"] or []).is_won
        ):
            before["stage_id"] = None  # where it was before it was won is not known
        return before

    def _get_won_statuses(self):
        """Return {label: value} in every language: the thread keeps labels of selections."""
        field = self.env["crm.lead"]._fields["won_status"]
        langs = {"en_US", *(lang for lang, _name in self.env["res.lang"].get_installed())}
        return {
            label: value
            for lang in langs
            for value, label in field._description_selection(self.with_context(lang=lang).env)
        }

    def _get_history_values(self, state):
        """Return a state of the original in fields of our history."""
        outcome = OUTCOMES[state["won_status"]]
        phase = self._get_phase(self.env["crm.stage"].browse(state["stage_id"] or []))
        if outcome != OPEN:
            phase = self._get_closing_phase()
        return {
            "phase_id": phase.id,
            "outcome": outcome,
            "active": bool(state["active"]) or outcome == LOST,
            "probability": {WON: 100.0, LOST: 0.0}.get(outcome, phase.probability),
            "amount_company": self.company_id.currency_id.round(state["expected_revenue"]),
            "user_id": state["user_id"],
            "team_id": state["team_id"],
        }

    def _date_back_phase_before(self, plans, steps):
        """Keep from which phase a won one was closed: reopening returns it there."""
        pairs = []
        for plan in plans:
            if plan.lead.won_status == "won":
                opened = [
                    (moment, values["phase_id"])
                    for moment, values in steps[plan.opportunity.id]
                    if values["outcome"] == OPEN
                ]
                if opened:
                    pairs.append((plan.opportunity.id, max(opened)[1]))
        if pairs:
            self.env.execute_query(
                SQL(
                    "UPDATE crmsol_opportunity o SET phase_before_close_id = pair.phase_id"
                    "  FROM unnest(%s::int[], %s::int[]) AS pair(id, phase_id)"
                    " WHERE o.id = pair.id RETURNING o.id",
                    [id_ for id_, _phase in pairs],
                    [phase for _id, phase in pairs],
                )
            )
            self.env["crmsol.opportunity"].invalidate_model(["phase_before_close_id"])
