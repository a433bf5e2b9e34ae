import { registry } from "@web/core/registry";
import { listView } from "@web/views/list/list_view";

import { withNewOpportunity } from "../../new_opportunity/new_opportunity";

export class OpportunityListController extends withNewOpportunity(listView.Controller) {
    static template = "crmsol_opportunity.ListView";
}

export const opportunityListView = {
    ...listView,
    Controller: OpportunityListController,
};

registry.category("views").add("crmsol_opportunity_list", opportunityListView);
