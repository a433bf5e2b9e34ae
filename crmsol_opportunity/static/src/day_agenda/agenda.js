import { deserializeDateTime } from "@web/core/l10n/dates";

/**
 * Whether two spans of time share a moment. What ends when the other begins does not; a span of no
 * length counts as the moment of its start.
 */
export function overlaps(a, b) {
    if (+a.start === +b.start) {
        return true;
    }
    return a.start < b.stop && b.start < a.stop;
}

/**
 * @param {Object} slot
 * @param {import("luxon").DateTime|false} slot.start
 * @param {number} slot.duration in hours
 * @param {Object[]} rows of `crmsol_get_day_agenda`
 * @returns {Object[]} the rows, with luxon's start and stop and whether they clash with the slot
 */
export function markConflicts(slot, rows) {
    const chosen = slot.start && {
        start: slot.start,
        stop: slot.start.plus({ minutes: Math.round((slot.duration || 0) * 60) }),
    };
    return rows.map((row) => {
        const start = row.start && deserializeDateTime(row.start);
        const stop = row.stop ? deserializeDateTime(row.stop) : start;
        const conflict = Boolean(chosen && start && overlaps(chosen, { start, stop }));
        return { ...row, start, stop, conflict };
    });
}
