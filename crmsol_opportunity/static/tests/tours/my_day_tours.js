import { registry } from "@web/core/registry";

const ACTIONS = "[data-section=actions]";

registry.category("web_tour.tours").add("crmsol_opportunity_my_day", {
    steps: () => [
        {
            trigger: ".o_crmsol_sentence:contains('1 acción por hacer, 1 de ellas con retraso.')",
        },
        {
            trigger: `${ACTIONS} li:contains('Preguntar por la oferta'):contains('1 día de retraso')`,
        },
        {
            content: "the phone is one tap away",
            trigger: `${ACTIONS} a.o_crmsol_call[href='tel:+34600000000']`,
        },
        {
            trigger: "[data-section=silent] li:contains('Cocina nueva'):contains('1.234,50')",
        },
        {
            trigger:
                "[data-section=month] [data-figure=overdue]:contains('1 oportunidad'):contains('1.234,50')",
        },
        {
            trigger: ".o_crmsol_target_sentence:contains('4.000')",
        },
        {
            trigger: `${ACTIONS} .o_crmsol_done:contains('Realizada')`,
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=result] textarea",
            run: "edit Quiere la oferta por correo",
        },
        {
            trigger: ".modal .modal-footer button[name=action_done]",
            run: "click",
        },
        {
            content: "what is done is not there any more",
            trigger: ".o_crmsol_sentence:contains('Hoy no vence nada.')",
        },
        {
            trigger: `${ACTIONS} .o_crmsol_empty`,
        },
        {
            trigger: "[data-section=closing] li a:contains('Cocina nueva')",
            run: "click",
        },
        {
            trigger: ".o_form_view .o_field_widget[name=name]",
        },
        {
            trigger: ".o_back_button, .breadcrumb-item a:last",
            run: "click",
        },
        {
            trigger: ".o_crmsol_my_day_pipeline:contains('Embudo')",
            run: "click",
        },
        {
            trigger: ".o_kanban_view .o_kanban_record:contains('Cocina nueva')",
        },
    ],
});

registry.category("web_tour.tours").add("crmsol_opportunity_my_day_teams", {
    steps: () => [
        {
            trigger: ".o_crmsol_teams_tab:contains('Equipos de ventas')",
            run: "click",
        },
        {
            trigger: ".o_crmsol_team_day:contains('Team'):contains('Lo dirige usted') tbody",
        },
        {
            trigger: ".o_crmsol_warning:contains('1 oportunidad con una acción atrasada')",
            run: "click",
        },
        {
            trigger: ".o_list_view .o_data_row:contains('Cocina nueva')",
        },
        {
            trigger: ".o_back_button, .breadcrumb-item a:last",
            run: "click",
        },
        {
            content: "the teams are still shown",
            trigger: ".o_crmsol_teams_tab.active",
        },
        {
            trigger: "[data-section=big_deals] button:contains('Fijar la cantidad')",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=big_deal_amount] input",
            run: "edit 50000",
        },
        {
            trigger: ".modal button[name=action_save]",
            run: "click",
        },
        {
            trigger: "[data-section=big_deals] .o_crmsol_empty:contains('Todavía')",
        },
    ],
});

registry.category("web_tour.tours").add("crmsol_opportunity_my_day_new", {
    steps: () => [
        {
            trigger: ".o_crmsol_my_day_start:contains('Todavía no tiene oportunidades')",
        },
        {
            trigger: ".o_crmsol_my_day_start button:contains('Nueva oportunidad')",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=name] input",
            run: "edit La primera",
        },
        {
            trigger: ".modal .o_field_widget[name=partner_id] input",
            run: "edit Customer",
        },
        {
            trigger: ".o-autocomplete--dropdown-item a:contains('Customer')",
            run: "click",
        },
        {
            trigger: ".modal .modal-footer .btn-primary",
            run: "click",
        },
        {
            trigger: ".o_form_view .o_field_widget[name=name]",
        },
        {
            trigger: ".o_back_button, .breadcrumb-item a:last",
            run: "click",
        },
        {
            content: "the day is read anew",
            trigger: ".o_crmsol_my_day:not(:has(.o_crmsol_my_day_start)) .o_crmsol_sentence",
        },
    ],
});
