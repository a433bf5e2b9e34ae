import { describe, expect, test } from "@odoo/hoot";
import { queryAll, queryAllTexts, queryText } from "@odoo/hoot-dom";
import { mockDate } from "@odoo/hoot-mock";

import { defineMailModels } from "@mail/../tests/mail_test_helpers";

import { contains, getService, mountWithCleanup, onRpc } from "@web/../tests/web_test_helpers";
import { WebClient } from "@web/webclient/webclient";

describe.current.tags("desktop");
defineMailModels();

const data = (values = {}) => ({
    month: "2026-11-01",
    is_past: false,
    is_current: true,
    currency_id: 1,
    company_id: 1,
    won_amount: 0,
    won_count: 0,
    open_amount: 145000,
    open_count: 10,
    overdue_count: 0,
    undated_count: 0,
    left_out_count: 0,
    p10: 15000,
    p50: 45000,
    p90: 130000,
    mean: 72500,
    deviation: 50560,
    method: "exact",
    error: 0,
    target: false,
    target_is_typed: false,
    chance: false,
    bins: [
        { from: 0, to: 50000, chance: 0.5 },
        { from: 50000, to: 100000, chance: 0.001 },
        { from: 100000, to: 150000, chance: 0.499 },
    ],
    deciding: [
        {
            id: 7,
            name: "Big deal",
            partner: "Acme",
            amount: 100000,
            probability: 0.5,
            effect: 100000,
        },
    ],
    companies: [[1, "Company"]],
    users: [
        [2, "Ana"],
        [3, "Ben"],
    ],
    teams: [],
    ...values,
});

async function openPage(answer) {
    mockDate("2026-11-24 10:00:00", 0);
    const calls = [];
    onRpc("crmsol.opportunity", "get_month_distribution", ({ kwargs }) => {
        calls.push(kwargs);
        return answer(kwargs);
    });
    await mountWithCleanup(WebClient);
    await getService("action").doAction({
        type: "ir.actions.client",
        tag: "crmsol_month_distribution",
    });
    return calls;
}

test("the month in one sentence, its figures and the deals that decide it", async () => {
    await openPage(() => data());
    expect(queryText(".o_crmsol_sentence")).toMatch(
        /With 80% confidence you will close between \$\s15,000 and \$\s130,000; .* \$\s45,000/
    );
    expect(".o_crmsol_this_month").toHaveText(/november 2026/i);
    expect(".o_crmsol_chart canvas").toHaveCount(1);
    expect(queryAllTexts(".o_crmsol_deciding li a")).toEqual(["Big deal"]);
    expect(".o_crmsol_deciding strong").toHaveText(/^\$\s100,000$/);
    expect(".o_crmsol_chance").toHaveCount(0);
    expect(queryAllTexts(".o_crmsol_notes li")).toEqual([
        "Deals are taken as independent: that one is won says nothing about the others.",
    ]);
});

test("the chart is a table, too", async () => {
    await openPage(() => data());
    await contains("summary:contains('The chart as a table')").click();
    expect(queryAllTexts(".o_crmsol_chart_table tbody td.text-end")).toEqual([
        "50%",
        "less than 1%",
        "50%",
    ]);
});

test("a target is typed, and what is no amount is refused where it is typed", async () => {
    const calls = await openPage(({ target }) =>
        data(
            target
                ? { target, chance: 0.998, deciding: [{ ...data().deciding[0], effect: 1 }] }
                : {}
        )
    );
    await contains(".o_crmsol_target").edit("a lot");
    expect(".o_crmsol_target").toHaveClass("is-invalid");
    expect(calls).toHaveLength(1);
    await contains(".o_crmsol_target").edit("90,000");
    expect(calls.at(-1).target).toBe(90000);
    expect(".o_crmsol_target").not.toHaveClass("is-invalid");
    expect(".o_crmsol_chance dd").toHaveText("more than 99%");
    expect(".o_crmsol_deciding strong").toHaveText("+100 points");
    await contains(".o_crmsol_target").edit("");
    expect(calls.at(-1).target).toBe(false);
    expect(".o_crmsol_chance").toHaveCount(0);
});

test("month, salesperson and what deals have in common are asked of the server", async () => {
    const calls = await openPage(({ month }) => data({ month: month || "2026-11-01" }));
    await contains(".o_crmsol_next").click();
    await contains(".o_crmsol_next").click();
    expect(calls.at(-1).month).toBe("2027-01-01");
    expect(".o_crmsol_this_month").toHaveText(/january 2027/i);
    await contains(".o_crmsol_this_month").click();
    expect(calls.at(-1).month).toBe(false);
    await contains(".o_crmsol_previous").click();
    expect(calls.at(-1).month).toBe("2026-10-01");
    await contains(".o_crmsol_user").select("3");
    expect(calls.at(-1).user_id).toBe(3);
    await contains(".o_crmsol_shock").select("strong");
    expect(calls.at(-1).shock).toBe("strong");
    expect(queryText(".o_crmsol_notes")).toMatch(/good and bad months together/);
    expect(".o_crmsol_team").toHaveCount(0);
});

test("months without anything, without doubt and of the past have their own sentence", async () => {
    const none = { open_count: 0, p10: 0, p50: 0, p90: 0, bins: [], deciding: [] };
    let values = none;
    await openPage(() => data(values));
    expect(".o_crmsol_sentence").toHaveText(/^Nothing is won in November 2026 yet/);
    expect(".o_crmsol_figures").toHaveCount(0);
    values = { ...none, won_count: 2, won_amount: 700, p10: 700, p50: 700, p90: 700 };
    await contains(".o_crmsol_next").click();
    expect(".o_crmsol_sentence").toHaveText(/nothing of it is uncertain/);
    values = { ...values, is_past: true };
    await contains(".o_crmsol_next").click();
    expect(".o_crmsol_sentence").toHaveText(/^The month is over: \$\s700/);
    expect(".o_crmsol_chart").toHaveCount(0);
});

test("a page of the past forecasts against what happened", async () => {
    const row = { month: "2026-10-01", open_count: 3, p10: 10, p50: 20, p90: 30 };
    const calls = [];
    onRpc("crmsol.opportunity", "get_forecast_backtest", ({ kwargs }) => {
        calls.push(kwargs);
        const months = [
            { ...row, actual: 20, is_counted: true, is_inside: true },
            { ...row, month: "2026-09-01", actual: 50, is_counted: true, is_inside: false },
            { ...row, month: "2026-08-01", actual: 0, is_counted: false, is_inside: true },
        ];
        const group = { months, inside: 1, count: 2, low: 0.095, high: 0.905 };
        return {
            currency_id: 1,
            weeks: kwargs.weeks,
            total: { id: false, ...group },
            sellers: [{ id: 2, name: "Ana", ...group }],
            sellers_left_out: 0,
        };
    });
    await openPage(() => data());
    await contains(".o_crmsol_backtest_tab").click();
    expect(queryAllTexts(".o_crmsol_backtest_summary strong")).toEqual(["All together", "Ana"]);
    expect(queryAllTexts(".o_crmsol_backtest_summary")[0]).toMatch(
        /1 of 2 within P10 and P90 \(50%; with 95% confidence between 10% and 91%\)/
    );
    const cells = queryAll(".o_crmsol_backtest_table:first tbody td:last-child");
    expect(cells.map((cell) => cell.textContent.trim())).toEqual(["yes", "above", "no open deals"]);
    await contains(".o_crmsol_weeks").select("8");
    expect(calls.map(({ weeks }) => weeks)).toEqual([4, 8]);
});
