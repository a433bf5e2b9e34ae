import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("crmsol_opportunity_create", {
    steps: () => [
        {
            content: "the pipeline is the first view; its button opens the dialog",
            trigger:
                ".o_control_panel_navigation .o-kanban-button-new:contains('Nueva oportunidad')",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=name] input",
            run: "edit New machinery",
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
            trigger: ".modal .o_field_widget[name=amount] input",
            run: "edit 12345,67",
        },
        {
            trigger: ".modal .modal-footer .btn-primary:contains('Guardar')",
            run: "click",
        },
        {
            content: "the full form opens with its tabs",
            trigger: ".o_form_view .nav-link[name=messages]",
            run: "click",
        },
        {
            trigger: ".o-mail-Chatter button:contains('Registrar una nota')",
            run: "click",
        },
        {
            trigger: ".o-mail-Composer-input",
            run: "edit They need it by May",
        },
        {
            trigger: ".o-mail-Composer button:enabled:contains('Registrar')",
            run: "click",
        },
        {
            trigger: ".o-mail-Message:contains('They need it by May')",
        },
        {
            trigger: ".o_statusbar_buttons button[name=action_win]",
            run: "click",
        },
        {
            content: "the celebration, and the ribbon under it",
            trigger: ".o_reward",
            run: "click",
        },
        {
            trigger: ".ribbon:contains('Ganada')",
        },
        {
            trigger: ".o_statusbar_buttons button[name=action_reopen]",
        },
    ],
});

registry.category("web_tour.tours").add("crmsol_opportunity_synonym", {
    steps: () => [
        {
            trigger: ".o_kanban_view",
            run: "press control+k",
        },
        {
            trigger: ".o_command_palette_search input",
            run: "edit /negocio",
        },
        {
            trigger: ".o_command:contains('/ Oportunidades')",
            run: "click",
        },
        {
            trigger: ".o_kanban_view",
        },
    ],
});
