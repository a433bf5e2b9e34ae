from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from ..const import OPEN, OPPORTUNITY_MODEL
from .crmsol_my_day import NO_FIGURES, PAGE_SIZE


class CrmsolMyDay(models.AbstractModel):
    """The day of the sales teams, for whoever sees the deals of all."""

    _inherit = "crmsol.my.day"  # pylint: disable=consider-merging-classes-inherited

    # === BUSINESS METHODS === #

    @api.model
    @api.readonly
    def get_team_day(self, offset=0):
        """Return a page of the sales teams, those that the user leads first.

        :param int offset: how many teams are there already
        :return: ``today``, ``total`` of teams, ``teams`` and, with the first page, ``big_deals``
        :raise AccessError: for who sees their own deals only
        :rtype: dict
        """
        self._check_teams(offset)
        figures = self._read_month(Domain.TRUE, ["company_id", "team_id", "user_id"])
        warnings = self._read_warnings()
        targets = self._read_targets(Domain.TRUE)
        keys = {key[:2] for key in figures} | {key[:2] for key in warnings}
        keys |= {(company, user.sale_team_id) for company, user in targets}
        order = {company: position for position, company in enumerate(self.env.companies)}
        ordered = sorted(
            keys,
            key=lambda key: (
                key[1].user_id != self.env.user,
                not key[1],  # those of no team at the end
                key[1].sequence,
                key[1].id,
                order[key[0]],
            ),
        )
        page = {
            "today": self._today(),
            "total": len(ordered),
            "teams": [
                self._format_team(company, team, figures, warnings, targets)
                for company, team in ordered[offset : offset + PAGE_SIZE]
            ],
        }
        return page if offset else page | {"big_deals": self.get_big_deals()}

    @api.model
    @api.readonly
    def get_big_deals(self, offset=0):
        """Return a page of the alerts of big deals, the latest first.

        :return: ``rows``, ``total`` and whether there is a ``threshold`` from which a deal is big
        :raise AccessError: for who sees their own deals only
        :rtype: dict
        """
        self._check_teams(offset)
        Alert = self.env["crmsol.big.deal"]
        events = dict(Alert._fields["event"]._description_selection(self.env))
        domain = Domain("company_id", "in", self.env.companies.ids)
        return {
            "rows": [
                {
                    "id": alert.id,
                    "event": alert.event,
                    "label": events[alert.event],
                    "date": alert.create_date.replace(microsecond=0),
                    "opportunity_id": alert.opportunity_id.id,
                    "name": alert.opportunity_id.name,
                    "customer": alert.opportunity_id.partner_id.display_name,
                    "seller": alert.user_id.name or "",
                    "amount": alert.amount_company,
                    "currency_id": alert.currency_id.id,
                }
                for alert in Alert.search(domain, offset, PAGE_SIZE)
            ],
            "total": Alert.search_count(domain),
            # sudo: a setting of the companies in which the user works
            "has_threshold": any(self.env.companies.sudo().mapped("crmsol_big_deal_amount")),
        }

    @api.model
    def _check_teams(self, offset):
        if not self.env.user.has_group("sales_team.group_sale_salesman_all_leads"):
            raise AccessError(
                self.env._("The day of the teams is for those who see the deals of everybody.")
            )
        self.env[OPPORTUNITY_MODEL].browse().check_access("read")
        if not isinstance(offset, int) or offset < 0:
            raise UserError(self.env._("There is no such page. Reload My Day."))

    @api.model
    def _get_warning_domains(self):
        """Return {warning: domain of the open deals that have it}."""
        is_open = Domain("outcome", "=", OPEN)
        return {
            "late": is_open & Domain("activity_state", "=", "overdue"),
            "silent": self._get_silence()[0],
        }

    @api.model
    def _read_warnings(self):
        """Return {(company, team, user): {warning: number of deals}}."""
        warnings = {}
        for warning, domain in self._get_warning_domains().items():
            rows = self.env[OPPORTUNITY_MODEL]._read_group(
                domain, ["company_id", "team_id", "user_id"], ["__count"]
            )
            for *key, count in rows:
                warnings.setdefault(tuple(key), {})[warning] = count
        return warnings

    @api.model
    def _format_team(self, company, team, figures, warnings, targets):
        """Return the figures of a team in a company, and of each of its salespeople.

        A target is a salesperson's: it counts in the team to which they belong.
        """
        of_team = (company, team)
        users = {key[2] for key in (*figures, *warnings) if key[:2] == of_team}
        users |= {user for of, user in targets if (of, user.sale_team_id) == of_team}
        nobody = self.env["res.users"]
        sellers = []
        for user in sorted(users, key=lambda u: (u == nobody, u.name or "", u.id)):
            key = (company, team, user)
            is_member = user and user.sale_team_id == team
            sellers.append(
                {
                    "id": user.id,
                    "name": user.name or "",
                    **NO_FIGURES,
                    "late": 0,
                    "silent": 0,
                    **figures.get(key, {}),
                    **warnings.get(key, {}),
                    "target": targets.get((company, user), 0.0) if is_member else 0.0,
                }
            )
        names = (*NO_FIGURES, "late", "silent", "target")
        domain = Domain("company_id", "=", company.id) & Domain("team_id", "=", team.id)
        domains = self._get_month_domains(domain)
        for warning, of_warning in self._get_warning_domains().items():
            domains[warning] = list(domain & of_warning)
        return {
            "id": team.id,
            "name": team.name or "",
            "company": company.name,
            "currency_id": company.currency_id.id,
            "is_led": bool(team) and team.user_id == self.env.user,
            **{name: sum(seller[name] for seller in sellers) for name in names},
            "sellers": sellers,
            "domains": domains,
        }
