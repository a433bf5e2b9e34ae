from . import controllers, models, report, wizard


def uninstall_hook(env):
    """Remove what the host would stumble over or leave behind.

    Opportunities go first: their phases cannot be dropped under them.
    """
    env["crmsol.opportunity"].with_context(active_test=False).search([]).unlink()
    # document types cannot be deleted while files of quotations have them
    env["ir.attachment"].search([("crmsol_document_type_id", "!=", False)]).write(
        {"crmsol_document_type_id": False}
    )
    # Plans first: their steps hold the types. Both know the addon's model by its name only.
    of_opportunities = [("res_model", "=", "crmsol.opportunity")]
    for model in ("mail.activity.plan", "mail.activity.type"):
        env[model].with_context(active_test=False).search(of_opportunities).unlink()
    env["ir.filters"].with_context(active_test=False).search(
        [("model_id", "=like", "crmsol.%")]
    ).unlink()
