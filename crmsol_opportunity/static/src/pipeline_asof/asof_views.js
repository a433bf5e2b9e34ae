import { registry } from "@web/core/registry";
import { kanbanView } from "@web/views/kanban/kanban_view";
import { listView } from "@web/views/list/list_view";

import { AsofControlPanel } from "./asof_control_panel";
import { AsofSearchModel } from "./asof_search_model";

/** What every view of the pipeline on a date adds to the host's view. */
export const asofView = { ControlPanel: AsofControlPanel, SearchModel: AsofSearchModel };

registry.category("views").add("crmsol_pipeline_asof_list", { ...listView, ...asofView });
registry.category("views").add("crmsol_pipeline_asof_kanban", { ...kanbanView, ...asofView });
