from . import crm_team
from . import crmsol_loss_reason
from . import crmsol_opportunity
from . import crmsol_phase
from . import ir_ui_menu
from . import sale_order
