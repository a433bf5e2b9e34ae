import { Component, onWillStart, useState } from "@odoo/owl";

import { deserializeDateTime, formatDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { user } from "@web/core/user";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";

import { formatAmount, formatDeals, getProgress } from "./format";
import { MonthFigures } from "./month_figures";

const EVENT_ICONS = { created: "fa-star", raised: "fa-arrow-up", lost: "fa-times-circle" };

/** The sales teams, with their salespeople, and what happened to big deals. */
export class TeamDay extends Component {
    static template = "crmsol_opportunity.TeamDay";
    static components = { MonthFigures };
    static props = { onOpenDeal: Function, onOpenDeals: Function };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.keepLast = new KeepLast();
        this.state = useState({ teams: [], total: 0, bigDeals: null });
        this.formatDeals = formatDeals;
        onWillStart(async () => {
            await this.load();
            this.isManager = await user.hasGroup("sales_team.group_sale_manager");
        });
    }

    async load() {
        const { teams, total, big_deals: bigDeals } = await this.call("get_team_day");
        Object.assign(this.state, { teams, total, bigDeals });
    }

    call(method, offset = 0) {
        return this.keepLast.add(this.orm.call("crmsol.my.day", method, [offset]));
    }

    async showMoreTeams() {
        const { teams, total } = await this.call("get_team_day", this.state.teams.length);
        this.state.teams.push(...teams);
        this.state.total = total;
    }

    async showMoreBigDeals() {
        const { bigDeals } = this.state;
        const { rows, total } = await this.call("get_big_deals", bigDeals.rows.length);
        bigDeals.rows.push(...rows);
        bigDeals.total = total;
    }

    /** @returns {string} the name, with the company's where there are several */
    getName(team) {
        const name = team.name || _t("Without a sales team");
        const companies = new Set(this.state.teams.map(({ company }) => company));
        return companies.size > 1 ? `${name} (${team.company})` : name;
    }

    /** @returns {{id: string, label: string, icon: string}[]} what is wrong in a team, in words */
    getWarnings(team) {
        const late =
            team.late === 1
                ? _t("1 deal with a late action")
                : _t("%(count)s deals with a late action", { count: team.late });
        const silent =
            team.silent === 1
                ? _t("1 deal gone silent")
                : _t("%(count)s deals gone silent", { count: team.silent });
        return [
            { id: "late", label: late, icon: "fa-exclamation-circle", count: team.late },
            { id: "silent", label: silent, icon: "fa-bell-slash-o", count: team.silent },
        ].filter(({ count }) => count);
    }

    getSellers(team) {
        return team.sellers.map((seller) => ({
            id: seller.id || 0,
            name: seller.name || _t("Nobody yet"),
            won: formatAmount(seller.won_amount, team.currency_id),
            due: formatAmount(seller.due_amount + seller.overdue_amount, team.currency_id),
            target: seller.target ? `${getProgress(seller)} %` : "–",
            late: seller.late,
            silent: seller.silent,
        }));
    }

    getIcon({ event }) {
        return EVENT_ICONS[event];
    }

    formatAlertAmount({ amount, currency_id: currencyId }) {
        return formatAmount(amount, currencyId);
    }

    formatDay({ date }) {
        return formatDate(deserializeDateTime(date));
    }

    openThresholds() {
        return this.action.doAction("crmsol_opportunity.crmsol_threshold_settings_action", {
            onClose: () => this.load(),
        });
    }

    openSellers(team, warning) {
        const name = `${this.getName(team)}: ${warning.label}`;
        return this.props.onOpenDeals(name, team.domains[warning.id]);
    }
}
