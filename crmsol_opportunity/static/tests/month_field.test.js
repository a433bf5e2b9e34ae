import { expect, test } from "@odoo/hoot";
import { queryAllTexts } from "@odoo/hoot-dom";
import { mockDate } from "@odoo/hoot-mock";
import {
    contains,
    defineModels,
    fields,
    models,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";

class Target extends models.Model {
    date_month = fields.Date();
    _records = [
        { id: 1, date_month: "2026-11-01" },
        { id: 2, date_month: false },
    ];
}

defineMailModels();
defineModels([Target]);

test("a month is shown without its day, and chosen among months", async () => {
    mockDate("2026-11-24 12:00:00");
    onRpc("target", "web_save", ({ args }) => expect.step(args[1].date_month));
    await mountView({
        resModel: "target",
        type: "list",
        arch: `<list editable="top"><field name="date_month" widget="crmsol_month"/></list>`,
    });
    expect(queryAllTexts("td[name=date_month]")).toEqual(["November 2026", ""]);

    await contains("td[name=date_month]:first").click();
    await contains(".o_field_widget[name=date_month] input").click();
    await contains(".o_datetime_picker .o_date_item_cell:contains('Dec')").click();
    await contains(".o_list_button_save").click();
    expect.verifySteps(["2026-12-01"]);
});
