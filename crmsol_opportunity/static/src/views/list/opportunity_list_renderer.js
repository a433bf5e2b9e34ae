import { browser } from "@web/core/browser/browser";
import { listView } from "@web/views/list/list_view";

import { getColumnsKey } from "./hidden_columns";

export class OpportunityListRenderer extends listView.Renderer {
    /** @override */
    createViewKey() {
        const { archInfo, list } = this.props;
        return getColumnsKey(list.resModel, this.env.config.viewId, archInfo, list.fields);
    }

    isRead(fieldName) {
        return fieldName in this.props.list.activeFields;
    }

    /** @override what another window has chosen is shown once the list is opened anew */
    computeOptionalActiveFields() {
        const chosen = super.computeOptionalActiveFields();
        for (const fieldName in chosen) {
            chosen[fieldName] &&= this.isRead(fieldName);
        }
        return chosen;
    }

    /** @override ... and stays chosen */
    saveOptionalActiveFields() {
        const stored = (browser.localStorage.getItem(this.keyOptionalFields) || "").split(",");
        const unread = stored.filter((fieldName) => fieldName && !this.isRead(fieldName));
        super.saveOptionalActiveFields();
        const shown = browser.localStorage.getItem(this.keyOptionalFields);
        const all = [shown, ...unread].filter(Boolean);
        browser.localStorage.setItem(this.keyOptionalFields, all);
    }

    /** @override read what is to be shown first */
    async toggleOptionalField(fieldName) {
        if (!this.isRead(fieldName)) {
            await this.props.list.model.readColumn(fieldName);
            this.optionalActiveFields[fieldName] = false; // whatever another window has chosen
        }
        return super.toggleOptionalField(fieldName);
    }
}
