import { registry } from "@web/core/registry";

const press = (label) => `.modal .modal-footer button:visible:contains('${label}')`;
const answer = ".modal:contains('Confirmación') .modal-footer .btn-primary";

registry.category("web_tour.tours").add("crmsol_opportunity_crm", {
    steps: () => [
        {
            content: "our application keeps its name, Odoo's is told from it",
            trigger: ".o_main_navbar .o_navbar_apps_menu button",
            run: "click",
        },
        {
            trigger: ".o_app:contains('CRM de Odoo')",
        },
        {
            trigger: ".o_main_navbar .o_navbar_apps_menu button",
            run: "click",
        },
        {
            trigger: ".o_menu_sections button:contains('Configuración')",
            run: "click",
        },
        {
            trigger: ".o-dropdown--menu .dropdown-item:contains('Migrar del CRM de Odoo')",
            run: "click",
        },
        {
            content: "the phase of every stage is proposed",
            trigger:
                ".modal .o_data_row:contains('Second') .o_data_cell[name=phase_id]:contains('Second')",
        },
        {
            trigger: press("Simulación"),
            run: "click",
        },
        {
            trigger: ".modal [data-status=created]:contains('2'):contains('por copiar')",
        },
        {
            trigger: ".modal .o_crmsol_crm_issues:contains('De nadie')",
        },
        {
            trigger: press("Copiar"),
            run: "click",
        },
        {
            trigger: ".modal [data-status=created]:contains('2'):contains('copiadas')",
        },
        {
            trigger: ".modal .o_crmsol_crm_totals:contains('1.234,56'):contains('igual')",
        },
        {
            trigger: press("Quitar las copias"),
            run: "click",
        },
        {
            trigger: answer,
            run: "click",
        },
        {
            content: "back at the beginning",
            trigger: press("Simulación"),
            run: "click",
        },
        {
            trigger: press("Copiar"),
            run: "click",
        },
        {
            trigger: press("Confirmar"),
            run: "click",
        },
        {
            trigger: answer,
            run: "click",
        },
        {
            trigger: ".modal .alert-success:contains('Confirmada')",
        },
        {
            trigger: press("Abrir las oportunidades"),
            run: "click",
        },
        {
            trigger: "body:not(:has(.modal)) .o_list_view .o_data_row:contains('Fresadora')",
        },
    ],
});
