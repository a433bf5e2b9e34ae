import { Component, onWillStart, onWillUpdateProps, useState } from "@odoo/owl";

import { _t } from "@web/core/l10n/translation";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";

import { formatAmount, formatChance, formatMonth } from "./format";

export const WEEKS = [1, 2, 4, 8, 13];
export const MONTHS = [6, 12, 24];

/** What was forecast for past months against what happened in them. */
export class Backtest extends Component {
    static template = "crmsol_opportunity.Backtest";
    static props = {
        companyId: { type: [Number, Boolean] },
        userId: { type: [Number, Boolean] },
        teamId: { type: [Number, Boolean] },
        shock: String,
        options: Object, // weeks and months, kept by the page
    };

    setup() {
        this.orm = useService("orm");
        this.keepLast = new KeepLast();
        this.options = useState(this.props.options);
        this.state = useState({ data: null });
        this.weeks = WEEKS;
        this.months = MONTHS;
        this.formatMonth = formatMonth;
        this.formatChance = formatChance;
        onWillStart(() => this.load(this.props));
        onWillUpdateProps((props) => this.load(props));
    }

    get groups() {
        const { total, sellers } = this.state.data;
        return [{ ...total, isTotal: true }, ...sellers];
    }

    get monthWidth() {
        return this.env.isSmall ? "short" : "long";
    }

    get unassigned() {
        return _t("Unassigned");
    }

    /** @returns {string} how often the forecast held, and how sure that is */
    getShare({ inside, count, low, high }) {
        return _t(
            "%(inside)s of %(count)s within P10 and P90 (%(share)s; with 95% confidence between %(low)s and %(high)s)",
            {
                inside,
                count,
                share: formatChance(inside / count),
                low: formatChance(low),
                high: formatChance(high),
            }
        );
    }

    formatAmount(value) {
        return formatAmount(value, this.state.data.currency_id);
    }

    async load({ companyId, userId, teamId, shock }) {
        this.state.data = await this.keepLast.add(
            this.orm.call("crmsol.opportunity", "get_forecast_backtest", [], {
                company_id: companyId,
                user_id: userId,
                team_id: teamId,
                shock,
                weeks: this.options.weeks,
                months: this.options.months,
            })
        );
    }

    setOption(name, ev) {
        this.options[name] = Number(ev.target.value);
        return this.load(this.props);
    }
}
