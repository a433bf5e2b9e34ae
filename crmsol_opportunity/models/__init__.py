from . import (
    crm_team,
    crmsol_loss_reason,
    crmsol_opportunity,
    crmsol_opportunity_input,
    crmsol_opportunity_sale,
    crmsol_phase,
    ir_ui_menu,
    sale_order,
)
