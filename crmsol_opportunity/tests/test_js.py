# the module, as pytest would collect classes imported by name
from odoo.addons.web.tests import test_js as web_test_js
from odoo.tests import HttpCase, tagged


@tagged("post_install", "-at_install")
class TestJs(HttpCase):
    def test_hoot_suite_of_the_addon_passes(self):
        suite = web_test_js.HOOTCommon._generate_hash(None, "@crmsol_opportunity")
        self.browser_js(
            f"/web/tests?headless&loglevel=2&preset=desktop&timeout=15000&id={suite}",
            "",
            "",
            login="admin",
            timeout=300,
            success_signal="[HOOT] Test suite succeeded",
            error_checker=web_test_js.unit_test_error_checker,
        )
