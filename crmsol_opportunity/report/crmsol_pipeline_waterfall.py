from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..client_input import is_id
from ..const import OPEN
from ..engine.waterfall import KINDS
from .crmsol_pipeline_movement import COMPANY, TEAM, TEAM_USER, USER
from .period import get_period


class CrmsolPipelineMovement(models.Model):
    """The movements of a period between the pipeline at its start and the one at its end.

    The pipelines at both ends are read from the history as it was then, the movements from its
    steps: that they agree is checked with every answer, not assumed.
    """

    _inherit = "crmsol.pipeline.movement"  # pylint: disable=consider-merging-classes-inherited

    # === BUSINESS METHODS === #

    @api.model
    @api.readonly
    def get_waterfall(self, date_from, date_to, team_id=False, user_id=False):
        """Return how the pipeline of the active companies changed in a period of whole days.

        :param str date_from: the first day
        :param str date_to: the last day, up to today
        :param int team_id: the pipeline of this team only
        :param int user_id: the pipeline of this salesperson only
        :return: ``beginning``, the first day of which anything is known, or False; and
            ``sections``, one of each company and currency: ``company``, ``currency_id``, ``bars``
            (``kind``, ``label``, ``amount``, ``count`` of opportunities, ``model`` and ``domain``
            of its rows) from ``start`` to ``end``, and ``difference``, by which the movements miss
            the end: always zero
        :raise UserError: with a sentence that says what to give
        :rtype: dict
        """
        self.browse().check_access("read")
        begin, end = get_period(self.env, date_from, date_to)
        scope, owner = self._get_scope(team_id, user_id)
        owner &= Domain("company_id", "in", self.env.companies.ids)
        movements = owner & Domain("scope", "=", scope)
        movements &= Domain("date", ">=", begin) & Domain("date", "<", end)
        eve = fields.Date.to_date(date_from) - timedelta(days=1)
        is_open = Domain("outcome", "=", OPEN) & Domain("active", "=", True)
        at_start, at_end = (
            owner & is_open & Domain("date", "=", day)
            for day in (eve, fields.Date.to_date(date_to))
        )
        bars = self._get_movement_bars(movements)
        for kind, domain in (("start", at_start), ("end", at_end)):
            for company, currency, amount, count in self.env["crmsol.pipeline.asof"]._read_group(
                domain, ["company_id", "currency_id"], ["amount_company:sum", "__count"]
            ):
                bars.setdefault((company, currency), {})[kind] = (amount, count)
        domains = {"start": at_start, "end": at_end}
        for kind in KINDS:
            domains[kind] = movements & Domain("kind", "=", kind)
        order = {company: position for position, company in enumerate(self.env.companies)}
        return {
            "beginning": self.env["crmsol.pipeline.asof"].get_beginning(),
            "sections": [
                self._format_section(company, currency, bars[company, currency], domains)
                for company, currency in sorted(bars, key=lambda key: (order[key[0]], key[1].id))
            ],
        }

    @api.model
    def _get_scope(self, team_id, user_id):
        """Return whose pipeline it is, and the domain of what belongs to it.

        :raise UserError: if no team or salesperson can be meant
        """
        owner = Domain.TRUE
        for fname, id_ in (("team_id", team_id), ("user_id", user_id)):
            if id_ and not is_id(id_):
                raise UserError(
                    self.env._("Choose the sales team and the salesperson from the lists.")
                )
            if id_:
                owner &= Domain(fname, "=", id_)
        scope = {(False, False): COMPANY, (True, False): TEAM, (False, True): USER}.get(
            (bool(team_id), bool(user_id)), TEAM_USER
        )
        return scope, owner

    @api.model
    def _get_movement_bars(self, domain):
        """Return ``{(company, currency): {kind: (amount, count)}}`` of the movements."""
        bars = {}
        for company, currency, kind, amount, count in self._read_group(
            domain, ["company_id", "currency_id", "kind"], ["amount:sum", "__count"]
        ):
            bars.setdefault((company, currency), {})[kind] = (amount, count)
        return bars

    @api.model
    def _format_section(self, company, currency, bars, domains):
        """Return the bars of one company and currency, without movements that did not happen."""
        labels = dict(self._fields["kind"]._description_selection(self.env))
        labels |= {"start": self.env._("Start"), "end": self.env._("End")}
        of_section = Domain("company_id", "=", company.id) & Domain("currency_id", "=", currency.id)
        reckoned = sum(bars.get(kind, (0, 0))[0] for kind in ("start", *KINDS))
        return {
            "company": company.name,
            "currency_id": currency.id,
            "bars": [
                {
                    "kind": kind,
                    "label": labels[kind],
                    "amount": currency.round(bars.get(kind, (0, 0))[0]),
                    "count": bars.get(kind, (0, 0))[1],
                    "model": self._name if kind in KINDS else "crmsol.pipeline.asof",
                    "domain": list(domains[kind] & of_section),
                }
                for kind in ("start", *KINDS, "end")
                if kind in bars or kind not in KINDS
            ],
            "difference": currency.round(reckoned - bars.get("end", (0, 0))[0]),
        }
