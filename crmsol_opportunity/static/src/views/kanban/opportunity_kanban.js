import { registry } from "@web/core/registry";
import { rottingKanbanView } from "@mail/js/rotting_mixin/rotting_kanban_view";

import { withNewOpportunity } from "../../new_opportunity/new_opportunity";
import { OpportunityKanbanRenderer } from "./opportunity_kanban_renderer";

export class OpportunityKanbanController extends withNewOpportunity(rottingKanbanView.Controller) {
    static template = "crmsol_opportunity.KanbanView";
}

export const opportunityKanbanView = {
    ...rottingKanbanView,
    Controller: OpportunityKanbanController,
    Renderer: OpportunityKanbanRenderer,
};

registry.category("views").add("crmsol_opportunity_kanban", opportunityKanbanView);
