import { Component } from "@odoo/owl";

import { formatDate, deserializeDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";

import { formatAmount, formatLateness, formatSilence } from "./format";

/** An open deal, why it is shown, and what can be done about it with one click. */
export class DealRow extends Component {
    static template = "crmsol_opportunity.MyDayDealRow";
    static props = {
        deal: Object,
        reason: String, // silence or deadline
        onOpen: Function,
        onAct: Function, // (method of the opportunity) => any
    };

    get amount() {
        return formatAmount(this.props.deal.amount, this.props.deal.currency_id);
    }

    get phone() {
        return this.props.deal.phone.replace(/\s+/g, "");
    }

    /** @returns {{label: string, icon: string, color: string}} the reason, never by colour alone */
    get badge() {
        const { deal, reason } = this.props;
        if (reason === "silence") {
            return {
                label: formatSilence(deal.silence),
                icon: "fa-bell-slash-o",
                color: "text-bg-warning",
            };
        }
        if (deal.days_late > 0) {
            return {
                label: formatLateness(deal.days_late),
                icon: "fa-exclamation-circle",
                color: "text-bg-danger",
            };
        }
        const day = formatDate(deserializeDate(deal.deadline));
        return { label: _t("Closes on %s", day), icon: "fa-calendar", color: "text-bg-info" };
    }
}
