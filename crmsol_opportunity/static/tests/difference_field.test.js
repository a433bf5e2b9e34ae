import { expect, test } from "@odoo/hoot";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { defineModels, fields, models, mountView } from "@web/../tests/web_test_helpers";

class Deal extends models.Model {
    _name = "deal";
    currency_id = fields.Many2one({ relation: "res.currency", default: 1 });
    difference = fields.Monetary({ currency_field: "currency_id" });
    _records = [
        { id: 1, difference: 1234.5, currency_id: 1 },
        { id: 2, difference: -20, currency_id: 1 },
        { id: 3, difference: 0, currency_id: 1 },
    ];
}

defineMailModels();
defineModels([Deal]);

for (const [resId, text] of [
    [1, /^\+.*1,234\.50/],
    [2, /^−[^-]*20\.00/],
    [3, /^=$/],
]) {
    test(`difference ${resId} says by its sign which way it goes`, async () => {
        await mountView({
            type: "form",
            resModel: "deal",
            resId,
            arch: `<form><field name="currency_id" invisible="1"/><field name="difference" widget="crmsol_difference"/></form>`,
        });
        expect(".o_field_widget[name=difference]").toHaveText(text);
        expect(".o_field_widget[name=difference] input").toHaveCount(0);
    });
}
