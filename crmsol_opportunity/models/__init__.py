from . import crm_team, crmsol_loss_reason, crmsol_opportunity, crmsol_phase, ir_ui_menu, sale_order
