import { defineMailModels } from "@mail/../tests/mail_test_helpers";

import { expect, press, test } from "@odoo/hoot";
import { animationFrame } from "@odoo/hoot-mock";
import { contains, defineModels, fields, models, mountView } from "@web/../tests/web_test_helpers";

class Opportunity extends models.Model {
    _name = "crmsol.opportunity";
    name = fields.Char();
    kind_id = fields.Many2one({ relation: "kind" });
    _records = [{ id: 1, name: "First deal", kind_id: 2 }];
}

class Kind extends models.Model {
    _name = "kind";
    name = fields.Char();
    icon = fields.Char();
    _records = [
        { id: 1, name: "Visit", icon: "fa-map-marker" },
        { id: 2, name: "Call", icon: "fa-phone" },
    ];
}

defineMailModels();
defineModels([Opportunity, Kind]);

const mountForm = (pages) =>
    mountView({
        type: "form",
        resModel: "crmsol.opportunity",
        resId: 1,
        arch: `<form js_class="crmsol_opportunity_form"><notebook>${pages}</notebook></form>`,
    });

test("Alt+Shift and a number open a tab and go to its first control", async () => {
    await mountForm(`
        <page name="a" string="A"><p>Nothing to fill in</p></page>
        <page name="b" string="B"><field name="name"/></page>`);
    await press(["alt", "shift", "2"]);
    await animationFrame();
    expect(".nav-link[name=b]").toHaveClass("active");
    expect("[name=name] input").toBeFocused();
    await press(["alt", "shift", "1"]);
    await animationFrame();
    expect(".nav-link[name=a]").toBeFocused();
    await press(["alt", "shift", "3"]);
    await animationFrame();
    expect(".nav-link[name=a]").toHaveClass("active");
});

test("what is typed when a tab is left by its number is kept", async () => {
    await mountForm(`
        <page name="a" string="A"><field name="name"/></page>
        <page name="b" string="B"><p>Nothing to fill in</p></page>`);
    await contains("[name=name] input").edit("Renamed", { confirm: false });
    await press(["alt", "shift", "2"]);
    await animationFrame();
    await press(["alt", "shift", "1"]);
    await animationFrame();
    expect("[name=name] input").toHaveValue("Renamed");
});

test("the badges of the type are one stop of Tab, and arrows choose among them", async () => {
    await mountForm(`
        <page name="a" string="A">
            <field name="kind_id" widget="crmsol_type_badges" iconField="icon"/>
        </page>`);
    const checked = "[role=radiogroup] [role=radio][aria-checked=true]";
    expect("[role=radio][tabindex='0']").toHaveCount(1);
    await press(["alt", "shift", "1"]);
    await animationFrame();
    expect(`${checked}:contains(Call)`).toBeFocused();
    await press("ArrowLeft");
    await animationFrame();
    expect(`${checked}:contains(Visit)`).toBeFocused();
    await press("ArrowLeft");
    await animationFrame();
    expect(`${checked}:contains(Call)`).toBeFocused();
});
