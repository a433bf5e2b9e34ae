import { rottingKanbanView } from "@mail/js/rotting_mixin/rotting_kanban_view";

import { useMoveDialog } from "../../closing/move_dialog";

const ASKING = ["phase_id", "outcome"];

export class OpportunityKanbanRenderer extends rottingKanbanView.Renderer {
    setup() {
        super.setup();
        this.move = useMoveDialog();
    }

    /** @override a card dropped on a column that asks stays where it was until that is answered */
    async sortRecordDrop(dataRecordId, dataGroupId, params) {
        const { list } = this.props;
        const source = list.groups?.find((group) => group.id === dataGroupId);
        const target = list.groups?.find((group) => group.id === params.parent?.dataset.id);
        const record = source?.list.records.find(({ id }) => id === dataRecordId);
        const isMoved = record && target && target !== source;
        if (!isMoved || !ASKING.includes(list.groupByField.name)) {
            return super.sortRecordDrop(dataRecordId, dataGroupId, params);
        }
        const values = { [list.groupByField.name]: target.value };
        const reload = () => list.model.load();
        if (await this.move.ask([record.resId], values, reload)) {
            params.parent.classList.remove("o_kanban_hover");
            return;
        }
        return super.sortRecordDrop(dataRecordId, dataGroupId, params);
    }
}
