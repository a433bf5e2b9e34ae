import { registry } from "@web/core/registry";
import { rottingKanbanView } from "@mail/js/rotting_mixin/rotting_kanban_view";

import { useNewOpportunity } from "../../new_opportunity/new_opportunity";

export class OpportunityKanbanController extends rottingKanbanView.Controller {
    static template = "crmsol_opportunity.KanbanView";

    setup() {
        super.setup();
        this.newOpportunity = useNewOpportunity({
            open: (resId) => this.props.selectRecord(resId, {}),
            getContext: () => this.props.context,
        });
    }

    /** @override the button, the shortcut and the empty state's helper all pass here */
    async createRecord() {
        this.newOpportunity();
    }
}

export const opportunityKanbanView = {
    ...rottingKanbanView,
    Controller: OpportunityKanbanController,
};

registry.category("views").add("crmsol_opportunity_kanban", opportunityKanbanView);
