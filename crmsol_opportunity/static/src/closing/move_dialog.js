import { useEnv } from "@odoo/owl";

/**
 * The way from one phase to another, wherever the user takes it: ask for what has to be known
 * before anything is written. The dialog then moves the opportunities, or leaves them.
 */
export function useMoveDialog() {
    // not by useService: who leaves the view in the meantime has moved them all the same
    const { action, orm } = useEnv().services;
    return {
        /**
         * @param {number[]} resIds opportunities
         * @param {{ phase_id?: number, outcome?: string }} values what is about to be written
         * @returns {Promise<object|false>} the dialog that asks; without one the caller moves them
         */
        find(resIds, values) {
            return orm.call("crmsol.opportunity", "get_move_dialog", [resIds, values]);
        },
        /**
         * @param {object} dialog
         * @param {() => void} onClose it is left, whether they were moved or not
         */
        open(dialog, onClose) {
            return action.doAction(dialog, { onClose });
        },
        /** @returns {Promise<boolean>} whether a dialog asks, and so does the move */
        async ask(resIds, values, onClose) {
            const dialog = await this.find(resIds, values);
            if (dialog) {
                await this.open(dialog, onClose);
            }
            return Boolean(dialog);
        },
    };
}
