import {
    BadgeSelectionWithIconsField,
    badgeSelectionWithIconsField,
} from "@mail/views/fields/badge_selection_icons/badge_selection_icons_field";

import { registry } from "@web/core/registry";

const STEPS = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 };

/** The host's badges as a group of radio buttons: one stop of Tab, the arrows choose. */
export class TypeBadgesField extends BadgeSelectionWithIconsField {
    static template = "crmsol_opportunity.TypeBadges";

    /** @returns {number|false} the badge where Tab stops: the chosen one, else the first */
    get stop() {
        return this.value || this.options[0]?.[0];
    }

    onKeydown(ev, id) {
        if (ev.altKey || ev.ctrlKey || ev.metaKey) {
            return;
        }
        if (ev.key === " " || ev.key === "Enter") {
            ev.preventDefault();
            this.onChange(id);
            return;
        }
        const step = STEPS[ev.key];
        if (!step) {
            return;
        }
        ev.preventDefault();
        const badges = [...ev.currentTarget.parentElement.children];
        const index = badges.indexOf(ev.currentTarget) + step;
        const next = (index + badges.length) % badges.length;
        badges[next].focus();
        this.onChange(this.options[next][0]);
    }
}

registry.category("fields").add("crmsol_type_badges", {
    ...badgeSelectionWithIconsField,
    component: TypeBadgesField,
});
