import {
    RottingStatusBarDurationField,
    rottingStatusBarDurationField,
} from "@mail/js/rotting_mixin/rotting_statusbar";
import { registry } from "@web/core/registry";

import { useClosingDialog } from "./closing_dialog";

export class PhaseStatusBarField extends RottingStatusBarDurationField {
    setup() {
        super.setup();
        this.closing = useClosingDialog();
    }

    /** @override the closing phase asks for the outcome */
    async selectItem(item) {
        const { record } = this.props;
        if (!(await this.closing.isClosing(item.value))) {
            return super.selectItem(item);
        }
        if (await record.save()) {
            await this.closing.ask(record.resId, () => record.load());
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
