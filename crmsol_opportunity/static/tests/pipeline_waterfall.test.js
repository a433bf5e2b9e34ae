import { expect, test } from "@odoo/hoot";
import { animationFrame, Deferred, mockDate } from "@odoo/hoot-mock";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import {
    contains,
    getService,
    makeServerError,
    mockService,
    mountWithCleanup,
    onRpc,
    preloadBundle,
} from "@web/../tests/web_test_helpers";
import { getLevels } from "@crmsol_opportunity/pipeline_waterfall/waterfall_chart";
import { WebClient } from "@web/webclient/webclient";

defineMailModels();
preloadBundle("web.chartjs_lib");

const MOVEMENT = "crmsol.pipeline.movement";
const ASOF = "crmsol.pipeline.asof";

function makeBar(kind, label, amount, values = {}) {
    const isEnd = kind === "start" || kind === "end";
    return {
        kind,
        label,
        amount,
        count: 1,
        model: isEnd ? ASOF : MOVEMENT,
        domain: [["kind", "=", kind]],
        ...values,
    };
}

const SECTION = {
    company: "Our Company",
    currency_id: 1,
    bars: [
        makeBar("start", "Start", 1000),
        makeBar("new", "New", 250.5, { count: 2 }),
        makeBar("won", "Won", -400),
        makeBar("end", "End", 850.5, { count: 2 }),
    ],
    difference: 0,
};

/** Opens the page; the server answers with what `answer` returns for the arguments of a call. */
async function openWaterfall(answer = () => [SECTION], beginning = "2026-01-15") {
    mockDate("2026-11-24 12:00:00");
    onRpc(MOVEMENT, "get_waterfall", async ({ args, kwargs }) => ({
        beginning,
        sections: await answer({ from: args[0], to: args[1], ...kwargs }),
    }));
    await mountWithCleanup(WebClient);
    await getService("action").doAction({
        type: "ir.actions.client",
        tag: "crmsol_pipeline_waterfall",
    });
    await animationFrame();
}

test("bars float from the start to the end", () => {
    expect(getLevels(SECTION.bars)).toEqual([
        [0, 1000],
        [1000, 1250.5],
        [1250.5, 850.5],
        [0, 850.5],
    ]);
});

test("the table says each movement with its sign, and that they make up the end", async () => {
    await openWaterfall();
    expect("tbody tr").toHaveCount(4);
    expect("tr[data-kind=start]").toHaveText(/Start\s*1\s*\$ 1,000.00/);
    expect("tr[data-kind=new]").toHaveText(/New\s*2\s*\+\$ 250.50/);
    expect("tr[data-kind=won]").toHaveText(/Won\s*1\s*−\$ 400.00/);
    expect(".o_crmsol_waterfall_check").toHaveText("Start + movements = end, to the cent");
    expect("canvas").toHaveAttribute("role", "img");
    expect("h2").toHaveCount(0);
});

test("figures that miss the end are not hidden", async () => {
    await openWaterfall(() => [{ ...SECTION, difference: 0.01 }]);
    expect(".o_crmsol_waterfall_check").toHaveText(/miss the end by \$ 0.01/);
});

test("companies are apart, each under its name", async () => {
    await openWaterfall(() => [SECTION, { ...SECTION, company: "Other Company" }]);
    expect("h2:eq(0)").toHaveText("Our Company");
    expect("h2:eq(1)").toHaveText("Other Company");
    expect("canvas").toHaveCount(2);
});

test("it opens with this month, and other periods are one click away", async () => {
    await openWaterfall(({ from, to }) => {
        expect.step(`${from} ${to}`);
        return [SECTION];
    });
    expect(".o_crmsol_preset[data-id=month]").toHaveAttribute("aria-pressed", "true");
    await contains(".o_crmsol_preset[data-id=last_month]").click();
    expect(".o_crmsol_preset[data-id=month]").toHaveAttribute("aria-pressed", "false");
    expect("#crmsol_period_from").toHaveValue("10/01/2026");
    await contains(".o_crmsol_preset[data-id=quarter]").click();
    await contains(".o_crmsol_preset[data-id=last_quarter]").click();
    expect.verifySteps([
        "2026-11-01 2026-11-24",
        "2026-10-01 2026-10-31",
        "2026-10-01 2026-11-24",
        "2026-07-01 2026-09-30",
    ]);
});

test("days are typed in, and what the server says of them is shown", async () => {
    await openWaterfall(({ from, to }) => {
        expect.step(`${from} ${to}`);
        if (from > to) {
            throw makeServerError({ type: "UserError", message: "Choose a first day earlier." });
        }
        return [SECTION];
    });
    await contains("#crmsol_period_to").edit("10/15/2026");
    await animationFrame();
    expect("[role=alert]").toHaveText("Choose a first day earlier.");
    expect("table").toHaveCount(0);
    await contains("#crmsol_period_from").edit("10/01/2026");
    await animationFrame();
    expect("[role=alert]").toHaveCount(0);
    expect("table").toHaveCount(1);
    expect.verifySteps(["2026-11-01 2026-11-24", "2026-11-01 2026-10-15", "2026-10-01 2026-10-15"]);
});

test("a period before all history says when it begins", async () => {
    await openWaterfall(() => [], "2026-12-01");
    expect(".o_crmsol_waterfall_empty").toHaveCount(1);
    expect(".o_crmsol_waterfall_hint").toHaveText(/first opportunity is of 12\/01\/2026/);
});

test("each bar opens what it is made of", async () => {
    mockService("action", {
        doAction(action) {
            if (action.type === "ir.actions.act_window") {
                const { res_model, views, domain, name } = action;
                expect.step([res_model, views[0][1], domain[0][2], name].join(" "));
                return true;
            }
            return super.doAction(...arguments);
        },
    });
    await openWaterfall();
    await contains("tr[data-kind=won] button").click();
    await contains("tr[data-kind=start] button").click();
    expect.verifySteps([
        `${MOVEMENT} list won Won (11/01/2026 – 11/24/2026)`,
        `${ASOF} list start Start (11/01/2026 – 11/24/2026)`,
    ]);
});

test("an answer that comes late does not replace a newer one", async () => {
    const slow = new Deferred();
    await openWaterfall(async ({ from }) => {
        if (from === "2026-07-01") {
            await slow;
            return [];
        }
        return [SECTION];
    });
    await contains(".o_crmsol_preset[data-id=last_quarter]").click();
    await contains(".o_crmsol_preset[data-id=last_month]").click();
    slow.resolve();
    await animationFrame();
    expect("table").toHaveCount(1);
});
