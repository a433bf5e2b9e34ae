import { Component } from "@odoo/owl";

import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

/** One click calls the contact and opens the dialog in which the call is logged. */
export class CallButton extends Component {
    static template = "crmsol_opportunity.CallButton";
    static props = { ...standardWidgetProps };

    setup() {
        this.action = useService("action");
    }

    get phone() {
        return this.props.record.data.action_phone || "";
    }

    get href() {
        return `tel:${this.phone.replace(/\s+/g, "")}`;
    }

    async onClick() {
        const { record } = this.props;
        if (!(await record.save())) {
            return;
        }
        await this.action.doActionButton({
            type: "object",
            name: "action_call",
            resModel: record.resModel,
            resId: record.resId,
            context: record.context,
            onClose: () => record.load(),
        });
    }
}

registry.category("view_widgets").add("crmsol_call_button", {
    component: CallButton,
    fieldDependencies: [{ name: "action_phone", type: "char" }],
});
