import { registry } from "@web/core/registry";
import { listView } from "@web/views/list/list_view";

import { useMoveDialog } from "../../closing/move_dialog";
import { withNewOpportunity } from "../../new_opportunity/new_opportunity";

export class OpportunityListController extends withNewOpportunity(listView.Controller) {
    static template = "crmsol_opportunity.ListView";

    setup() {
        super.setup();
        this.move = useMoveDialog();
    }

    /** @override a phase chosen in the list asks for what it needs, of all the selected rows */
    async onWillSaveMulti(editedRecord, changes) {
        const canProceed = await super.onWillSaveMulti(editedRecord, changes);
        if (canProceed === false || !changes.phase_id) {
            return canProceed;
        }
        const { root } = this.model;
        const resIds = [...new Set(root.selection.map((record) => record.resId))];
        const values = { phase_id: changes.phase_id.id };
        if (!(await this.move.ask(resIds, values, () => this.model.load()))) {
            return canProceed;
        }
        // not awaited: it waits in turn for the saving that asks
        root.leaveEditMode({ discard: true });
        return false;
    }
}

export const opportunityListView = {
    ...listView,
    Controller: OpportunityListController,
};

registry.category("views").add("crmsol_opportunity_list", opportunityListView);
