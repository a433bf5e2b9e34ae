import { markup } from "@odoo/owl";

import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";

/** What a new user needs for the first deal, in ten steps. Run by hand they can be left at any step. */
registry.category("web_tour.tours").add("crmsol_opportunity_tour", {
    url: "/odoo",
    steps: () => [
        stepUtils.showAppsMenuItem(),
        {
            trigger: ".o_app[data-menu-xmlid='crmsol_opportunity.menu_root']",
            content: markup(_t("Let's look at your <b>opportunities</b>.")),
            tooltipPosition: "bottom",
            run: "click",
        },
        {
            trigger: ".o_crmsol_my_day_pipeline",
            content: markup(
                _t("This is your day: what is due, and what is silent. <b>Open the pipeline.</b>")
            ),
            tooltipPosition: "bottom",
            run: "click",
        },
        {
            trigger: ".o_crmsol_pipeline .o-kanban-button-new, .o-kanban-button-new",
            content: markup(
                _t(
                    "This is your pipeline: a column for each phase. <b>Create your first opportunity.</b>"
                )
            ),
            tooltipPosition: "bottom",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=name] input",
            content: markup(_t("<b>Name it</b> so that everybody knows which deal it is.")),
            tooltipPosition: "bottom",
            run: "edit New kitchen",
        },
        {
            trigger: ".modal .o_field_widget[name=partner_id] input",
            content: markup(
                _t("<b>Write a few letters</b> of the customer's name, or create a new one.")
            ),
            tooltipPosition: "bottom",
            run: "edit Azure",
        },
        {
            isActive: ["auto"],
            trigger: ".o-autocomplete--dropdown-item a:contains('Azure')",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=amount] input",
            content: _t("What is it worth? Your estimate will do."),
            tooltipPosition: "bottom",
            run: "edit 5000",
        },
        {
            trigger: ".modal .modal-footer .btn-primary",
            content: markup(_t("<b>Save</b>: these four data are all that is needed.")),
            tooltipPosition: "top",
            run: "click",
        },
        {
            trigger: ".o_form_view .nav-link[name=actions]",
            content: markup(
                _t(
                    "Everything of the negotiation is in these tabs. Start with the <b>next action</b>: a deal without one goes cold."
                )
            ),
            tooltipPosition: "bottom",
            run: "click",
        },
        {
            trigger: ".o_form_view .nav-link[name=products]",
            content: markup(
                _t("Here are the <b>products</b> you will offer; a quotation takes them over.")
            ),
            tooltipPosition: "bottom",
            run: "click",
        },
        {
            trigger: ".o_form_view .nav-link[name=timeline]",
            content: markup(_t("And here is <b>everything that happened</b>, newest first.")),
            tooltipPosition: "bottom",
            run: "click",
        },
        {
            trigger:
                ".o_statusbar_status .o_arrow_button:not(.o_arrow_button_current):not(.dropdown-toggle):visible",
            content: markup(_t("When the deal moves on, <b>click its new phase</b>.")),
            tooltipPosition: "bottom",
            run: "click",
        },
        {
            trigger: ".breadcrumb-item:not(.active):first, .o_back_button",
            content: _t("Go back to the pipeline: the card stands in its new column."),
            tooltipPosition: "bottom",
            run: "click",
        },
        {
            isActive: ["auto"],
            trigger: ".o_kanban_view .o_kanban_record:contains('New kitchen')",
        },
    ],
});
