import { serializeDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { formatMonetary } from "@web/views/fields/formatters";

import { PeriodPage } from "../period_page/period_page";
import { PhaseChart } from "./phase_chart";
import { describeDays, describeFactors, describeRate } from "./phase_format";

/** How many opportunities go on from each phase, and what the pipeline sells a day. */
export class PhaseReport extends PeriodPage {
    static template = "crmsol_opportunity.PhaseReport";
    static components = { ...PeriodPage.components, PhaseChart };

    setup() {
        super.setup();
        this.describeDays = describeDays;
        this.describeRate = describeRate;
        this.describeFactors = describeFactors;
    }

    get presets() {
        const getPeriod = (getFirst) => (day) => ({
            from: serializeDate(getFirst(day)),
            to: serializeDate(day),
        });
        const getMonths = (months) => getPeriod((day) => day.minus({ months }).plus({ days: 1 }));
        return [
            { id: "quarter", label: _t("3 months"), getPeriod: getMonths(3) },
            { id: "half", label: _t("6 months"), getPeriod: getMonths(6) },
            { id: "twelve", label: _t("12 months"), getPeriod: getMonths(12) },
            {
                id: "year",
                label: _t("This year"),
                getPeriod: getPeriod((day) => day.startOf("year")),
            },
        ];
    }

    get defaultPreset() {
        return this.presets[2];
    }

    get empty() {
        return { report: false };
    }

    /** @returns {{id: string, label: string, exits: string[]|false}[]} what is counted */
    get columns() {
        return [
            { id: "entered", label: _t("Entered here"), exits: false },
            { id: "moved_on", label: _t("Moved on"), exits: ["forward", "won"] },
            { id: "back", label: _t("Moved back"), exits: ["back"] },
            { id: "lost", label: _t("Lost here"), exits: ["lost"] },
            { id: "present", label: _t("Still there"), exits: ["present"] },
            { id: "archived", label: _t("Archived"), exits: ["archived"] },
        ].filter(({ id }) => id !== "archived" || this.phases.some((phase) => phase.archived));
    }

    /** @returns {Object[]} the columns that add up to what entered */
    get parts() {
        return this.columns.filter(({ exits }) => exits);
    }

    get phases() {
        return this.state.report ? this.state.report.phases : [];
    }

    get velocity() {
        return this.state.report && this.state.report.velocity;
    }

    get isEmpty() {
        return !this.phases.some(({ entered }) => entered);
    }

    get velocityLabel() {
        const { per_day, currency_id: currencyId } = this.velocity;
        return _t("%(amount)s a day", { amount: formatMonetary(per_day, { currencyId }) });
    }

    /** @returns {string} why there is no velocity */
    get reason() {
        const { reason, minimum, win_rate } = this.velocity;
        return {
            few_closed: _t(
                "Too little data: %(n)s opportunities were closed in this period, and it takes %(minimum)s at least.",
                { n: win_rate.n, minimum }
            ),
            none_won: _t("No opportunity was won in this period: there is no amount and no cycle."),
            no_cycle: _t(
                "It is not known how long the won opportunities took: they came into the system as won."
            ),
        }[reason];
    }

    async fetch(period, filters) {
        const method = "get_phase_report";
        return { report: await this.orm.call("crmsol.phase.stay", method, period, filters) };
    }

    /** Opens the stays that a number counts. */
    openStays(phase, column) {
        const domain = [...this.state.report.domain, ["phase_id", "=", phase.id]];
        if (column.exits) {
            domain.push(["exit", "in", column.exits]);
        }
        return this.open("crmsol.phase.stay", `${phase.name}: ${column.label}`, domain, [
            "list",
            "kanban",
            "pivot",
            "graph",
        ]);
    }

    /** Opens the opportunities that a factor of the velocity is of. */
    openOpportunities(factor) {
        const domain = this.velocity.domain[factor.of];
        return this.open("crmsol.opportunity", factor.label, domain, ["list", "kanban", "form"]);
    }
}

registry.category("actions").add("crmsol_phase_report", PhaseReport);
