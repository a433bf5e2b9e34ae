import { expect, test } from "@odoo/hoot";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { defineModels, fields, models, mountView } from "@web/../tests/web_test_helpers";

const INSIGHT = {
    win: 61.6,
    low: 44.2,
    high: 76.9,
    seller: 80,
    basis: "team",
    sentences: ["Won: 18 of the 29 closed deals.", "Not closed yet: 11."],
    reasons: [
        { label: "Percentage of the phase", value: 60, is_start: true },
        { label: "Deals in “Proposal”", value: -12.4, is_start: false },
        { label: "Team North", value: 14, is_start: false },
    ],
    facts: "Facts used: the phase.",
    known: "11/24/2026",
};

class Deal extends models.Model {
    _name = "deal";
    insight = fields.Json();
    _records = [
        { id: 1, insight: INSIGHT },
        { id: 2, insight: { ...INSIGHT, seller: false, known: false } },
        { id: 3, insight: false },
    ];
}

defineMailModels();
defineModels([Deal]);

const mount = (resId) =>
    mountView({
        type: "form",
        resModel: "deal",
        resId,
        arch: `<form><field name="insight" widget="crmsol_win_insight"/></form>`,
    });

test("the figure, its interval, the facts and the reasons stand there without a click", async () => {
    await mount(1);
    expect(".o_crmsol_win_figure").toHaveText(/62 %[^]*44 % – 77 %/);
    expect(".o_crmsol_win_story p:eq(0)").toHaveText(
        "Won: 18 of the 29 closed deals. Not closed yet: 11."
    );
    expect(".o_crmsol_win_reasons li:eq(0)").toHaveText("Percentage of the phase 60 %");
    expect(".o_crmsol_win_reasons li:eq(1)").toHaveText("Deals in “Proposal” −12");
    expect(".o_crmsol_win_reasons li:eq(2)").toHaveText("Team North +14");
    expect(".o_crmsol_win_reasons li:eq(3)").toHaveText("Own percentage 80 %");
    expect(".o_crmsol_win_reasons li:eq(4)").toHaveText("Learnt on 11/24/2026");
    expect(".o_crmsol_win_facts").toHaveText("Facts used: the phase.");
});

test("without a percentage of one's own there is no mark of it", async () => {
    await mount(2);
    expect(".o_crmsol_win_seller").toHaveCount(0);
    expect(".o_crmsol_win_reasons li").toHaveCount(3);
});

test("a deal without a chance shows nothing", async () => {
    await mount(3);
    expect(".o_crmsol_win").toHaveCount(0);
});
