from . import crmsol_closing_report_mixin  # isort: skip  # before the models that inherit it

from . import (
    crmsol_competitor_report,
    crmsol_forecast_report,
    crmsol_loss_report,
    crmsol_partner_report,
    crmsol_phase_conversion,
    crmsol_phase_stay,
    crmsol_pipeline_asof,
    crmsol_pipeline_movement,
    crmsol_pipeline_waterfall,
)
