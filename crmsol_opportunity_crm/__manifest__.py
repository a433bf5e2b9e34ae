{
    "name": "Sales Opportunities beside Odoo's CRM",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "summary": "Tells both applications apart and brings the opportunities over",
    "author": "CRM Solutions",
    "license": "LGPL-3",
    "depends": ["crmsol_opportunity", "crm"],
    "data": [
        "security/ir.model.access.csv",
        "security/crmsol_crm_rules.xml",
        "views/crmsol_crm_migration_templates.xml",
        "views/crmsol_crm_migration_views.xml",
    ],
    "assets": {
        "web.assets_backend": [
            "crmsol_opportunity_crm/static/src/**/*",
        ],
        "web.assets_tests": [
            "crmsol_opportunity_crm/static/tests/tours/**/*",
        ],
    },
    "auto_install": True,
}
