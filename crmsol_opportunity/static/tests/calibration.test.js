import { describe, expect, test } from "@odoo/hoot";
import { animationFrame } from "@odoo/hoot-mock";

import { defineMailModels } from "@mail/../tests/mail_test_helpers";

import { contains, getService, mountWithCleanup, onRpc } from "@web/../tests/web_test_helpers";
import { WebClient } from "@web/webclient/webclient";

describe.current.tags("desktop");

defineMailModels();

const makeBin = (from, k, n, values = {}) => ({
    from,
    to: from + 0.2,
    chance: from + 0.1,
    k,
    n,
    rate: k / n,
    low: 0.1,
    high: 0.9,
    fits: true,
    ...values,
});

const makeScore = (id, brier, values = {}) => ({
    id,
    brier,
    same: 0.18,
    count: 40,
    deals: 31,
    gain: 0.02,
    low: 0.01,
    high: 0.03,
    words: `words of ${id}`,
    ...values,
});

const PAGE = {
    company_id: 1,
    companies: [[1, "Company"]],
    verdict: "order",
    title: "Trust the order",
    sentence: "In 31 closed deals.",
    notes: ["A note."],
    bins: [
        makeBin(0.2, 1, 4),
        makeBin(0.4, 9, 10, { fits: false }),
        makeBin(0.8, 1, 10, { fits: false }),
    ],
    parts: { reliability: 0.01, resolution: 0.05, uncertainty: 0.22, within: 0 },
    scores: [
        makeScore("win", 0.18),
        makeScore("base", 0.2),
        makeScore("default", 0.3, { gain: -0.01, low: false, high: false }),
        makeScore("seller", false, { count: 0, deals: 0, same: false }),
    ],
};

async function openPage(answer) {
    onRpc("crmsol.opportunity", "get_win_calibration", ({ kwargs }) => answer(kwargs));
    await mountWithCleanup(WebClient);
    await getService("action").doAction({ type: "ir.actions.client", tag: "crmsol_calibration" });
    await animationFrame();
}

test("a verdict in words, a chart with its table, and scores side by side", async () => {
    await openPage((params) => {
        expect.step(params.period);
        return PAGE;
    });
    expect.verifySteps(["all"]);
    expect(".o_crmsol_verdict").toHaveText("Trust the order");
    expect(".o_crmsol_sentence").toHaveText("In 31 closed deals.");
    expect(".o_crmsol_chart canvas").toHaveCount(1);
    expect(".o_crmsol_pivot").toHaveCount(0);

    // what does not fit is said in words, too
    expect(".o_crmsol_bins .o_crmsol_row:eq(0)").toHaveText(/20% – 40%\s*30%[^]*1 of 4[^]*yes/);
    expect(".o_crmsol_bins .o_crmsol_row:eq(0)").toHaveText(/too few to tell/);
    expect(".o_crmsol_bins .o_crmsol_row:eq(1)").toHaveText(/9 of 10[^]*more often/);
    expect(".o_crmsol_bins .o_crmsol_row:eq(2)").toHaveText(/1 of 10[^]*less often/);

    expect(".o_crmsol_scores tr[data-id=win]").toHaveText(/Win probability[^]*0.180/);
    expect(".o_crmsol_scores tr[data-id=base]").toHaveText(/0.200[^]*0.180[^]*words of base/);
    expect(".o_crmsol_scores tr[data-id=seller]").toHaveText(/none[^]*words of seller/);
    await contains("details summary").click();
    expect("details li").toHaveCount(6);
    expect("details li:eq(4)").toHaveText(/\+0.020, with 95% confidence between \+0.010/);
    expect("details li:eq(5)").toHaveText(/−0.010$/);

    await contains(".o_crmsol_period[data-id=last_year]").click();
    expect.verifySteps(["last_year"]);
});

test("with nothing to judge there is a sentence, and no empty box", async () => {
    await openPage(() => ({
        ...PAGE,
        verdict: "nothing",
        title: "Nothing to judge yet",
        sentence: "No deal has been closed.",
        notes: [],
        bins: [],
        scores: [],
    }));
    expect(".o_crmsol_sentence").toHaveText("No deal has been closed.");
    expect("table, canvas, .o_crmsol_notes").toHaveCount(0);
});
