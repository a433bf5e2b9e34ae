import { Component } from "@odoo/owl";

import { _t } from "@web/core/l10n/translation";
import { user } from "@web/core/user";

import { formatAmount, formatDeals, getProgress } from "./format";

/** The month of a salesperson or of a team: what is won, what may still be, and the target. */
export class MonthFigures extends Component {
    static template = "crmsol_opportunity.MonthFigures";
    static props = { figures: Object, onOpen: Function };

    setup() {
        this.formatDeals = formatDeals;
    }

    /** @returns {{id: string, label: string, icon: string, amount: string, count: number}[]} */
    get rows() {
        const labels = {
            won: [_t("Won so far"), "fa-trophy"],
            due: [_t("Still to close this month"), "fa-hourglass-half"],
            overdue: [_t("Expected close has passed"), "fa-exclamation-circle"],
        };
        const { figures } = this.props;
        return Object.entries(labels).map(([id, [label, icon]]) => ({
            id,
            label,
            icon,
            amount: this.format(figures[`${id}_amount`]),
            count: figures[`${id}_count`],
        }));
    }

    get progress() {
        return getProgress(this.props.figures);
    }

    /** @returns {string} the target in a sentence, so that the bar has not to tell it */
    get sentence() {
        const { target, won_amount: won } = this.props.figures;
        const values = { target: this.format(target), missing: this.format(target - won) };
        if (won >= target) {
            return _t("The target of %(target)s is reached.", values);
        }
        return _t("%(missing)s to go to the target of %(target)s.", values);
    }

    get percent() {
        return (this.progress / 100).toLocaleString(user.lang, { style: "percent" });
    }

    format(amount) {
        return formatAmount(amount, this.props.figures.currency_id);
    }
}
