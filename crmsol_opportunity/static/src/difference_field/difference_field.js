import { registry } from "@web/core/registry";
import { formatMonetary } from "@web/views/fields/formatters";
import { MonetaryField, monetaryField } from "@web/views/fields/monetary/monetary_field";

/** A read-only amount that says by its sign which way it differs, and nothing where it does not. */
export class DifferenceField extends MonetaryField {
    static template = "crmsol_opportunity.DifferenceField";

    get text() {
        if (!this.value) {
            return "=";
        }
        const options = { currencyId: this.currencyId };
        return `${this.value > 0 ? "+" : "−"}${formatMonetary(Math.abs(this.value), options)}`;
    }
}

registry.category("fields").add("crmsol_difference", {
    ...monetaryField,
    component: DifferenceField,
});
