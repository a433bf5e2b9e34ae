import { expect, getFixture, test } from "@odoo/hoot";
import { animationFrame, mockDate } from "@odoo/hoot-mock";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import {
    contains,
    defineModels,
    fields,
    getService,
    makeServerError,
    mockService,
    models,
    mountWithCleanup,
    onRpc,
} from "@web/../tests/web_test_helpers";
import { WebClient } from "@web/webclient/webclient";

class Team extends models.Model {
    _name = "crm.team";
    name = fields.Char();
    _records = [{ id: 4, name: "Northern team" }];
}

defineMailModels();
defineModels([Team]);

const rate = (k, n, low, high) => ({ k, n, rate: n ? k / n : false, low, high });
const NOTHING = rate(0, 0, 0, 1);

function makePhase(id, name, values = {}) {
    return {
        id,
        name,
        entered: 0,
        moved_on: 0,
        forward: 0,
        won: 0,
        back: 0,
        lost: 0,
        present: 0,
        archived: 0,
        rate: NOTHING,
        days: { median: false, quartile_1: false, quartile_3: false },
        win_rate: NOTHING,
        ...values,
    };
}

const FIRST = makePhase(1, "First", {
    entered: 9,
    moved_on: 4,
    lost: 2,
    present: 3,
    rate: rate(4, 6, 0.3, 0.903),
    days: { median: 2, quartile_1: 2, quartile_3: 3.5 },
    win_rate: rate(1, 4, 0.046, 0.699),
});

const VELOCITY = {
    domain: {
        open: [["outcome", "=", "open"]],
        closed: [["date_closed", ">=", "2026-01-01"]],
        won: [["outcome", "=", "won"]],
    },
    currency_id: false,
    left_out: [],
    reason: false,
    minimum: 5,
    per_day: 240,
    open: 4,
    win_rate: rate(3, 5, 0.23, 0.88),
    average: { amount: 2000, n: 3 },
    cycle: { days: 20, n: 3 },
};

/** Opens the page; the server answers with the report, or with what it returns for a call. */
async function mountReport(report = {}) {
    mockDate("2026-11-24 12:00:00");
    onRpc("crmsol.phase.stay", "get_phase_report", ({ args, kwargs }) => {
        const { team_id, user_id } = kwargs;
        expect.step([...args, team_id, user_id].join(" "));
        if (report instanceof Error) {
            throw report;
        }
        return {
            phases: [FIRST, makePhase(2, "Second")],
            domain: [["date_from", ">=", "2026-01-01 00:00:00"]],
            velocity: VELOCITY,
            ...report,
        };
    });
    await mountWithCleanup(WebClient);
    await getService("action").doAction({
        type: "ir.actions.client",
        tag: "crmsol_phase_report",
        name: "Conversion",
    });
    await animationFrame();
}

const cell = (phase, column) => `tr[data-id='${phase}'] td[data-column='${column}']`;

test("a row has the counts of its phase, its rate with interval and its days", async () => {
    await mountReport();
    expect.verifySteps(["2025-11-25 2026-11-24 false false"]);
    expect(".o_crmsol_phase_table tbody tr").toHaveCount(2);
    expect(`${cell(1, "entered")} button`).toHaveText("9");
    expect(`${cell(1, "moved_on")} button`).toHaveText("4");
    expect(cell(1, "rate")).toHaveText(/67%\s*30% to 90%; 4 of 6/);
    expect(cell(1, "days")).toHaveText(/2\.0\s*half of them 2\.0 to 3\.5/);
    expect(cell(1, "win_rate")).toHaveText(/25%/);
});

test("what nobody did is no button, and a rate of nothing is no number", async () => {
    await mountReport();
    expect.verifySteps(["2025-11-25 2026-11-24 false false"]);
    expect(`${cell(2, "entered")} button`).toHaveCount(0);
    expect(cell(2, "entered")).toHaveText(/0/);
    expect(cell(2, "rate")).toHaveText(/No data/);
    expect(cell(2, "days")).toHaveText(/No data/);
});

test("archived stays have a column when there are some", async () => {
    await mountReport();
    expect.verifySteps(["2025-11-25 2026-11-24 false false"]);
    expect(cell(1, "archived")).toHaveCount(0);
});

test("a click on a number opens the stays that it counts", async () => {
    await mountReport();
    expect.verifySteps(["2025-11-25 2026-11-24 false false"]);
    mockService("action", { doAction: (action) => expect.step(action) });
    await contains(`${cell(1, "moved_on")} button`).click();
    expect.verifySteps([
        {
            type: "ir.actions.act_window",
            name: "First: Moved on",
            res_model: "crmsol.phase.stay",
            views: [
                [false, "list"],
                [false, "kanban"],
                [false, "pivot"],
                [false, "graph"],
            ],
            mobile_view_mode: "kanban",
            domain: [
                ["date_from", ">=", "2026-01-01 00:00:00"],
                ["phase_id", "=", 1],
                ["exit", "in", ["forward", "won"]],
            ],
            context: {},
        },
    ]);
});

test("the velocity is shown with its four factors", async () => {
    await mountReport();
    expect.verifySteps(["2025-11-25 2026-11-24 false false"]);
    expect(".o_crmsol_velocity_figure").toHaveText("240.00 a day");
    expect(".o_crmsol_factors li").toHaveCount(4);
    expect("[data-factor='open']").toHaveText(/Open opportunities\s*4/);
    expect("[data-factor='win_rate']").toHaveText(/×\s*Win rate\s*60%\s*23% to 88%; 3 of 5/);
    expect("[data-factor='average']").toHaveText(/×\s*Average won amount\s*2,000\.00\s*of 3 won/);
    expect("[data-factor='cycle']").toHaveText(/÷\s*Average cycle in days\s*20\.0\s*of 3 won/);
});

test("too little data is said instead of a velocity", async () => {
    const few = { ...VELOCITY, reason: "few_closed", per_day: false, win_rate: NOTHING };
    await mountReport({ velocity: few });
    expect.verifySteps(["2025-11-25 2026-11-24 false false"]);
    expect(".o_crmsol_velocity_figure").toHaveCount(0);
    expect(".o_crmsol_velocity_reason").toHaveText(
        "Too little data: 0 opportunities were closed in this period, and it takes 5 at least."
    );
    expect("[data-factor='win_rate']").toHaveText(/No data/);
});

test("an empty period has a sentence instead of a chart", async () => {
    await mountReport({ phases: [makePhase(1, "First")] });
    expect.verifySteps(["2025-11-25 2026-11-24 false false"]);
    expect(".o_crmsol_phase_empty").toHaveText(/No opportunity entered a phase in this period/);
    expect("canvas").toHaveCount(0);
});

test("a period is one click away and says that it is chosen", async () => {
    await mountReport();
    expect.verifySteps(["2025-11-25 2026-11-24 false false"]);
    expect("[data-id='twelve']").toHaveAttribute("aria-pressed", "true");
    await contains("[data-id='year']").click();
    expect.verifySteps(["2026-01-01 2026-11-24 false false"]);
    expect("[data-id='year']").toHaveAttribute("aria-pressed", "true");
    expect("[data-id='twelve']").toHaveAttribute("aria-pressed", "false");
});

test("the sales team is chosen from a list", async () => {
    await mountReport();
    expect.verifySteps(["2025-11-25 2026-11-24 false false"]);
    await contains(".o_crmsol_period_team input").click();
    await contains(".o-autocomplete--dropdown-item:contains(Northern team)").click();
    expect.verifySteps(["2025-11-25 2026-11-24 4 false"]);
});

test("what the server refuses is shown in its words", async () => {
    await mountReport(makeServerError({ type: "UserError", message: "Choose a day up to today." }));
    expect.verifySteps(["2025-11-25 2026-11-24 false false"]);
    expect(getFixture().querySelector("[role='alert']")).toHaveText("Choose a day up to today.");
});
