import { registry } from "@web/core/registry";
import { listView } from "@web/views/list/list_view";

import { useNewOpportunity } from "../../new_opportunity/new_opportunity";

export class OpportunityListController extends listView.Controller {
    static template = "crmsol_opportunity.ListView";

    setup() {
        super.setup();
        this.newOpportunity = useNewOpportunity({
            open: (resId) => this.props.selectRecord(resId, {}),
            getContext: () => this.props.context,
        });
    }

    /** @override */
    async createRecord() {
        this.newOpportunity();
    }
}

export const opportunityListView = {
    ...listView,
    Controller: OpportunityListController,
};

registry.category("views").add("crmsol_opportunity_list", opportunityListView);
