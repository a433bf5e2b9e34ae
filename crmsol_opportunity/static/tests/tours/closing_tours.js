import { registry } from "@web/core/registry";

const card = (name) => `.o_kanban_record:contains('${name}')`;
const column = (name) => `.o_kanban_group:contains('${name}')`;

registry.category("web_tour.tours").add("crmsol_opportunity_closing", {
    steps: () => [
        {
            content: "dropped on the last column, the card asks",
            trigger: card("Dropped"),
            run: `drag_and_drop(${column("Cierre")})`,
        },
        {
            trigger: ".modal .o_field_widget[name=outcome]:contains('Ganada'):contains('Perdida')",
        },
        {
            content: "nothing is written when the dialog is left",
            trigger: ".modal .modal-footer button:contains('Descartar')",
            run: "click",
        },
        {
            trigger: `body:not(:has(.modal)) ${column("First")} ${card("Dropped")}`,
            run: `drag_and_drop(${column("Cierre")})`,
        },
        {
            trigger: ".modal .o_field_widget[name=outcome] label:contains('Perdida')",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=competitor_id]",
        },
        {
            trigger: ".modal .modal-footer .btn-primary:visible:contains('perdida')",
            run: "click",
        },
        {
            trigger: `body:not(:has(.modal)) ${column("Cierre")} ${card("Dropped")}`,
        },
        {
            trigger: card("Clicked"),
            run: "click",
        },
        {
            content: "so does the last phase of the bar",
            trigger: ".o_statusbar_status .o_arrow_button:contains('Cierre'):visible",
            run: "click",
        },
        {
            trigger: ".modal .modal-footer .btn-primary:visible:contains('ganada')",
            run: "click",
        },
        {
            trigger: ".o_reward",
            run: "click",
        },
        {
            trigger: ".ribbon:contains('Ganada')",
        },
    ],
});
