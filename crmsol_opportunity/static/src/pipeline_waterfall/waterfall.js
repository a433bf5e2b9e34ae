import { Component, onWillStart, useState } from "@odoo/owl";

import { DateTimeInput } from "@web/core/datetime/datetime_input";
import { deserializeDate, formatDate, serializeDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { RPCError } from "@web/core/network/rpc";
import { RecordSelector } from "@web/core/record_selectors/record_selector";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { useSetupAction } from "@web/search/action_hook";
import { formatMonetary } from "@web/views/fields/formatters";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

import { getUserToday } from "../pipeline_asof/user_today";
import { WaterfallChart } from "./waterfall_chart";
import { formatChange } from "./waterfall_format";

/** How the pipeline came from the start of a period to its end. */
export class Waterfall extends Component {
    static template = "crmsol_opportunity.Waterfall";
    static components = { DateTimeInput, Layout, RecordSelector, WaterfallChart };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.keepLast = new KeepLast();
        this.today = getUserToday();
        this.state = useState({
            ...this.presets[0].getPeriod(this.today),
            teamId: false,
            userId: false,
            ...this.props.state?.selection,
            loading: true,
            error: "",
            sections: [],
            beginning: false,
        });
        useSetupAction({ getLocalState: () => ({ selection: this.selection }) });
        onWillStart(() => this.load());
    }

    /** @returns {{id: string, label: string, getPeriod: Function}[]} periods one click away */
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

    /** @returns {{from: string, to: string, teamId: number|false, userId: number|false}} */
    get selection() {
        const { from, to, teamId, userId } = this.state;
        return { from, to, teamId, userId };
    }

    get period() {
        return `${this.formatDay(this.state.from)} – ${this.formatDay(this.state.to)}`;
    }

    get from() {
        return deserializeDate(this.state.from);
    }

    get to() {
        return deserializeDate(this.state.to);
    }

    /** @returns {string} what to know about a period that begins before all history */
    get hint() {
        const { beginning, from } = this.state;
        if (!beginning || from >= beginning) {
            return "";
        }
        return _t(
            "The first opportunity is of %s; before that nothing is known.",
            this.formatDay(beginning)
        );
    }

    formatDay(day) {
        return formatDate(deserializeDate(day));
    }

    formatBar(bar, section) {
        return formatChange(bar, section.currency_id);
    }

    /** @returns {string} the sentence for an administrator, should the figures ever part */
    formatDifference({ difference, currency_id: currencyId }) {
        const amount = formatMonetary(difference, { currencyId });
        return _t("The movements miss the end by %s. Tell your administrator.", amount);
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
            const { sections, beginning } = await this.keepLast.add(
                this.orm.call("crmsol.pipeline.movement", "get_waterfall", [from, to], {
                    team_id: teamId,
                    user_id: userId,
                })
            );
            Object.assign(this.state, { sections, beginning, error: "" });
        } catch (error) {
            if (error instanceof RPCError && error.exceptionName === "odoo.exceptions.UserError") {
                Object.assign(this.state, { sections: [], error: error.data.message });
            } else {
                throw error;
            }
        } finally {
            this.state.loading = false;
        }
    }

    /** Opens the opportunities that make up a bar. */
    open(bar) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            name: `${bar.label} (${this.period})`,
            res_model: bar.model,
            views: ["list", "kanban", "pivot", "graph"].map((type) => [false, type]),
            domain: bar.domain,
            mobile_view_mode: "kanban",
            context: {},
        });
    }
}

registry.category("actions").add("crmsol_pipeline_waterfall", Waterfall);
