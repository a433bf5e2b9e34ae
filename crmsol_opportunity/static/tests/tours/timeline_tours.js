import { inputFiles } from "@web/../tests/utils";
import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("crmsol_opportunity_timeline", {
    steps: () => [
        {
            trigger: ".o_form_view .nav-link[name=timeline]:contains('Cronología')",
            run: "click",
        },
        {
            content: "what is planned stands on top",
            trigger: ".o_crmsol_upcoming:contains('Próximas'):contains('Llamar al cliente')",
        },
        {
            content: "a page of the newest, under its day",
            trigger: ".o_crmsol_day:contains('Hoy')",
        },
        {
            trigger: ".o_crmsol_chip:contains('Todo')[aria-pressed=true]",
        },
        {
            content: "older events are one click away",
            trigger: ".o_crmsol_timeline:not(:contains('Oportunidad creada')) .o_crmsol_more",
            run: "click",
        },
        {
            trigger: ".o_crmsol_event[data-type=created]:contains('Oportunidad creada')",
        },
        {
            content: "filter by the keyboard",
            trigger: ".o_crmsol_chip[data-kind=change]:contains('Cambios')",
            async run({ anchor, press }) {
                anchor.focus();
                await press("Enter");
            },
        },
        {
            trigger:
                ".o_crmsol_timeline:not(:has([data-type=note])) .o_crmsol_event:contains('Cantidad'):contains('1.000,00'):contains('2.500,50')",
        },
        {
            trigger: ".o_crmsol_chip[data-kind=quotation]:contains('Presupuestos')",
            run: "click",
        },
        {
            trigger: ".o_crmsol_event[data-type=quotation_created]:contains('Presupuesto creado')",
        },
        {
            content: "a change of the record is there as soon as it is saved",
            trigger: ".o_field_widget[name=name] textarea",
            run: "edit Otro nombre",
        },
        {
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            trigger: ".o_crmsol_event[data-type=change]:contains('Otro nombre')",
        },
        {
            content: "the quotation opens from it",
            trigger: ".o_crmsol_event[data-type=quotation_created] .o_crmsol_open",
            run: "click",
        },
        {
            trigger: ".o_form_view .o_field_widget[name=order_line]",
        },
    ],
});

registry.category("web_tour.tours").add("crmsol_opportunity_documents", {
    steps: () => [
        {
            trigger: ".o_form_view .nav-link[name=documents]:contains('Documentos')",
            run: "click",
        },
        {
            content: "the empty tab says what it is for",
            trigger: ".o_crmsol_documents_empty:contains('Todavía no hay archivos')",
        },
        {
            content: "several at once, of which one is empty",
            trigger: ".o_crmsol_upload:contains('Subir archivos')",
            run: () =>
                inputFiles(".o_crmsol_documents .o_input_file", [
                    new File(["contrato"], "contrato.txt", { type: "text/plain" }),
                    new File([""], "vacío.txt", { type: "text/plain" }),
                    new File(["plano"], "plano.txt", { type: "text/plain" }),
                ]),
        },
        {
            trigger: ".o_notification:contains('«vacío.txt» está vacío')",
        },
        {
            trigger:
                ".o_crmsol_documents:contains('2 archivos') .o_crmsol_document:contains('contrato.txt'):contains('Documento')",
        },
        {
            trigger: ".o_crmsol_document:contains('contrato.txt') select",
            run: "selectByLabel Contrato de prueba",
        },
        {
            trigger: ".o_crmsol_document:contains('contrato.txt') .o_crmsol_document_note input",
            run: "edit Firmado && press Tab",
        },
        {
            content: "preview",
            trigger: ".o_crmsol_document_name:contains('contrato.txt')",
            run: "click",
        },
        {
            trigger:
                ".o-FileViewer:contains('contrato.txt') .o-FileViewer-headerButton[title='Cerrar (Esc)'], .o-FileViewer .fa-times",
            run: "click",
        },
        {
            trigger: ".o_crmsol_document:contains('plano.txt') .fa-trash",
            run: "click",
        },
        {
            trigger: ".modal .btn-danger:contains('Eliminar')",
            run: "click",
        },
        {
            trigger: ".o_crmsol_documents:contains('1 archivo'):not(:contains('plano.txt'))",
        },
    ],
});
