from collections import Counter
from decimal import Decimal

from odoo import api, fields, models
from odoo.addons.crmsol_opportunity.wizard.crmsol_opportunity_import_totals import (
    iter_totals,
    merge_totals,
)
from odoo.tools import SQL, format_amount, format_datetime, formatLang

from .crmsol_crm_migration import CHECK
from .crmsol_crm_migration_plan import OUTCOMES

#: Opportunities that the page names; the others are counted.
SHOWN = 100


class CrmsolCrmMigration(models.Model):
    """Says what became, or would become, of the originals, and reconciles the figures."""

    _inherit = "crmsol.crm.migration"  # pylint: disable=consider-merging-classes-inherited

    report = fields.Html(compute="_compute_report", sanitize=False)
    lead_count = fields.Integer(
        "Leads", compute="_compute_lead_count", help="Leads are no opportunities: they stay."
    )
    changed_count = fields.Integer(
        "Changed Copies",
        compute="_compute_changed_count",
        help="Copies that somebody has worked with since: removing them takes that along.",
    )
    stale_count = fields.Integer(
        "Changed Originals",
        compute="_compute_changed_count",
        help="Originals that somebody has worked with since: their copies lack that.",
    )

    # === COMPUTE METHODS === #

    def _compute_lead_count(self):
        for migration in self:
            company = migration.company_id.id
            migration.lead_count = migration._get_leads().search_count(
                [("type", "=", "lead"), ("company_id", "in", [False, company])]
            )

    def _compute_changed_count(self):
        self.env.flush_all()
        for migration in self:
            migration.changed_count = migration._count_changed(
                SQL("o.write_date"), SQL("o.write_uid"), "crmsol.opportunity", SQL("o.id")
            )
            migration.stale_count = migration._count_changed(
                SQL("l.write_date"), SQL("l.write_uid"), "crm.lead", SQL("l.id")
            )

    def _count_changed(self, date, user, model, res_id):
        """Count the pairs of which one side has changed since the copy, its thread included.

        What follows by itself, at night, is no change.
        """
        query = """
            SELECT count(*)
              FROM crmsol_opportunity o JOIN crm_lead l ON l.id = o.crm_lead_id
             WHERE o.crm_migration_id = %(migration)s
               AND (%(date)s > o.crm_date_copied AND %(user)s <> %(root)s
                    OR EXISTS (SELECT FROM mail_message m
                                WHERE m.model = %(model)s AND m.res_id = %(res_id)s
                                  AND m.create_date > o.crm_date_copied))
        """
        ((count,),) = self.env.execute_query(
            SQL(
                query,
                migration=self.id,
                date=date,
                user=user,
                root=self.env.ref("base.user_root").id,
                model=model,
                res_id=res_id,
            )
        )
        return count

    @api.depends("result", "state", "run", "run_done")
    def _compute_report(self):
        for migration in self:
            migration.report = self.env["ir.qweb"]._render(
                "crmsol_opportunity_crm.crmsol_crm_migration_report",
                migration._get_report_values(),
            )

    # === ACTION METHODS === #

    def action_open_opportunities(self):
        """Open the copies."""
        self.ensure_one()
        name = self.env._("Copied from Odoo's CRM")
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "crmsol_opportunity.crmsol_opportunity_action"
            ),
            "name": name,
            "domain": [("crm_migration_id", "=", self.id)],
            "context": {"active_test": False},
            "views": [(False, "list"), (False, "kanban"), (False, "form")],
            "target": "main",
        }

    # === TOTALS === #

    def _merge_results(self, result, found):
        if not result:
            return found
        counts = Counter(result["counts"])
        counts.update(found["counts"])
        totals = result["totals"]
        merge_totals(totals, found["totals"])
        return {
            "counts": dict(counts),
            "totals": totals,
            "issues": result["issues"] + found["issues"],
        }

    def _note(self, found, kind, lead, code, value=""):
        found["issues"].append([kind, code, lead.id, lead.display_name, str(value)])

    def _add_totals(self, found, leads):
        found["totals"] = self._read_totals(SQL("l.id = ANY(%s)", leads.ids))

    def _read_totals(self, condition):
        """Add up originals and copies, as the database has them.

        :param SQL condition: which originals, in terms of the row ``l`` of ``crm_lead``
        :return: ``{"outcome currency": {"crm"|"left"|"ours": [number, sum as text]}}``; what is
            left has no copy of this migration
        """
        self.env.flush_all()
        totals = {}
        currency = self.company_id.currency_id.name
        # as text: Odoo reads PostgreSQL's numbers as floats
        query = """
            SELECT l.won_status, o.id IS NULL, count(*), COALESCE(sum(l.expected_revenue), 0)::text
              FROM crm_lead l
         LEFT JOIN crmsol_opportunity o ON o.crm_lead_id = l.id AND o.crm_migration_id = %s
             WHERE %s GROUP BY 1, 2
        """
        for status, is_left, number, amount in self.env.execute_query(
            SQL(query, self.id, condition)
        ):
            of_key = totals.setdefault(f"{OUTCOMES[status or 'pending']} {currency}", {})
            for kind in ("crm", "left") if is_left else ("crm",):
                before, sum_before = of_key.get(kind, (0, "0"))
                of_key[kind] = [before + number, str(Decimal(sum_before) + Decimal(amount))]
        query = """
            SELECT o.outcome, c.name, count(*), COALESCE(sum(o.amount), 0)::text
              FROM crmsol_opportunity o
              JOIN res_currency c ON c.id = o.currency_id
              JOIN crm_lead l ON l.id = o.crm_lead_id
             WHERE o.crm_migration_id = %s AND %s GROUP BY 1, 2
        """
        for outcome, name, number, amount in self.env.execute_query(SQL(query, self.id, condition)):
            totals.setdefault(f"{outcome} {name}", {})["ours"] = [number, amount]
        return totals

    def _read_present_totals(self):
        """Return the totals of all the originals as they are now."""
        query = self._get_leads()._search(self._get_scope())
        return self._read_totals(SQL("l.id IN %s", query.subselect()))

    def _keep_totals(self):
        """Keep what the figures were when the copies were confirmed."""
        self.result = {**(self.result or {}), "totals": self._read_present_totals()}

    # === REPORT === #

    def _get_report_values(self):
        """Return what the report's template shows."""
        result = self.result or {}
        if not result:
            return {"counts": []}
        is_live = self.state == "done" and not self.run
        totals = self._read_present_totals() if is_live else result["totals"]
        return {
            "is_dry": self.state == CHECK,
            "counts": [
                (
                    self._format_count(result["counts"].get(status, 0)),
                    status if result["counts"].get(status) else "none",
                    label,
                )
                for status, label in self._get_status_labels().items()
            ],
            "totals": self._get_total_rows(totals),
            "groups": self._get_issue_groups(result["issues"]),
            "has_more": len(result["issues"]) > SHOWN,
            "leads": self.lead_count
            and self.env._(
                "Leads that are no opportunities yet and stay in Odoo's CRM: %(count)s.",
                count=self._format_count(self.lead_count),
            ),
            "changed": is_live
            and self.changed_count
            and self.env._(
                "Copies that somebody has worked with since: %(count)s. "
                "Removing the copies takes that along.",
                count=self._format_count(self.changed_count),
            ),
            "stale": is_live
            and self.stale_count
            and self.env._(
                "Originals that somebody has worked with since: %(count)s. "
                "To take that along, remove the copies and copy again.",
                count=self._format_count(self.stale_count),
            ),
            "confirmed": self.date_confirmed
            and self.env._(
                "Confirmed on %(moment)s. The copies are final.",
                moment=format_datetime(self.env, self.date_confirmed, dt_format="short"),
            ),
            "is_archived": self.is_archiving,
        }

    def _get_status_labels(self):
        is_dry = self.state == CHECK
        return {
            "created": self.env._("to copy") if is_dry else self.env._("copied"),
            "present": self.env._("copied before"),
            "skipped": self.env._("to skip") if is_dry else self.env._("skipped"),
        }

    def _get_total_rows(self, totals):
        """Return a row for each outcome and currency: Odoo's CRM against ours."""
        rows, nothing = [], (0, Decimal(0))
        for label, currency, sums in iter_totals(self.env, totals):
            (crm, revenue), (left, missing), (ours, amount) = (
                sums.get(kind, nothing) for kind in ("crm", "left", "ours")
            )

            def show(number, value, currency=currency):
                return self._format_count(number), format_amount(self.env, float(value), currency)

            rows.append(
                {
                    "outcome": label,
                    "crm": show(crm, revenue),
                    "left": show(left, missing) if left else None,
                    "ours": show(ours, amount),
                    "is_equal": crm - left == ours and revenue - missing == amount,
                }
            )
        return rows

    def _get_issue_groups(self, issues):
        """Return the first issues by reason, the most frequent first, skipped ones before notes."""
        groups = {}
        for kind, code, lead_id, name, value in issues:
            groups.setdefault((kind, code), []).append((lead_id, name, value))
        shown, result = 0, []
        for (kind, code), lines in sorted(
            groups.items(), key=lambda group: (group[0][0] == "note", -len(group[1]))
        ):
            some = lines[: max(SHOWN - shown, 0)]
            shown += len(some)
            result.append(
                {
                    "is_note": kind == "note",
                    "reason": self._get_reason(code),
                    "count": self._format_count(len(lines)),
                    "lines": some,
                }
            )
        return result

    def _get_reason(self, code):
        """Return why an original is skipped, or what is not as it was."""
        return {
            "present": lambda: self.env._("It was copied by an earlier migration."),
            "negative": lambda: self.env._("Its expected revenue is negative."),
            "no_customer": lambda: self.env._(
                "It has no customer. Go back to choose one for such opportunities."
            ),
            "refused": lambda: self.env._("It was refused, with this message."),
            "name": lambda: self.env._(
                "The title was shortened, or its angle brackets replaced: a note keeps it."
            ),
            "deadline": lambda: self.env._("The expected close is out of range and left out."),
            "empty_file": lambda: self.env._("A file without content was left out."),
            "quotation": lambda: self.env._(
                "A quotation of another customer or company, or of another opportunity, was left "
                "as it is."
            ),
        }[code]()

    @api.model
    def _format_count(self, number):
        return formatLang(self.env, number, digits=0)

    def _format_amount(self, value):
        return format_amount(self.env, value, self.company_id.currency_id)
