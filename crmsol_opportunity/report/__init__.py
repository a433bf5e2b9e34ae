from . import (
    crmsol_forecast_report,
    crmsol_phase_conversion,
    crmsol_phase_stay,
    crmsol_pipeline_asof,
    crmsol_pipeline_movement,
    crmsol_pipeline_waterfall,
)
