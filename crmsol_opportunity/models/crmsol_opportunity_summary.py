from odoo import models
from odoo.tools import html2plaintext

#: Rows of each table and characters of the description that leave the summary on one sheet of A4.
SUMMARY_ROWS = 6
SUMMARY_DESCRIPTION_LENGTH = 600


class CrmsolOpportunity(models.Model):
    """The negotiation on one sheet of paper."""

    _inherit = "crmsol.opportunity"  # pylint: disable=consider-merging-classes-inherited

    # === BUSINESS METHODS === #

    def _get_summary(self):
        """Return what the printed summary shows: the first rows of each table, and how many more.

        :return: dict of table name -> (records, number of records left out); ``phases`` are the
            phases that the opportunity goes through, ``description`` is plain text
        """
        self.ensure_one()
        Activity = self.env["mail.activity"].with_context(active_test=False)
        actions = Activity.search([("res_model", "=", self._name), ("res_id", "=", self.id)])
        planned = actions.filtered("active").sorted("date_deadline")
        done = actions.filtered(lambda a: a.crmsol_state == "done")
        tables = {
            "lines": self.line_ids.filtered(lambda line: line.display_type != "line_note"),
            "orders": self.order_ids.sorted(
                lambda order: (order != self.principal_order_id, order.state == "cancel", -order.id)
            ),
            "references": self.reference_ids,
            "associates": self.partner_line_ids,
            "competitors": self.competitor_ids,
            "planned": planned,
            "done": done.sorted(lambda a: (a.date_done, a.id), reverse=True),
        }
        summary = {
            name: (records[:SUMMARY_ROWS], max(len(records) - SUMMARY_ROWS, 0))
            for name, records in tables.items()
        }
        phases = self.env["crmsol.phase"].search([("team_ids", "in", [False, *self.team_id.ids])])
        text = html2plaintext(self.description or "", include_references=False).strip()
        if len(text) > SUMMARY_DESCRIPTION_LENGTH:
            text = text[:SUMMARY_DESCRIPTION_LENGTH].rsplit(" ", 1)[0] + " …"
        return {**summary, "phases": phases | self.phase_id, "description": text}
