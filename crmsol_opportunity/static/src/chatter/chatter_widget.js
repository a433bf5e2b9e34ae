import { Chatter } from "@mail/chatter/web_portal/chatter";

import { Component } from "@odoo/owl";

import { registry } from "@web/core/registry";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

/**
 * The host's chatter as the content of a notebook page. The `<chatter/>` tag cannot do that: in a
 * form with a sheet, mail's compiler moves it out of the page.
 */
export class ChatterWidget extends Component {
    static template = "crmsol_opportunity.ChatterWidget";
    static components = { Chatter };
    static props = { ...standardWidgetProps };

    saveRecord() {
        return this.props.record.save();
    }
}

export const chatterWidget = {
    component: ChatterWidget,
    additionalClasses: ["w-100"],
};

registry.category("view_widgets").add("crmsol_chatter", chatterWidget);
