import { Component, useRef } from "@odoo/owl";

import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

import { AdviceItem, useAdvice } from "./advice_item";

/** What to do next about an opportunity: at most three pieces of advice, the most urgent first. */
export class AdviceField extends Component {
    static template = "crmsol_opportunity.AdviceField";
    static components = { AdviceItem };
    static props = { ...standardFieldProps };

    setup() {
        this.root = useRef("root");
        const { plan, dismiss } = useAdvice(() => this.reload());
        this.plan = (advice) => this.answer(plan, advice);
        this.dismiss = (advice) => this.answer(dismiss, advice);
    }

    get advice() {
        return this.props.record.data[this.props.name] || [];
    }

    /** What is typed in the form is saved first, as by every other button of it. */
    async answer(callback, advice) {
        const { record } = this.props;
        if (await record.save()) {
            await callback(record.resId, advice);
        }
    }

    async reload() {
        const { record } = this.props;
        await record.load();
        // the timeline and the thread have it too
        this.env.bus.trigger("MAIL:RELOAD-THREAD", { model: record.resModel, id: record.resId });
        // the button that was pressed is gone: the keyboard goes on with the next one
        this.root.el?.querySelector("button")?.focus();
    }
}

registry.category("fields").add("crmsol_advice", {
    component: AdviceField,
    supportedTypes: ["json"],
});
