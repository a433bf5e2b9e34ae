import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";

/**
 * Has a step of the migration done, batch by batch: each is a request and a transaction of its own.
 * Returns the action that shows the result.
 */
export async function runMigration(env, action) {
    const { ui, orm } = env.services;
    const { migration_id: migrationId, total } = action.params;
    let progress = { done: 0, total };
    while (!progress.action) {
        const { done } = progress;
        ui.block({ message: _t("%(done)s of %(total)s opportunities", { done, total }) });
        try {
            progress = await orm.call("crmsol.crm.migration", "run_batch", [[migrationId]]);
        } finally {
            ui.unblock();
        }
    }
    return progress.action;
}

registry.category("actions").add("crmsol_opportunity_crm_run", runMigration);
