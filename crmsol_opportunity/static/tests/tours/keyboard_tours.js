import { registry } from "@web/core/registry";

const TAB = ".o_notebook .tab-pane.active";

/**
 * Waits until the keyboard has led to an element, and presses keys or types a text there.
 *
 * @param {string} selector what has the focus; nothing is clicked
 * @param {string|Function} run
 */
const on = (selector, run) => ({ trigger: `${selector}:focus`, run });

const field = (name) => `.o_field_widget[name=${name}] input`;

/** Types over the selected text of the element that has the focus. */
const type = (text) => async () => {
    const { press, fill } = odoo.loader.modules.get("@odoo/hoot-dom");
    await press(["Control", "a"]);
    await fill(text);
};

registry.category("web_tour.tours").add("crmsol_opportunity_keyboard", {
    steps: () => [
        { trigger: ".o_kanban_view .o-kanban-button-new", run: "press alt+c" },
        on(`.modal ${field("name")}`, type("Prensa nueva")),
        on(`.modal ${field("name")}`, "press Tab"),
        on(`.modal ${field("partner_id")}`, type("Almazara del Ter")),
        {
            trigger:
                ".o-autocomplete--dropdown-item a.ui-state-active:contains('Almazara del Ter')",
            run: "press Enter",
        },
        on(`.modal ${field("partner_id")}:value('Almazara del Ter')`, "press Tab"),
        on(`.modal ${field("amount")}`, type("12500")),
        on(`.modal ${field("amount")}`, "press Tab"),
        {
            content: "the phase stays the one that is proposed",
            ...on(`.modal ${field("phase_id")}`, "press alt+q"),
        },
        {
            trigger: ".o_form_view:not(.modal *) .nav-link[name=products]",
            run: "press alt+shift+4",
        },
        on(`${TAB} .o_field_x2many_list_row_add a`, "press Enter"),
        on(`${TAB} .o_selected_row ${field("product_id")}`, type("Etiquetadora del Ter")),
        {
            trigger:
                ".o-autocomplete--dropdown-item a.ui-state-active:contains('Etiquetadora del Ter')",
            run: "press Enter",
        },
        {
            content: "the product brings its price",
            trigger: `${TAB} .o_selected_row:contains('900,00')`,
            run: "press alt+s",
        },
        {
            trigger: `.o_form_saved, .o_form_view:has(${TAB} .o_data_row:not(.o_selected_row))`,
            run: "press alt+shift+3",
        },
        on(`${TAB} button[name=action_plan_action]`, "press alt+a"),
        {
            content: "the type is one stop back, and the arrows choose it",
            ...on(`.modal ${field("summary")}`, "press Shift+Tab"),
        },
        on(".modal .o_selection_badge[role=radio]", "press ArrowRight"),
        {
            trigger: ".modal .o_selection_badge[aria-checked=true]:contains('Reunión'):focus",
            run: "press ArrowLeft",
        },
        {
            trigger: ".modal .o_selection_badge[aria-checked=true]:contains('Llamada'):focus",
            run: "press ArrowLeft",
        },
        {
            trigger: ".modal .o_selection_badge[aria-checked=true]:contains('Visita'):focus",
            run: "press Tab",
        },
        on(`.modal ${field("summary")}`, type("Ver la almazara")),
        on(`.modal ${field("summary")}`, "press Tab"),
        {
            content: "the contact is proposed",
            ...on(`.modal ${field("crmsol_contact_id")}:value('Almazara del Ter')`, "press Tab"),
        },
        on(`.modal ${field("user_id")}`, "press Tab"),
        on(`.modal ${field("date_deadline")}`, type("04/06/2030")),
        on(`.modal ${field("date_deadline")}`, "press Tab"),
        on(`.modal ${field("crmsol_date_start")}`, "press alt+q"),
        {
            trigger: `body:not(:has(.modal)) ${TAB} .o_data_row:contains('Ver la almazara'):contains('Visita')`,
            run: "press alt+w",
        },
        {
            content: "the visit is planned still: asked about it, it is kept",
            trigger: ".modal .o_field_widget[name=planned_actions] input[data-value=keep]:checked",
            run: "press alt+q",
        },
        { content: "the celebration", trigger: ".o_reward", run: "press Escape" },
        { trigger: ".ribbon:contains('Ganada')", run: "press alt+o" },
        on(`.modal ${field("phase_id")}`, "press alt+q"),
        { trigger: ".o_statusbar_buttons button[name=action_lose]", run: "press alt+l" },
        on(`.modal ${field("loss_reason_id")}`, type("Lo aplazan")),
        {
            trigger: ".o-autocomplete--dropdown-item a.ui-state-active:contains('Lo aplazan')",
            run: "press Enter",
        },
        on(`.modal ${field("loss_reason_id")}:value('Lo aplazan')`, "press alt+q"),
        { trigger: ".ribbon:contains('Perdida')" },
    ],
});
