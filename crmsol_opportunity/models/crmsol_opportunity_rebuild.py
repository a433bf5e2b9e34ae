from odoo import api, models
from odoo.tools import SQL, split_every

from ..const import LOST, OPEN, WON

#: the tracked field -> the column of ``mail_tracking_value`` that has its old value
_TRACKED = {
    "phase_id": "old_value_integer",
    "outcome": "old_value_char",
    "amount": "old_value_float",
    "probability": "old_value_float",
    "date_deadline": "old_value_datetime",
    "user_id": "old_value_integer",
    "team_id": "old_value_integer",
}


class CrmsolOpportunity(models.Model):
    """Rebuilds the history of opportunities from what their thread says.

    For those that are older than their history: from the first versions of the addon, and of the
    demo data. What the thread does not keep (archiving, the company, former rates of a currency)
    is taken to have been as it is.
    """

    _inherit = "crmsol.opportunity"  # pylint: disable=consider-merging-classes-inherited

    # === BUSINESS METHODS === #

    def _rebuild_history(self):
        """Replace the history by what the tracked values of the thread tell."""
        self.env.flush_all()
        for ids in split_every(1000, self._ids):
            batch = self.browse(ids)
            tracked = batch._get_tracked_values()
            steps = {o.id: o._get_steps(tracked.get(o.id, [])) for o in batch}
            if steps:
                self._replace_history(steps)

    def _get_tracked_values(self):
        """Return {id: [(moment, {field: old value})]}, newest first."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT m.res_id, m.date, f.name, v.old_value_integer, v.old_value_float,
                       v.old_value_char, v.old_value_datetime
                  FROM mail_message m
                  JOIN mail_tracking_value v ON v.mail_message_id = m.id
                  JOIN ir_model_fields f ON f.id = v.field_id
                 WHERE m.model = %s AND m.res_id = ANY(%s) AND m.date <= %s
                   AND f.model = m.model AND f.name = ANY(%s)
              ORDER BY m.res_id, m.date DESC, v.id DESC
                """,
                self._name,
                list(self._ids),
                self.env.cr.now(),
                list(_TRACKED),
            )
        )
        tracked = {}
        for res_id, moment, fname, integer, number, char, datetime in rows:
            by_column = {
                "old_value_integer": integer or None,
                "old_value_float": number or 0,
                "old_value_char": char,
                "old_value_datetime": datetime and datetime.date(),
            }
            of_moment = tracked.setdefault(res_id, {}).setdefault(moment, {})
            of_moment[fname] = by_column[_TRACKED[fname]]
        return {res_id: list(moments.items()) for res_id, moments in tracked.items()}

    def _get_steps(self, tracked):
        """Return the steps of ``_replace_history``, going back from the present state."""
        self.ensure_one()
        steps, state = [], {}
        for moment, old in tracked:
            steps.append((moment, dict(state)))
            state |= self._get_state_before(old, state)
        begin = min([self.create_date or self.env.cr.now(), *(moment for moment, _old in tracked)])
        if steps and steps[-1][0] == begin:  # created with it
            return steps
        return [*steps, (begin, state)]

    def _get_state_before(self, old, state):
        """Return what a change had replaced, in fields of the history.

        :param dict old: {tracked field: old value}
        :param dict state: the state after the change, as far as it differs from the present one
        """
        before = {}
        phase = self.env["crmsol.phase"].browse(old.get("phase_id")).exists()
        if phase:
            outcome = OPEN
            if phase.is_closing:
                outcome = self._get_outcomes_by_label().get(old.get("outcome"), LOST)
            certain = {WON: 100.0, LOST: 0.0}
            before |= {
                "phase_id": phase.id,
                "outcome": outcome,
                "probability": certain.get(outcome, phase.probability),
            }
        if "probability" in old:
            before["probability"] = old["probability"]
        if "amount" in old:
            amount = old["amount"] * (self.currency_rate or 1.0)
            before["amount_company"] = self.company_currency_id.round(amount)
        if "date_deadline" in old:
            before["date_deadline"] = old["date_deadline"]
        for fname in ("user_id", "team_id"):
            if fname in old:
                before[fname] = self[fname].browse(old[fname]).exists().id or None
        return {fname: value for fname, value in before.items() if value != state.get(fname, ())}

    @api.model
    def _get_outcomes_by_label(self):
        """Return {label: outcome} in every language: the thread keeps labels of selections."""
        return {
            label: outcome
            # English is the source, whether it is active or not
            for lang in {"en_US", *(code for code, _name in self.env["res.lang"].get_installed())}
            for outcome, label in self._fields["outcome"]._description_selection(
                self.with_context(lang=lang).env
            )
        }
