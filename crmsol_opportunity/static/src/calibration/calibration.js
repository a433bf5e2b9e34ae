import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";

import { ClosingPage } from "../closing_rates/closing_page";
import { formatChance } from "../distribution/format";
import { CalibrationChart } from "./calibration_chart";

/** Of fewer deals than these a rate tells next to nothing. */
const SMALL_SAMPLE = 5;

/** How each verdict looks; its title says it in words. */
const ICONS = {
    better: "fa-check-circle text-success",
    order: "fa-sort-amount-desc text-warning",
    same: "fa-minus-circle text-warning",
    worse: "fa-times-circle text-danger",
};

/** Whether the chances to win came true: how far to trust them. */
export class Calibration extends ClosingPage {
    static template = "crmsol_opportunity.Calibration";
    static components = { ...ClosingPage.components, CalibrationChart };

    source = { model: "crmsol.opportunity", method: "get_win_calibration" };

    /** @override */
    get labels() {
        return {
            given: _t("Said"),
            mean: _t("On average"),
            rate: _t("Came true"),
            fits: _t("As said?"),
            brier: _t("Brier score"),
            same: _t("Win probability, same deals"),
            words: _t("Comparison"),
        };
    }

    get icon() {
        return ICONS[this.data.verdict] || "fa-hourglass-half text-muted";
    }

    /** @returns {Object} what each score is of */
    get names() {
        return {
            win: _t("Win probability"),
            base: _t("The same win rate for all"),
            default: _t("Percentage of the phase"),
            seller: _t("Own percentage of the salesperson"),
        };
    }

    get scores() {
        return this.data.scores.filter(({ id, brier }) => id !== "win" || brier !== false);
    }

    get parts() {
        return [
            {
                id: "reliability",
                label: _t("Reliability: how far from what came true (0 is best)"),
            },
            {
                id: "resolution",
                label: _t("Resolution: how far deals were told apart (much is best)"),
            },
            {
                id: "uncertainty",
                label: _t("Uncertainty: what nobody can be blamed for"),
            },
            {
                id: "within",
                label: _t("Within the ranges: what they hide"),
            },
        ];
    }

    getRate(bin) {
        return { won: bin.k, deals: bin.n, ...bin, is_small: bin.n < SMALL_SAMPLE };
    }

    /** @returns {string} e.g. 20 % – 40 % */
    formatRange({ from, to }) {
        return `${formatChance(from)} – ${formatChance(to)}`;
    }

    formatChance(chance) {
        return formatChance(chance);
    }

    formatCounts({ deals, count }) {
        return _t("deals: %(deals)s, chances: %(count)s", { deals, count });
    }

    formatScore(score) {
        return score.toLocaleString(user.lang, {
            minimumFractionDigits: 3,
            maximumFractionDigits: 3,
        });
    }

    /** @returns {string} the difference of two scores with its sign and interval */
    formatGain({ gain, low, high }) {
        const sign = (value) => `${value < 0 ? "−" : "+"}${this.formatScore(Math.abs(value))}`;
        if (low === false) {
            return sign(gain);
        }
        return _t("%(gain)s, with 95% confidence between %(low)s and %(high)s", {
            gain: sign(gain),
            low: sign(low),
            high: sign(high),
        });
    }
}

registry.category("actions").add("crmsol_calibration", Calibration);
