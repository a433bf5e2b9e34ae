import { defineMailModels } from "@mail/../tests/mail_test_helpers";

import { expect, test } from "@odoo/hoot";
import { queryAllTexts } from "@odoo/hoot-dom";
import {
    contains,
    defineModels,
    fields,
    models,
    mountView,
    onRpc,
    patchWithCleanup,
} from "@web/../tests/web_test_helpers";
import { browser } from "@web/core/browser/browser";

class Opportunity extends models.Model {
    _name = "crmsol.opportunity";
    name = fields.Char();
    outcome = fields.Selection({ selection: [["open", "Open"], ["lost", "Lost"]] }); // prettier-ignore
    team_id = fields.Many2one({ relation: "team" });
    phase_id = fields.Many2one({ relation: "phase", domain: "[('team_id', '=', team_id)]" });
    budget = fields.Integer({ aggregator: "sum" });
    slips = fields.Integer();
    note = fields.Char();
    is_ready = fields.Boolean();
    _records = [
        { id: 1, name: "First deal", outcome: "open", budget: 10, slips: 3 },
        { id: 2, name: "Second deal", outcome: "lost", budget: 20, slips: 4 },
    ];
}
class Team extends models.Model {
    _name = "team";
    name = fields.Char();
}
class Phase extends models.Model {
    _name = "phase";
    name = fields.Char();
}
defineMailModels();
defineModels([Opportunity, Team, Phase]);

const ARCH = `
    <list js_class="crmsol_opportunity_list" decoration-muted="outcome == 'lost'">
        <field name="name"/>
        <field name="phase_id"/>
        <field name="outcome" optional="hide"/>
        <field name="team_id" optional="hide"/>
        <field name="budget" optional="hide" sum="Total"/>
        <field name="slips" optional="show"/>
        <field name="note" optional="hide" readonly="not is_ready"/>
        <field name="is_ready" column_invisible="True" data-used-by="note (readonly)"/>
    </list>`;

const mountList = (more = {}) =>
    mountView({ type: "list", resModel: "crmsol.opportunity", arch: ARCH, ...more });

function stepReads() {
    onRpc("web_search_read", ({ kwargs }) =>
        expect.step(Object.keys(kwargs.specification).sort().join(" "))
    );
    onRpc("web_read_group", ({ kwargs }) => expect.step(kwargs.aggregates.join(" ")));
}

async function toggle(name) {
    if (!queryAllTexts(".o-dropdown--menu").length) {
        await contains(".o_optional_columns_dropdown button").click();
    }
    await contains(`.o-dropdown--menu input[name=${name}]`).click();
}

const ALWAYS = "name outcome phase_id slips team_id"; // of what is hidden, what others depend on

test("a hidden column is not read unless something that is shown depends on it", async () => {
    stepReads();
    await mountList();
    expect.verifySteps([ALWAYS]);
    expect("tr.o_data_row.text-muted").toHaveCount(1);
});

test("showing a column reads it, and keeps what is selected", async () => {
    stepReads();
    await mountList();
    await contains(".o_data_row:first .o_list_record_selector input").click();
    await toggle("budget");
    expect.verifySteps([ALWAYS, `budget ${ALWAYS}`]);
    expect(queryAllTexts("td[name=budget]")).toEqual(["10", "20"]);
    expect(".o_data_row_selected").toHaveCount(1);
    await toggle("budget");
    await toggle("budget");
    expect.verifySteps([]); // once read, it is there
    expect("td[name=budget]").toHaveCount(2);
});

test("what the server added for a hidden column is read with it", async () => {
    stepReads();
    await mountList();
    await toggle("note");
    expect.verifySteps([ALWAYS, "is_ready name note outcome phase_id slips team_id"]);
});

test("the columns that the user has chosen are read from the start", async () => {
    stepReads();
    const viewId = 7;
    const key = `optional_fields,crmsol.opportunity,list,${viewId}`;
    const names = ["budget", "is_ready", "name", "note", "outcome", "phase_id", "slips", "team_id"];
    // as the host keeps it, so that a choice made with it holds on
    browser.localStorage.setItem([key, ...names].join(","), "budget");
    await mountList({ viewId, config: { viewId } });
    expect.verifySteps(["budget name outcome phase_id team_id"]);
    expect("td[name=budget]").toHaveCount(2);
    expect("td[name=slips]").toHaveCount(0);
});

test("what another window chooses is shown once the list is opened anew", async () => {
    let key;
    patchWithCleanup(browser.localStorage, {
        setItem(name, value) {
            key = name.startsWith("optional_fields") ? name : key;
            return super.setItem(name, value);
        },
    });
    await mountList();
    await toggle("slips");
    browser.localStorage.setItem(key, "budget");
    await contains(".o_data_row:first .o_list_record_selector input").click();
    expect("td[name=budget]").toHaveCount(0);
    await toggle("outcome");
    expect(browser.localStorage.getItem(key).split(",").sort()).toEqual(["budget", "outcome"]);
});

test("in groups, the sum of a column comes with it", async () => {
    stepReads();
    await mountList({ groupBy: ["outcome"] });
    await contains(".o_group_header:first").click();
    await toggle("budget");
    expect.verifySteps(["slips:sum", ALWAYS, "slips:sum budget:sum"]);
    expect(queryAllTexts(".o_group_header .o_list_number")).toEqual(["10", "3", "20", "4"]);
    expect(queryAllTexts("td[name=budget]")).toEqual(["10"]);
});
