import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";
import { FormViewDialog } from "@web/views/view_dialogs/form_view_dialog";

/**
 * Returns a function that asks in a dialog for the four data of a new opportunity (name, customer,
 * amount, phase) and opens it once it is saved.
 *
 * @param {Object} params
 * @param {(resId: number) => any} params.open opens the form of the opportunity just created
 * @param {() => Object} params.getContext the context of the view, with its default values
 */
export function useNewOpportunity({ open, getContext }) {
    const dialog = useService("dialog");
    return () =>
        dialog.add(FormViewDialog, {
            resModel: "crmsol.opportunity",
            title: _t("New opportunity"),
            canExpand: false,
            size: "md",
            context: {
                ...getContext(),
                form_view_ref: "crmsol_opportunity.crmsol_opportunity_view_form_new",
            },
            onRecordSaved: (record) => open(record.resId),
        });
}

/**
 * A list or kanban controller that creates opportunities through the dialog: its button, its
 * shortcut and the helper of the empty view all pass through `createRecord`.
 *
 * @template {typeof import("@odoo/owl").Component} T
 * @param {T} Controller
 * @returns {T}
 */
export const withNewOpportunity = (Controller) =>
    class extends Controller {
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
    };
