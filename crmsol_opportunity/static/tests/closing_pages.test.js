import { describe, expect, test } from "@odoo/hoot";
import { animationFrame } from "@odoo/hoot-mock";

import { defineMailModels } from "@mail/../tests/mail_test_helpers";

import { contains, getService, mountWithCleanup, onRpc } from "@web/../tests/web_test_helpers";
import { WebClient } from "@web/webclient/webclient";

describe.current.tags("desktop");

defineMailModels();

const makeRate = (won, deals, low, high, values = {}) => ({
    won,
    lost: deals - won,
    deals,
    rate: deals ? won / deals : false,
    low,
    high,
    is_small: deals < 5,
    ...values,
});

const makePage = (values = {}) => ({
    company_id: 1,
    companies: [[1, "Company"]],
    currency_id: 1,
    total: makeRate(6, 10, 0.31, 0.83),
    sentence: "6 of 10 closed deals were won.",
    notes: ["A note."],
    rows: [],
    ...values,
});

async function openPage(tag, model, method, answer) {
    onRpc(model, method, ({ kwargs }) => answer(kwargs));
    await mountWithCleanup(WebClient);
    await getService("action").doAction({ type: "ir.actions.client", tag });
    await animationFrame();
}

test("competitors: rate, interval and price in words, few deals grey and said", async () => {
    const row = {
        competitor: "North",
        product: false,
        phase: false,
        lost_to: 1,
        domain: [["competitor_id", "=", 7]],
    };
    await openPage(
        "crmsol_competitor_matrix",
        "crmsol.competitor.report",
        "get_matrix",
        (params) => {
            expect.step(params.detail);
            return makePage({
                alone: makeRate(1, 2, 0.09, 0.91),
                rows: [
                    {
                        ...row,
                        ...makeRate(3, 5, 0.23, 0.88),
                        key: "7",
                        price_gap: 0.1,
                        price_count: 2,
                    },
                    {
                        ...row,
                        ...makeRate(0, 1, 0, 0.79),
                        key: "8",
                        price_gap: false,
                        price_count: 0,
                    },
                ],
            });
        }
    );
    expect.verifySteps(["none"]);
    expect(".o_crmsol_sentence").toHaveText("6 of 10 closed deals were won.");
    expect(".o_crmsol_row:eq(0)").toHaveText(/60% 3 of 5[^]*23% – 88%[^]*10% dearer \(2\)/);
    expect(".o_crmsol_row:eq(1)").toHaveClass("o_crmsol_small");
    expect(".o_crmsol_row:eq(1)").toHaveText(/0% 0 of 1[^]*too few to tell[^]*not known/);
    expect(".o_crmsol_alone").toHaveText(/Without competitor\s*1\s*1/);
    expect(".o_crmsol_total").toHaveText(/All closed deals\s*6\s*4/);
    await contains(".o_crmsol_detail").select("product_phase");
    expect.verifySteps(["product_phase"]);
    expect("thead th").toHaveCount(8);
    await contains(".o_crmsol_period[data-id=year]").click();
    expect.verifySteps(["product_phase"]);
    expect(".o_crmsol_period[data-id=year]").toHaveAttribute("aria-pressed", "true");
});

test("without closed deals there is a sentence and no table", async () => {
    await openPage("crmsol_competitor_matrix", "crmsol.competitor.report", "get_matrix", () =>
        makePage({ sentence: "No deal has been closed.", notes: [], alone: makeRate(0, 0, 0, 1) })
    );
    expect(".o_crmsol_sentence").toHaveText("No deal has been closed.");
    expect("table").toHaveCount(0);
    expect(".o_crmsol_notes").toHaveCount(0);
});

test("partners: with and without beside each other, unknown averages in words", async () => {
    await openPage("crmsol_partner_contribution", "crmsol.partner.report", "get_contribution", () =>
        makePage({
            rows: [
                {
                    key: 7,
                    partner: "Helper",
                    with: { ...makeRate(6, 10, 0.31, 0.83), amount: 6000, average: 1000 },
                    without: { ...makeRate(0, 0, 0, 1), amount: 0, average: false },
                    domain: [],
                },
            ],
        })
    );
    expect("tr[data-part=with]").toHaveText(/Helper\s*With\s*60%[^]*6,000[^]*1,000/);
    expect("tr[data-part=without]").toHaveText(/Without\s*no deals[^]*none won/);
    expect(".o_crmsol_detail").toHaveCount(0);
});
