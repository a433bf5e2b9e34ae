"""Records for the removal check of the bridge, which script/test runs in Odoo's shell.

An opportunity of Odoo's CRM with what hangs on it, copied with the bridge.
"""

env = globals()["env"]  # given by the shell

partner = env["res.partner"].create({"name": "Industrias Maestrazgo, S.L."})
lead = env["crm.lead"].create(
    {"name": "Línea de envasado", "type": "opportunity", "partner_id": partner.id}
)
lead.message_post(body="Llamar el lunes", attachments=[("plano.txt", b"plano")])
lead.activity_schedule("mail.mail_activity_data_todo", summary="Preparar la oferta")
Migration = env["crmsol.crm.migration"]
migration = Migration.browse(Migration.action_open_migration()["res_id"])
migration.action_check()
migration._run_all()
migration.action_copy()
migration._run_all()
assert lead.crmsol_opportunity_ids.message_ids
# what a company does that leaves Odoo's CRM, and then changes its mind
migration.action_confirm()
migration._run_all()
env.cr.commit()
