from . import (
    crm_lead,
    crmsol_crm_migration,
    crmsol_crm_migration_copy,
    crmsol_crm_migration_history,
    crmsol_crm_migration_line,
    crmsol_crm_migration_links,
    crmsol_crm_migration_plan,
    crmsol_crm_migration_report,
    crmsol_crm_migration_run,
    crmsol_opportunity,
    ir_ui_menu,
)
