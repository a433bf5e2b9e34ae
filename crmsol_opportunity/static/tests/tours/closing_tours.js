import { registry } from "@web/core/registry";

const NO_DIALOG = "body:not(:has(.modal))";
const confirm = ".modal .modal-footer .btn-primary:visible";
const discard = ".modal .modal-footer .btn-secondary:visible";
const phase = (name) => `.o_statusbar_status .o_arrow_button:contains('${name}'):visible`;
const current = (name) => `.o_statusbar_status .o_arrow_button_current:contains('${name}')`;
const row = (name) => `.o_data_row:contains('${name}')`;
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

registry.category("web_tour.tours").add("crmsol_opportunity_closing_form", {
    steps: () => [
        { trigger: card("Planned"), run: "click" },
        {
            content: "with an action planned, the button asks what becomes of it",
            trigger: ".o_statusbar_buttons button[name=action_win]",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=outcome] input[data-value=won]:checked",
        },
        {
            trigger: ".modal .o_field_widget[name=planned_actions] input[data-value=cancel]",
            run: "click",
        },
        { trigger: confirm, run: "click" },
        { trigger: ".o_reward", run: "click" },
        { trigger: ".ribbon:contains('Ganada')" },
        {
            content: "reopening asks in which phase it goes on",
            trigger: ".o_statusbar_buttons button[name=action_reopen]",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=phase_id] input:value('First')",
        },
        {
            trigger: ".modal .o_field_widget[name=note] textarea",
            run: "edit They called again",
        },
        { trigger: confirm, run: "click" },
        { trigger: `${NO_DIALOG} ${current("First")}` },
        {
            content: "nothing is asked any more: one click wins it",
            trigger: ".o_statusbar_buttons button[name=action_win]",
            run: "click",
        },
        { trigger: ".o_reward", run: "click" },
        {
            content: "the bar of a closed one asks, too",
            trigger: phase("Second"),
            run: "click",
        },
        { trigger: ".modal .o_field_widget[name=phase_id] input:value('Second')" },
        { trigger: discard, run: "click" },
        { trigger: `${NO_DIALOG} ${current("Cierre")}` },
        { trigger: phase("Second"), run: "click" },
        { trigger: confirm, run: "click" },
        { trigger: `${NO_DIALOG} ${current("Second")}` },
    ],
});

registry.category("web_tour.tours").add("crmsol_opportunity_reopening_drop", {
    steps: () => [
        {
            content: "a card dropped out of the closing column asks and stays until then",
            trigger: card("Closed"),
            run: `drag_and_drop(${column("Second")})`,
        },
        { trigger: ".modal .o_field_widget[name=phase_id] input:value('Second')" },
        { trigger: discard, run: "click" },
        {
            trigger: `${NO_DIALOG} ${column("Cierre")} ${card("Closed")}`,
            run: `drag_and_drop(${column("Second")})`,
        },
        { trigger: confirm, run: "click" },
        {
            content: "dropped back and won, it is celebrated",
            trigger: `${NO_DIALOG} ${column("Second")} ${card("Closed")}`,
            run: `drag_and_drop(${column("Cierre")})`,
        },
        { trigger: `${confirm}:contains('ganada')`, run: "click" },
        { trigger: ".o_reward", run: "click" },
        { trigger: `${column("Cierre")} ${card("Closed")}` },
    ],
});

registry.category("web_tour.tours").add("crmsol_opportunity_closing_list", {
    steps: () => [
        { trigger: `${row("One")} .o_list_record_selector input`, run: "click" },
        { trigger: `${row("Two")} .o_list_record_selector input`, run: "click" },
        {
            content: "the phase chosen in a row is asked about for all the selected ones",
            trigger: `${row("One")} .o_data_cell[name=phase_id]`,
            run: "click",
        },
        {
            trigger: ".o_data_row .o_field_widget[name=phase_id] input",
            run: "edit Cierre",
        },
        {
            trigger: ".o-autocomplete--dropdown-item:contains('Cierre')",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=opportunity_ids]:contains('One'):contains('Two')",
        },
        { trigger: discard, run: "click" },
        { trigger: `${NO_DIALOG} ${row("One")}:contains('First')` },
        {
            content: "so does the button of the list",
            trigger: ".o_list_view thead .o_list_record_selector input",
            run: "click",
        },
        { trigger: `${row("Four")} .o_list_record_selector input`, run: "click" },
        {
            trigger: ".o_control_panel button[name=action_close]",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=outcome] label:contains('Perdida')",
            run: "click",
        },
        { trigger: `${confirm}:contains('perdida')`, run: "click" },
        { trigger: `${NO_DIALOG} ${row("Three")}:contains('Perdida')` },
        {
            trigger: `${row("Four")} .o_list_record_selector input`,
            run: "click",
        },
        {
            trigger: `${row("Four")} .o_data_cell[name=phase_id]`,
            run: "click",
        },
        {
            trigger: ".o_data_row .o_field_widget[name=phase_id] input",
            run: "edit Cierre",
        },
        {
            trigger: ".o-autocomplete--dropdown-item:contains('Cierre')",
            run: "click",
        },
        { trigger: `${confirm}:contains('ganada')`, run: "click" },
        { trigger: ".o_reward", run: "click" },
        { trigger: `${NO_DIALOG} ${row("Four")}:contains('Ganada')` },
    ],
});
