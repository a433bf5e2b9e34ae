import { registry } from "@web/core/registry";

const NO_DIALOG = "body:not(:has(.modal))";
const confirm = ".modal .modal-footer button[name=action_move]";
const discard = ".modal .modal-footer .btn-secondary:not([name]):visible";
const phase = (name) => `.o_statusbar_status .o_arrow_button:contains('${name}'):visible`;
const current = (name) => `.o_statusbar_status .o_arrow_button_current:contains('${name}')`;
const row = (name) => `.o_data_row:contains('${name}')`;
const card = (name) => `.o_kanban_record:contains('${name}')`;
const column = (name) => `.o_kanban_group:contains('${name}')`;

/** Gives the budget and the person, and nothing else is asked for. */
const fillIn = () => [
    { trigger: ".modal .o_field_widget[name=budget] input", run: "edit 1000" },
    { trigger: ".modal:not(:has(.o_field_widget[name=date_deadline]))" },
    {
        trigger: ".modal .o_field_widget[name=line_ids] .o_data_cell[name=partner_id]",
        run: "click",
    },
    {
        trigger: ".modal .o_field_widget[name=line_ids] [name=partner_id] input",
        run: "edit Marta",
    },
    { trigger: ".o-autocomplete--dropdown-item:contains('Marta')", run: "click" },
    { trigger: confirm, run: "click" },
];

registry.category("web_tour.tours").add("crmsol_opportunity_gate", {
    steps: () => [
        {
            content: "dropped on the column, the card asks and stays until then",
            trigger: card("By drop"),
            run: `drag_and_drop(${column("Second")})`,
        },
        { trigger: discard, run: "click" },
        {
            trigger: `${NO_DIALOG} ${column("First")} ${card("By drop")}`,
            run: `drag_and_drop(${column("Second")})`,
        },
        ...fillIn(),
        { trigger: `${NO_DIALOG} ${column("Second")} ${card("By drop")}` },
        {
            content: "so does the bar",
            trigger: card("By bar"),
            run: "click",
        },
        { trigger: phase("Second"), run: "click" },
        ...fillIn(),
        { trigger: `${NO_DIALOG} ${current("Second")}` },
        { trigger: ".o_breadcrumb .o_back_button, .breadcrumb-item a", run: "click" },
        {
            content: "and the list",
            trigger: ".o_switch_view.o_list",
            run: "click",
        },
        { trigger: `${row("By list")} .o_list_record_selector input`, run: "click" },
        { trigger: `${row("By list")} .o_data_cell[name=phase_id]`, run: "click" },
        {
            trigger: ".o_data_row .o_field_widget[name=phase_id] input",
            run: "edit Second",
        },
        { trigger: ".o-autocomplete--dropdown-item:contains('Second')", run: "click" },
        ...fillIn(),
        { trigger: `${NO_DIALOG} ${row("By list")}:contains('Second')` },
    ],
});

registry.category("web_tour.tours").add("crmsol_opportunity_gate_override", {
    steps: () => [
        { trigger: card("In a hurry"), run: "click" },
        { trigger: phase("Second"), run: "click" },
        { trigger: ".modal .o_field_widget[name=budget]" },
        {
            trigger: ".modal .o_field_widget[name=override_reason] textarea",
            run: "edit The fair is tomorrow",
        },
        { trigger: ".modal .modal-footer button[name=action_override]", run: "click" },
        { trigger: `${NO_DIALOG} ${current("Second")}` },
        { trigger: ".o_notebook .nav-link:contains('Cronología')", run: "click" },
        { trigger: ".o_crmsol_timeline:contains('The fair is tomorrow')" },
    ],
});
