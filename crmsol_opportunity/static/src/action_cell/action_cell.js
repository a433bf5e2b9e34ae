import { Component } from "@odoo/owl";

import { formatDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

const STATES = {
    overdue: { icon: "fa-exclamation-circle", color: "text-bg-danger" },
    today: { icon: "fa-bell", color: "text-bg-warning" },
    planned: { icon: "fa-clock-o", color: "text-bg-info" },
    done: { icon: "fa-check", color: "text-bg-success" },
    cancelled: { icon: "fa-ban", color: "text-bg-secondary" },
};

/** The state of an action, by icon, word and colour. */
export class ActionState extends Component {
    static template = "crmsol_opportunity.ActionState";
    static props = { ...standardFieldProps };

    get state() {
        return STATES[this.props.record.data[this.props.name]] || STATES.planned;
    }

    get label() {
        const { data, fields } = this.props.record;
        const option = fields[this.props.name].selection.find(
            ([value]) => value === data[this.props.name]
        );
        return option ? option[1] : "";
    }
}

/** The type of an action, by icon and name. */
export class ActionType extends Component {
    static template = "crmsol_opportunity.ActionType";
    static props = { ...standardFieldProps };

    get icon() {
        return this.props.record.data.icon || "fa-tasks";
    }

    get label() {
        return this.props.record.data[this.props.name]?.display_name || "";
    }
}

/** When an action takes place: its date and hour, or its date alone. */
export class ActionWhen extends Component {
    static template = "crmsol_opportunity.ActionWhen";
    static props = { ...standardFieldProps };

    get label() {
        const { data } = this.props.record;
        const start = data[this.props.name];
        return start
            ? `${formatDate(start)} ${start.toFormat("HH:mm")}`
            : formatDate(data.date_deadline);
    }
}

const fieldsRegistry = registry.category("fields");
fieldsRegistry.add("crmsol_action_state", {
    component: ActionState,
    displayName: _t("State of an action"),
    supportedTypes: ["selection"],
});
fieldsRegistry.add("crmsol_action_type", {
    component: ActionType,
    displayName: _t("Type of an action"),
    supportedTypes: ["many2one"],
    fieldDependencies: [{ name: "icon", type: "char" }],
});
fieldsRegistry.add("crmsol_action_when", {
    component: ActionWhen,
    displayName: _t("Date and hour of an action"),
    supportedTypes: ["datetime"],
    fieldDependencies: [{ name: "date_deadline", type: "date" }],
});
