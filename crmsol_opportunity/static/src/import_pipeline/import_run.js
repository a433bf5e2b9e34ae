import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";

/**
 * Has a pipeline imported, or its dry run done, batch by batch: each is a request and a transaction
 * of its own. Returns the action that shows the result.
 */
export async function runImport(env, action) {
    const { ui, orm } = env.services;
    const { wizard_id: wizardId, total } = action.params;
    let progress = { done: 0, total };
    while (!progress.action) {
        const { done } = progress;
        ui.block({ message: _t("%(done)s of %(total)s rows", { done, total }) });
        try {
            progress = await orm.call("crmsol.opportunity.import", "run_batch", [[wizardId]]);
        } finally {
            ui.unblock();
        }
    }
    return progress.action;
}

registry.category("actions").add("crmsol_opportunity_import_run", runImport);
