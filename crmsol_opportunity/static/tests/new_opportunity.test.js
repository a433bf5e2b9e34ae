import { expect, test } from "@odoo/hoot";
import { animationFrame } from "@odoo/hoot-mock";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import {
    contains,
    defineModels,
    fields,
    models,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";

class Opportunity extends models.Model {
    _name = "crmsol.opportunity";
    name = fields.Char();
    amount = fields.Float();
    _records = [{ id: 1, name: "Present deal", amount: 10 }];
    _views = {
        form: `<form><field name="name"/><footer><button special="save" string="Save"/></footer></form>`,
    };
}

defineMailModels();
defineModels([Opportunity]);

const ARCHS = {
    kanban: `<kanban js_class="crmsol_opportunity_kanban"><templates><t t-name="card"><field name="name"/></t></templates></kanban>`,
    list: `<list js_class="crmsol_opportunity_list"><field name="name"/></list>`,
};
const BUTTONS = { kanban: ".o-kanban-button-new", list: ".o_list_button_add" };

for (const [type, arch] of Object.entries(ARCHS)) {
    test(`${type}: the button stands at the right end and opens the record it creates`, async () => {
        await mountView({
            type,
            resModel: "crmsol.opportunity",
            arch,
            selectRecord: (resId) => expect.step(`open ${resId}`),
        });
        expect(
            `.o_control_panel_navigation > :last-child${BUTTONS[type]}, .o_control_panel_navigation ${BUTTONS[type]}.order-last`
        ).toHaveCount(1);
        expect(BUTTONS[type]).toHaveText("New opportunity");
        await contains(BUTTONS[type]).click();
        expect(".modal .modal-title").toHaveText("New opportunity");
        await contains(".modal [name=name] input").edit("Fresh deal");
        await contains(".modal button:contains(Save)").click();
        expect.verifySteps(["open 2"]);
        expect(".modal").toHaveCount(0);
    });

    test(`${type}: no button without the right to create`, async () => {
        await mountView({
            type,
            resModel: "crmsol.opportunity",
            arch: arch.replace(" js_class", ` create="0" js_class`),
        });
        expect(BUTTONS[type]).toHaveCount(0);
    });
}

test("form: New asks the four data in a dialog and keeps the record in view", async () => {
    onRpc("web_save", ({ args }) => expect.step(args[1].name));
    await mountView({
        type: "form",
        resModel: "crmsol.opportunity",
        resId: 1,
        arch: `<form js_class="crmsol_opportunity_form"><field name="name"/></form>`,
    });
    await contains(".o_form_button_create").click();
    expect(".modal").toHaveCount(1);
    expect("[name=name] input:first").toHaveValue("Present deal");
    await contains(".modal [name=name] input").edit("Fresh deal");
    await contains(".modal button:contains(Save)").click();
    await animationFrame();
    expect.verifySteps(["Fresh deal"]);
    expect("[name=name] input").toHaveValue("Fresh deal");
});
