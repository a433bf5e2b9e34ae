import { user } from "@web/core/user";

const { DateTime } = luxon;

/**
 * Returns the day that it is for the server: in the time zone of the user's preferences, which need
 * not be the browser's.
 *
 * @returns {luxon.DateTime} its beginning, in the browser's time zone as all dates of the client
 */
export function getUserToday() {
    const now = DateTime.now().setZone(user.tz || "local");
    const { year, month, day } = now.isValid ? now : DateTime.now();
    return DateTime.local(year, month, day);
}
