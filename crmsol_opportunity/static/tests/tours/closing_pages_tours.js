import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("crmsol_opportunity_closing_pages", {
    steps: () => [
        {
            trigger: ".o_menu_sections button:contains('Análisis')",
            run: "click",
        },
        {
            trigger: ".o-dropdown-item:contains('Matriz de competidores')",
            run: "click",
        },
        {
            content: "the closed deals in a sentence",
            trigger: ".o_crmsol_sentence:contains('Se ganaron 4 de 6 oportunidades cerradas')",
        },
        {
            trigger: ".o_crmsol_row:contains('Rival'):contains('4 de 6')",
        },
        {
            trigger: ".o_crmsol_detail",
            run: "select phase",
        },
        {
            trigger: ".o_crmsol_row:contains('Rival'):contains('Second')",
        },
        {
            trigger: ".o_menu_sections button:contains('Análisis')",
            run: "click",
        },
        {
            trigger: ".o-dropdown-item:contains('Contribución de los socios')",
            run: "click",
        },
        {
            content: "no causal claim is made",
            trigger: ".o_crmsol_notes:contains('Una diferencia no dice que se deba al socio')",
        },
        {
            trigger: "tr[data-part=with]:contains('Socia'):contains('1 de 2')",
        },
        {
            trigger: "tr[data-part=without]:contains('3 de 4'):contains('muy pocas')",
        },
        {
            trigger: ".o_crmsol_row button:contains('Socia')",
            run: "click",
        },
        {
            content: "the deals of the row",
            trigger: ".o_list_view .o_data_row:nth-child(2)",
        },
    ],
});
