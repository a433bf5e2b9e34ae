import { formatInteger, formatMonetary } from "@web/views/fields/formatters";
import { user } from "@web/core/user";
import { RottingKanbanHeader } from "@mail/js/rotting_mixin/rotting_kanban_header";

/** Above each column: the sum of the amounts, how many deals, and what is to be expected of them. */
export class ForecastHeader extends RottingKanbanHeader {
    static template = "crmsol_opportunity.ForecastHeader";

    get totals() {
        const { group, list, progressBarState } = this.props;
        const field = list.fields.forecast_amount;
        const { value, currencies } = progressBarState.getAggregateValue(group, field);
        const currencyId =
            currencies?.length === 1 ? currencies[0] : user.activeCompany?.currency_id;
        const count = progressBarState.getGroupCount(group) ?? group.count;
        return { count: formatInteger(count), forecast: formatMonetary(value, { currencyId }) };
    }
}
