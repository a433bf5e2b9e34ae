import { registry } from "@web/core/registry";

const openTab = (name) => ({ trigger: `.o_form_view .nav-link[name=${name}]`, run: "click" });
const save = [
    { trigger: ".o_form_button_save:enabled", run: "click" },
    { trigger: ".o_form_view .o_form_saved" },
];

registry.category("web_tour.tours").add("crmsol_opportunity_products", {
    steps: () => [
        openTab("products"),
        {
            trigger: ".o_field_widget[name=line_ids] a:contains('Añadir una sección')",
            run: "click",
        },
        {
            trigger: ".o_selected_row .o_field_widget[name=product_id] input",
            run: "edit Maquinaria",
        },
        {
            trigger: ".o_field_widget[name=line_ids] a:contains('Añadir un producto')",
            run: "click",
        },
        {
            // a new row, not the section that is being left
            trigger: ".o_selected_row:not(.o_is_line_section) [name=product_id] input",
            run: "edit Máquina",
        },
        {
            trigger: ".o-autocomplete--dropdown-item a:contains('Máquina')",
            run: "click",
        },
        {
            content: "the price comes from the pricelist",
            trigger: ".o_selected_row .o_field_widget[name=price_unit] input:value(100,00)",
        },
        {
            trigger: ".o_selected_row .o_field_widget[name=product_uom_qty] input",
            run: "edit 3 && press Tab",
        },
        {
            trigger: ".o_crmsol_products_total:contains('300,00')",
        },
        ...save,
        {
            trigger: ".o_field_widget[name=line_ids] button:contains('Catálogo')",
            run: "click",
        },
        {
            trigger: ".o_kanban_record:contains('Formación') button:contains('Añadir')",
            run: "click",
        },
        {
            trigger: ".o_kanban_record:contains('Formación') input:value(1)",
        },
        {
            trigger: ".o-kanban-button-back:contains('Volver a la oportunidad')",
            run: "click",
        },
        {
            content: "back on the same tab, with the product",
            trigger: ".o_field_widget[name=line_ids] .o_data_row:contains('Formación')",
        },
        {
            trigger: ".o_crmsol_products_total:contains('350,00')",
        },
    ],
});

registry.category("web_tour.tours").add("crmsol_opportunity_amount", {
    steps: () => [
        {
            trigger: ".o_crmsol_amount_row[name=amount_row] .badge:contains('A mano')",
        },
        {
            content: "the products differ from the amount, and nothing has overwritten it",
            trigger: ".o_crmsol_amount_row[name=products_row]:contains('200,00')",
        },
        {
            trigger: ".o_crmsol_amount_row[name=products_row] button:contains('Usar')",
            run: "click",
        },
        {
            trigger: ".o_crmsol_amount_row[name=products_row] .badge:contains('En uso')",
        },
        openTab("products"),
        {
            trigger: ".o_field_widget[name=line_ids] .o_data_cell[name=product_uom_qty]",
            run: "click",
        },
        {
            trigger: ".o_selected_row .o_field_widget[name=product_uom_qty] input",
            run: "edit 5 && press Tab",
        },
        ...save,
        openTab("opportunity"),
        {
            content: "the drift is said in words",
            trigger: ".o_crmsol_amount_panel .alert-warning:contains('Productos')",
        },
        {
            trigger: ".o_crmsol_amount_row[name=amount_row] input:value(300,00)",
        },
        {
            trigger: ".o_crmsol_amount_row[name=products_row] button:contains('Usar')",
            run: "click",
        },
        {
            trigger: ".o_crmsol_amount_row[name=amount_row] input:value(500,00)",
        },
        {
            trigger: ".o_crmsol_amount_row[name=amount_row] input",
            run: "edit 450 && press Tab",
        },
        {
            trigger: ".o_crmsol_amount_row[name=amount_row] .badge:contains('A mano')",
        },
        ...save,
    ],
});

registry.category("web_tour.tours").add("crmsol_opportunity_quotation", {
    steps: () => [
        openTab("quotations"),
        {
            trigger: "button[name=action_new_quotation]:contains('Nuevo presupuesto')",
            run: "click",
        },
        {
            content: "the quotation is filled in from the opportunity",
            trigger: ".o_field_widget[name=order_line] .o_data_row:contains('Máquina')",
        },
        {
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            trigger: ".o_form_view .o_form_saved",
        },
        {
            content: "back to the opportunity, on the tab it was left from",
            trigger: ".o_back_button, .o_breadcrumb a:contains('Negocio con máquinas')",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=order_ids] .o_data_row:contains('En preparación')",
        },
        {
            trigger: ".o_field_widget[name=order_ids] .o_data_row:contains('Principal')",
        },
        {
            trigger: ".o_field_widget[name=order_ids] .o_data_row button .fa-envelope-o",
            run: "click",
        },
        {
            trigger: ".modal .o_mail_send:enabled, .modal button[name=action_send_mail]:enabled",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=order_ids] .o_data_row:contains('Enviado')",
        },
        {
            trigger: ".o_field_widget[name=order_ids] .o_data_row button .fa-external-link",
            run: "click",
        },
        {
            trigger: ".o_statusbar_buttons button[name=action_confirm]:contains('Confirmar')",
            run: "click",
        },
        {
            content: "the offer forces nothing",
            trigger: ".modal:contains('¿Cerrar la oportunidad') button:contains('Todavía no')",
            run: "click",
        },
        {
            trigger: "body:not(:has(.modal))",
        },
        {
            content: "the browser's Back leads to the same tab",
            trigger: ".o_form_view .o_field_widget[name=order_line]",
            run: () => window.history.back(),
        },
        {
            trigger: ".o_field_widget[name=order_ids] .o_data_row:contains('Confirmado')",
        },
        {
            trigger: "[name=confirmed_quotation] button:contains('Cerrar como ganada')",
            run: "click",
        },
        {
            trigger: ".ribbon:contains('Ganada')",
        },
    ],
});

registry.category("web_tour.tours").add("crmsol_opportunity_confirm_and_win", {
    steps: () => [
        openTab("quotations"),
        {
            trigger: ".o_field_widget[name=order_ids] .o_data_row button .fa-external-link",
            run: "click",
        },
        {
            trigger: ".o_statusbar_buttons button[name=action_confirm]:contains('Confirmar')",
            run: "click",
        },
        {
            trigger: ".modal button:contains('Cerrar como ganada')",
            run: "click",
        },
        {
            trigger: ".o_reward",
            run: "click",
        },
        {
            trigger:
                ".o_form_view .o_arrow_button_current:contains('Orden de venta'), .o_form_view .o_arrow_button_current",
        },
    ],
});
