import { describe, expect, test } from "@odoo/hoot";
import { queryAllTexts } from "@odoo/hoot-dom";

import { defineMailModels } from "@mail/../tests/mail_test_helpers";

import { defineModels, fields, models, mountView } from "@web/../tests/web_test_helpers";

describe.current.tags("desktop");

const COVERAGE = {
    attitudes: [
        ["supporter", "In favor"],
        ["unknown", "Not known"],
    ],
    roles: [
        {
            name: "Decides",
            decides: true,
            cells: {
                unknown: {
                    people: [
                        { id: 1, name: "Ana", days: false, date: false, state: "never" },
                        { id: 2, name: "Leo", days: 40, date: "10/15/2026", state: "old" },
                    ],
                    more: 3,
                },
            },
        },
    ],
    sentences: [
        ["risk", "No one who decides has been contacted in 30 days."],
        ["summary", "Contacted: 0 of 5."],
    ],
};

class Deal extends models.Model {
    _name = "deal";
    coverage = fields.Json();
    _records = [
        { id: 1, coverage: COVERAGE },
        { id: 2, coverage: { attitudes: [], roles: [], sentences: [] } },
    ];
}

defineMailModels();
defineModels([Deal]);

const mountCoverage = (resId) =>
    mountView({
        type: "form",
        resModel: "deal",
        resId,
        arch: `<form><field name="coverage" widget="crmsol_coverage"/></form>`,
    });

test("map of the references says who was talked to in words and icons", async () => {
    await mountCoverage(1);
    expect(queryAllTexts(".o_crmsol_coverage thead th")).toEqual(["Role", "In favor", "Not known"]);
    expect(queryAllTexts(".o_crmsol_coverage li")).toEqual(["Ana never", "Leo 40 d", "and 3 more"]);
    expect("li[data-state=never] .fa-circle-o").toHaveCount(1);
    expect("li[data-state=old]").toHaveAttribute("title", "Leo: last contact on 10/15/2026");
    expect(".o_crmsol_coverage_risk").toHaveText(/No one who decides/);
    expect(".o_crmsol_coverage_summary").toHaveText("Contacted: 0 of 5.");
});

test("without references there is no map", async () => {
    await mountCoverage(2);
    expect(".o_crmsol_coverage").toHaveCount(0);
});
