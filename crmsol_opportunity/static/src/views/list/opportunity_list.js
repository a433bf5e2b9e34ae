import { browser } from "@web/core/browser/browser";
import { registry } from "@web/core/registry";
import { listView } from "@web/views/list/list_view";

import { useMoveDialog } from "../../closing/move_dialog";
import { withNewOpportunity } from "../../new_opportunity/new_opportunity";
import { OpportunityListModel, getColumnsKey, getShownActiveFields } from "./hidden_columns";
import { OpportunityListRenderer } from "./opportunity_list_renderer";

export class OpportunityListController extends withNewOpportunity(listView.Controller) {
    static template = "crmsol_opportunity.ListView";

    setup() {
        super.setup();
        this.move = useMoveDialog();
    }

    /** @override read the columns that the user has chosen, and not all that there are */
    get modelParams() {
        const params = super.modelParams;
        const { archInfo, fields, resModel, state } = this.props;
        params.getShownActiveFields = (isShown) => getShownActiveFields(archInfo, fields, isShown);
        if (!state?.modelState) {
            const key = getColumnsKey(resModel, this.env.config.viewId, archInfo, fields);
            const chosen = browser.localStorage.getItem(`optional_fields,${key}`)?.split(",");
            params.config.activeFields = params.getShownActiveFields(({ name, optional }) =>
                chosen ? chosen.includes(name) : optional === "show"
            );
        }
        return params;
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
    Renderer: OpportunityListRenderer,
    Model: OpportunityListModel,
};

registry.category("views").add("crmsol_opportunity_list", opportunityListView);
