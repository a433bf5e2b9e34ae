import { Component } from "@odoo/owl";

import { cookie } from "@web/core/browser/cookie";
import { getCustomColor } from "@web/core/colors/colors";
import { formatMonetary } from "@web/views/fields/formatters";

import { useChart } from "../chart/use_chart";
import { formatChange } from "./waterfall_format";

const END_POINTS = ["start", "end"];

/**
 * Returns from where to where each bar floats.
 *
 * @param {{kind: string, amount: number}[]} bars from the start to the end
 * @returns {[number, number][]}
 */
export function getLevels(bars) {
    let level = 0;
    return bars.map(({ kind, amount }) => {
        if (END_POINTS.includes(kind)) {
            level = amount;
            return [0, amount];
        }
        level += amount;
        return [level - amount, level];
    });
}

/** The bars between two pipelines. The table beside it says the same in words. */
export class WaterfallChart extends Component {
    static template = "crmsol_opportunity.WaterfallChart";
    static props = {
        section: Object,
        label: String,
        onSelect: Function,
    };

    setup() {
        useChart(
            () => this.config,
            () => [this.props.section, this.env.isSmall]
        );
    }

    get bars() {
        return this.props.section.bars;
    }

    get height() {
        return this.env.isSmall ? `${3 + 3 * this.bars.length}rem` : "24rem";
    }

    /** Names and signed figures are written beside each bar, so that no colour has to tell them. */
    get config() {
        const { currency_id: currencyId } = this.props.section;
        const scheme = cookie.get("color_scheme");
        const text = getCustomColor(scheme, "#374151", "#E4E4E4");
        const grid = getCustomColor(scheme, "rgba(0, 0, 0, .1)", "rgba(255, 255, 255, .15)");
        const isLying = this.env.isSmall; // on phones the bars are rows
        const [names, values] = isLying ? ["y", "x"] : ["x", "y"];
        return {
            type: "bar",
            data: {
                labels: this.bars.map((bar) => [bar.label, formatChange(bar, currencyId)]),
                datasets: [
                    {
                        data: getLevels(this.bars),
                        backgroundColor: this.bars.map((bar) => this.getColor(bar, scheme)),
                        borderSkipped: false,
                        borderRadius: 2,
                        minBarLength: 2,
                    },
                ],
            },
            options: {
                animation: false,
                indexAxis: names,
                maintainAspectRatio: false,
                onClick: (_ev, [element]) =>
                    element && this.props.onSelect(this.bars[element.index]),
                onHover: (ev, elements) => {
                    ev.native.target.style.cursor = elements.length ? "pointer" : "";
                },
                plugins: {
                    legend: { display: false },
                    tooltip: {
                        callbacks: {
                            title: ([{ dataIndex }]) => this.bars[dataIndex].label,
                            label: ({ dataIndex }) =>
                                formatChange(this.bars[dataIndex], currencyId),
                        },
                    },
                },
                scales: {
                    [names]: { grid: { display: false }, ticks: { color: text, autoSkip: false } },
                    [values]: {
                        beginAtZero: true,
                        grid: { color: grid },
                        ticks: {
                            color: text,
                            maxTicksLimit: isLying ? 4 : 8,
                            callback: (value) =>
                                formatMonetary(value, {
                                    currencyId,
                                    humanReadable: true,
                                    digits: [16, 0],
                                }),
                        },
                    },
                },
            },
        };
    }

    getColor({ kind, amount }, scheme) {
        if (END_POINTS.includes(kind)) {
            return getCustomColor(scheme, "#5B6B82", "#8CA0BC");
        }
        if (kind === "won") {
            return getCustomColor(scheme, "#1A7FA3", "#4FB3D6");
        }
        return amount >= 0
            ? getCustomColor(scheme, "#28874A", "#52B474")
            : getCustomColor(scheme, "#C4473A", "#E07B70");
    }
}
