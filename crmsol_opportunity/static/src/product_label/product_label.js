import { productLabelSectionAndNoteField } from "@account/components/product_label_section_and_note_field/product_label_section_and_note_field";
import { registry } from "@web/core/registry";

// The host's widget, without the greatest width that it takes beside the many columns of an invoice:
// here it is the column that takes up what the others leave.
registry.category("fields").add("crmsol_product_label", {
    ...productLabelSectionAndNoteField,
    listViewWidth: [240],
});
