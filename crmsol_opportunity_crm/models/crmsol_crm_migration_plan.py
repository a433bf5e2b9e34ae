from dataclasses import dataclass, field
from datetime import datetime

from odoo import fields, models
from odoo.addons.crmsol_opportunity.const import (
    LOST,
    NAME_MAX_LENGTH,
    OPEN,
    WON,
    YEAR_MAX,
    YEAR_MIN,
)
from odoo.fields import Domain

from .crmsol_crm_migration import KEY, SOURCE

#: the outcome of each state of Odoo's CRM
OUTCOMES = {"pending": OPEN, "won": WON, "lost": LOST}
#: An original may hold what ours takes nowhere else: it is kept in a note.
REMAINDERS = (
    "partner_name",
    "contact_name",
    "function",
    "email_from",
    "email_cc",
    "phone",
    "website",
    "street",
    "street2",
    "zip",
    "city",
    "state_id",
    "country_id",
    "referred",
    "recurring_revenue",
    "recurring_plan",
)
#: of a customer these say the same
OF_CUSTOMER = {
    "partner_name": "commercial_company_name",
    "contact_name": "name",
    "email_from": "email",
    **{
        fname: fname
        for fname in (
            "function",
            "phone",
            "website",
            "street",
            "street2",
            "zip",
            "city",
            "state_id",
            "country_id",
        )
    },
}


@dataclass
class Plan:
    """What is to become of an original: the values of its copy."""

    lead: models.Model
    values: dict = field(default_factory=dict)
    refusal: str = ""  # why it is not copied
    notes: list = field(default_factory=list)  # (code, value) of what could not be taken as it is
    opportunity: models.Model = None  # once it is created
    files: dict = field(default_factory=dict)  # {id of a file: id of its copy}, of all the batch


class CrmsolCrmMigration(models.Model):
    """Turns an original into the values of its copy, or says why it cannot."""

    _inherit = "crmsol.crm.migration"  # pylint: disable=consider-merging-classes-inherited

    # === BUSINESS METHODS === #

    def _prepare_plan(self, lead):
        """Return the plan of one original, all but the records that are yet to be created."""
        plan = Plan(lead)
        if lead.expected_revenue < 0:
            plan.refusal = "negative"
            return plan
        if not self._find_customer(lead) and not self._can_create_customer(lead):
            plan.refusal = "no_customer"
            return plan
        outcome = OUTCOMES[lead.won_status]
        phase = self._get_phase(lead.stage_id)
        plan.values = {
            "name": self._get_name(plan),
            "company_id": self.company_id.id,
            "import_source": SOURCE,
            "import_key": KEY % lead.id,
            # in Odoo's CRM a lost one is archived, here it is not
            "active": lead.active or outcome == LOST,
            "outcome": outcome,
            "phase_id": phase.id if outcome == OPEN else self._get_closing_phase().id,
            "amount": lead.expected_revenue,
            "currency_id": self.company_id.currency_id.id,
            "date_deadline": self._get_deadline(plan),
            "priority": lead.priority,
            "color": lead.color,
            "user_id": lead.user_id.id,
            "team_id": lead.team_id.id,
            "tag_ids": [fields.Command.set(lead.tag_ids.ids)],
            "campaign_id": lead.campaign_id.id,
            "source_id": lead.source_id.id,
            "medium_id": lead.medium_id.id,
            "description": lead.description,
        }
        if outcome == OPEN:
            plan.values["date_last_stage_update"] = lead.date_last_stage_update
            if not lead.is_automated_probability:
                plan.values["probability"] = lead.probability
        else:
            closed = self._get_moment_closed(lead)
            plan.values |= {
                "date_closed": fields.Datetime.context_timestamp(self, closed).date(),
                "date_last_stage_update": closed,
            }
        if outcome == LOST:
            plan.values["phase_before_close_id"] = phase.id
        return plan

    def _get_phase(self, stage):
        """Return the phase that was chosen for a stage; where there is none, the first one."""
        line = self.stage_line_ids.filtered(lambda line: line.stage_id == stage)
        if stage and line.phase_id and not line.is_won:
            return line.phase_id
        return self.env["crmsol.phase"]._get_first_open_phase()

    def _get_closing_phase(self):
        """Return the closing phase, which the stages of won ones lead to."""
        won = self.stage_line_ids.filtered("is_won")[:1]
        return won.phase_id or self.env["crmsol.phase"]._get_closing_phase()

    def _get_moment_closed(self, lead):
        closed = lead.date_closed or lead.date_last_stage_update or lead.write_date
        return min(max(closed, lead.create_date), self.env.cr.now())

    def _get_name(self, plan):
        """Return the title as ours takes it: plain text that a card can show."""
        name = (plan.lead.name or "").strip() or self.env._("Opportunity")
        plain = name.replace("<", "‹").replace(">", "›")[:NAME_MAX_LENGTH]
        if plain != name:
            plan.notes.append(("name", name))
        return plain

    def _get_deadline(self, plan):
        deadline = plan.lead.date_deadline
        if deadline and not YEAR_MIN <= deadline.year <= YEAR_MAX:
            plan.notes.append(("deadline", deadline.isoformat()))
            return False
        return deadline

    # === CUSTOMERS AND REASONS === #

    def _find_customer(self, lead):
        """Return whom the opportunity addresses, as far as they are known."""
        partner = lead.partner_id or lead._find_matching_partner()
        if not partner and lead.partner_name:
            partner = self.env["res.partner"].search(
                Domain("name", "=ilike", lead.partner_name.replace("%", r"\%").replace("_", r"\_"))
                & Domain("is_company", "=", True)
                & Domain("company_id", "in", [False, self.company_id.id]),
                limit=1,
            )
        return partner or self.partner_id

    def _can_create_customer(self, lead):
        return self.is_creating_partners and bool(
            lead.partner_name or lead.contact_name or lead.email_from
        )

    def _add_missing(self, plan, created):
        """Give the plan its customer and loss reason, creating those that nobody has.

        :param dict created: {model: ids} of what is created, which is added to
        """
        lead = plan.lead
        partner = lead.partner_id or self._find_known_customer(lead)
        if not partner and self._can_create_customer(lead):
            partner = lead._create_customer()
            created["res.partner"] += (partner | partner.parent_id).ids
        partner = partner or self.partner_id
        company = partner.commercial_partner_id
        plan.values |= {"partner_id": partner.id, "contact_id": False}
        if not partner.is_company and company != partner:
            plan.values |= {"partner_id": company.id, "contact_id": partner.id}
        elif not partner.is_company:
            plan.values["contact_id"] = partner.id
        if lead.won_status == "lost":
            plan.values["loss_reason_id"] = self._get_loss_reason(lead.lost_reason_id, created)

    def _find_known_customer(self, lead):
        partner = self._find_customer(lead)
        return partner if partner != self.partner_id else partner.browse()

    def _get_loss_reason(self, reason, created):
        line = self.reason_line_ids.filtered(lambda line: line.lost_reason_id == reason)[:1]
        if line.loss_reason_id or not reason:
            return line.loss_reason_id.id
        Reason = self.env["crmsol.loss.reason"].with_context(active_test=False)
        langs = [lang for lang, _name in self.env["res.lang"].get_installed()]
        names = {lang: reason.with_context(lang=lang).name for lang in langs}
        found = Reason
        for lang, name in names.items():
            found = found or Reason.with_context(lang=lang).search([("name", "=", name)], limit=1)
        if not found:
            found = Reason.with_context(lang=langs[0]).create({"name": names[langs[0]]})
            for lang in langs[1:]:
                found.with_context(lang=lang).name = names[lang]
            created[found._name] += found.ids
        line.loss_reason_id = found.id  # for the others with this reason
        return found.id

    # === WHAT OURS HAS NO FIELD FOR === #

    def _log_remainders(self, plans):
        """Note in the thread what the original holds and ours has no field for."""
        bodies = {}
        leads = self.env["crm.lead"].browse([plan.lead.id for plan in plans])
        properties = {row["id"]: row["lead_properties"] for row in leads.read(["lead_properties"])}
        for plan in plans:
            rows = self._get_remainders(plan) + [
                (definition.get("string") or "", str(definition["value"]))
                for definition in properties[plan.lead.id]
                if definition.get("value")
            ]
            if rows:
                bodies[plan.opportunity.id] = self.env["ir.qweb"]._render(
                    "crmsol_opportunity_crm.crmsol_crm_migration_remainders", {"rows": rows}
                )
        if bodies:
            self.env["crmsol.opportunity"].browse(bodies)._message_log_batch(
                bodies, message_type="comment"
            )

    def _get_remainders(self, plan):
        """Return [(label, text)] of what neither the copy nor its customer says."""
        lead, partner = plan.lead, plan.opportunity.contact_id or plan.opportunity.partner_id
        rows = [(self.env._("Name"), value) for code, value in plan.notes if code == "name"]
        for fname in REMAINDERS:
            same = OF_CUSTOMER.get(fname)
            value = lead[fname]
            if value and not (
                same and value in (partner[same], partner.commercial_partner_id[same])
            ):
                label = lead._fields[fname]._description_string(self.env)
                rows.append((label, self._format_value(value)))
        return rows

    def _format_value(self, value):
        if isinstance(value, models.Model):
            return value.display_name
        if isinstance(value, float):
            return self._format_amount(value)
        if isinstance(value, datetime):
            return fields.Datetime.to_string(value)
        return str(value)
