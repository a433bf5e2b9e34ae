import { Component } from "@odoo/owl";

import { DateTimeInput } from "@web/core/datetime/datetime_input";
import { deserializeDate, formatDate, serializeDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { useBus } from "@web/core/utils/hooks";
import { ControlPanel } from "@web/search/control_panel/control_panel";

import { getUserToday } from "./user_today";

/** Chooses the day of the pipeline: any, or the ends of the months one after the other. */
export class AsofDay extends Component {
    static template = "crmsol_opportunity.AsofDay";
    static components = { DateTimeInput };
    static props = {};

    setup() {
        this.searchModel = this.env.searchModel;
        this.today = getUserToday();
        useBus(this.searchModel, "update", () => this.render());
    }

    get day() {
        const { day } = this.searchModel;
        return day ? deserializeDate(day) : this.today;
    }

    get isToday() {
        return this.day >= this.today;
    }

    /** @returns {string} what to know about a day before all history */
    get hint() {
        const { beginning } = this.searchModel;
        if (!beginning || this.day >= deserializeDate(beginning)) {
            return "";
        }
        return _t(
            "Nothing is known of this day: the first opportunity is of %s.",
            formatDate(deserializeDate(beginning))
        );
    }

    /** @param {luxon.DateTime|false} day */
    setDay(day) {
        this.searchModel.setDay(day && day < this.today ? serializeDate(day) : null);
    }

    showPreviousMonth() {
        this.setDay(this.day.startOf("month").minus({ days: 1 }));
    }

    /** The end of this month, or of the next one where it is the end already. */
    showNextMonth() {
        this.setDay(this.day.plus({ days: 1 }).endOf("month").startOf("day"));
    }
}

export class AsofControlPanel extends ControlPanel {
    static template = "crmsol_opportunity.AsofControlPanel";
    static components = { ...ControlPanel.components, AsofDay };
}
