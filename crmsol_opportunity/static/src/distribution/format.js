import { _t } from "@web/core/l10n/translation";
import { user } from "@web/core/user";
import { formatMonetary } from "@web/views/fields/formatters";

/** @returns {string} the amount as the user's language writes it, cents only if there are any */
export function formatAmount(value, currencyId) {
    return formatMonetary(value, {
        currencyId,
        trailingZeros: false,
        ...(Math.abs(value) >= 1000 && { digits: [16, 0] }),
    });
}

/** @returns {string} e.g. 35 % in Spanish; neither 0 % nor 100 % of what is not certain */
export function formatChance(chance) {
    const format = (value) => value.toLocaleString(user.lang, { style: "percent" });
    if (chance > 0 && chance < 0.005) {
        return _t("less than %s", format(0.01));
    }
    if (chance > 0.995 && chance < 1 - 1e-9) {
        return _t("more than %s", format(0.99));
    }
    return format(chance);
}

/** @returns {string} e.g. November 2026, or Nov 2026 */
export function formatMonth(month, width = "long") {
    return luxon.DateTime.fromISO(month).toLocaleString({ month: width, year: "numeric" });
}
