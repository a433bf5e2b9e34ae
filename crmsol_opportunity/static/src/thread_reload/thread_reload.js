import { useBus } from "@web/core/utils/hooks";
import { useRecordObserver } from "@web/model/relational_model/utils";

/**
 * Load what a widget shows of its record: at first, when the form saves or shows another record,
 * and when something is written into the record's thread.
 *
 * @param {import("@odoo/owl").Component} component a view widget
 * @param {(resId: number | false) => void} load
 */
export function useThreadReload(component, load) {
    useRecordObserver((record) => {
        load(record.resId);
    });
    useBus(component.env.bus, "MAIL:RELOAD-THREAD", ({ detail }) => {
        const { record } = component.props;
        if (detail.model === record.resModel && detail.id === record.resId) {
            load(record.resId);
        }
    });
}
