import { registry } from "@web/core/registry";

const BACK = ".o_back_button, .breadcrumb-item a:last";

registry.category("web_tour.tours").add("crmsol_opportunity_pipeline_asof", {
    steps: () => [
        {
            content: "what is won by now is not in the pipeline",
            trigger:
                ".o_kanban_view:has(.o_kanban_record:contains('Abierto')):not(:contains('Ganado hoy'))",
        },
        {
            trigger: ".o_crmsol_asof:contains('Al final del'):contains('Hoy: el embudo actual')",
        },
        {
            trigger: ".o_crmsol_asof_previous[title='Final del mes anterior']",
            run: "click",
        },
        {
            content: "it was then, with the amount that it had",
            trigger: ".o_kanban_record:contains('Ganado hoy'):contains('1.000,00')",
        },
        {
            trigger: ".o_switch_view.o_list",
            run: "click",
        },
        {
            content: "the day stays from view to view",
            trigger: ".o_list_view .o_data_row:contains('Ganado hoy'):contains('1.000,00')",
        },
        {
            trigger: ".o_switch_view.o_pivot",
            run: "click",
        },
        {
            trigger: ".o_pivot_view .o_pivot_cell_value:contains('3.250,00')",
            run: "click",
        },
        {
            content: "and goes with the drill-down",
            trigger: ".o_list_view:has(.o_crmsol_asof_today) .o_data_row:contains('Ganado hoy')",
        },
        {
            trigger: ".o_data_row:contains('Ganado hoy') td[name=name]",
            run: "click",
        },
        {
            content: "a row opens the opportunity as it is now",
            trigger: ".o_form_view .o_field_widget[name=amount] input:value('1.500,00')",
        },
        {
            trigger: BACK,
            run: "click",
        },
        {
            trigger: ".o_list_view .o_crmsol_asof_today",
            run: "click",
        },
        {
            trigger: ".o_list_view:has(.o_crmsol_asof_now):not(:contains('Ganado hoy'))",
        },
    ],
});

registry.category("web_tour.tours").add("crmsol_opportunity_pipeline_waterfall", {
    steps: () => [
        {
            trigger: ".o_crmsol_preset[aria-pressed=true]:contains('Este mes')",
        },
        {
            trigger: "tr[data-kind=won]:contains('Ganada'):contains('−'):contains('1.500,00')",
        },
        {
            trigger: ".o_crmsol_preset:contains('Mes pasado')",
            run: "click",
        },
        {
            trigger: "tr[data-kind=start]:contains('Inicio'):contains('3.000,00')",
        },
        {
            trigger: "tr[data-kind=raised]:contains('Aumentada'):contains('+'):contains('250,00')",
        },
        {
            trigger: "tr[data-kind=end]:contains('Final'):contains('3.250,00')",
        },
        {
            content: "the bars are drawn",
            trigger: "canvas[role=img]",
        },
        {
            trigger:
                ".o_crmsol_waterfall_check:contains('Inicio + movimientos = final, al céntimo')",
        },
        {
            trigger: "tr[data-kind=raised] button",
            run: "click",
        },
        {
            content: "a row opens what it is made of",
            trigger: ".o_list_view .o_data_row:contains('Abierto'):contains('250,00')",
        },
        {
            trigger: BACK,
            run: "click",
        },
        {
            content: "the period is still there",
            trigger: ".o_crmsol_preset[aria-pressed=true]:contains('Mes pasado')",
        },
        {
            trigger: "tr[data-kind=end] button",
            run: "click",
        },
        {
            content: "the end is the pipeline on that day",
            trigger: ".o_list_view:has(.o_crmsol_asof_today) .o_data_row:contains('Ganado hoy')",
        },
    ],
});
