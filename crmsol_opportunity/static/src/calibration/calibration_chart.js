import { Component } from "@odoo/owl";

import { cookie } from "@web/core/browser/cookie";
import { getColor, getCustomColor } from "@web/core/colors/colors";
import { _t } from "@web/core/l10n/translation";
import { user } from "@web/core/user";

import { useChart } from "../chart/use_chart";
import { formatChance } from "../distribution/format";

const RADIUS = { min: 4, max: 12 };
const WHISKER = 5;

/** What was said against what came true: points with their intervals, and the line of what fits. */
export class CalibrationChart extends Component {
    static template = "crmsol_opportunity.CalibrationChart";
    static props = { bins: Array };

    setup() {
        useChart(
            () => this.getConfig(),
            () => [this.props.bins]
        );
    }

    getConfig() {
        const { bins } = this.props;
        const scheme = cookie.get("color_scheme");
        const color = getColor(0, scheme, "odoo");
        const red = getCustomColor(scheme, "#b02a37", "#ff8a95");
        const text = getCustomColor(scheme, "#111827", "#E4E4E4");
        const grid = getCustomColor(scheme, "rgba(0, 0, 0, .1)", "rgba(255, 255, 255, .15)");
        const most = Math.max(...bins.map(({ n }) => n), 1);
        const colors = bins.map(({ fits }) => (fits ? color : red));
        const axis = (title) => ({
            type: "linear",
            min: 0,
            max: 1,
            title: { display: true, text: title, color: text },
            grid: { color: grid },
            ticks: {
                color: text,
                stepSize: 0.2,
                callback: (value) => value.toLocaleString(user.lang, { style: "percent" }),
            },
        });
        return {
            type: "scatter",
            data: {
                datasets: [
                    {
                        data: bins.map(({ chance, rate }) => ({ x: chance, y: rate })),
                        backgroundColor: colors,
                        borderColor: colors,
                        // what does not fit is told by its shape, too
                        pointStyle: bins.map(({ fits }) => (fits ? "circle" : "triangle")),
                        pointRadius: bins.map(
                            ({ n }) => RADIUS.min + (RADIUS.max - RADIUS.min) * Math.sqrt(n / most)
                        ),
                    },
                    {
                        type: "line",
                        data: [
                            { x: 0, y: 0 },
                            { x: 1, y: 1 },
                        ],
                        borderColor: text,
                        borderDash: [6, 4],
                        borderWidth: 1,
                        pointRadius: 0,
                        pointHitRadius: 0,
                    },
                ],
            },
            options: {
                animation: false,
                maintainAspectRatio: false,
                layout: { padding: { top: RADIUS.max, right: RADIUS.max } },
                clip: false,
                scales: {
                    x: axis(_t("What the win probability said")),
                    y: axis(_t("What came true")),
                },
                plugins: {
                    legend: { display: false },
                    tooltip: {
                        displayColors: false,
                        filter: ({ datasetIndex }) => datasetIndex === 0,
                        callbacks: { label: ({ dataIndex }) => this.describe(bins[dataIndex]) },
                    },
                },
            },
            plugins: [
                {
                    id: "crmsolIntervals",
                    beforeDatasetsDraw: (chart) => this.drawIntervals(chart, colors),
                },
            ],
        };
    }

    describe({ chance, k, n, rate, low, high }) {
        return [
            _t("Said: %s", formatChance(chance)),
            _t("Came true: %(rate)s (%(won)s of %(deals)s)", {
                rate: formatChance(rate),
                won: k,
                deals: n,
            }),
            `${formatChance(low)} – ${formatChance(high)}`,
        ];
    }

    drawIntervals({ ctx, scales }, colors) {
        ctx.save();
        ctx.lineWidth = 1.5;
        this.props.bins.forEach(({ chance, low, high }, index) => {
            const x = scales.x.getPixelForValue(chance);
            const [bottom, top] = [low, high].map((value) => scales.y.getPixelForValue(value));
            ctx.strokeStyle = colors[index];
            ctx.beginPath();
            ctx.moveTo(x, bottom);
            ctx.lineTo(x, top);
            for (const y of [bottom, top]) {
                ctx.moveTo(x - WHISKER, y);
                ctx.lineTo(x + WHISKER, y);
            }
            ctx.stroke();
        });
        ctx.restore();
    }
}
