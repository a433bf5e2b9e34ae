from itertools import islice

from odoo import api, models
from odoo.exceptions import UserError

from ..const import OPEN
from ..engine import pipeline_terms as terms
from ..engine.pipeline_rows import DATES
from ..engine.pipeline_values import COMMA, POINT, detect_date_formats, detect_decimal

#: More values than this in a column of phases or outcomes: it is another column.
VALUES_MAX = 200


class CrmsolOpportunityImport(models.TransientModel):
    """Proposes what the columns and the values of a file mean, and how they are written."""

    _inherit = "crmsol.opportunity.import"  # pylint: disable=consider-merging-classes-inherited

    # === BUSINESS METHODS === #

    def _propose_columns(self, header, rows):
        """Return the values of the columns, each with a proposal of what it holds."""
        proposals = terms.propose_targets(header)
        phases = self._get_phase_ids_by_name()
        columns = []
        for index, (name, (target, phase_name)) in enumerate(zip(header, proposals, strict=True)):
            if name:
                phase_id = terms.match_name(phase_name, phases) if phase_name else False
                known = target != terms.ENTERED or phase_id
                columns.append(
                    {
                        "import_id": self.id,
                        "index": index,
                        "name": name,
                        "sample": self._get_sample(rows, index),
                        "target": target if known else False,
                        "phase_id": phase_id,
                    }
                )
        return columns

    @api.model
    def _get_sample(self, rows, index):
        """Return the first few different values of a column, as an example of what it holds."""
        values = dict.fromkeys(
            str(cells[index]) for _line, cells in islice(rows, 500) if cells[index] != ""
        )
        return " · ".join(value[:40] for value in islice(values, 3))

    def _get_phases(self):
        return self.env["crmsol.phase"].search([("active", "=", True)])

    def _get_phase_ids_by_name(self):
        """Return {folded name: id}, with the names in the user's language and in English."""
        phases = self._get_phases()
        return {
            terms.fold(phase.name): phase.id
            for lang in ("en_US", self.env.lang)
            for phase in reversed(phases.with_context(lang=lang))
        }

    def _propose_values(self, columns, rows):
        """List the values of the columns of phases and outcomes, each with a proposal."""
        phases = self._get_phase_ids_by_name()
        (self.phase_value_ids | self.outcome_value_ids).unlink()
        lines = []
        for target in {terms.PHASE, terms.OUTCOME} & columns.keys():
            counts = {}
            for _line, cells in rows:
                value = " ".join(str(cells[columns[target]]).split())
                counts[value] = counts.get(value, 0) + 1
            counts.pop("", None)
            if len(counts) > VALUES_MAX:
                raise UserError(
                    self.env._(
                        "The column “%(column)s” has %(count)s different values. "
                        "Check whether it really holds phases or outcomes.",
                        column=self.column_ids.filtered(lambda c, t=target: c.target == t).name,
                        count=len(counts),
                    )
                )
            for value, count in counts.items():
                phase_id = terms.match_name(value, phases) if target == terms.PHASE else False
                outcome = terms.propose_outcome(value)
                lines.append(
                    {
                        "import_id": self.id,
                        "target": target,
                        "name": value,
                        "count": count,
                        "phase_id": phase_id,
                        "outcome": outcome or (OPEN if self._is_open_phase(phase_id) else False),
                    }
                )
        self.env["crmsol.opportunity.import.value"].create(lines)
        self.invalidate_recordset(["phase_value_ids", "outcome_value_ids"])

    def _is_open_phase(self, phase_id):
        return bool(phase_id) and not self.env["crmsol.phase"].browse(phase_id).is_closing

    def _propose_formats(self, columns, rows):
        """Find out how dates and amounts are written; where it cannot be told, the user says."""
        indexes = [c.index for c in self.column_ids if c.target in (*DATES, terms.ENTERED)]
        dates = [cells[index] for index in indexes for _line, cells in rows if cells[index] != ""]
        formats = detect_date_formats(dates)
        if terms.AMOUNT in columns:
            amounts = [cells[columns[terms.AMOUNT]] for _line, cells in rows]
            self.decimal_separator = detect_decimal(amounts)
        else:
            self.decimal_separator = POINT
        self.date_format = formats[0] if len(formats) == 1 else False
        questions = []
        if not self.date_format:
            questions.append(
                self.env._("Dates such as “%(date)s” can be read two ways.", date=dates[0])
            )
        if not self.decimal_separator:
            amount = next(a for a in amounts if COMMA in str(a) or POINT in str(a))
            questions.append(
                self.env._("Amounts such as “%(amount)s” can be read two ways.", amount=amount)
            )
        self.question = " ".join(questions)
