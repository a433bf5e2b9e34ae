import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("crmsol_opportunity_calibration", {
    steps: () => [
        {
            trigger: ".o_menu_sections button:contains('Análisis')",
            run: "click",
        },
        {
            trigger: ".o-dropdown-item:contains('Calibración')",
            run: "click",
        },
        {
            content: "whether to trust it, in a sentence",
            trigger: ".o_crmsol_verdict:contains('Puede fiarse de ella')",
        },
        {
            trigger: ".o_crmsol_sentence:contains('En 40 oportunidades cerradas')",
        },
        {
            trigger: ".o_crmsol_chart canvas",
        },
        {
            content: "the chart as a table",
            trigger: ".o_crmsol_bins .o_crmsol_row:contains('de 20'):contains('sí')",
        },
        {
            trigger:
                ".o_crmsol_scores tr[data-id=base]:contains('la probabilidad de ganar estuvo más cerca')",
        },
        {
            trigger: ".o_crmsol_scores tr[data-id=seller]:contains('nadie dio un porcentaje')",
        },
        {
            trigger: ".o_crmsol_period[data-id=months]",
            run: "click",
        },
        {
            content: "the same deals: none of them is older",
            trigger:
                ".o_crmsol_calibration:has(.o_crmsol_period[data-id=months].active) .o_crmsol_sentence:contains('En 40')",
        },
    ],
});
