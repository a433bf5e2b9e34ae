import { registry } from "@web/core/registry";

const cell = (phase, column) =>
    `.o_crmsol_phase_table tr:has(th:contains('${phase}')) td[data-column=${column}]`;

registry.category("web_tour.tours").add("crmsol_opportunity_phases", {
    steps: () => [
        {
            trigger: ".o_control_panel:contains('Conversión y velocidad')",
        },
        {
            trigger: "h2:contains('De fase a fase')",
        },
        {
            content: "the chart has a twin in words",
            trigger: ".o_crmsol_phase_report canvas[role=img][aria-label^='Qué pasó']",
        },
        {
            trigger: `${cell("First", "rate")}:contains('de 9 % a 91 %'):contains('1 de 2')`,
        },
        {
            trigger: ".o_crmsol_velocity_reason:contains('Faltan datos')",
        },
        {
            trigger: `${cell("First", "moved_on")} button`,
            run: "click",
        },
        {
            content: "the stays that the number counts",
            trigger:
                ".o_list_view .o_data_row:contains('Avanzó') td[name=opportunity_id]:contains('Mill')",
            run: "click",
        },
        {
            trigger: ".o_form_view .o_statusbar_status",
        },
        {
            content: "the phase bar has the days of the history",
            trigger: ".o_statusbar_status button:contains('First'):contains('4d')",
        },
    ],
});

registry.category("web_tour.tours").add("crmsol_opportunity_time_in_phase", {
    steps: () => [
        {
            trigger: ".o_menu_sections button:contains('Análisis')",
            run: "click",
        },
        {
            trigger: ".dropdown-item:contains('Tiempo en fase')",
            run: "click",
        },
        {
            content: "the median of the stays that ended",
            trigger: ".o_pivot th:contains('Días: mediana')",
        },
        {
            trigger: ".o_pivot tr:contains('First') .o_pivot_cell_value:contains('5')",
        },
        {
            trigger: ".o_switch_view.o_graph",
            run: "click",
        },
        {
            trigger: ".o_graph_view canvas",
        },
        {
            trigger: ".o_menu_sections button:contains('Análisis')",
            run: "click",
        },
        {
            trigger: ".dropdown-item:contains('Historial')",
            run: "click",
        },
        {
            trigger: ".o_list_view .o_data_row:contains('Mill') td[name=opportunity_id]",
            run: "click",
        },
        {
            trigger: ".o_form_view .o_statusbar_status",
        },
    ],
});
