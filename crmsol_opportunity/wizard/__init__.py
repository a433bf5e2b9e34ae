from . import (
    base_partner_merge,
    crmsol_action_close,
    crmsol_opportunity_close,
    crmsol_opportunity_merge,
    crmsol_opportunity_gate,
    crmsol_opportunity_gate_line,
    crmsol_opportunity_reopen,
    crmsol_threshold_settings,
    mail_activity_schedule,
)
