from . import (
    crmsol_opportunity_close,
    crmsol_threshold_settings,
)
