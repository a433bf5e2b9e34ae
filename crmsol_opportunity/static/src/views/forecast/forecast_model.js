import { _t } from "@web/core/l10n/translation";
import { RelationalModel } from "@web/model/relational_model/relational_model";

import { formatMonth } from "../../month_field/month_field";

const { DateTime } = luxon;

export const FORECAST_FIELD = "forecast_month";

/** The months shown at least, the present one included. The server has the same number. */
const MONTHS = 4;

/**
 * @param {string} column a month as 2026-11, or one of the columns that are no month
 * @returns {string} what the user reads above the column
 */
export function getColumnLabel(column) {
    if (column === "overdue") {
        return _t("Overdue opportunities");
    }
    if (column === "undated") {
        return _t("Without expected close");
    }
    return formatMonth(DateTime.fromISO(`${column}-01`));
}

export class ForecastGroup extends RelationalModel.Group {
    /** @override */
    setup() {
        super.setup(...arguments);
        if (this.groupByField.name === FORECAST_FIELD && this.value) {
            this.displayName = getColumnLabel(this.value);
        }
    }
}

/** Asks for as many months as the user wants to see, and names the columns. */
export class ForecastModel extends RelationalModel {
    static Group = ForecastGroup;

    get isForecast() {
        return this.config.groupBy[0] === FORECAST_FIELD;
    }

    /** Kept in the configuration, as it outlasts other filters and the way to a form and back. */
    async showNextMonth() {
        this.config.forecastMonths = (this.config.forecastMonths || MONTHS) + 1;
        await this.load();
    }

    /** @override */
    _webReadGroup(config, cache) {
        const { context, forecastMonths } = config;
        const months = forecastMonths ? { crmsol_forecast_months: forecastMonths } : {};
        return super._webReadGroup({ ...config, context: { ...context, ...months } }, cache);
    }
}
