import { useService } from "@web/core/utils/hooks";

/**
 * The way from one phase to another, wherever the user takes it: ask for what has to be known
 * before anything is written. The dialog then moves the opportunities, or leaves them.
 */
export function useMoveDialog() {
    const action = useService("action");
    const orm = useService("orm");
    return {
        /**
         * @param {number[]} resIds opportunities
         * @param {{ phase_id?: number, outcome?: string }} values what is about to be written
         * @param {() => void} onClose the dialog is left, whether they were moved or not
         * @returns {Promise<boolean>} whether a dialog asks; otherwise the caller moves them
         */
        async ask(resIds, values, onClose) {
            const dialog = await orm.call("crmsol.opportunity", "get_move_dialog", [
                resIds,
                values,
            ]);
            if (dialog) {
                await action.doAction(dialog, { onClose });
            }
            return Boolean(dialog);
        },
    };
}
