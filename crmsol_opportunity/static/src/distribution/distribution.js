import { Component, onWillStart, useState } from "@odoo/owl";

import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { useSetupAction } from "@web/search/action_hook";
import { Layout } from "@web/search/layout";
import { formatFloat } from "@web/views/fields/formatters";
import { parseMonetary } from "@web/views/fields/parsers";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

import { Backtest } from "./backtest";
import { DistributionChart } from "./distribution_chart";
import { formatAmount, formatChance, formatMonth } from "./format";

/** The page “Month Distribution”: what may be won in a month, and how good such forecasts were. */
export class MonthDistribution extends Component {
    static template = "crmsol_opportunity.MonthDistribution";
    static components = { Backtest, DistributionChart, Layout };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.keepLast = new KeepLast();
        this.display = { controlPanel: {} };
        const { params, backtest, tab } = this.props.state || {};
        this.state = useState({
            tab: tab || "forecast",
            data: null,
            isTargetInvalid: false,
            params: params || {
                month: false,
                company_id: false,
                user_id: false,
                team_id: false,
                target: false,
                shock: "none",
            },
        });
        this.backtestOptions = backtest || { weeks: 4, months: 12 };
        useSetupAction({
            getLocalState: () => ({
                params: { ...this.state.params },
                backtest: { ...this.backtestOptions },
                tab: this.state.tab,
            }),
        });
        this.formatChance = formatChance;
        onWillStart(() => this.load());
    }

    get data() {
        return this.state.data;
    }

    get monthLabel() {
        return formatMonth(this.data.month);
    }

    get shocks() {
        return [
            { id: "none", label: _t("not at all") },
            { id: "slight", label: _t("a little") },
            { id: "medium", label: _t("clearly") },
            { id: "strong", label: _t("strongly") },
        ];
    }

    get isEmpty() {
        return !this.data.won_count && !this.data.open_count;
    }

    get isCertain() {
        return this.data.p10 === this.data.p90;
    }

    /** @returns {string} the month in one sentence that needs no statistics */
    get sentence() {
        const { data } = this;
        const month = this.monthLabel;
        const amounts = Object.fromEntries(
            ["p10", "p50", "p90", "won_amount"].map((name) => [name, this.formatAmount(data[name])])
        );
        if (this.isEmpty) {
            return data.is_past
                ? _t("Nothing was won in %(month)s.", { month })
                : _t(
                      "Nothing is won in %(month)s yet, and no open deal is expected to close in it. Give your deals their expected close.",
                      { month }
                  );
        }
        if (data.is_past) {
            return _t("The month is over: %(won_amount)s were won in it.", amounts);
        }
        if (this.isCertain) {
            return _t("As it stands, you will close %(p50)s: nothing of it is uncertain.", amounts);
        }
        return _t(
            "With 80% confidence you will close between %(p10)s and %(p90)s; in at least half of the cases %(p50)s or more.",
            amounts
        );
    }

    /** @returns {string[]} what the figures count and suppose */
    get notes() {
        const { data } = this;
        const notes = [];
        if (data.overdue_count) {
            notes.push(
                _t(
                    "Overdue open deals, which are expected this month: %(count)s. Give them a new date or close them.",
                    { count: data.overdue_count }
                )
            );
        }
        if (data.undated_count) {
            notes.push(
                _t("Open deals without expected close, which are in no month: %(count)s.", {
                    count: data.undated_count,
                })
            );
        }
        if (!data.open_count) {
            return notes;
        }
        if (data.left_out_count) {
            notes.push(
                _t("Only the largest deals are taken as uncertain; %(count)s count weighted.", {
                    count: data.left_out_count,
                })
            );
        }
        notes.push(
            this.state.params.shock === "none"
                ? _t(
                      "Deals are taken as independent: that one is won says nothing about the others."
                  )
                : _t(
                      "All the deals are taken to have good and bad months together. What is expected on average stays, the range gets wider."
                  )
        );
        if (data.method === "saddlepoint") {
            notes.push(_t("With so many deals the figures are a very good approximation."));
        } else if (data.method === "grid") {
            notes.push(
                _t("The three amounts are exact to within %(error)s.", {
                    error: this.formatAmount(data.error),
                })
            );
        }
        return notes;
    }

    formatAmount(value) {
        return formatAmount(value, this.data.currency_id);
    }

    /** @returns {string} what winning rather than losing the deal changes */
    formatEffect({ effect }) {
        if (!this.data.target) {
            return this.formatAmount(effect);
        }
        const digits = effect < 0.01 ? 1 : 0;
        return _t("+%(points)s points", {
            points: formatFloat(100 * effect, { digits: [16, digits] }),
        });
    }

    async load() {
        const data = await this.keepLast.add(
            this.orm.call("crmsol.opportunity", "get_month_distribution", [], {
                ...this.state.params,
            })
        );
        this.state.data = data;
        this.state.params.month = data.month;
        this.state.params.company_id = data.company_id;
    }

    moveMonth(step) {
        const month = luxon.DateTime.fromISO(this.data.month).plus({ months: step });
        // a target that was typed is the month's
        Object.assign(this.state.params, { month: month.toISODate(), target: false });
        return this.load();
    }

    showThisMonth() {
        Object.assign(this.state.params, { month: false, target: false });
        return this.load();
    }

    setFilter(name, ev) {
        this.state.params[name] = Number(ev.target.value) || false;
        if (name === "company_id") {
            Object.assign(this.state.params, { user_id: false, team_id: false });
        }
        this.state.params.target = false;
        return this.load();
    }

    setShock(ev) {
        this.state.params.shock = ev.target.value;
        return this.load();
    }

    setTarget(ev) {
        const text = ev.target.value.trim();
        let target = false;
        if (text) {
            try {
                // the host's parser takes words for 0
                target = /\d/.test(text) ? parseMonetary(text) : NaN;
            } catch {
                target = NaN;
            }
        }
        this.state.isTargetInvalid = Number.isNaN(target) || target < 0;
        if (!this.state.isTargetInvalid) {
            this.state.params.target = target;
            return this.load();
        }
    }

    get targetInput() {
        return this.data.target ? formatFloat(this.data.target, { trailingZeros: false }) : "";
    }

    openDeal(id) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "crmsol.opportunity",
            res_id: id,
            views: [[false, "form"]],
            target: "current",
        });
    }
}

registry.category("actions").add("crmsol_month_distribution", MonthDistribution);
