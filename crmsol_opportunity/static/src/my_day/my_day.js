import { Component, onWillStart, useState } from "@odoo/owl";

import { deserializeDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { useSetupAction } from "@web/search/action_hook";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

import { AdviceItem, useAdvice } from "../advice/advice_item";
import { useNewOpportunity } from "../new_opportunity/new_opportunity";
import { ActionRow } from "./action_row";
import { DealRow } from "./deal_row";
import { formatAmount, formatDeals } from "./format";
import { MonthFigures } from "./month_figures";
import { TeamDay } from "./team_day";

/** Where a salesperson begins: what is to be done today, and for which deals it is time. */
export class MyDay extends Component {
    static template = "crmsol_opportunity.MyDay";
    static components = { ActionRow, AdviceItem, DealRow, Layout, MonthFigures, TeamDay };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.keepLast = new KeepLast();
        this.display = { controlPanel: {} };
        this.state = useState({ tab: this.props.state?.tab || "mine", day: null });
        this.formatDeals = formatDeals;
        this.formatAmount = formatAmount;
        this.advice = useAdvice(() => this.load());
        this.createOpportunity = useNewOpportunity({
            open: (resId) => this.openDeal(resId),
            getContext: () => ({}),
        });
        useSetupAction({ getLocalState: () => ({ tab: this.state.tab }) });
        onWillStart(() => this.load());
    }

    get day() {
        return this.state.day;
    }

    /** @returns {string} e.g. Tuesday, November 24 */
    get dateLabel() {
        return deserializeDate(this.day.today)
            .setLocale(user.lang)
            .toLocaleString({ weekday: "long", day: "numeric", month: "long" });
    }

    /** @returns {string} the day in one sentence */
    get sentence() {
        const { total, overdue } = this.day.actions;
        if (!total) {
            return _t("Nothing is due today.");
        }
        const actions = total === 1 ? _t("1 action to do") : _t("%s actions to do", total);
        if (!overdue) {
            return _t("%(actions)s today.", { actions });
        }
        const late = overdue === 1 ? _t("1 of them is late") : _t("%s of them are late", overdue);
        return _t("%(actions)s, %(late)s.", { actions, late });
    }

    /** @returns {string} which deals were looked at for advice, and what is shown elsewhere */
    get adviceNote() {
        const { looked, deals } = this.day.advice;
        const note = _t("Late actions and silent deals have their own lists.");
        if (looked >= deals) {
            return note;
        }
        return _t(
            "Looked at: the %(looked)s most important of your %(deals)s open deals. %(note)s",
            {
                looked,
                deals,
                note,
            }
        );
    }

    formatMore(count) {
        return count === 1
            ? _t("1 more on this deal")
            : _t("%(count)s more on this deal", { count });
    }

    async load() {
        this.state.day = await this.keepLast.add(this.orm.call("crmsol.my.day", "get_my_day"));
    }

    async showMore(section) {
        const of = this.day[section];
        const page = await this.keepLast.add(
            this.orm.call("crmsol.my.day", "get_page", [section, of.rows.length])
        );
        const known = new Set(of.rows.map(({ id }) => id));
        of.rows.push(...page.rows.filter(({ id }) => !known.has(id)));
        of.total = page.total;
    }

    openPipeline() {
        return this.action.doAction("crmsol_opportunity.crmsol_opportunity_action", {
            clearBreadcrumbs: true,
        });
    }

    openDeal(resId) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "crmsol.opportunity",
            res_id: resId,
            views: [[false, "form"]],
        });
    }

    openDeals(name, domain) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            name,
            res_model: "crmsol.opportunity",
            views: ["list", "kanban", "form"].map((type) => [false, type]),
            domain,
            context: {},
        });
    }

    /** Calls a button method of the server; the day is read anew once its dialog is closed. */
    act(resModel, resId, method, context = {}) {
        return this.action.doActionButton({
            type: "object",
            name: method,
            resModel,
            resId,
            context,
            onClose: () => this.load(),
        });
    }

    actOnAction(action, method) {
        return this.act("mail.activity", action.id, method);
    }

    /** The phone dials by the link itself; here the call is written down. */
    logCall(action) {
        if (action.is_call || !action.opportunity_id) {
            return this.actOnAction(action, "action_crmsol_ask_result");
        }
        return this.act("crmsol.opportunity", action.opportunity_id, "action_call", {
            crmsol_contact_id: action.contact_id,
        });
    }
}

registry.category("actions").add("crmsol_my_day", MyDay);
