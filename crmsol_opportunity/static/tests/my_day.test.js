import { expect, test } from "@odoo/hoot";
import { animationFrame, mockDate } from "@odoo/hoot-mock";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import {
    contains,
    getService,
    mockService,
    mountWithCleanup,
    onRpc,
    serverState,
} from "@web/../tests/web_test_helpers";
import { formatLateness, getProgress } from "@crmsol_opportunity/my_day/format";
import { WebClient } from "@web/webclient/webclient";

defineMailModels();

const MODEL = "crmsol.my.day";
const FIGURES = {
    company: "Our Company",
    currency_id: 1,
    won_amount: 1000,
    won_count: 1,
    due_amount: 2500.5,
    due_count: 2,
    overdue_amount: 0,
    overdue_count: 0,
    target: 4000,
    domains: { won: [["outcome", "=", "won"]], due: [["outcome", "=", "open"]], overdue: [] },
};
const EMPTY = { rows: [], total: 0 };

function makeAction(id, values = {}) {
    return {
        id,
        name: `Action ${id}`,
        type: "Call",
        icon: "fa-phone",
        is_call: true,
        start: false,
        days_late: 0,
        contact: "Anna",
        contact_id: 3,
        phone: "+34 600 000 000",
        opportunity_id: 5,
        opportunity: "New kitchen",
        ...values,
    };
}

function makeDeal(id, values = {}) {
    return {
        id,
        name: `Deal ${id}`,
        customer: "Customer",
        phase: "Proposal",
        amount: 1500,
        currency_id: 1,
        deadline: "2026-11-30",
        days_late: -6,
        silence: 20,
        contact: "Anna",
        phone: "",
        ...values,
    };
}

function makeDay(values = {}) {
    return {
        today: "2026-11-24",
        has_teams: false,
        is_new: false,
        months: [FIGURES],
        actions: { ...EMPTY, overdue: 0 },
        silent: EMPTY,
        closing: EMPTY,
        advice: { ...EMPTY, looked: 0, deals: 0 },
        ...values,
    };
}

/** Opens the page; what it asks the action service for is a step. */
async function openMyDay(day) {
    mockDate("2026-11-24 09:00:00");
    onRpc(MODEL, "get_my_day", () => day);
    mockService("action", {
        doAction(action) {
            if (action.type === "ir.actions.act_window") {
                expect.step(
                    `${action.res_model} ${action.res_id || JSON.stringify(action.domain)}`
                );
                return true;
            }
            return super.doAction(...arguments);
        },
        doActionButton({ name, resModel, resId, context, onClose }) {
            expect.step([resModel, resId, name, JSON.stringify(context)].join(" "));
            return onClose();
        },
    });
    await mountWithCleanup(WebClient);
    await getService("action").doAction({ type: "ir.actions.client", tag: "crmsol_my_day" });
    await animationFrame();
}

test("lateness and progress are told honestly", async () => {
    await openMyDay(makeDay()); // loads the translations
    expect([0, 1, 2].map((days) => `${formatLateness(days)}`)).toEqual([
        "Today",
        "1 day late",
        "2 days late",
    ]);
    expect(getProgress({ won_amount: 3999.99, target: 4000 })).toBe(99);
    expect(getProgress({ won_amount: 4000, target: 4000 })).toBe(100);
    expect(getProgress({ won_amount: 10, target: 0 })).toBe(0);
});

test("the day begins with one sentence", async () => {
    const rows = [makeAction(1, { days_late: 2 }), makeAction(2)];
    await openMyDay(makeDay({ actions: { rows, total: 2, overdue: 1 } }));
    expect(".o_crmsol_sentence").toHaveText("2 actions to do, 1 of them is late.");
    expect("[data-section=actions] li:eq(0) .badge").toHaveText("2 days late");
    expect("[data-section=actions] li:eq(1) .badge").toHaveText("Today");
});

test("each action is done, called or opened with one click, and the day is read anew", async () => {
    const rows = [makeAction(1), makeAction(2, { is_call: false })];
    await openMyDay(makeDay({ actions: { rows, total: 2, overdue: 0 } }));
    onRpc(MODEL, "get_my_day", () => {
        expect.step("read anew");
        return makeDay({ actions: { rows, total: 2, overdue: 0 } });
    });
    await contains("li:eq(0) .o_crmsol_done").click();
    expect("li:eq(0) .o_crmsol_call").toHaveAttribute("href", "tel:+34600000000");
    document.addEventListener("click", (ev) => ev.preventDefault(), { once: true });
    await contains("li:eq(0) .o_crmsol_call").click();
    document.addEventListener("click", (ev) => ev.preventDefault(), { once: true });
    await contains("li:eq(1) .o_crmsol_call").click();
    await contains("li:eq(0) .o_crmsol_edit").click();
    await contains("li:eq(0) a:contains(New kitchen)").click();
    expect.verifySteps([
        "mail.activity 1 action_crmsol_ask_result {}",
        "read anew",
        "mail.activity 1 action_crmsol_ask_result {}",
        "read anew",
        'crmsol.opportunity 5 action_call {"crmsol_contact_id":3}',
        "read anew",
        "mail.activity 1 action_crmsol_edit {}",
        "read anew",
        "crmsol.opportunity 5",
    ]);
});

test("an action of a deal that one may not read names it without a link", async () => {
    const rows = [makeAction(1, { opportunity_id: false, phone: "" })];
    await openMyDay(makeDay({ actions: { rows, total: 1, overdue: 0 } }));
    expect("[data-section=actions] li").toHaveText(/New kitchen/);
    expect("[data-section=actions] li a").toHaveCount(0);
});

test("the month says what is won, due and missing to the target", async () => {
    await openMyDay(makeDay());
    expect("[data-figure=won]").toHaveText(/Won so far\s*\$ 1,000\s*1 deal/);
    expect("[data-figure=due]").toHaveText(/\$ 2,500.50\s*2 deals/);
    expect("[data-figure=overdue] button").toHaveCount(0);
    expect("[role=progressbar]").toHaveAttribute("aria-valuenow", "25");
    expect(".o_crmsol_target_sentence").toHaveText("25%$ 3,000 to go to the target of $ 4,000.");
    await contains("[data-figure=due] button").click();
    expect.verifySteps(['crmsol.opportunity [["outcome","=","open"]]']);
});

test("silent deals are called or planned for, the next page is one click away", async () => {
    onRpc(MODEL, "get_page", ({ args }) => {
        expect.step(args.join(" "));
        return { rows: [makeDeal(1), makeDeal(2, { silence: 1 })], total: 2 };
    });
    await openMyDay(makeDay({ silent: { rows: [makeDeal(1)], total: 2 } }));
    expect("[data-section=silent] .badge:eq(1)").toHaveText("20 days of silence");
    await contains("[data-section=silent] .o_crmsol_more").click();
    expect("[data-section=silent] li").toHaveCount(2, {
        message: "a row that moved is not doubled",
    });
    expect("[data-section=silent] .o_crmsol_more").toHaveCount(0);
    await contains("[data-section=silent] li:eq(1) .o_crmsol_plan").click();
    expect.verifySteps(["silent 1", "crmsol.opportunity 2 action_plan_action {}"]);
});

test("an empty day says what to do", async () => {
    await openMyDay(makeDay({ is_new: true, months: [{ ...FIGURES, target: 0 }] }));
    expect(".o_crmsol_sentence").toHaveText("Nothing is due today.");
    expect(".o_crmsol_my_day_start").toHaveText(/Create the first one/);
    expect(".o_crmsol_empty").toHaveCount(4);
    expect("[role=progressbar]").toHaveCount(0);
    expect(".o_crmsol_teams_tab").toHaveCount(0);
});

test("teams have their figures, warnings and salespeople, and big deals their event", async () => {
    const domains = { ...FIGURES.domains, late: [["late", "=", 1]], silent: [] };
    const seller = { ...FIGURES, id: 7, name: "Anna", late: 1, silent: 0 };
    onRpc(MODEL, "get_team_day", () => ({
        today: "2026-11-24",
        total: 2,
        teams: [
            {
                ...FIGURES,
                id: 1,
                name: "Team",
                is_led: true,
                late: 1,
                silent: 0,
                sellers: [seller],
                domains,
            },
            { ...FIGURES, id: false, name: "", late: 0, silent: 2, sellers: [], domains },
        ],
        big_deals: {
            has_threshold: true,
            total: 1,
            rows: [
                {
                    id: 1,
                    event: "lost",
                    label: "Big deal lost",
                    date: "2026-11-23 10:00:00",
                    opportunity_id: 5,
                    name: "New kitchen",
                    customer: "Customer",
                    seller: "Anna",
                    amount: 50000,
                    currency_id: 1,
                },
            ],
        },
    }));
    await openMyDay(makeDay({ has_teams: true }));
    await contains(".o_crmsol_teams_tab").click();
    await animationFrame();
    expect("[data-team='1'] h2").toHaveText(/Team\s*You lead it/);
    expect("[data-team='0'] h2").toHaveText("Without a sales team");
    expect("[data-team='1'] tbody tr").toHaveText(/Anna\s*\$ 1,000\s*\$ 2,500.50\s*25 %\s*1\s*0/);
    expect("[data-team='1'] .o_crmsol_warning").toHaveText("1 deal with a late action");
    expect("[data-team='0'] .o_crmsol_warning").toHaveText("2 deals gone silent");
    expect("[data-section=big_deals] li").toHaveText(/Big deal lost.*11\/23\/2026.*\$ 50,000/s);
    await contains("[data-team='1'] .o_crmsol_warning").click();
    await contains("[data-section=big_deals] a").click();
    expect.verifySteps(['crmsol.opportunity [["late","=",1]]', "crmsol.opportunity 5"]);
});

test("without a threshold the manager is asked for one", async () => {
    serverState.userId = 7;
    onRpc("has_group", () => true);
    onRpc(MODEL, "get_team_day", () => ({
        today: "2026-11-24",
        total: 0,
        teams: [],
        big_deals: { has_threshold: false, total: 0, rows: [] },
    }));
    await openMyDay(makeDay({ has_teams: true }));
    await contains(".o_crmsol_teams_tab").click();
    await animationFrame();
    expect("[data-section=big_deals]").toHaveText(/from which amount on a deal is big/);
    expect("[data-section=big_deals] button").toHaveText("Set the amount");
});

test("advice on a deal is followed or set aside, and what was looked at is said", async () => {
    const advice = {
        code: "budget",
        mark: "1000|2",
        icon: "fa-money",
        tone: "warning",
        sentence: "The amount is over the budget.",
        proposal: "Call with Ana on 11/26/2026",
        is_move: false,
        can_act: true,
    };
    const rows = [
        { id: 5, name: "Kitchen", customer: "Customer", amount: 1500, currency_id: 1, advice },
    ].map((row) => ({ ...row, more: 1 }));
    const day = makeDay({ advice: { rows, total: 1, looked: 100, deals: 340 } });
    onRpc("crmsol.opportunity", "dismiss_advice", ({ args }) => {
        expect.step(["dismiss", ...args].join(" "));
        return { message: "Set aside", dismissed: true };
    });
    await openMyDay(day);
    onRpc(MODEL, "get_my_day", () => {
        expect.step("read anew");
        return makeDay();
    });
    expect("[data-section=advice] .o_crmsol_advice_note").toHaveText(
        /^Looked at: the 100 most important of your 340 open deals\./
    );
    expect("[data-section=advice] .o_crmsol_advice_more").toHaveText("1 more on this deal");
    await contains("[data-section=advice] .o_crmsol_advice_dismiss").click();
    await animationFrame();
    expect.verifySteps(["dismiss 5 budget 1000|2", "read anew"]);
    expect("[data-section=advice] .o_crmsol_empty").toHaveCount(1);
});
