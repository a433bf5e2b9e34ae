import { Component } from "@odoo/owl";

import { registry } from "@web/core/registry";
import { formatFloat } from "@web/core/utils/numbers";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** The chance to win as history tells it: a figure, its interval, and in words what it rests on. */
export class WinInsight extends Component {
    static template = "crmsol_opportunity.WinInsight";
    static props = { ...standardFieldProps };

    get insight() {
        return this.props.record.data[this.props.name];
    }

    /** @returns {string} whole percent, as the user's language writes numbers */
    percent(value) {
        return `${formatFloat(value, { digits: [3, 0] })} %`;
    }

    /** @returns {string} percentage points with their sign, which tells more than a colour */
    points(value) {
        const sign = value < 0 ? "−" : "+";
        return `${sign}${formatFloat(Math.abs(value), { digits: [3, 0] })}`;
    }
}

registry.category("fields").add("crmsol_win_insight", {
    component: WinInsight,
    supportedTypes: ["json"],
});
