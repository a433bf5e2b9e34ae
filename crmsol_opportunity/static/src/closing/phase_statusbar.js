import {
    RottingStatusBarDurationField,
    rottingStatusBarDurationField,
} from "@mail/js/rotting_mixin/rotting_statusbar";
import { registry } from "@web/core/registry";

import { useMoveDialog } from "./move_dialog";

export class PhaseStatusBarField extends RottingStatusBarDurationField {
    setup() {
        super.setup();
        this.move = useMoveDialog();
    }

    /** @override a phase asks for what it needs: the closing one for the outcome */
    async selectItem(item) {
        const { name, record } = this.props;
        if (!record.resId) {
            return super.selectItem(item);
        }
        if (!(await record.save())) {
            return;
        }
        const reload = () => record.load();
        if (!(await this.move.ask([record.resId], { [name]: item.value }, reload))) {
            await super.selectItem(item);
        }
    }
}

export const phaseStatusBarField = {
    ...rottingStatusBarDurationField,
    component: PhaseStatusBarField,
    // the host's styles know its own widget by name
    additionalClasses: [
        ...(rottingStatusBarDurationField.additionalClasses || []),
        "o_field_rotting_statusbar_duration",
    ],
};

registry.category("fields").add("crmsol_phase_statusbar", phaseStatusBarField);
