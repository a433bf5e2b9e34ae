import { formatMonetary } from "@web/views/fields/formatters";

/**
 * Writes what a bar adds, with its sign; the pipelines at both ends have none.
 *
 * @param {{kind: string, amount: number}} bar
 * @param {number} currencyId
 * @returns {string}
 */
export function formatChange({ kind, amount }, currencyId) {
    const figure = formatMonetary(Math.abs(amount), { currencyId });
    if (kind === "start" || kind === "end" || !amount) {
        return figure;
    }
    return `${amount > 0 ? "+" : "−"}${figure}`;
}
