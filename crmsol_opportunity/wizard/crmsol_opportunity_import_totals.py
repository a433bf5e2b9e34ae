from collections import Counter
from decimal import Decimal

from odoo import models
from odoo.tools import SQL

from ..const import LOST, OPEN, WON
from ..engine import pipeline_terms as terms
from ..engine.pipeline_values import CellError, parse_number

_ORDER = (OPEN, WON, LOST)


def merge_totals(totals, found):
    """Add what a batch found to the totals: {outcome and currency: {kind: [number, amount]}}."""
    for key, of_key in found.items():
        mine = totals.setdefault(key, {})
        for kind, (number, amount) in of_key.items():
            before, sum_before = mine.get(kind, (0, "0"))
            mine[kind] = [before + number, str(Decimal(sum_before) + Decimal(amount))]


def iter_totals(env, totals):
    """Yield the name of an outcome, a currency and {kind: (number, amount)}, one for each total.

    Open ones come first, then won and lost ones, each by currency.
    """
    labels = dict(env["crmsol.opportunity"]._fields["outcome"]._description_selection(env))
    currencies = {c.name: c for c in env["res.currency"].with_context(active_test=False).search([])}
    for key in sorted(totals, key=lambda k: (_ORDER.index(k.split(" ", 1)[0]), k)):
        outcome, name = key.split(" ", 1)
        sums = {kind: (number, Decimal(amount)) for kind, (number, amount) in totals[key].items()}
        yield labels[outcome], currencies[name], sums


class CrmsolOpportunityImport(models.TransientModel):
    """Adds up numbers and amounts: of the file, of what is left out, and of the database.

    What a batch found is a dictionary of plain values, as it is kept as JSON between the requests.
    """

    _inherit = "crmsol.opportunity.import"  # pylint: disable=consider-merging-classes-inherited

    # === BUSINESS METHODS === #

    def _merge_results(self, result, found):
        if not result:
            return found
        counts, totals = Counter(result["counts"]), result["totals"]
        counts.update(found["counts"])
        merge_totals(totals, found["totals"])
        return {
            "counts": dict(counts),
            "totals": totals,
            "issues": result["issues"] + found["issues"],
            "created": {  # in a dry run each batch creates anew what an earlier one has undone
                fname: sorted({*result["created"][fname], *names})
                for fname, names in found["created"].items()
            },
        }

    def _tally(self, layout, cells, lookups):
        """Return ``(outcome, currency, amount)`` of a row, whatever else is wrong with it."""

        def get(target):
            return cells[layout.columns[target]] if target in layout.columns else ""

        values = lookups["values"]
        outcomes = (
            values.get((target, " ".join(str(get(target)).split())))
            for target in (terms.OUTCOME, terms.PHASE)
        )
        outcome = next((value.outcome for value in outcomes if value and value.outcome), OPEN)
        currency = self.company_id.currency_id
        name = str(get(terms.CURRENCY))
        currency_id = lookups[terms.CURRENCY].get(terms.fold(name) or name)
        currency = currency.browse(currency_id) if currency_id else currency
        try:
            amount = parse_number(get(terms.AMOUNT), layout.decimal)
        except CellError:
            amount = Decimal(0)
        return outcome, currency.name, self._round(amount, currency)

    def _add_total(self, found, kind, tally, number=1):
        outcome, currency, amount = tally
        totals = found["totals"].setdefault(f"{outcome} {currency}", {})
        count, total = totals.get(kind, (0, "0"))
        totals[kind] = [count + number, str(Decimal(total) + amount)]

    def _add_database_totals(self, found, ids):
        """Add up what the database now holds of the rows, as the database has it."""
        if not ids:
            return
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                # as text: Odoo reads PostgreSQL's numbers as floats
                "SELECT o.outcome, c.name, count(*), sum(o.amount)::text"
                " FROM crmsol_opportunity o JOIN res_currency c ON c.id = o.currency_id"
                " WHERE o.id = ANY(%s) GROUP BY o.outcome, c.name",
                ids,
            )
        )
        for outcome, currency, number, amount in rows:
            tally = (outcome, currency, Decimal(amount or "0"))
            self._add_total(found, "database", tally, number)
