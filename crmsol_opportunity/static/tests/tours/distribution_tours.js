import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("crmsol_opportunity_distribution", {
    steps: () => [
        {
            trigger: ".o_menu_sections button:contains('Previsión')",
            run: "click",
        },
        {
            trigger: ".o-dropdown-item:contains('Distribución del mes')",
            run: "click",
        },
        {
            content: "the month in a sentence",
            trigger:
                ".o_crmsol_sentence:contains('Con un 80 % de confianza cerrará entre'):contains('15.000'):contains('130.000')",
        },
        {
            trigger: ".o_crmsol_chart canvas",
        },
        {
            trigger: ".o_crmsol_target",
            run: "edit 90.000 && press Tab",
        },
        {
            content: "half of it hangs on the large deal",
            trigger: ".o_crmsol_chance:contains('50 %')",
        },
        {
            trigger: ".o_crmsol_deciding li:contains('Negocio grande'):contains('+100 puntos')",
        },
        {
            trigger: ".o_crmsol_backtest_tab",
            run: "click",
        },
        {
            trigger: ".o_crmsol_backtest_empty:contains('Todavía no hay ningún mes')",
        },
        {
            trigger: ".nav-link[role=tab]:contains('Previsión')",
            run: "click",
        },
        {
            trigger: ".o_crmsol_deciding a:contains('Negocio grande')",
            run: "click",
        },
        {
            trigger: ".o_form_view .o_field_widget[name=name] textarea:value('Negocio grande')",
        },
        {
            content: "back on the page, with the target that was typed",
            trigger: ".breadcrumb-item a:contains('Distribución del mes')",
            run: "click",
        },
        {
            trigger: ".o_crmsol_chance:contains('50 %')",
        },
    ],
});
