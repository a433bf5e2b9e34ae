import { registry } from "@web/core/registry";

const TAB = ".o_notebook .tab-pane.active";

registry.category("web_tour.tours").add("crmsol_opportunity_actions", {
    steps: () => [
        {
            trigger: ".o_form_view .nav-link[name=actions]:contains('Acciones Comerciales')",
            run: "click",
        },
        {
            content: "the empty tab says what it is for",
            trigger: `${TAB} p:contains('Planifique la siguiente acción')`,
        },
        {
            trigger: `${TAB} button:contains('Visita')`,
            run: "click",
        },
        {
            content: "the contact of the opportunity is proposed; the person met is another one",
            trigger: ".modal .o_field_widget[name=crmsol_contact_id] input:value('Luis')",
            run: "edit Marta",
        },
        {
            trigger: ".o-autocomplete--dropdown-item a:contains('Marta')",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=summary] input",
            run: "edit Ver la planta",
        },
        {
            trigger: ".modal .o_field_widget[name=user_id] input",
            run: "edit crmsol_ben",
        },
        {
            trigger: ".o-autocomplete--dropdown-item a:contains('crmsol_ben')",
            run: "click",
        },
        {
            trigger:
                ".modal .o_field_widget[name=crmsol_date_start] input, .modal .o_field_widget[name=crmsol_date_start] button",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=crmsol_date_start] input",
            run: "edit 03/06/2030 10:00:00 && press Enter",
        },
        {
            trigger: ".modal .o_crmsol_day_agenda:contains('crmsol_ben'):contains('2030')",
        },
        {
            trigger: ".modal .o_crmsol_day_agenda .o_crmsol_agenda_row:contains('Ocupado')",
        },
        {
            content: "Ben is not free then, and why is not told",
            trigger:
                ".modal .o_crmsol_day_agenda .o_crmsol_agenda_row:contains('Ocupado'):contains('Conflicto')",
        },
        {
            trigger:
                ".modal .o_field_widget[name=crmsol_date_start] input, .modal .o_field_widget[name=crmsol_date_start] button",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=crmsol_date_start] input",
            run: "edit 04/06/2030 10:00:00 && press Enter",
        },
        {
            content: "the day after, he is",
            trigger: ".modal .o_crmsol_day_agenda:contains('Nada más ese día')",
        },
        {
            trigger: ".modal .modal-footer .btn-primary:contains('Guardar')",
            run: "click",
        },
        {
            content: "back on the tab, with the visit in the list",
            trigger: `${TAB} .o_data_row:contains('Ver la planta'):contains('Planificada'):contains('Marta'):contains('crmsol_ben')`,
        },
        {
            trigger: `${TAB} .o_data_row:contains('Ver la planta') button[name=action_crmsol_ask_result]`,
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=result] textarea",
            run: "edit Quieren dos líneas",
        },
        {
            trigger: ".modal .modal-footer .btn-primary:contains('Marcar como realizada')",
            run: "click",
        },
        {
            trigger: `${TAB} .o_data_row:contains('Realizada'):contains('Quieren dos líneas')`,
        },
        {
            trigger: `${TAB} button:contains('Tarea')`,
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=summary] input",
            run: "edit Enviar catálogo",
        },
        {
            trigger: ".modal .modal-footer .btn-primary:contains('Guardar')",
            run: "click",
        },
        {
            trigger: `${TAB} .o_data_row:contains('Enviar catálogo') button[name=action_crmsol_ask_reason]`,
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=reason] input",
            run: "edit Ya lo tienen",
        },
        {
            trigger: ".modal .modal-footer .btn-primary:contains('Cancelar la acción')",
            run: "click",
        },
        {
            content: "both stay in the list",
            trigger: `${TAB} .o_list_renderer:has(.o_data_row:contains('Cancelada'):contains('Ya lo tienen')):has(.o_data_row:contains('Realizada'))`,
        },
    ],
});
