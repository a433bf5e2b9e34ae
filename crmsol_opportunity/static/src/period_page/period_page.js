import { Component, onWillStart, useState } from "@odoo/owl";

import { DateTimeInput } from "@web/core/datetime/datetime_input";
import { deserializeDate, formatDate, serializeDate } from "@web/core/l10n/dates";
import { RPCError } from "@web/core/network/rpc";
import { RecordSelector } from "@web/core/record_selectors/record_selector";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { useSetupAction } from "@web/search/action_hook";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

import { getUserToday } from "../pipeline_asof/user_today";

/**
 * What the pages on a period have in common: its two ends, the team and the salesperson.
 *
 * A page gives its presets, what it shows as long as there is no answer, and what it asks for.
 */
export class PeriodPage extends Component {
    static components = { DateTimeInput, Layout, RecordSelector };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.keepLast = new KeepLast();
        this.today = getUserToday();
        this.state = useState({
            ...this.defaultPreset.getPeriod(this.today),
            teamId: false,
            userId: false,
            ...this.props.state?.selection,
            ...this.empty,
            loading: true,
            error: "",
        });
        useSetupAction({ getLocalState: () => ({ selection: this.selection }) });
        onWillStart(() => this.load());
    }

    /**
     * Periods one click away.
     *
     * @abstract
     * @returns {{id: string, label: string, getPeriod: Function}[]} getPeriod takes today
     */
    get presets() {
        return [];
    }

    /** @returns {Object} the preset with which the page opens */
    get defaultPreset() {
        return this.presets[0];
    }

    /**
     * @abstract
     * @returns {Object} what the state has while there is nothing to show
     */
    get empty() {
        return {};
    }

    /**
     * Asks the server for what the page shows; takes the two ends of the period, and `team_id` and
     * `user_id`, each false for all.
     *
     * @abstract
     * @returns {Promise<Object>} what is new in the state
     */
    async fetch() {
        return {};
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
            const filters = { team_id: teamId, user_id: userId };
            const found = await this.keepLast.add(this.fetch([from, to], filters));
            Object.assign(this.state, found, { error: "" });
        } catch (error) {
            if (error instanceof RPCError && error.exceptionName === "odoo.exceptions.UserError") {
                Object.assign(this.state, this.empty, { error: error.data.message });
            } else {
                throw error;
            }
        } finally {
            this.state.loading = false;
        }
    }

    /** Opens the records of which a figure is made. */
    open(model, name, domain, views) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            name,
            res_model: model,
            views: views.map((type) => [false, type]),
            domain,
            mobile_view_mode: "kanban",
            context: {},
        });
    }
}
