import { expect, test } from "@odoo/hoot";
import { animationFrame, Deferred } from "@odoo/hoot-mock";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import {
    contains,
    defineModels,
    fields,
    models,
    mockService,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";

const makeAdvice = (values = {}) => ({
    code: "silent",
    mark: "2026-11-01|0",
    icon: "fa-bell-slash-o",
    tone: "warning",
    sentence: "20 days without contact: call the customer.",
    proposal: "Call with Ana on 11/26/2026: “How do things stand”",
    is_move: false,
    can_act: true,
    ...values,
});

class Deal extends models.Model {
    _name = "deal";
    name = fields.Char();
    advice = fields.Json();
    _records = [
        {
            id: 1,
            name: "Kitchen",
            advice: [
                makeAdvice(),
                makeAdvice({ code: "overdue", mark: "5|x", tone: "alert", is_move: true }),
            ],
        },
        { id: 2, name: "Nothing to do", advice: false },
        { id: 3, name: "Of another", advice: [makeAdvice({ can_act: false })] },
    ];
}

defineMailModels();
defineModels([Deal]);

/** Shows the field in a form; what the user is told is a step, and its first button is kept. */
async function mountDeal(resId, answers = {}) {
    const notifications = [];
    mockService("notification", {
        add(message, { type, buttons }) {
            expect.step(`${type}: ${message}`);
            notifications.push(buttons);
            return () => {};
        },
    });
    for (const [method, answer] of Object.entries(answers)) {
        onRpc("crmsol.opportunity", method, ({ args }) => {
            expect.step([method, ...args].join(" "));
            return answer;
        });
    }
    await mountView({
        type: "form",
        resModel: "deal",
        resId,
        arch: `<form><field name="name"/><field name="advice" widget="crmsol_advice"/></form>`,
    });
    return notifications;
}

test("each piece of advice has its sentence, what one click does, and two buttons", async () => {
    await mountDeal(1);
    expect(".o_crmsol_advice_item").toHaveCount(2);
    expect("[data-advice=silent]").toHaveText(/20 days without contact: call the customer\./);
    expect("[data-advice=silent] .o_crmsol_advice_proposal").toHaveText(/Call with Ana/);
    expect("[data-advice=silent] .fa-bell-slash-o").toHaveCount(1);
    expect("[data-advice=silent] .o_crmsol_advice_plan").toHaveText("Plan it");
    expect("[data-advice=silent] .o_crmsol_advice_plan").toHaveAttribute(
        "aria-label",
        "Plan it: Call with Ana on 11/26/2026: “How do things stand”"
    );
    expect("[data-advice=overdue] .o_crmsol_advice_plan").toHaveText("Move it");
    expect("[data-advice=overdue].o_crmsol_advice_alert").toHaveCount(1);
});

test("who may not write sees the sentence without buttons", async () => {
    await mountDeal(3);
    expect(".o_crmsol_advice_item").toHaveCount(1);
    expect(".o_crmsol_advice button").toHaveCount(0);
});

test("without advice nothing is shown", async () => {
    await mountDeal(2);
    expect(".o_crmsol_advice").toHaveCount(0);
});

test("one click plans it and says so, and the keyboard goes on with the next one", async () => {
    onRpc("deal", "web_read", () => expect.step("read"));
    await mountDeal(1, {
        apply_advice: { activity_id: 9, message: "Planned: a call", action: false },
    });
    await contains("[data-advice=silent] .o_crmsol_advice_plan").click();
    await animationFrame();
    expect.verifySteps([
        "read",
        "apply_advice 1 silent 2026-11-01|0",
        "read",
        "success: Planned: a call",
    ]);
    expect(".o_crmsol_advice_item:eq(0) .o_crmsol_advice_plan").toBeFocused();
});

test("what is typed in the form is saved first", async () => {
    onRpc("deal", "web_save", () => expect.step("saved"));
    await mountDeal(1, { dismiss_advice: { message: "Set aside", dismissed: true } });
    await contains(".o_field_widget[name=name] input").edit("Other name");
    await contains("[data-advice=silent] .o_crmsol_advice_dismiss").click();
    await animationFrame();
    expect.verifySteps(["saved", "dismiss_advice 1 silent 2026-11-01|0", "info: Set aside"]);
});

test("a second click while the first is on its way does nothing", async () => {
    const answer = new Deferred();
    await mountDeal(1, { apply_advice: answer });
    await contains("[data-advice=silent] .o_crmsol_advice_plan").click();
    expect("[data-advice=silent] .o_crmsol_advice_plan").not.toBeEnabled();
    answer.resolve({ activity_id: 9, message: "Planned", action: false });
    await animationFrame();
    await animationFrame();
    expect.verifySteps(["apply_advice 1 silent 2026-11-01|0", "success: Planned"]);
});

test("setting aside can be undone", async () => {
    const notifications = await mountDeal(1, {
        dismiss_advice: { message: "Set aside", dismissed: true },
        restore_advice: true,
    });
    await contains("[data-advice=silent] .o_crmsol_advice_dismiss").click();
    await animationFrame();
    await notifications[0][0].onClick();
    expect.verifySteps([
        "dismiss_advice 1 silent 2026-11-01|0",
        "info: Set aside",
        "restore_advice 1 silent 2026-11-01|0",
    ]);
});

test("what no longer holds is a warning without an action to open", async () => {
    const notifications = await mountDeal(1, {
        apply_advice: { activity_id: false, message: "It no longer holds", action: false },
    });
    await contains("[data-advice=silent] .o_crmsol_advice_plan").click();
    await animationFrame();
    expect.verifySteps(["apply_advice 1 silent 2026-11-01|0", "warning: It no longer holds"]);
    expect(notifications[0]).toHaveLength(0);
});
