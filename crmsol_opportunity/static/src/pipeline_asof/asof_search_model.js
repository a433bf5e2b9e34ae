import { Domain } from "@web/core/domain";
import { SearchModel } from "@web/search/search_model";

const isDay = (leaf) => Array.isArray(leaf) && leaf[0] === "date" && leaf[1] === "=";

/**
 * A search on one day. The day is a part of the domain, so that groups, sums, drill-down and exports
 * have it without knowing of it; and it is no facet, so that no click or favorite takes it away.
 */
export class AsofSearchModel extends SearchModel {
    setup() {
        super.setup(...arguments);
        /** @type {string|null} the ISO date; null is today, and the server says which day that is */
        this.day = null;
        /** @type {string|false} the first day of which anything is known */
        this.beginning = false;
    }

    async load(config) {
        const loaded = this.orm.call(config.resModel, "get_beginning").then((beginning) => {
            this.beginning = beginning;
        });
        await Promise.all([loaded, super.load(this.takeDay(config))]);
    }

    async reload(config = {}) {
        return super.reload(this.takeDay(config));
    }

    /**
     * Takes the day out of the domain with which a sum was opened, as it may be changed here.
     *
     * @param {Object} config
     * @returns {Object} the same without the day
     */
    takeDay(config) {
        const domain = config.domain || [];
        const leaf = domain.find(isDay);
        if (!leaf) {
            return config;
        }
        this.day = leaf[2];
        return { ...config, domain: domain.map((part) => (isDay(part) ? [1, "=", 1] : part)) };
    }

    /** @param {string|null} day the ISO date, null for today */
    setDay(day) {
        if (day !== this.day) {
            this.day = day;
            this._notify();
        }
    }

    exportState() {
        return { ...super.exportState(), day: this.day };
    }

    _importState({ day, ...state }) {
        super._importState(state);
        this.day = day ?? null;
    }

    _getDomain(params = {}) {
        const { raw, withGlobal = true } = params;
        let domain = super._getDomain({ ...params, raw: true });
        if (this.day && withGlobal) {
            domain = Domain.and([domain, [["date", "=", this.day]]]);
        }
        return raw ? domain : domain.toList(this.domainEvalContext);
    }
}
