from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..const import OPEN, OPPORTUNITY_MODEL, OVERDUE, WON

#: Rows of a section that are sent at once.
PAGE_SIZE = 8

#: Days after which a deal is silent, where the company has no threshold for it.
SILENCE_DAYS = 14

#: The figures of a month, of nobody yet.
NO_FIGURES = {
    "won_amount": 0.0,
    "won_count": 0,
    "due_amount": 0.0,
    "due_count": 0,
    "overdue_amount": 0.0,
    "overdue_count": 0,
}


class CrmsolMyDay(models.AbstractModel):
    """What a salesperson has to do today: the sections of the page “My Day”.

    Everything is read with the rights of the user, a page of rows at a time, in a number of queries
    that does not depend on how much there is.
    """

    _name = "crmsol.my.day"
    _description = "My Day"

    # === BUSINESS METHODS === #

    @api.model
    @api.readonly
    def get_my_day(self):
        """Return the user's day.

        :return: ``today``; ``has_teams``, whether the user sees more than their own deals;
            ``is_new``, whether the user has no opportunity at all yet; ``month``, see
            :meth:`_get_months`; and the first page of each section, see :meth:`get_page`
        :rtype: dict
        """
        Opportunity = self.env[OPPORTUNITY_MODEL]
        Opportunity.browse().check_access("read")
        mine = Domain("user_id", "=", self.env.uid)
        return {
            "today": self._today(),
            "has_teams": self.env.user.has_group("sales_team.group_sale_salesman_all_leads"),
            "is_new": not Opportunity.search_count(mine, limit=1),
            "months": self._get_months(),
            **{section: self.get_page(section) for section in self._get_sections()},
        }

    @api.model
    @api.readonly
    def get_page(self, section, offset=0):
        """Return a page of a section.

        :param str section: ``actions``, ``silent``, ``closing`` or ``advice``
        :param int offset: how many rows are there already
        :return: ``rows``, ``total`` and, of actions, ``overdue``: how many of them are late
        :raise UserError: if there is no such section or page
        :rtype: dict
        """
        self.env[OPPORTUNITY_MODEL].browse().check_access("read")
        if section not in self._get_sections() or not isinstance(offset, int) or offset < 0:
            raise UserError(self.env._("There is no such page. Reload My Day."))
        return getattr(self, f"_get_page_of_{section}")(offset)

    @api.model
    def _get_sections(self):
        return ("actions", "silent", "closing")

    @api.model
    def _today(self):
        return fields.Date.context_today(self.env["res.users"])

    # === SECTIONS === #

    @api.model
    def _get_page_of_actions(self, offset):
        """The user's actions that are due or late, also those of opportunities of others."""
        today = self._today()
        Activity = self.env["mail.activity"]
        domain = (
            Domain("res_model", "=", OPPORTUNITY_MODEL)
            & Domain("user_id", "=", self.env.uid)
            & Domain("date_deadline", "<=", today)
        )
        actions = Activity.search(
            domain, offset, PAGE_SIZE, order="date_deadline, crmsol_date_start, id"
        )
        # an action may be of an opportunity that its owner may not read: its name is shown only
        readable = (
            self.env[OPPORTUNITY_MODEL]
            .with_context(active_test=False)
            .search([("id", "in", actions.mapped("res_id"))])
        )
        call = self.env.ref("mail.mail_activity_data_call", raise_if_not_found=False)
        return {
            "rows": [
                {
                    "id": action.id,
                    "name": action.summary,
                    "type": action.activity_type_id.name or "",
                    "icon": action.activity_type_id.icon or "fa-tasks",
                    "is_call": bool(call) and action.activity_type_id == call,
                    "start": fields.Datetime.to_string(action.crmsol_date_start),
                    "days_late": (today - action.date_deadline).days,
                    "contact": action.crmsol_contact_id.name or "",
                    "contact_id": action.crmsol_contact_id.id,
                    "phone": action.crmsol_contact_id.phone or "",
                    "opportunity_id": action.res_id if action.res_id in readable.ids else False,
                    "opportunity": action.res_name or "",
                }
                for action in actions
            ],
            "total": Activity.search_count(domain),
            "overdue": Activity.search_count(domain & Domain("date_deadline", "<", today)),
        }

    @api.model
    def _get_page_of_silent(self, offset):
        """The user's open deals of which nobody has heard for too long, the quietest first."""
        domain, order = self._get_silence()
        return self._get_deals(domain & Domain("user_id", "=", self.env.uid), order, offset)

    @api.model
    def _get_page_of_closing(self, offset):
        """The user's open deals that are to close this month, the late ones first."""
        last = self._today() + relativedelta(day=31)
        domain = (
            Domain("user_id", "=", self.env.uid)
            & Domain("outcome", "=", OPEN)
            & Domain("date_deadline", "<=", last)
        )
        return self._get_deals(domain, "date_deadline, id", offset)

    @api.model
    def _get_silence(self):
        """Return the domain of silent open deals, and the order that begins with the quietest.

        Where the silence is not known, the last change of phase stands for the last contact.
        """
        Opportunity = self.env[OPPORTUNITY_MODEL]
        has_silence = "silence_days" in Opportunity._fields
        of_companies = Domain.FALSE
        for company in self.env.companies:
            days = self._get_silence_threshold(company)
            if not days:
                continue  # the company does not want to be warned
            if has_silence:
                is_silent = Domain("silence_days", ">=", days)
            else:
                limit = self.env.cr.now() - timedelta(days=days)
                is_silent = Domain("date_last_stage_update", "<=", limit)
            of_companies |= Domain("company_id", "=", company.id) & is_silent
        order = "silence_days desc, id" if has_silence else "date_last_stage_update, id"
        return Domain("outcome", "=", OPEN) & of_companies, order

    @api.model
    def _get_silence_threshold(self, company):
        """Return after how many days a deal of the company is silent, 0 for never."""
        if "crmsol_silence_days" in company._fields:
            # sudo: users need not be allowed to read the settings of their companies
            return company.sudo().crmsol_silence_days
        return SILENCE_DAYS

    @api.model
    def _get_silence_days(self, opportunity):
        if "silence_days" in opportunity._fields:
            return opportunity.silence_days
        return max((self.env.cr.now() - opportunity.date_last_stage_update).days, 0)

    @api.model
    def _get_deals(self, domain, order, offset):
        """Return a page of opportunities."""
        Opportunity = self.env[OPPORTUNITY_MODEL]
        today = self._today()
        deals = Opportunity.search(domain, offset, PAGE_SIZE, order=order)
        contacts = deals._get_action_contacts()
        return {
            "rows": [
                {
                    "id": deal.id,
                    "name": deal.name,
                    "customer": deal.partner_id.display_name,
                    "phase": deal.phase_id.name,
                    "amount": deal.amount,
                    "currency_id": deal.currency_id.id,
                    "deadline": deal.date_deadline,
                    "days_late": (today - deal.date_deadline).days if deal.date_deadline else 0,
                    "silence": self._get_silence_days(deal),
                    "contact": contacts[deal].name or "",
                    "phone": contacts[deal].phone or deal.partner_id.phone or "",
                }
                for deal in deals
            ],
            "total": Opportunity.search_count(domain),
        }

    # === FIGURES OF THE MONTH === #

    @api.model
    def _get_months(self):
        """Return the user's month in each active company that has something to say of it.

        :return: dicts with ``company``, ``currency_id``, amounts and counts of what is ``won``,
            ``due`` (open, expected up to the end of the month) and ``overdue`` (its expected close
            has passed), ``target``, and the ``domain`` of each
        """
        mine = Domain("user_id", "=", self.env.uid)
        figures = {}
        for key, values in self._read_month(mine, ["company_id"]).items():
            figures[key[0]] = values
        targets = self._read_targets(mine)
        targets = {company: amount for (company, _user), amount in targets.items()}
        companies = self.env.companies.filtered(lambda c: c in figures or c in targets)
        return [
            {
                "company": company.name,
                "currency_id": company.currency_id.id,
                **NO_FIGURES,
                **figures.get(company, {}),
                "target": targets.get(company, 0.0),
                "domains": self._get_month_domains(mine & Domain("company_id", "=", company.id)),
            }
            for company in companies or self.env.company
        ]

    @api.model
    def _get_month_domains(self, domain):
        """Return what each figure of the month is made of: {figure: domain}."""
        today = self._today()
        Opportunity = self.env[OPPORTUNITY_MODEL]
        of_month = Opportunity._get_forecast_domain(f"{today:%Y-%m}")
        domains = {
            "won": of_month & Domain("outcome", "=", WON),
            "due": of_month & Domain("outcome", "=", OPEN),
            "overdue": Opportunity._get_forecast_domain(OVERDUE),
        }
        return {figure: list(domain & of_figure) for figure, of_figure in domains.items()}

    @api.model
    def _read_month(self, domain, groupby):
        """Return the figures of this month by group.

        :return: dict of tuples of the groups' records -> figures, see :data:`NO_FIGURES`
        """
        this_month = f"{self._today():%Y-%m}"
        rows = self.env[OPPORTUNITY_MODEL]._read_group(
            domain
            & Domain("outcome", "in", [OPEN, WON])
            & Domain("forecast_month", "in", [OVERDUE, this_month]),
            [*groupby, "outcome", "forecast_month"],
            ["amount_company:sum", "__count"],
        )
        figures = {}
        for *key, outcome, month, amount, count in rows:
            figure = "won" if outcome == WON else "overdue" if month == OVERDUE else "due"
            of_key = figures.setdefault(tuple(key), dict(NO_FIGURES))
            of_key[f"{figure}_amount"] += amount
            of_key[f"{figure}_count"] += count
        return figures

    @api.model
    def _read_targets(self, domain):
        """Return this month's targets: {(company, user): amount}."""
        targets = self.env["crmsol.target"].search(
            domain
            & Domain("company_id", "in", self.env.companies.ids)
            & Domain("date_month", "=", self._today().replace(day=1))
        )
        return {(target.company_id, target.user_id): target.amount for target in targets}
