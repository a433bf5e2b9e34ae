from . import crmsol_forecast_report
