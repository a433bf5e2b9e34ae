import { useService } from "@web/core/utils/hooks";

/**
 * The way into the closing phase, wherever the user takes it: ask whether the opportunity is won
 * or lost before anything is written.
 */
export function useClosingDialog() {
    const action = useService("action");
    const orm = useService("orm");
    let closingPhase;
    return {
        /** @param {number} phaseId */
        async isClosing(phaseId) {
            closingPhase ??= orm.search("crmsol.phase", [["is_closing", "=", true]], { limit: 1 });
            return (await closingPhase)[0] === phaseId;
        },
        /**
         * @param {number} resId an open opportunity
         * @param {() => void} onClose the dialog is left, whether the opportunity is closed or not
         */
        async ask(resId, onClose) {
            const dialog = await orm.call("crmsol.opportunity", "action_close", [[resId]]);
            await action.doAction(dialog, { onClose });
        },
    };
}
