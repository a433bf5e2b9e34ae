import { Component, onWillStart, useState } from "@odoo/owl";

import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { useSetupAction } from "@web/search/action_hook";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

import { formatAmount, formatChance } from "../distribution/format";

const formatPercent = (value) => value.toLocaleString(user.lang, { style: "percent" });

/** A win rate: k of n, with the interval in which the true one is likely to be. */
export class WinRate extends Component {
    static template = "crmsol_opportunity.WinRate";
    static props = { rate: Object };

    get isKnown() {
        return this.props.rate.deals > 0;
    }

    get percent() {
        return formatChance(this.props.rate.rate);
    }

    /** @returns {string} e.g. 3 of 5 */
    get count() {
        const { won, deals } = this.props.rate;
        return _t("%(won)s of %(deals)s", { won, deals });
    }

    get interval() {
        const { low, high } = this.props.rate;
        return `${formatChance(low)} – ${formatChance(high)}`;
    }

    get barStyle() {
        const { low, high } = this.props.rate;
        return `left: ${100 * low}%; width: ${100 * (high - low)}%`;
    }

    get pointStyle() {
        return `left: ${100 * this.props.rate.rate}%`;
    }
}

/** What the pages on closed deals have in common: the choices, the sentence and the notes. */
export class ClosingPage extends Component {
    static components = { Layout, WinRate };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.keepLast = new KeepLast();
        this.display = { controlPanel: {} };
        this.state = useState({
            data: null,
            params: this.props.state?.params || this.getDefaultParams(),
        });
        useSetupAction({ getLocalState: () => ({ params: { ...this.state.params } }) });
        onWillStart(() => this.load());
    }

    getDefaultParams() {
        return { period: "all", company_id: false };
    }

    get data() {
        return this.state.data;
    }

    get periods() {
        return [
            { id: "all", label: _t("Any time") },
            { id: "months", label: _t("Last 12 months") },
            { id: "year", label: _t("This year") },
            { id: "last_year", label: _t("Last year") },
        ];
    }

    /** @returns {Object} names of the columns: on phones they stand beside each figure */
    get labels() {
        return {
            product: _t("Our Product"),
            phase: _t("Closed From"),
            won: _t("Deals won"),
            lost: _t("Deals lost"),
            lostTo: _t("Lost to them"),
            rate: _t("Win rate"),
            gap: _t("Our price against theirs"),
            deals: _t("Deals"),
            amount: _t("Amount won"),
            average: _t("Average won deal"),
        };
    }

    formatAmount(value) {
        return formatAmount(value, this.data.currency_id);
    }

    async load() {
        const { model, method } = this.source;
        const params = { ...this.state.params };
        const data = await this.keepLast.add(this.orm.call(model, method, [], params));
        this.state.data = data;
        this.state.params.company_id = data.company_id;
    }

    select(params) {
        Object.assign(this.state.params, params);
        return this.load();
    }

    selectCompany(ev) {
        return this.select({ company_id: Number(ev.target.value) });
    }

    /** Opens the closed deals of a row. */
    open(row, name) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            name,
            res_model: this.source.model,
            views: ["list", "kanban", "pivot", "graph"].map((type) => [false, type]),
            domain: row.domain,
            context: {},
        });
    }

    openPivot() {
        return this.action.doAction(this.source.action);
    }
}

/** How closed deals ended against each competitor. */
export class CompetitorMatrix extends ClosingPage {
    static template = "crmsol_opportunity.CompetitorMatrix";

    source = {
        model: "crmsol.competitor.report",
        method: "get_matrix",
        action: "crmsol_opportunity.crmsol_competitor_report_action",
    };

    getDefaultParams() {
        return { ...super.getDefaultParams(), detail: "none" };
    }

    get details() {
        return [
            { id: "none", label: _t("Competitor") },
            { id: "product", label: _t("Competitor and our product") },
            { id: "phase", label: _t("Competitor and phase") },
            { id: "product_phase", label: _t("Competitor, product and phase") },
        ];
    }

    get hasProduct() {
        return this.state.params.detail.startsWith("product");
    }

    get hasPhase() {
        return this.state.params.detail.endsWith("phase");
    }

    selectDetail(ev) {
        return this.select({ detail: ev.target.value });
    }

    /** @returns {string} how much dearer or cheaper we were, in words and of how many offers */
    formatGap({ price_gap: gap, price_count: count }) {
        const points = Math.round(Math.abs(100 * gap));
        const percent = formatPercent(points / 100);
        if (!points) {
            return _t("same price (%(count)s)", { count });
        }
        return gap > 0
            ? _t("%(percent)s dearer (%(count)s)", { percent, count })
            : _t("%(percent)s cheaper (%(count)s)", { percent, count });
    }
}

/** How closed deals ended with and without each partner. */
export class PartnerContribution extends ClosingPage {
    static template = "crmsol_opportunity.PartnerContribution";

    source = {
        model: "crmsol.partner.report",
        method: "get_contribution",
        action: "crmsol_opportunity.crmsol_partner_report_action",
    };

    getParts(row) {
        return [
            { id: "with", label: _t("With"), ...row.with },
            { id: "without", label: _t("Without"), ...row.without },
        ];
    }
}

registry.category("actions").add("crmsol_competitor_matrix", CompetitorMatrix);
registry.category("actions").add("crmsol_partner_contribution", PartnerContribution);
