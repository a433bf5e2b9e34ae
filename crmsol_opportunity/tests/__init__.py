from . import test_crmsol_opportunity
from . import test_crmsol_phase
from . import test_js
from . import test_security
from . import test_tours
from . import test_views
