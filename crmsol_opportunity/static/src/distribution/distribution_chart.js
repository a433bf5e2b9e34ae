import { Component } from "@odoo/owl";

import { cookie } from "@web/core/browser/cookie";
import { getColor, getCustomColor } from "@web/core/colors/colors";
import { _t } from "@web/core/l10n/translation";
import { user } from "@web/core/user";

import { useChart } from "../chart/use_chart";
import { formatAmount, formatChance } from "./format";

const ROW_HEIGHT = 15;
const LABEL_ROWS = 4;

/** How likely it is to win how much: bars of ranges, with marks that are told by words, too. */
export class DistributionChart extends Component {
    static template = "crmsol_opportunity.DistributionChart";
    static props = { data: Object };

    setup() {
        useChart(
            () => this.getConfig(),
            () => [this.props.data]
        );
    }

    get amountFormat() {
        return new Intl.NumberFormat(user.lang, { notation: "compact", maximumFractionDigits: 1 });
    }

    /** @returns {Object[]} the vertical lines: where, what they are called, how they are drawn */
    get marks() {
        const { p10, p50, p90, target } = this.props.data;
        const marks = [
            { value: p10, label: "P10", dash: [4, 4] },
            { value: p50, label: "P50", dash: [] },
            { value: p90, label: "P90", dash: [4, 4] },
        ];
        if (target) {
            marks.push({ value: target, label: _t("Target"), dash: [10, 3], isTarget: true });
        }
        return marks;
    }

    getConfig() {
        const { bins, p10, p90 } = this.props.data;
        const scheme = cookie.get("color_scheme");
        const color = getColor(0, scheme, "odoo");
        const text = getCustomColor(scheme, "#111827", "#E4E4E4");
        const isInBand = (bin) => bin.to > p10 && bin.from <= p90;
        return {
            type: "bar",
            data: {
                datasets: [
                    {
                        data: bins.map((bin) => ({ x: (bin.from + bin.to) / 2, y: bin.chance })),
                        backgroundColor: bins.map((bin) => (isInBand(bin) ? color : `${color}40`)),
                        borderColor: color,
                        borderWidth: 1,
                        barPercentage: 1,
                        categoryPercentage: 1,
                    },
                ],
            },
            options: {
                animation: false,
                maintainAspectRatio: false,
                layout: { padding: { top: ROW_HEIGHT * LABEL_ROWS, right: 8 } },
                scales: {
                    x: {
                        type: "linear",
                        min: bins[0].from,
                        max: bins.at(-1).to,
                        offset: false,
                        grid: { display: false, offset: false },
                        ticks: {
                            color: text,
                            maxRotation: 0,
                            autoSkipPadding: 16,
                            callback: (value) => this.amountFormat.format(value),
                        },
                    },
                    y: {
                        beginAtZero: true,
                        ticks: {
                            color: text,
                            maxTicksLimit: 5,
                            callback: (value) =>
                                value.toLocaleString(user.lang, {
                                    style: "percent",
                                    maximumFractionDigits: 1,
                                }),
                        },
                    },
                },
                plugins: {
                    legend: { display: false },
                    tooltip: {
                        displayColors: false,
                        callbacks: {
                            title: ([{ dataIndex }]) => this.formatRange(bins[dataIndex]),
                            label: ({ dataIndex }) => formatChance(bins[dataIndex].chance),
                        },
                    },
                },
            },
            plugins: [{ id: "crmsolMarks", afterDraw: (chart) => this.drawMarks(chart, text) }],
        };
    }

    formatRange({ from, to }) {
        const { currency_id } = this.props.data;
        return `${formatAmount(from, currency_id)} – ${formatAmount(to, currency_id)}`;
    }

    formatBinChance({ chance }) {
        return formatChance(chance);
    }

    drawMarks(chart, color) {
        const { ctx, chartArea, scales } = chart;
        const red = getCustomColor(cookie.get("color_scheme"), "#b02a37", "#ff8a95");
        this.marks.forEach(({ value, label, dash, isTarget }, row) => {
            const x = scales.x.getPixelForValue(value);
            if (x < chartArea.left || x > chartArea.right) {
                return; // far away: the figure beside the chart tells it
            }
            const top = chartArea.top - ROW_HEIGHT * (LABEL_ROWS - row) + ROW_HEIGHT - 4;
            ctx.save();
            ctx.strokeStyle = ctx.fillStyle = isTarget ? red : color;
            ctx.lineWidth = isTarget ? 2 : 1.5;
            ctx.setLineDash(dash);
            ctx.beginPath();
            ctx.moveTo(x, top + 2);
            ctx.lineTo(x, chartArea.bottom);
            ctx.stroke();
            ctx.font = "12px sans-serif";
            // a label at the right end is written to the left of its line
            const isAtEnd = x + ctx.measureText(label).width + 6 > chartArea.right;
            ctx.textAlign = isAtEnd ? "right" : "left";
            ctx.fillText(label, x + (isAtEnd ? -4 : 4), top + 6);
            ctx.restore();
        });
    }
}
