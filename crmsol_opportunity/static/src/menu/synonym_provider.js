import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";

/** Finds the menu "Opportunities" also under its synonyms: what some call a deal (S10). */
registry.category("command_provider").add("crmsol_opportunity.synonyms", {
    namespace: "/",
    provide(env, { searchValue }) {
        const search = (searchValue || "").trim().toLowerCase();
        // a comma-separated list, so that each language brings as many words as it has
        const synonyms = _t("deal, deals, business opportunity").split(",");
        if (
            search.length < 3 ||
            !synonyms.some((word) => word.trim().toLowerCase().startsWith(search))
        ) {
            return [];
        }
        const { menu: menuService } = env.services;
        const menu = menuService
            .getAll()
            .find((item) => item.xmlid === "crmsol_opportunity.menu_opportunity");
        if (!menu) {
            return [];
        }
        const app = menuService.getMenu(menu.appID);
        return [
            {
                name: `${app.name} / ${menu.name}`,
                category: "apps", // listed first: the word means this menu and no other
                action: () => menuService.selectMenu(menu),
            },
        ];
    },
});
