import { _t } from "@web/core/l10n/translation";
import { user } from "@web/core/user";
import { formatFloat, formatMonetary } from "@web/views/fields/formatters";

/** @returns {string} whole percent as the language writes them, with a space before the sign or without */
const formatPercent = (rate) => rate.toLocaleString(user.lang, { style: "percent" });

/**
 * @param {{k: number, n: number, rate: number|false, low: number, high: number}} rate
 * @returns {{value: string, detail: string}} the rate, and what a sample of that size can tell
 */
export function describeRate({ k, n, rate, low, high }) {
    if (!n) {
        return { value: "", detail: "" };
    }
    const bounds = [low, high].map((bound) => formatPercent(bound));
    return {
        value: formatPercent(rate),
        detail: _t("%(low)s to %(high)s; %(k)s of %(n)s", {
            low: bounds[0],
            high: bounds[1],
            k,
            n,
        }),
    };
}

/** @returns {string} days with one decimal, as the language writes them */
export function formatDays(days) {
    return formatFloat(days, { digits: [16, 1] });
}

/**
 * @param {{median: number|false, quartile_1: number|false, quartile_3: number|false}} days
 * @returns {{value: string, detail: string}} the median, and between what half of the stays lie
 */
export function describeDays({ median, quartile_1, quartile_3 }) {
    if (median === false) {
        return { value: "", detail: "" };
    }
    return {
        value: formatDays(median),
        detail: _t("half of them %(low)s to %(high)s", {
            low: formatDays(quartile_1),
            high: formatDays(quartile_3),
        }),
    };
}

/**
 * The four factors of the velocity, in the order of the formula.
 *
 * @param {Object} velocity as the server returns it
 * @returns {{id: string, sign: string, label: string, value: string, detail: string, of: string}[]}
 */
export function describeFactors({ open, win_rate, average, cycle, currency_id: currencyId }) {
    const rate = describeRate(win_rate);
    return [
        { id: "open", sign: "", label: _t("Open opportunities"), value: `${open}`, of: "open" },
        { id: "win_rate", sign: "×", label: _t("Win rate"), ...rate, of: "closed" },
        {
            id: "average",
            sign: "×",
            label: _t("Average won amount"),
            value: average.n ? formatMonetary(average.amount, { currencyId }) : "",
            detail: average.n ? _t("of %(n)s won ones", { n: average.n }) : "",
            of: "won",
        },
        {
            id: "cycle",
            sign: "÷",
            label: _t("Average cycle in days"),
            value: cycle.n ? formatDays(cycle.days) : "",
            detail: cycle.n ? _t("of %(n)s won ones", { n: cycle.n }) : "",
            of: "won",
        },
    ].map((factor) => ({ detail: "", ...factor }));
}
