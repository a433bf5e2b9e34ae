import { expect, test } from "@odoo/hoot";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { defineModels, fields, models, mountView } from "@web/../tests/web_test_helpers";

class Deal extends models.Model {
    _name = "deal";
    facts = fields.Json();
    _records = [
        {
            id: 1,
            facts: [
                {
                    name: "next_action",
                    icon: "fa-calendar-times-o",
                    tone: "alert",
                    text: "No next action",
                    title: "The first planned action",
                    chip: "No next action",
                },
                {
                    name: "phase",
                    icon: "fa-hourglass-start",
                    tone: "calm",
                    text: "3 days in the phase",
                    title: "Days",
                },
            ],
        },
        { id: 2, facts: false },
    ];
}

defineMailModels();
defineModels([Deal]);

const mountDeal = (resId, options = "{}") =>
    mountView({
        type: "form",
        resModel: "deal",
        resId,
        arch: `<form><field name="facts" widget="crmsol_facts" options="${options}"/></form>`,
    });

test("each fact is told by an icon and words", async () => {
    await mountDeal(1);
    expect(".o_crmsol_fact").toHaveCount(2);
    expect(".o_crmsol_fact[data-fact=phase]").toHaveText("3 days in the phase");
    expect(".o_crmsol_fact[data-fact=phase] .fa-hourglass-start").toHaveCount(1);
    expect(".o_crmsol_fact_alert").toHaveCount(1);
});

test("a card has only those that ask for something", async () => {
    await mountDeal(1, "{'chips': true}");
    expect(".o_crmsol_fact").toHaveCount(1);
    expect(".o_crmsol_fact").toHaveText("No next action");
});

test("without facts nothing is shown", async () => {
    await mountDeal(2);
    expect(".o_crmsol_facts").toHaveCount(0);
});
