import { Component } from "@odoo/owl";
import { DropdownItem } from "@web/core/dropdown/dropdown_item";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { useService } from "@web/core/utils/hooks";
import { STATIC_ACTIONS_GROUP_NUMBER } from "@web/search/action_menus/action_menus";

/** "Import a pipeline", beside the host's "Import records", for sales managers. */
export class ImportPipeline extends Component {
    static template = "crmsol_opportunity.ImportPipeline";
    static components = { DropdownItem };
    static props = {};

    setup() {
        this.action = useService("action");
    }

    open() {
        this.action.doAction("crmsol_opportunity.crmsol_opportunity_import_action");
    }
}

registry.category("cogMenu").add(
    "crmsol-import-pipeline",
    {
        Component: ImportPipeline,
        groupNumber: STATIC_ACTIONS_GROUP_NUMBER,
        isDisplayed: ({ config, searchModel }) =>
            searchModel?.resModel === "crmsol.opportunity" &&
            config.actionType === "ir.actions.act_window" &&
            ["kanban", "list"].includes(config.viewType) &&
            user.hasGroup("sales_team.group_sale_manager"),
    },
    { sequence: 2 }
);
