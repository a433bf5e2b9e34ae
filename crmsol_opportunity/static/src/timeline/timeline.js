import { Message } from "@mail/core/common/message";

import { Component, useRef, useState } from "@odoo/owl";

import { useFileViewer } from "@web/core/file_viewer/file_viewer_hook";
import { deserializeDate, deserializeDateTime, today } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { formatMonetary } from "@web/views/fields/formatters";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

import { toFile } from "../documents/document_file";
import { useThreadReload } from "../thread_reload/thread_reload";

const PAGE_SIZE = 30;
const MAX_PAGE_SIZE = 100;

/** What happened in an opportunity, newest first, with what is planned on top. Nothing is edited. */
export class Timeline extends Component {
    static template = "crmsol_opportunity.Timeline";
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.fileViewer = useFileViewer();
        this.root = useRef("root");
        this.keepLast = new KeepLast();
        this.state = useState({
            events: [],
            upcoming: [],
            cursor: false,
            kinds: [],
            loading: true,
            loadingMore: false,
        });
        useThreadReload(this, (resId) => this.load(resId));
    }

    get resId() {
        return this.props.record.resId;
    }

    /** @returns {Object[]} the kinds to filter by, and how their events are drawn */
    get kinds() {
        return [
            { id: "change", label: _t("Changes"), icon: "fa-pencil" },
            { id: "action", label: _t("Actions"), icon: "fa-check" },
            { id: "meeting", label: _t("Meetings"), icon: "fa-calendar" },
            { id: "message", label: _t("Messages"), icon: "fa-envelope-o" },
            { id: "note", label: _t("Notes"), icon: "fa-sticky-note-o" },
            { id: "quotation", label: _t("Quotations"), icon: "fa-file-text-o" },
            { id: "document", label: _t("Documents"), icon: "fa-paperclip" },
        ];
    }

    /** @returns {Object} the words for each type of event */
    get typeLabels() {
        return {
            created: _t("Opportunity created"),
            change: _t("Change"),
            message: _t("Message"),
            note: _t("Internal note"),
            document: _t("Document added"),
            action_planned: _t("Planned action"),
            action_done: _t("Action done"),
            action_cancelled: _t("Action cancelled"),
            meeting_planned: _t("Planned meeting"),
            meeting_done: _t("Meeting held"),
            meeting_cancelled: _t("Meeting cancelled"),
            quotation_created: _t("Quotation created"),
            quotation_sent: _t("Quotation sent"),
            quotation_confirmed: _t("Quotation confirmed"),
            quotation_cancelled: _t("Quotation cancelled"),
            quotation_changed: _t("Quotation changed"),
        };
    }

    /** @returns {{key: string, label: string, events: Object[]}[]} the events by day */
    get days() {
        const days = [];
        for (const event of this.state.events) {
            const date = this.getDate(event);
            const key = date.toISODate();
            if (days.at(-1)?.key !== key) {
                days.push({ key, label: this.formatDay(date), events: [] });
            }
            days.at(-1).events.push(event);
        }
        return days;
    }

    get isBare() {
        const { kinds, events, upcoming } = this.state;
        return !kinds.length && !upcoming.length && events.length <= 1;
    }

    getDate({ date, day_only }) {
        return day_only ? deserializeDate(date.slice(0, 10)) : deserializeDateTime(date);
    }

    /** @returns {string} the day as one says it, else with its weekday and year */
    formatDay(date) {
        const days = Math.round(date.startOf("day").diff(today(), "days").days);
        const words = new Map([
            [-1, _t("Yesterday")],
            [0, _t("Today")],
            [1, _t("Tomorrow")],
        ]);
        return words.get(days) || date.toLocaleString(luxon.DateTime.DATE_HUGE);
    }

    formatTime(event) {
        return event.day_only ? "" : this.getDate(event).toLocaleString(luxon.DateTime.TIME_SIMPLE);
    }

    formatUpcoming(event) {
        return [this.formatDay(this.getDate(event)), this.formatTime(event)]
            .filter(Boolean)
            .join(", ");
    }

    formatAmount({ amount, currency_id }) {
        return formatMonetary(amount, { currencyId: currency_id });
    }

    formatValue(change, value) {
        return Message.prototype.formatTracking(change.fieldInfo, value) || _t("None");
    }

    getIcon(event) {
        if (event.type === "created") {
            return "fa-star-o";
        }
        return event.icon || this.kinds.find(({ id }) => id === event.kind).icon;
    }

    isSelected(kind) {
        return this.state.kinds.includes(kind);
    }

    toggleKind(kind) {
        this.state.kinds = this.isSelected(kind)
            ? this.state.kinds.filter((other) => other !== kind)
            : [...this.state.kinds, kind];
        return this.load();
    }

    showAll() {
        this.state.kinds = [];
        return this.load();
    }

    fetch(resId, params) {
        return this.keepLast.add(
            this.orm.call(this.props.record.resModel, "get_timeline", [[resId]], {
                kinds: this.state.kinds.length ? [...this.state.kinds] : null,
                ...params,
            })
        );
    }

    /** Loads the newest events, as many as are on the screen already. */
    async load(resId = this.resId) {
        if (!resId) {
            return;
        }
        if (resId !== this.loadedId) {
            Object.assign(this.state, { events: [], upcoming: [], loading: true });
            this.loadedId = resId;
        }
        this.state.loadingMore = false;
        const shown = Math.min(this.state.events.length, MAX_PAGE_SIZE);
        const { events, upcoming, cursor } = await this.fetch(resId, {
            limit: Math.max(shown, PAGE_SIZE),
        });
        Object.assign(this.state, { events, upcoming, cursor, loading: false });
    }

    async loadMore() {
        this.state.loadingMore = true;
        const { events, cursor } = await this.fetch(this.resId, {
            cursor: this.state.cursor,
            limit: PAGE_SIZE,
        });
        // an event that moved while the user was reading is shown once
        const keys = new Set(this.state.events.map(({ key }) => key));
        this.state.events.push(...events.filter(({ key }) => !keys.has(key)));
        Object.assign(this.state, { cursor, loadingMore: false });
    }

    canOpen({ file, record }) {
        return file || (record && record.model !== "mail.message");
    }

    isInThread({ kind }) {
        return kind === "message" || kind === "note";
    }

    /** Goes to where the message can be answered; the host's notebook has no call for that. */
    openThread() {
        const notebook = this.root.el.closest(".o_notebook");
        notebook?.querySelector(".o_notebook_headers .nav-link[name=messages]")?.click();
    }

    open({ file: data, record }) {
        if (data) {
            const file = toFile(data);
            return file.isViewable
                ? this.fileViewer.open(file)
                : window.location.assign(file.downloadUrl);
        }
        if (record.model === "mail.activity") {
            return this.openAction(record.id);
        }
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: record.model,
            res_id: record.id,
            views: [[false, "form"]],
            target: "current",
        });
    }

    /** Opens the dialog of the tab Commercial Actions. */
    openAction(id) {
        return this.action.doActionButton({
            type: "object",
            name: "action_crmsol_edit",
            resModel: "mail.activity",
            resId: id,
            resIds: [id],
            context: user.context,
            onClose: () => this.reload(),
        });
    }

    async reload() {
        const { record } = this.props;
        if (!(await record.isDirty())) {
            await record.load(); // the other tabs show the action too
        }
        await this.load();
    }
}

export const timeline = {
    component: Timeline,
    additionalClasses: ["w-100"],
};

registry.category("view_widgets").add("crmsol_timeline", timeline);
