import { registry } from "@web/core/registry";

const LATE = "[data-advice=deadline]";

registry.category("web_tour.tours").add("crmsol_opportunity_advice", {
    steps: () => [
        {
            content: "the most urgent one is the first",
            trigger: ".o_crmsol_advice li:first [data-advice=deadline]",
        },
        {
            content: "one click plans exactly what is proposed",
            trigger: `${LATE} .o_crmsol_advice_plan`,
            run: "click",
        },
        {
            trigger: ".o_notification:contains('Pedir una nueva fecha de cierre')",
        },
        {
            content: "what is planned is not advised any more",
            trigger: `.o_crmsol_advice:not(:has(${LATE}))`,
        },
        {
            content: "nor is a next action missing",
            trigger: ".o_crmsol_fact[data-fact=next_action]:contains('Próxima acción')",
        },
        {
            content: "the other one is set aside",
            trigger: "[data-advice=budget] .o_crmsol_advice_dismiss",
            run: "click",
        },
        {
            trigger: "body:not(:has([data-advice=budget]))",
        },
        {
            content: "by mistake",
            trigger: ".o_notification button:contains('Deshacer')",
            run: "click",
        },
        {
            trigger: "[data-advice=budget] .o_crmsol_advice_dismiss",
            run: "click",
        },
        {
            trigger: "body:not(:has([data-advice=budget]))",
        },
    ],
});

registry.category("web_tour.tours").add("crmsol_opportunity_advice_my_day", {
    steps: () => [
        {
            trigger: "[data-section=advice] li:contains('Cocina nueva') [data-advice=deadline]",
        },
        {
            trigger: "[data-section=advice] li:contains('Cocina nueva') .o_crmsol_advice_dismiss",
            run: "click",
        },
        {
            content: "the next one of the deal comes up",
            trigger: "[data-section=advice] [data-advice=no_action] .o_crmsol_advice_plan",
            run: "click",
        },
        {
            trigger: "[data-section=advice] [data-advice=budget]",
        },
    ],
});
