import { deserializeDate, formatDate, serializeDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { formatMonetary } from "@web/views/fields/formatters";

import { PeriodPage } from "../period_page/period_page";
import { WaterfallChart } from "./waterfall_chart";
import { formatChange } from "./waterfall_format";

/** How the pipeline came from the start of a period to its end. */
export class Waterfall extends PeriodPage {
    static template = "crmsol_opportunity.Waterfall";
    static components = { ...PeriodPage.components, WaterfallChart };

    get presets() {
        const getPeriod = (unit, ago) => (day) => {
            const first = day.minus({ [unit]: ago }).startOf(unit);
            const last = ago ? first.endOf(unit).startOf("day") : day;
            return { from: serializeDate(first), to: serializeDate(last) };
        };
        return [
            { id: "month", label: _t("This month"), getPeriod: getPeriod("month", 0) },
            { id: "last_month", label: _t("Last month"), getPeriod: getPeriod("month", 1) },
            { id: "quarter", label: _t("This quarter"), getPeriod: getPeriod("quarter", 0) },
            { id: "last_quarter", label: _t("Last quarter"), getPeriod: getPeriod("quarter", 1) },
        ];
    }

    get empty() {
        return { sections: [], beginning: false };
    }

    /** @returns {string} what to know about a period that begins before all history */
    get hint() {
        const { beginning, from } = this.state;
        if (!beginning || from >= beginning) {
            return "";
        }
        return _t(
            "The first opportunity is of %s; before that nothing is known.",
            formatDate(deserializeDate(beginning))
        );
    }

    formatBar(bar, section) {
        return formatChange(bar, section.currency_id);
    }

    /** @returns {string} the sentence for an administrator, should the figures ever part */
    formatDifference({ difference, currency_id: currencyId }) {
        const amount = formatMonetary(difference, { currencyId });
        return _t("The movements miss the end by %s. Tell your administrator.", amount);
    }

    fetch(period, filters) {
        return this.orm.call("crmsol.pipeline.movement", "get_waterfall", period, filters);
    }

    /** Opens the opportunities that make up a bar. */
    openBar({ model, label, domain }) {
        const name = `${label} (${this.period})`;
        return this.open(model, name, domain, ["list", "kanban", "pivot", "graph"]);
    }
}

registry.category("actions").add("crmsol_pipeline_waterfall", Waterfall);
