from . import crmsol_opportunity_close
