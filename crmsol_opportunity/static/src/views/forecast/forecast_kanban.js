import { registry } from "@web/core/registry";

import { OpportunityKanbanController, opportunityKanbanView } from "../kanban/opportunity_kanban";
import { OpportunityKanbanRenderer } from "../kanban/opportunity_kanban_renderer";
import { ForecastHeader } from "./forecast_header";
import { ForecastModel } from "./forecast_model";

export class ForecastKanbanController extends OpportunityKanbanController {
    /** @override the expected amount is summed up beside the amount */
    get progressBarAggregateFields() {
        return [...super.progressBarAggregateFields, this.props.fields.forecast_amount];
    }
}

export class ForecastKanbanRenderer extends OpportunityKanbanRenderer {
    static template = "crmsol_opportunity.ForecastKanbanRenderer";
    static components = {
        ...OpportunityKanbanRenderer.components,
        KanbanHeader: ForecastHeader,
    };
}

export const forecastKanbanView = {
    ...opportunityKanbanView,
    Controller: ForecastKanbanController,
    Model: ForecastModel,
    Renderer: ForecastKanbanRenderer,
};

registry.category("views").add("crmsol_forecast_kanban", forecastKanbanView);
