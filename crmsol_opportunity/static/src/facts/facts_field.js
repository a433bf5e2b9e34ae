import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** The facts of an opportunity's progress: each with an icon and its words, never a colour alone. */
export class FactsField extends Component {
    static template = "crmsol_opportunity.FactsField";
    static props = { ...standardFieldProps, chips: { type: Boolean, optional: true } };

    get facts() {
        const facts = this.props.record.data[this.props.name];
        if (!Array.isArray(facts)) {
            return []; // of sample data
        }
        return this.props.chips
            ? facts.filter((f) => f.chip).map((f) => ({ ...f, text: f.chip }))
            : facts;
    }
}

export const factsField = {
    component: FactsField,
    displayName: _t("Progress Facts"),
    supportedTypes: ["json"],
    supportedOptions: [
        {
            label: _t("Only the most urgent ones, in short"),
            name: "chips",
            type: "boolean",
        },
    ],
    extractProps: ({ options }) => ({ chips: Boolean(options.chips) }),
};

registry.category("fields").add("crmsol_facts", factsField);
