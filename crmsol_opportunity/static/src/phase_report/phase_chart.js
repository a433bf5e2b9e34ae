import { Component } from "@odoo/owl";

import { cookie } from "@web/core/browser/cookie";
import { getCustomColor } from "@web/core/colors/colors";

import { useChart } from "../chart/use_chart";

const TILE = 8;
/** Pixels that a bar needs for the figure inside it. */
const ROOM = 18;

/** Returns a hatched fill, so that what was lost or went back shows without its colour, too. */
function hatch(color, isRising) {
    const tile = document.createElement("canvas");
    tile.width = tile.height = TILE;
    const context = tile.getContext("2d");
    context.fillStyle = color;
    context.fillRect(0, 0, TILE, TILE);
    context.strokeStyle = "rgba(255, 255, 255, .55)";
    context.lineWidth = 1.5;
    context.beginPath();
    for (const shift of [-TILE, 0, TILE]) {
        context.moveTo(shift, isRising ? TILE : 0);
        context.lineTo(shift + TILE, isRising ? 0 : TILE);
    }
    context.stroke();
    return context.createPattern(tile, "repeat");
}

/** What came of the stays in each phase, a bar a phase. The table below says the same in words. */
export class PhaseChart extends Component {
    static template = "crmsol_opportunity.PhaseChart";
    static props = {
        phases: Array,
        columns: Array, // the parts of a bar
        label: String,
        onSelect: Function,
    };

    setup() {
        useChart(
            () => this.config,
            () => [this.props.phases, this.env.isSmall]
        );
    }

    get height() {
        return `${5 + (this.env.isSmall ? 3 : 2.5) * this.props.phases.length}rem`;
    }

    get config() {
        const { phases, columns } = this.props;
        const scheme = cookie.get("color_scheme");
        const text = getCustomColor(scheme, "#374151", "#E4E4E4");
        const grid = getCustomColor(scheme, "rgba(0, 0, 0, .1)", "rgba(255, 255, 255, .15)");
        return {
            type: "bar",
            data: {
                labels: phases.map(({ name }) =>
                    this.env.isSmall && name.length > 14 ? `${name.slice(0, 13)}…` : name
                ),
                datasets: columns.map(({ id, label }) => ({
                    label,
                    data: phases.map((phase) => phase[id]),
                    backgroundColor: this.getFill(id),
                    borderSkipped: false,
                    maxBarThickness: 32,
                })),
            },
            options: {
                animation: false,
                indexAxis: "y",
                maintainAspectRatio: false,
                onClick: (_ev, [element]) =>
                    element &&
                    this.props.onSelect(phases[element.index], columns[element.datasetIndex]),
                onHover: (ev, elements) => {
                    ev.native.target.style.cursor = elements.length ? "pointer" : "";
                },
                plugins: {
                    legend: { position: "bottom", labels: { color: text, boxWidth: 16 } },
                    tooltip: { callbacks: { title: ([{ dataIndex }]) => phases[dataIndex].name } },
                },
                scales: {
                    x: {
                        stacked: true,
                        ticks: { color: text, precision: 0 },
                        grid: { color: grid },
                    },
                    y: { stacked: true, ticks: { color: text }, grid: { display: false } },
                },
            },
            plugins: [{ id: "crmsol_figures", afterDatasetsDraw: this.drawFigures }],
        };
    }

    getFill(id) {
        return {
            moved_on: "#0E8270",
            back: hatch("#BE5D10", true),
            lost: hatch("#982738", false),
            present: "#056BD9",
            archived: "#7E8290",
        }[id];
    }

    /** Writes the figures into the bars, where there is room for them. */
    drawFigures(chart) {
        const { ctx, data } = chart;
        ctx.save();
        ctx.font = "bold 12px sans-serif";
        ctx.textAlign = "center";
        ctx.textBaseline = "middle";
        ctx.lineWidth = 3;
        ctx.lineJoin = "round";
        ctx.strokeStyle = "rgba(0, 0, 0, .6)"; // a rim, for the hatching
        ctx.fillStyle = "#FFF";
        data.datasets.forEach((dataset, number) => {
            chart.getDatasetMeta(number).data.forEach((bar, index) => {
                const figure = `${dataset.data[index]}`;
                if (Math.abs(bar.width) >= ROOM + 6 * (figure.length - 1)) {
                    const x = (bar.x + bar.base) / 2;
                    ctx.strokeText(figure, x, bar.y);
                    ctx.fillText(figure, x, bar.y);
                }
            });
        });
        ctx.restore();
    }
}
