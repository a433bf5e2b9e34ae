import { _t } from "@web/core/l10n/translation";
import { formatMonetary } from "@web/views/fields/formatters";

/** @returns {string} the amount as the user's language writes it, cents only if there are any */
export function formatAmount(value, currencyId) {
    const isWhole = Number.isInteger(value);
    return formatMonetary(value, { currencyId, ...(isWhole && { trailingZeros: false }) });
}

/** @returns {string} e.g. 1 deal, 3 deals */
export function formatDeals(count) {
    return count === 1 ? _t("1 deal") : _t("%(count)s deals", { count });
}

/** @returns {string} how late something is that was due so many days ago; today if it is not late */
export function formatLateness(days) {
    if (days <= 0) {
        return _t("Today");
    }
    return days === 1 ? _t("1 day late") : _t("%(days)s days late", { days });
}

/** @returns {string} for how long nobody has heard of a deal */
export function formatSilence(days) {
    return days === 1 ? _t("1 day of silence") : _t("%(days)s days of silence", { days });
}

/** @returns {number} how much of the target is won, in whole percent; never 100 before it is */
export function getProgress({ won_amount: won, target }) {
    return target > 0 ? Math.floor((100 * won) / target + 1e-9) : 0;
}
