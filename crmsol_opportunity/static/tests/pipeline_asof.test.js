import { expect, test } from "@odoo/hoot";
import { animationFrame, mockDate, mockTimeZone } from "@odoo/hoot-mock";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import {
    contains,
    defineModels,
    fields,
    models,
    mountView,
    onRpc,
    patchWithCleanup,
} from "@web/../tests/web_test_helpers";
import { getUserToday } from "@crmsol_opportunity/pipeline_asof/user_today";
import { user } from "@web/core/user";

class Asof extends models.Model {
    _name = "crmsol.pipeline.asof";
    name = fields.Char();
    date = fields.Date();
    _records = [{ id: 1, name: "First deal" }];
    _views = { search: `<search><filter name="first" domain="[('id', '=', 1)]"/></search>` };
}

defineMailModels();
defineModels([Asof]);

/** Mounts a view of the model; each search is a step with its domain. */
async function mountAsof(params = {}) {
    mockDate("2026-11-24 12:00:00");
    onRpc("crmsol.pipeline.asof", "get_beginning", () => "2026-10-05");
    onRpc("crmsol.pipeline.asof", "web_search_read", ({ kwargs }) => {
        expect.step(JSON.stringify(kwargs.domain));
        return { length: 1, records: [{ id: 1, name: "First deal" }] };
    });
    await mountView({
        type: "list",
        resModel: "crmsol.pipeline.asof",
        arch: `<list js_class="crmsol_pipeline_asof_list"><field name="name"/></list>`,
        ...params,
    });
}

const day = ".o_crmsol_asof_input";

test("it opens with the present, without a criterion of its own", async () => {
    await mountAsof();
    expect(day).toHaveValue("11/24/2026");
    expect(".o_crmsol_asof_next").not.toBeEnabled();
    expect(".o_crmsol_asof_today").toHaveCount(0);
    expect.verifySteps(["[]"]);
});

test("the buttons go from the end of a month to the next one", async () => {
    await mountAsof();
    await contains(".o_crmsol_asof_previous").click();
    expect(day).toHaveValue("10/31/2026");
    await contains(".o_crmsol_asof_previous").click();
    expect(".o_crmsol_asof_hint").toHaveText(/first opportunity is of 10\/05\/2026/);
    await contains(".o_crmsol_asof_next").click();
    expect(".o_crmsol_asof_hint").toHaveCount(0);
    await contains(".o_crmsol_asof_next").click(); // not beyond today
    expect(day).toHaveValue("11/24/2026");
    expect.verifySteps([
        "[]",
        '[["date","=","2026-10-31"]]',
        '[["date","=","2026-09-30"]]',
        '[["date","=","2026-10-31"]]',
        "[]",
    ]);
});

test("a day is typed in, and Today leads back", async () => {
    await mountAsof();
    await contains(day).edit("11/03/2026");
    await animationFrame();
    await contains(".o_crmsol_asof_today").click();
    expect.verifySteps(["[]", '[["date","=","2026-11-03"]]', "[]"]);
});

test("the day of a drill-down is shown, and may be changed there", async () => {
    await mountAsof({
        domain: ["&", ["date", "=", "2026-10-31"], ["name", "!=", false]],
    });
    expect(day).toHaveValue("10/31/2026");
    await contains(".o_crmsol_asof_today").click();
    expect.verifySteps([
        '["&","&",[1,"=",1],["name","!=",false],["date","=","2026-10-31"]]',
        '["&",[1,"=",1],["name","!=",false]]',
    ]);
});

test("the day stays while filters come and go", async () => {
    await mountAsof({ searchViewId: false, context: { search_default_first: 1 } });
    await contains(".o_crmsol_asof_previous").click();
    await contains(".o_facet_remove").click();
    expect.verifySteps([
        '[["id","=",1]]',
        '["&",["id","=",1],["date","=","2026-10-31"]]',
        '[["date","=","2026-10-31"]]',
    ]);
});

test("today is the day of the user's time zone, whatever the browser's", () => {
    mockTimeZone(0);
    mockDate("2026-11-24 23:30:00");
    patchWithCleanup(user, { tz: "Europe/Madrid" });
    expect(getUserToday().toISODate()).toBe("2026-11-25");
    patchWithCleanup(user, { tz: "America/New_York" });
    expect(getUserToday().toISODate()).toBe("2026-11-24");
});
