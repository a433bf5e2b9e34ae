import { Component, useState } from "@odoo/owl";

import { formatDate, serializeDate } from "@web/core/l10n/dates";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { useRecordObserver } from "@web/model/relational_model/utils";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

import { markConflicts } from "./agenda";

/**
 * What else the owner of an action has to do on its day, while it is being planned. Engagements at
 * the chosen hour are marked.
 */
export class DayAgenda extends Component {
    static template = "crmsol_opportunity.DayAgenda";
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.keepLast = new KeepLast();
        this.state = useState({ rows: null });
        useRecordObserver((record) => this.observe(record));
    }

    get day() {
        const { crmsol_date_start, date_deadline } = this.props.record.data;
        return crmsol_date_start || date_deadline;
    }

    get dayLabel() {
        return this.day ? formatDate(this.day) : "";
    }

    get owner() {
        return this.props.record.data.user_id;
    }

    get rows() {
        const { crmsol_date_start, crmsol_duration } = this.props.record.data;
        return markConflicts(
            { start: crmsol_date_start, duration: crmsol_duration },
            this.state.rows || []
        );
    }

    get hasConflict() {
        return this.rows.some((row) => row.conflict);
    }

    hours(row) {
        const format = { hour: "2-digit", minute: "2-digit", hour12: false };
        return `${row.start.toLocaleString(format)} – ${row.stop.toLocaleString(format)}`;
    }

    async observe(record) {
        const { user_id, crmsol_date_start, date_deadline } = record.data;
        const day = crmsol_date_start || date_deadline;
        if (!user_id || !day) {
            this.key = null;
            this.state.rows = null;
            return;
        }
        const args = [user_id.id, serializeDate(day), record.resId || false];
        const key = JSON.stringify(args);
        if (key === this.key) {
            return; // another hour of the same day: the rows are the same
        }
        this.key = key;
        this.state.rows = await this.keepLast.add(
            this.orm.silent.call("mail.activity", "crmsol_get_day_agenda", args)
        );
    }
}

registry.category("view_widgets").add("crmsol_day_agenda", {
    component: DayAgenda,
    additionalClasses: ["w-100"],
    fieldDependencies: [
        { name: "user_id", type: "many2one", relation: "res.users" },
        { name: "date_deadline", type: "date" },
        { name: "crmsol_date_start", type: "datetime" },
        { name: "crmsol_duration", type: "float" },
    ],
});
