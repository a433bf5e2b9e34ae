from . import (
    test_crmsol_opportunity,
    test_crmsol_phase,
    test_js,
    test_security,
    test_tours,
    test_views,
)
