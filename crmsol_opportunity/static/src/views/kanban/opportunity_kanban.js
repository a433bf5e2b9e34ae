import { registry } from "@web/core/registry";
import { rottingKanbanView } from "@mail/js/rotting_mixin/rotting_kanban_view";

import { withNewOpportunity } from "../../new_opportunity/new_opportunity";

export class OpportunityKanbanController extends withNewOpportunity(rottingKanbanView.Controller) {
    static template = "crmsol_opportunity.KanbanView";
}

export const opportunityKanbanView = {
    ...rottingKanbanView,
    Controller: OpportunityKanbanController,
};

registry.category("views").add("crmsol_opportunity_kanban", opportunityKanbanView);
