import { registry } from "@web/core/registry";
import { formView } from "@web/views/form/form_view";

import { useNewOpportunity } from "../../new_opportunity/new_opportunity";

export class OpportunityFormController extends formView.Controller {
    static template = "crmsol_opportunity.FormView";

    setup() {
        super.setup();
        this.newOpportunity = useNewOpportunity({
            open: (resId) => this.model.load({ resId, resIds: [...this.model.root.resIds, resId] }),
            getContext: () => this.props.context,
        });
    }

    /** @override ask the four data first, instead of an empty full form */
    async create() {
        const saved = !(await this.model.root.isDirty()) || (await this.model.root.save());
        if (saved) {
            this.newOpportunity();
        }
    }
}

export const opportunityFormView = {
    ...formView,
    Controller: OpportunityFormController,
};

registry.category("views").add("crmsol_opportunity_form", opportunityFormView);
