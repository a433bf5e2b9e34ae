import { registry } from "@web/core/registry";

const section = (name) => `.o_crmsol_relations .o_field_widget[name=${name}]`;

/** Add a row to a section of the tab and choose who it is, by the name typed. */
function addRow(name, label) {
    return [
        {
            trigger: `${section(name)} .o_field_x2many_list_row_add a`,
            run: "click",
        },
        {
            trigger: `${section(name)} .o_selected_row .o_field_widget[name=partner_id] input`,
            run: `edit ${label}`,
        },
        {
            trigger: `.o-autocomplete--dropdown-item a:contains('${label}')`,
            run: "click",
        },
    ];
}

const save = [
    {
        trigger: ".o_form_button_save",
        run: "click",
    },
    {
        content: "everything is saved",
        trigger: ".o_form_view .o_form_saved, .o_form_status_indicator_buttons.invisible",
    },
];

registry.category("web_tour.tours").add("crmsol_opportunity_relations", {
    steps: () => [
        {
            trigger: ".o_notebook .nav-link[name=reports]:contains('Informes')",
            run: "click",
        },
        {
            content: "a section without rows says what it is for",
            trigger: ".o_crmsol_relations p:contains('Las personas con quienes habla')",
        },
        ...addRow("reference_ids", "Rocío"),
        {
            content: "the phone is there at once",
            trigger: `${section("reference_ids")} .o_data_row a[href^='tel:']`,
        },
        {
            trigger: `${section("reference_ids")} .o_selected_row .o_field_widget[name=role_id] input`,
            run: "edit Decide",
        },
        {
            trigger: ".o-autocomplete--dropdown-item a:contains('Decide')",
            run: "click",
        },
        ...addRow("partner_line_ids", "Montajes del Sur"),
        ...addRow("competitor_ids", "Envasadoras Levante"),
        {
            trigger: `${section("competitor_ids")} .o_selected_row .o_field_widget[name=price] input`,
            run: "edit 44900,50",
        },
        {
            content: "a section with rows needs no explanation",
            trigger: ".o_crmsol_relations:not(:has(p:visible))",
        },
        ...save,
        ...addRow("reference_ids", "Rocío"),
        {
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            content: "the same person twice is refused in a sentence",
            trigger:
                ".o_notification:contains('ya es referencia de'), .modal:contains('ya es referencia de')",
        },
        {
            trigger: ".modal .btn:contains('Cerrar'), .modal .btn-primary",
            run: "click",
        },
        {
            trigger: ".o_form_button_cancel",
            run: "click",
        },
        {
            trigger: `${section("reference_ids")}:has(.o_data_row):not(:has(.o_data_row + .o_data_row))`,
        },
    ],
});

registry.category("web_tour.tours").add("crmsol_opportunity_configuration", {
    steps: () => [
        {
            trigger: ".o_menu_sections button:contains('Configuración')",
            run: "click",
        },
        {
            trigger: ".dropdown-item:contains('Papeles de referencias')",
            run: "click",
        },
        {
            trigger: ".o_list_button_add:contains('Nuevo')",
            run: "click",
        },
        {
            trigger: ".o_selected_row .o_field_widget[name=name] input",
            run: "edit Asesora",
        },
        {
            trigger: ".o_list_button_save",
            run: "click",
        },
        {
            trigger:
                ".o_data_row:contains('Asesora') .o_list_record_open_form_view button, .o_data_row:contains('Asesora') .o_list_record_open_form_view",
            run: "click",
        },
        {
            content: "the form says what the value changes",
            trigger: ".o_form_view p:contains('asignan uno de estos papeles')",
        },
        {
            trigger: ".o_cp_action_menus button",
            run: "click",
        },
        {
            trigger: ".dropdown-item:contains('Archivar')",
            run: "click",
        },
        {
            trigger: ".modal .btn-primary:contains('Archivar')",
            run: "click",
        },
        {
            trigger: ".o_form_view .ribbon:contains('Archivado')",
        },
    ],
});
