from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal

from pytz import UTC

from odoo import fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from ..const import LOST, NUMBER_MAX, OPEN, WON
from ..engine import pipeline_terms as terms
from ..engine.pipeline_rows import build_steps, get_stay_begin
from ..engine.pipeline_values import CellError

NOON = time(12)  # a date without a time, such that it is the same day from America to Asia


@dataclass
class Plan:
    """What is to become of a deal: the values of its record, and of its past."""

    line: int
    key: str
    values: dict  # of those that the file gives
    defaults: dict = field(default_factory=dict)  # for a new record only
    phase_before_close_id: int | None = None
    begin: datetime | None = None
    steps: list = field(default_factory=list)  # (moment, phase id), oldest first
    notes: list = field(default_factory=list)  # CellErrors that do not keep the row from entering
    new_partner: str = ""  # names of what is created with the record
    new_reason: str = ""


class CrmsolOpportunityImport(models.TransientModel):
    """Turns rows into values of opportunities, or says why it cannot."""

    _inherit = "crmsol.opportunity.import"  # pylint: disable=consider-merging-classes-inherited

    # === BUSINESS METHODS === #

    def _prepare_lookups(self, deals):
        """Return what the names in the deals stand for, found with a few queries for all of them.

        :return: {target: {folded name: record id}}; customers of one name: the oldest company
        """
        names = defaultdict(set)
        for deal in deals:
            for target, text in deal.texts.items():
                names[target].add(text)
        phases = self._get_phases()
        values = self.phase_value_ids | self.outcome_value_ids
        return {
            terms.CUSTOMER: self._find_partners(names[terms.CUSTOMER]),
            terms.SELLER: self._find_users(),
            terms.TEAM: self._index(self.env["crm.team"].search(self._get_company_domain())),
            terms.PRODUCT: self._find_products(names[terms.PRODUCT]),
            terms.CURRENCY: self._index(
                self.env["res.currency"].search([("active", "=", True)]), "name", "symbol"
            ),
            terms.LOSS_REASON: self._index(
                self.env["crmsol.loss.reason"].search([("active", "in", [True, False])])
            ),
            "phases": {phase.id: phase for phase in phases},
            "closing": self.env["crmsol.phase"]._get_closing_phase(),
            "values": {(value.target, value.name): value for value in values},
        }

    def _get_company_domain(self):
        return [("company_id", "in", [False, self.company_id.id])]

    def _index(self, records, *fnames):
        """Return {folded name: id}; the first record of a name counts."""
        index = {}
        for record in records:
            for fname in fnames or ("name",):
                index.setdefault(terms.fold(record[fname] or "") or record[fname], record.id)
        return index

    def _find_users(self):
        users = self.env["res.users"].search(
            [("share", "=", False), ("company_ids", "in", self.company_id.ids)]
        )
        return self._index(users, "login", "email", "name")

    def _find_partners(self, names):
        """Return {folded name: id}; capitals do not matter. Rules limit what is found."""
        if not names:
            return {}
        Partner = self.env["res.partner"]
        Partner.flush_model(["name"])
        rows = self.env.execute_query(
            SQL(
                "SELECT id FROM res_partner WHERE lower(name) = ANY(%s)",
                [name.lower() for name in names],
            )
        )
        partners = Partner.search_fetch(
            Domain("id", "in", [id_ for (id_,) in rows]) & Domain(self._get_company_domain()),
            ["name"],
            order="is_company desc, id",
        )
        return self._index(partners)

    def _find_products(self, names):
        if not names:
            return {}
        Product = self.env["product.product"]

        def same(fname, name):
            escaped = name.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
            return Domain(fname, "=ilike", escaped)

        products = Product.search(
            Domain("sale_ok", "=", True)
            & Domain("type", "!=", "combo")
            & Domain(self._get_company_domain())
            & Domain.OR(same(fname, n) for n in names for fname in ("name", "default_code"))
        )
        return self._index(products, "default_code", "name")

    def _prepare_plan(self, deal, lookups):
        """Return the plan of a deal.

        :raise CellError: if the row cannot be imported
        """
        plan = Plan(deal.line, deal.key, {})
        self._plan_process(plan, deal, lookups)
        self._plan_people(plan, deal, lookups)
        self._plan_amount(plan, deal, lookups)
        if name := deal.texts.get(terms.NAME):
            plan.values["name"] = name
        else:
            parts = (deal.texts.get(terms.PRODUCT), deal.texts.get(terms.CUSTOMER), deal.key)
            plan.defaults["name"] = " · ".join(filter(None, parts))
        for text in (name or plan.defaults["name"], plan.new_partner):
            try:
                self.env["crmsol.opportunity"]._check_name(text or "-")
            except ValidationError as error:
                raise CellError("refused", str(error)) from error
        return plan

    def _plan_people(self, plan, deal, lookups):
        customer = deal.texts.get(terms.CUSTOMER)
        if customer:
            partner_id = lookups[terms.CUSTOMER].get(terms.fold(customer) or customer)
            if not partner_id and not self.is_creating_partners:
                raise CellError("unknown_customer", customer)
            plan.new_partner = "" if partner_id else customer
            plan.values["partner_id"] = partner_id
        elif self.partner_id:
            plan.defaults["partner_id"] = self.partner_id.id
        else:
            raise CellError("no_customer", "")
        plan.defaults["user_id"] = False  # not whoever imports
        for target, fname in ((terms.SELLER, "user_id"), (terms.TEAM, "team_id")):
            if name := deal.texts.get(target):
                if id_ := lookups[target].get(terms.fold(name)):
                    plan.values[fname] = id_
                elif target == terms.SELLER and self.is_skipping_unknown_sellers:
                    raise CellError("unknown_seller", name)
                else:
                    plan.notes.append(CellError(f"unknown_{target}", name))

    def _plan_amount(self, plan, deal, lookups):
        currency = self.company_id.currency_id
        if name := deal.texts.get(terms.CURRENCY):
            currency_id = lookups[terms.CURRENCY].get(terms.fold(name) or name)
            if not currency_id:
                raise CellError("unknown_currency", name)
            currency = currency.browse(currency_id)
            plan.values["currency_id"] = currency_id
        product = self.env["product.product"]
        if name := deal.texts.get(terms.PRODUCT):
            product = product.browse(lookups[terms.PRODUCT].get(terms.fold(name) or name))
            if product:
                plan.defaults["line_ids"] = [fields.Command.create({"product_id": product.id})]
            else:
                plan.notes.append(CellError("unknown_product", name))
        if deal.amount is not None:
            amount = self._round(deal.amount, currency)
            if amount > NUMBER_MAX:
                raise CellError("too_large", deal.amount)
            if amount != deal.amount:
                plan.notes.append(CellError("rounded", deal.amount))
            plan.values["amount"] = float(amount)
        elif plan.values["outcome"] == OPEN and product and self.is_taking_product_price:
            company = self.company_id
            plan.defaults["amount"] = product.currency_id._convert(
                product.lst_price, currency, company, fields.Date.context_today(self)
            )

    def _round(self, amount, currency):
        places = Decimal(1).scaleb(-currency.decimal_places)
        return amount.quantize(places, rounding=ROUND_HALF_UP)

    def _get_meaning(self, deal, target, lookups):
        """Return the line that says what the deal's phase or outcome stands for, if it has one.

        :raise CellError: if that was left open
        """
        text = deal.texts.get(target)
        if not text:
            return self.env["crmsol.opportunity.import.value"]
        value = lookups["values"].get((target, text))
        is_known = value and (
            value.outcome in (WON, LOST)
            or (value.phase_id if target == terms.PHASE else value.outcome)
        )
        if not is_known:
            raise CellError(f"unknown_{target}", text)
        return value

    def _resolve_outcome(self, deal, lookups):
        """Return the outcome of the deal, and the open phase that it is, or was, in, if known."""
        of_phase = self._get_meaning(deal, terms.PHASE, lookups)
        of_outcome = self._get_meaning(deal, terms.OUTCOME, lookups)
        phase = of_phase.phase_id
        outcome = of_outcome.outcome or of_phase.outcome or OPEN
        if phase.is_closing:
            if outcome == OPEN:
                raise CellError("no_outcome", deal.texts[terms.PHASE])
            phase = phase.browse()
        if outcome == OPEN and of_phase.outcome in (WON, LOST):
            raise CellError("no_phase", deal.texts[terms.PHASE])
        return outcome, phase

    def _plan_process(self, plan, deal, lookups):
        """Plan phase, outcome and dates, and the past that they tell of."""
        outcome, phase = self._resolve_outcome(deal, lookups)
        closing = lookups["closing"]
        entries = sorted(
            (
                (lookups["phases"][phase_id], pair)
                for phase_id, pair in deal.entered.items()
                if phase_id in lookups["phases"]
            ),
            key=lambda entry: entry[0].sequence,
        )
        first = next(p for p in lookups["phases"].values() if not p.is_closing)
        closed = dict(entries).pop(closing, None)
        entries = [(p, self._to_moment(pair)) for p, pair in entries if p != closing]
        if not phase:
            phase = sorted(entries, key=lambda entry: entry[1])[-1][0] if entries else first
        values = {"phase_id": phase.id, "outcome": outcome}
        deadline, closed_on = (deal.dates.get(t) for t in (terms.DEADLINE, terms.CLOSED))
        moment = None
        if outcome == OPEN:
            # where the other system has one date for both, it is expected while the deal is open
            deadline = deadline or closed_on
        else:
            moment, closed_day = self._get_closing(closed_on or closed or deadline)
            deadline = deadline or closed_on or closed
            values |= {"phase_id": closing.id, "date_closed": closed_day}
            plan.phase_before_close_id = phase.id
        if deadline:
            values["date_deadline"] = deadline[0]
        if outcome == LOST:
            self._plan_reason(plan, deal, lookups)
        plan.values |= values
        begin = deal.dates.get(terms.CREATED)
        begin = begin and self._to_moment(begin)
        self._plan_past(plan, begin, entries, moment, phase, first)

    def _get_closing(self, pair):
        """Return when a deal was closed, as a moment and as the day of it."""
        if not pair:
            raise CellError("no_closing_date", "")
        return self._to_moment(pair), pair[0]

    def _plan_reason(self, plan, deal, lookups):
        if name := deal.texts.get(terms.LOSS_REASON):
            reason_id = lookups[terms.LOSS_REASON].get(terms.fold(name) or name)
            if reason_id:
                plan.values["loss_reason_id"] = reason_id
            elif self.is_creating_loss_reasons:
                plan.new_reason = name
                plan.values["loss_reason_id"] = False
            else:
                raise CellError("unknown_loss_reason", name)

    def _plan_past(self, plan, begin, entries, closed, phase, first):
        """Plan since when the deal has been in its phases."""
        moments = [moment for _phase, moment in entries]
        if closed:
            for moment in (*moments, *filter(None, [begin])):
                if moment.date() > closed.date():
                    raise CellError("after_closing", moment.date().isoformat())
        plan.steps = build_steps(
            begin,
            [(moment, entered.id) for entered, moment in entries],
            closed,
            plan.values["phase_id"],
            phase.id,
            first.id,
            self.env.cr.now(),
        )
        if plan.steps:
            plan.begin = plan.steps[0][0]
            plan.defaults["date_last_stage_update"] = get_stay_begin(plan.steps)

    def _to_moment(self, pair):
        """Return the moment, in UTC, of a date with or without a time.

        :raise CellError: if it is in the future
        """
        date, clock = pair
        now = self.env.cr.now()
        if clock and clock.tzinfo:
            moment = datetime.combine(date, clock.replace(tzinfo=None))
        elif clock:
            local = self.env.tz.localize(datetime.combine(date, clock))
            moment = local.astimezone(UTC).replace(tzinfo=None)
        else:
            moment = datetime.combine(date, NOON)
        if moment.date() > now.date() + timedelta(days=1):
            raise CellError("future", date.isoformat())
        return min(moment, now)
