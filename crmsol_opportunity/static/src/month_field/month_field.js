import { registry } from "@web/core/registry";
import { DateTimeField, dateField } from "@web/views/fields/datetime/datetime_field";

/**
 * @param {luxon.DateTime} date
 * @returns {string} its month as the user writes it, e.g. “Noviembre 2026”
 */
export function formatMonth(date) {
    const month = date.toFormat("LLLL yyyy");
    return month.charAt(0).toUpperCase() + month.slice(1);
}

/** A date that stands for its month: the picker offers months, and the day is not shown. */
export class MonthField extends DateTimeField {
    static defaultProps = { ...DateTimeField.defaultProps, minPrecision: "months" };

    /** @override */
    getFormattedValue(valueIndex) {
        const date = this.values[valueIndex];
        return date ? formatMonth(date) : "";
    }
}

export const monthField = {
    ...dateField,
    component: MonthField,
};

registry.category("fields").add("crmsol_month", monthField);
