{
    "name": "Sales Opportunities",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "summary": "Phases, pipeline and everything of the negotiation in one place",
    "author": "CRM Solutions",
    "license": "LGPL-3",
    "depends": ["sale", "calendar"],
    "data": [
        "security/ir.model.access.csv",
        "security/crmsol_rules.xml",
        "data/crmsol_phase_data.xml",
        "data/crmsol_loss_reason_data.xml",
        "data/mail_message_subtype_data.xml",
        "wizard/crmsol_opportunity_close_views.xml",
        "views/crmsol_phase_views.xml",
        "views/crmsol_loss_reason_views.xml",
        "views/crmsol_opportunity_views.xml",
        "views/sale_order_views.xml",
        "views/crmsol_opportunity_menus.xml",
    ],
    "demo": [
        "demo/res_partner_demo.xml",
        "demo/crmsol_opportunity_demo.xml",
        "demo/sale_order_demo.xml",
    ],
    "assets": {
        "web.assets_backend": [
            "crmsol_opportunity/static/src/**/*",
        ],
        "web.assets_tests": [
            "crmsol_opportunity/static/tests/tours/**/*",
        ],
        "web.assets_unit_tests": [
            "crmsol_opportunity/static/tests/**/*.test.js",
        ],
    },
    "uninstall_hook": "uninstall_hook",
    "application": True,
}
