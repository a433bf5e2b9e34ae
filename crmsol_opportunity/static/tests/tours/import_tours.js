import { inputFiles } from "@web/../tests/utils";
import { registry } from "@web/core/registry";

const PIPELINE = `Clave;Nombre;Cliente;Importe;Etapa;Fecha de cierre
A1;Torno nuevo;Customer;12.345,67;First;31/12/2026
A2;Fresadora;Talleres Norte;1.000,00;Ganada;15/10/2026
A3;Prensa;Customer;-5,00;First;31/12/2026
`;

const next = (label) => `.modal .modal-footer .btn-primary:visible:contains('${label}')`;

registry.category("web_tour.tours").add("crmsol_opportunity_import", {
    steps: () => [
        {
            content: "the menu beside the list's title offers the import",
            trigger: ".o_cp_action_menus .fa-cog",
            run: "click",
        },
        {
            trigger: ".o_crmsol_import_pipeline:contains('Importar un embudo')",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=file]",
            run: () =>
                inputFiles(".modal .o_field_widget[name=file] .o_input_file", [
                    new File([PIPELINE], "embudo.csv", { type: "text/csv" }),
                ]),
        },
        {
            content: "wait for the upload",
            trigger: ".modal .o_field_widget[name=file] input:value(embudo.csv)",
        },
        {
            trigger: next("Leer el archivo"),
            run: "click",
        },
        {
            content: "the meaning of every column is proposed",
            trigger: ".modal .o_data_row:contains('Etapa'):contains('Fase')",
        },
        {
            trigger: ".modal .o_data_row:contains('Fecha de cierre') .o_data_cell[name=target]",
        },
        {
            trigger: next("Siguiente"),
            run: "click",
        },
        {
            trigger: ".modal .o_data_row:contains('Ganada')",
        },
        {
            trigger: next("Simulación"),
            run: "click",
        },
        {
            trigger: ".modal [data-status=created]:contains('2'):contains('por crear')",
        },
        {
            trigger: ".modal:contains('Clientes que se crearán'):contains('Talleres Norte')",
        },
        {
            trigger: ".modal .o_crmsol_import_issues:contains('A3'):contains('-5,00')",
        },
        {
            trigger: next("Importar"),
            run: "click",
        },
        {
            trigger: ".modal [data-status=created]:contains('2'):contains('creadas')",
        },
        {
            trigger: ".modal .o_crmsol_import_totals:contains('1.000,00'):contains('igual')",
        },
        {
            trigger: next("Abrir las oportunidades"),
            run: "click",
        },
        {
            trigger: "body:not(:has(.modal)) .o_list_view .o_data_row:contains('Fresadora')",
        },
    ],
});
