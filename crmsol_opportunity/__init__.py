from . import models, wizard


def uninstall_hook(env):
    """Remove what the host would stumble over or leave behind.

    Opportunities go first: their phases cannot be dropped under them.
    """
    env["crmsol.opportunity"].with_context(active_test=False).search([]).unlink()
    env["ir.filters"].with_context(active_test=False).search(
        [("model_id", "=like", "crmsol.%")]
    ).unlink()
