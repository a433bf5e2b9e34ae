import { Component, onWillStart, useState } from "@odoo/owl";

import { DateTimeInput } from "@web/core/datetime/datetime_input";
import { deserializeDate, formatDate, serializeDate, today } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { RPCError } from "@web/core/network/rpc";
import { RecordSelector } from "@web/core/record_selectors/record_selector";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { useSetupAction } from "@web/search/action_hook";
import { Layout } from "@web/search/layout";
import { formatMonetary } from "@web/views/fields/formatters";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

import { PhaseChart } from "./phase_chart";
import { describeDays, describeFactors, describeRate } from "./phase_format";

/** How many opportunities go on from each phase, and what the pipeline sells a day. */
export class PhaseReport extends Component {
    static template = "crmsol_opportunity.PhaseReport";
    static components = { DateTimeInput, Layout, PhaseChart, RecordSelector };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.keepLast = new KeepLast();
        this.today = today();
        this.describeDays = describeDays;
        this.describeRate = describeRate;
        this.describeFactors = describeFactors;
        this.state = useState({
            ...this.presets[2].getPeriod(this.today),
            teamId: false,
            userId: false,
            ...this.props.state?.selection,
            loading: true,
            error: "",
            report: false,
        });
        useSetupAction({ getLocalState: () => ({ selection: this.selection }) });
        onWillStart(() => this.load());
    }

    /** @returns {{id: string, label: string, getPeriod: Function}[]} periods one click away */
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

    /** @returns {{from: string, to: string, teamId: number|false, userId: number|false}} */
    get selection() {
        const { from, to, teamId, userId } = this.state;
        return { from, to, teamId, userId };
    }

    get period() {
        return [this.from, this.to].map((day) => formatDate(day)).join(" – ");
    }

    get from() {
        return deserializeDate(this.state.from);
    }

    get to() {
        return deserializeDate(this.state.to);
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

    isPressed(preset) {
        const { from, to } = preset.getPeriod(this.today);
        return from === this.state.from && to === this.state.to;
    }

    /** @param {Object} selection what of the period, team and salesperson is chosen anew */
    select(selection) {
        Object.assign(this.state, selection);
        return this.load();
    }

    selectDay(end, day) {
        if (day) {
            return this.select({ [end]: serializeDate(day) });
        }
        this.render(); // a period has both ends: the day that was emptied is there again
    }

    async load() {
        const { from, to, teamId, userId } = this.state;
        this.state.loading = true;
        try {
            const report = await this.keepLast.add(
                this.orm.call("crmsol.phase.stay", "get_phase_report", [from, to], {
                    team_id: teamId,
                    user_id: userId,
                })
            );
            Object.assign(this.state, { report, error: "" });
        } catch (error) {
            if (error instanceof RPCError && error.exceptionName === "odoo.exceptions.UserError") {
                Object.assign(this.state, { report: false, error: error.data.message });
            } else {
                throw error;
            }
        } finally {
            this.state.loading = false;
        }
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

    open(model, name, domain, types) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            name,
            res_model: model,
            views: types.map((type) => [false, type]),
            mobile_view_mode: "kanban",
            domain,
            context: {},
        });
    }
}

registry.category("actions").add("crmsol_phase_report", PhaseReport);
