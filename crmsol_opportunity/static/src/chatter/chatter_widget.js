import { Chatter } from "@mail/chatter/web_portal/chatter";

import { Component, useState } from "@odoo/owl";

import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

/**
 * The host's chatter as the content of a notebook page. The `<chatter/>` tag cannot do that: in a
 * form with a sheet, mail's compiler moves it out of the page.
 */
export class ChatterWidget extends Component {
    static template = "crmsol_opportunity.ChatterWidget";
    static components = { Chatter };
    static props = { ...standardWidgetProps };

    setup() {
        this.store = useState(useService("mail.store"));
    }

    /** @returns {boolean} whether nobody has written yet: what is logged by itself does not count */
    get isBare() {
        if (this.env.inDialog) {
            return false;
        }
        const { resModel: model, resId: id } = this.props.record;
        const thread = id && this.store.Thread.get({ model, id });
        return (
            !id ||
            (thread?.isLoaded &&
                thread.messages.every((message) =>
                    ["notification", "auto_comment"].includes(message.message_type)
                ))
        );
    }

    saveRecord() {
        return this.props.record.save();
    }
}

export const chatterWidget = {
    component: ChatterWidget,
    additionalClasses: ["w-100"],
};

registry.category("view_widgets").add("crmsol_chatter", chatterWidget);
