import { registry } from "@web/core/registry";

const card = (name) => `.o_kanban_record:contains('${name}')`;
const column = (name) => `.o_kanban_group:has(.o_column_title:contains('${name}'))`;
const month = (offset) => {
    const name = luxon.DateTime.now().plus({ months: offset }).setLocale("es");
    return column(name.toFormat("LLLL yyyy").slice(1)); // the first letter is a capital
};

registry.category("web_tour.tours").add("crmsol_opportunity_forecast", {
    steps: () => [
        {
            trigger: `.o_kanban_group:first:has(.o_column_title:contains('Vencidas')) ${card("Late")}`,
        },
        {
            trigger: `${column("Sin cierre previsto")} ${card("Undated")}`,
        },
        {
            content: "empty months are shown, and what is in the month counts in euros",
            trigger: `${month(2)}.o_kanban_no_records`,
        },
        {
            trigger: `${month(1)} .o_crmsol_forecast_totals:contains('600,00')`,
        },
        {
            trigger:
                ".o_control_panel_navigation .o-kanban-button-new:contains('Nueva oportunidad')",
        },
        {
            content: "a card is dragged to another month",
            trigger: `${month(1)} ${card("Planned")}`,
            run: `drag_and_drop(${month(2)})`,
        },
        {
            trigger: `${month(2)} ${card("Planned")}`,
        },
        {
            trigger: `${month(2)} .o_crmsol_forecast_totals:contains('600,00')`,
        },
        {
            content: "an overdue one is planned anew",
            trigger: `${column("Vencidas")} ${card("Late")}`,
            run: `drag_and_drop(${month(1)})`,
        },
        {
            trigger: `${month(1)} ${card("Late")}`,
        },
        {
            content: "a closed one stays where it is, and the user reads why",
            trigger: `${month(0)} ${card("Gained")}`,
            run: `drag_and_drop(${month(1)})`,
        },
        {
            trigger: ".modal:contains('está cerrada') .modal-footer button",
            run: "click",
        },
        {
            trigger: `body:not(:has(.modal)) ${month(0)} ${card("Gained")}`,
        },
        {
            content: "one month more is shown",
            trigger: ".o_crmsol_next_month button:contains('Mes siguiente')",
            run: "click",
        },
        {
            trigger: month(4),
        },
    ],
});

registry.category("web_tour.tours").add("crmsol_opportunity_targets", {
    steps: () => [
        {
            content: "one click gives everybody the target of last month",
            trigger: ".o_control_panel button:contains('Copiar el mes pasado')",
            run: "click",
        },
        {
            trigger: ".o_notification:contains('Objetivos copiados: 1')",
        },
        {
            trigger: `.o_data_row:contains('${luxon.DateTime.now()
                .setLocale("es")
                .toFormat("LLLL yyyy")
                .slice(1)}'):contains('25')`,
        },
        {
            content: "a target is given in the list",
            trigger: ".o_list_button_add",
            run: "click",
        },
        {
            trigger: ".o_selected_row .o_field_widget[name=user_id] input",
            run: "edit crmsol_ben",
        },
        {
            trigger: ".o-autocomplete--dropdown-item:contains('crmsol_ben')",
            run: "click",
        },
        {
            trigger: ".o_selected_row .o_field_widget[name=amount] input",
            run: "edit 12345,5",
        },
        {
            trigger: ".o_list_button_save",
            run: "click",
        },
        {
            trigger: ".o_data_row:contains('crmsol_ben'):contains('12.345,50')",
        },
        {
            trigger: ".o_switch_view.o_pivot",
            run: "click",
        },
        {
            trigger: ".o_pivot td:contains('12.345,50')",
        },
    ],
});
