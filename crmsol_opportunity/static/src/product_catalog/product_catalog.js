import { _t } from "@web/core/l10n/translation";
import { patch } from "@web/core/utils/patch";
import { ProductCatalogKanbanController } from "@product/product_catalog/kanban_controller";

/** The host's catalog asks its order's state, which an opportunity does not have, and leads back to it. */
patch(ProductCatalogKanbanController.prototype, {
    get stateFiels() {
        return this.orderResModel === "crmsol.opportunity" ? ["outcome"] : super.stateFiels;
    },

    _defineButtonContent() {
        if (this.orderResModel === "crmsol.opportunity") {
            this.buttonString = _t("Back to Opportunity");
        } else {
            super._defineButtonContent();
        }
    },
});
