import { rottingKanbanView } from "@mail/js/rotting_mixin/rotting_kanban_view";

import { useClosingDialog } from "../../closing/closing_dialog";

export class OpportunityKanbanRenderer extends rottingKanbanView.Renderer {
    setup() {
        super.setup();
        this.closing = useClosingDialog();
    }

    /** @override a card dropped on the closing phase asks for the outcome, and stays until then */
    async sortRecordDrop(dataRecordId, dataGroupId, params) {
        const { list } = this.props;
        const source = list.groups?.find((group) => group.id === dataGroupId);
        const target = list.groups?.find((group) => group.id === params.parent?.dataset.id);
        const record = source?.list.records.find(({ id }) => id === dataRecordId);
        const isMoved = record && target && target !== source;
        if (
            !isMoved ||
            list.groupByField.name !== "phase_id" ||
            !(await this.closing.isClosing(target.value))
        ) {
            return super.sortRecordDrop(dataRecordId, dataGroupId, params);
        }
        params.parent.classList.remove("o_kanban_hover");
        await this.closing.ask(record.resId, () => list.model.load());
    }
}
