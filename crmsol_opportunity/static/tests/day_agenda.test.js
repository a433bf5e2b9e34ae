import { expect, test } from "@odoo/hoot";
import { mockTimeZone } from "@odoo/hoot-mock";

import { deserializeDateTime } from "@web/core/l10n/dates";

import { markConflicts } from "@crmsol_opportunity/day_agenda/agenda";

const row = (start, stop) => ({ key: `event,${start}`, name: "Fair", start, stop });

const conflicts = (start, duration, rows) =>
    markConflicts({ start: start && deserializeDateTime(start), duration }, rows).map(
        ({ conflict }) => conflict
    );

test("engagements at the chosen hour are conflicts, those that only touch it are not", () => {
    mockTimeZone(0);
    const rows = [
        row("2030-06-03 08:00:00", "2030-06-03 09:00:00"), // ends when the action begins
        row("2030-06-03 08:30:00", "2030-06-03 09:01:00"),
        row("2030-06-03 09:15:00", "2030-06-03 09:20:00"), // within
        row("2030-06-03 07:00:00", "2030-06-03 18:00:00"), // around
        row("2030-06-03 09:29:00", "2030-06-03 11:00:00"),
        row("2030-06-03 09:30:00", "2030-06-03 10:00:00"), // begins when the action ends
    ];
    expect(conflicts("2030-06-03 09:00:00", 0.5, rows)).toEqual([
        false,
        true,
        true,
        true,
        true,
        false,
    ]);
});

test("without an hour nothing is a conflict", () => {
    const rows = [row("2030-06-03 08:00:00", "2030-06-03 09:00:00"), row(false, false)];
    expect(conflicts(false, 0.5, rows)).toEqual([false, false]);
    expect(conflicts("2030-06-03 08:30:00", 0.5, rows)).toEqual([true, false]);
});

test("an action of no duration clashes with what goes on at its moment", () => {
    const rows = [
        row("2030-06-03 08:00:00", "2030-06-03 09:00:00"),
        row("2030-06-03 08:30:00", "2030-06-03 08:30:00"),
    ];
    expect(conflicts("2030-06-03 08:30:00", 0, rows)).toEqual([true, true]);
    expect(conflicts("2030-06-03 08:00:00", 0, rows)).toEqual([true, false]);
    expect(conflicts("2030-06-03 09:00:00", 0, rows)).toEqual([false, false]);
});
