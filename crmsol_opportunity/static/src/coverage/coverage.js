import { Component } from "@odoo/owl";

import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** Who of the customer's people has been talked to: role × attitude × days since. */
export class Coverage extends Component {
    static template = "crmsol_opportunity.Coverage";
    static props = { ...standardFieldProps };

    get coverage() {
        return (
            this.props.record.data[this.props.name] || { attitudes: [], roles: [], sentences: [] }
        );
    }

    get risks() {
        return this.coverage.sentences.filter(([kind]) => kind === "risk");
    }

    get summary() {
        return this.coverage.sentences.filter(([kind]) => kind === "summary");
    }

    /** @returns {string} an icon that says the same as the colour and the words */
    getIcon({ state }) {
        return {
            recent: "fa-check text-success",
            old: "fa-clock-o text-warning",
            never: "fa-circle-o text-danger",
        }[state];
    }

    /** @returns {string} when the person was last contacted, in a few words */
    formatDays({ days }) {
        if (days === false) {
            return _t("never");
        }
        if (days === 0) {
            return _t("today");
        }
        return _t("%s d", days);
    }

    formatTitle({ name, date }) {
        return date
            ? _t("%(name)s: last contact on %(date)s", { name, date })
            : _t("%s: no contact yet", name);
    }
}

registry.category("fields").add("crmsol_coverage", {
    component: Coverage,
    supportedTypes: ["json"],
});
