import { Component } from "@odoo/owl";

import { deserializeDateTime } from "@web/core/l10n/dates";

import { formatLateness } from "./format";

/** An action that is due, and the clicks that settle it. */
export class ActionRow extends Component {
    static template = "crmsol_opportunity.MyDayActionRow";
    static props = {
        action: Object,
        onOpen: Function,
        onDone: Function,
        onEdit: Function,
        onCall: Function,
    };

    get isLate() {
        return this.props.action.days_late > 0;
    }

    get lateness() {
        return formatLateness(this.props.action.days_late);
    }

    get hour() {
        const { start } = this.props.action;
        return start ? deserializeDateTime(start).toFormat("HH:mm") : "";
    }

    get phone() {
        return this.props.action.phone.replace(/\s+/g, "");
    }
}
