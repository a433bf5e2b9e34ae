import { expect, test } from "@odoo/hoot";
import { animationFrame, Deferred, mockDate } from "@odoo/hoot-mock";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import {
    contains,
    defineModels,
    fields,
    models,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";

class Opportunity extends models.Model {
    _name = "crmsol.opportunity";
    name = fields.Char();
    _records = [
        { id: 1, name: "First deal" },
        { id: 2, name: "Second deal" },
    ];
}

defineMailModels();
defineModels([Opportunity]);

const FORM = `<form><field name="name"/><widget name="crmsol_timeline"/></form>`;

function makeEvent(id, values = {}) {
    return {
        key: `2-${id}`,
        kind: "note",
        type: "note",
        date: "2026-03-10 10:00:00",
        author: { id: 3, name: "Anna" },
        title: "",
        text: `Event ${id}`,
        changes: [],
        record: { model: "mail.message", id },
        ...values,
    };
}

/** Mounts the form; the server answers with what `answer` returns for the arguments of a call. */
async function mountTimeline(answer, params = {}) {
    mockDate("2026-03-11 12:00:00");
    onRpc("crmsol.opportunity", "get_timeline", async ({ args, kwargs }) => ({
        upcoming: [],
        cursor: false,
        ...(await answer(kwargs, args[0][0])),
    }));
    await mountView({
        type: "form",
        resModel: "crmsol.opportunity",
        resId: 1,
        arch: FORM,
        ...params,
    });
    await animationFrame();
}

test("events are grouped by day under Today, Yesterday and the date", async () => {
    await mountTimeline(() => ({
        events: [
            makeEvent(4, { date: "2026-03-11 09:00:00" }),
            makeEvent(3, { date: "2026-03-11 08:00:00" }),
            makeEvent(2, { date: "2026-03-10 10:00:00" }),
            makeEvent(1, { date: "2026-02-01 10:00:00" }),
        ],
    }));
    expect(".o_crmsol_day").toHaveCount(3);
    expect(".o_crmsol_day:eq(0)").toHaveText("Today");
    expect(".o_crmsol_day:eq(1)").toHaveText("Yesterday");
    expect(".o_crmsol_day:eq(2)").toHaveText("Sunday, February 1, 2026");
    expect("section:first .o_crmsol_event").toHaveCount(2);
});

test("planned actions are on top; a late one says so and its day is not shifted", async () => {
    await mountTimeline(() => ({
        events: [makeEvent(1)],
        upcoming: [
            makeEvent(8, {
                key: "5-8",
                kind: "action",
                type: "action_planned",
                state: "overdue",
                title: "Call them",
                text: "",
                date: "2026-03-01 00:00:00",
                day_only: true,
            }),
        ],
    }));
    expect(".o_crmsol_upcoming .o_crmsol_event").toHaveText(/Planned action\s*Call them\s*Overdue/);
    expect(".o_crmsol_upcoming .o_crmsol_when").toHaveText("Sunday, March 1, 2026");
});

test("a change shows old and new value, formatted", async () => {
    const change = (id, changedField, fieldType, oldValue, newValue) => ({
        id,
        fieldInfo: { changedField, fieldType, currencyId: false },
        oldValue,
        newValue,
    });
    await mountTimeline(() => ({
        events: [
            makeEvent(1, {
                kind: "change",
                type: "change",
                text: "",
                changes: [
                    change(1, "Phase", "many2one", "First", "Second"),
                    change(2, "Amount", "monetary", 1000, 2500.5),
                    change(3, "Expected Close", "date", false, "2026-06-30"),
                ],
            }),
        ],
    }));
    const lines = ".o_crmsol_event li";
    expect(`${lines}:eq(0)`).toHaveText("Phase: First Second");
    expect(`${lines}:eq(1)`).toHaveText("Amount: 1,000.00 2,500.50");
    expect(`${lines}:eq(2)`).toHaveText("Expected Close: None 06/30/2026");
});

test("text of a message is shown as text", async () => {
    await mountTimeline(() => ({ events: [makeEvent(1, { text: "<b>bold</b>" })] }));
    expect(".o_crmsol_event_text").toHaveText("<b>bold</b>");
    expect(".o_crmsol_event_text b").toHaveCount(0);
});

test("chips filter by several kinds and tell which are pressed", async () => {
    await mountTimeline(({ kinds }) => {
        expect.step(kinds ? kinds.join(",") : "all");
        return { events: [makeEvent(1)] };
    });
    const chip = (label) => `.o_crmsol_chip:contains(${label})`;
    expect(chip("All")).toHaveAttribute("aria-pressed", "true");
    await contains(chip("Notes")).click();
    await contains(chip("Changes")).click();
    expect(chip("All")).toHaveAttribute("aria-pressed", "false");
    expect(chip("Notes")).toHaveAttribute("aria-pressed", "true");
    expect(chip("Changes")).toHaveAttribute("aria-pressed", "true");
    expect(chip("Meetings")).toHaveAttribute("aria-pressed", "false");
    await contains(chip("Notes")).click();
    await contains(chip("All")).click();
    expect.verifySteps(["all", "note", "note,change", "change", "all"]);
});

test("a filter that finds nothing says so and offers everything", async () => {
    await mountTimeline(({ kinds }) => ({ events: kinds ? [] : [makeEvent(1), makeEvent(2)] }));
    await contains(".o_crmsol_chip[data-kind=meeting]").click();
    expect(".o_crmsol_timeline_empty").toHaveText(/Nothing of this kind yet/);
    await contains(".o_crmsol_timeline_empty button").click();
    expect(".o_crmsol_event").toHaveCount(2);
});

test("more is loaded from where the page ended, and nothing comes twice", async () => {
    await mountTimeline(({ cursor, limit }) => {
        expect.step(`${cursor} ${limit}`);
        return cursor
            ? { events: [makeEvent(2), makeEvent(1)] }
            : { events: [makeEvent(3), makeEvent(2)], cursor: ["2026-03-10T10:00:00", 2, 2] };
    });
    await contains(".o_crmsol_more").click();
    expect(".o_crmsol_event").toHaveCount(3);
    expect(".o_crmsol_more").toHaveCount(0);
    expect.verifySteps(["undefined 30", "2026-03-10T10:00:00,2,2 30"]);
});

test("it is read again when the record is saved and when the pager moves on", async () => {
    await mountTimeline(
        (kwargs, resId) => {
            expect.step(`deal ${resId}`);
            return { events: [makeEvent(resId)] };
        },
        { resIds: [1, 2] }
    );
    expect.verifySteps(["deal 1"]);
    await contains("[name=name] input").edit("Renamed");
    await contains(".o_form_button_save").click();
    await animationFrame();
    expect.verifySteps(["deal 1"]);
    await contains(".o_pager_next").click();
    await animationFrame();
    expect(".o_crmsol_event").toHaveText(/Event 2/);
    expect.verifySteps(["deal 2"]);
});

test("an answer that comes late does not replace a newer one", async () => {
    const slow = new Deferred();
    await mountTimeline(async ({ kinds }) => {
        if (kinds?.length === 1) {
            await slow;
        }
        return { events: [makeEvent(kinds ? kinds.length : 9)] };
    });
    await contains(".o_crmsol_chip[data-kind=note]").click();
    await contains(".o_crmsol_chip[data-kind=change]").click();
    slow.resolve();
    await animationFrame();
    expect(".o_crmsol_event").toHaveText(/Event 2/);
});

test("until it is loaded it says that it is loading", async () => {
    const answer = new Deferred();
    await mountTimeline(() => answer);
    expect(".o_crmsol_timeline [role=status]").toHaveCount(1);
    answer.resolve({ events: [makeEvent(1)] });
    await animationFrame();
    expect(".o_crmsol_timeline [role=status]").toHaveCount(0);
    expect(".o_crmsol_event").toHaveCount(1);
});

test("a planned action opens in the dialog of the tab of actions", async () => {
    onRpc("mail.activity", "action_crmsol_edit", ({ args, kwargs }) => {
        expect.step(`edit ${args[0]} in ${kwargs.context.lang}`);
        return false;
    });
    const action = {
        record: { model: "mail.activity", id: 7 },
        title: "Call them",
        kind: "action",
    };
    await mountTimeline(() => ({
        events: [makeEvent(1)],
        upcoming: [makeEvent(7, { ...action, type: "action_planned", key: "5-7" })],
    }));
    await contains(".o_crmsol_open:contains(Call them)").click();
    expect.verifySteps(["edit 7 in en"]);
});

test("a message leads to the tab where it can be answered", async () => {
    await mountTimeline(() => ({ events: [makeEvent(1)] }), {
        arch: `
            <form><notebook>
                <page name="timeline" string="Timeline"><widget name="crmsol_timeline"/></page>
                <page name="messages" string="Messages"><field name="name"/></page>
            </notebook></form>`,
    });
    expect(".o_crmsol_open").toHaveCount(0);
    await contains(".o_crmsol_thread").click();
    expect(".nav-link[name=messages]").toHaveClass("active");
});
