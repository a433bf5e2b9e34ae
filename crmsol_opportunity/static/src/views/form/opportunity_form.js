import { onMounted } from "@odoo/owl";
import { router } from "@web/core/browser/router";
import { registry } from "@web/core/registry";
import { formView } from "@web/views/form/form_view";

import { useNewOpportunity } from "../../new_opportunity/new_opportunity";
import { useTabHotkeys } from "./tab_hotkeys";

/** In the entry of the browser's history: the tabs that were open when the form was left. */
const TABS = "crmsol_tabs";

router.hideKeyFromUrl(TABS);

export class OpportunityFormController extends formView.Controller {
    static template = "crmsol_opportunity.FormView";

    setup() {
        super.setup();
        this.newOpportunity = useNewOpportunity({
            open: (resId) => this.model.load({ resId, resIds: [...this.model.root.resIds, resId] }),
            getContext: () => this.props.context,
        });
        this.rememberTabs();
        useTabHotkeys(this.rootRef);
    }

    /**
     * Open the tabs anew that were open when the user left the form. By the breadcrumb the host
     * brings them back; by the browser's Back the form is built from the history entry alone.
     */
    rememberTabs() {
        const { resId, pages } = router.current[TABS] || {};
        const fromHistory = resId && resId === this.props.resId ? pages : {};
        this.activeNotebookPages = { ...fromHistory, ...this.props.state?.activeNotebookPages };
        if (this.env.inDialog) {
            return;
        }
        const tabs = { ...this.activeNotebookPages };
        const keep = () =>
            router.replaceState({ [TABS]: { resId: this.model.root.resId, pages: { ...tabs } } });
        const onNotebookPageChange = this.onNotebookPageChange;
        this.onNotebookPageChange = (notebookId, page) => {
            onNotebookPageChange(notebookId, page);
            if (page && tabs[notebookId] !== page) {
                tabs[notebookId] = page;
                keep();
            }
        };
        // the action writes the entry anew as it is shown
        onMounted(keep);
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
