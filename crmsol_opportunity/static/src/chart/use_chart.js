import { onWillStart, useEffect, useRef } from "@odoo/owl";

import { loadBundle } from "@web/core/assets";

/**
 * Draws a chart with the host's Chart.js on the canvas that the template calls `canvas`, and anew
 * when what it depends upon changes.
 *
 * @param {() => Object} getConfig of the chart
 * @param {() => any[]} getDependencies as of useEffect
 */
export function useChart(getConfig, getDependencies) {
    const canvas = useRef("canvas");
    onWillStart(() => loadBundle("web.chartjs_lib"));
    useEffect(() => {
        const chart = new window.Chart(canvas.el, getConfig());
        return () => chart.destroy();
    }, getDependencies);
}
