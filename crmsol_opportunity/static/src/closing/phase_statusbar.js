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
        // As what is changed and not saved yet: who leaves the form waits until it is written. The
        // model does all of it in one go, or it would be left in between.
        record.dirty = true;
        const dialog = await record.model.mutex.exec(async () => {
            const found = await this.move.find([record.resId], { [name]: item.value });
            if (found) {
                record.dirty = false;
            } else {
                await record._update({ [name]: { id: item.value, display_name: item.label } });
                await record._save();
            }
            return found;
        });
        if (dialog) {
            await this.move.open(dialog, () => record.load());
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
