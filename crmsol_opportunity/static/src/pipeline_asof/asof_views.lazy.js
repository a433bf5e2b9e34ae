import { registry } from "@web/core/registry";
import { graphView } from "@web/views/graph/graph_view";
import { pivotView } from "@web/views/pivot/pivot_view";

import { asofView } from "./asof_views";

registry.category("views").add("crmsol_pipeline_asof_graph", { ...graphView, ...asofView });
registry.category("views").add("crmsol_pipeline_asof_pivot", { ...pivotView, ...asofView });
