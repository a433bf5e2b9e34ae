"""Records for the removal check of script/test, which runs this in Odoo's shell.

Whatever hangs on an opportunity — messages, actions, followers, files, a quotation — has to go,
or to let go of it, when the addon is uninstalled.
"""

env = globals()["env"]  # given by the shell

partner = env["res.partner"].create({"name": "Industrias Maestrazgo, S.L."})
follower = env["res.partner"].create({"name": "Nuria Pla"})
for number in range(1, 4):
    opportunity = env["crmsol.opportunity"].create(
        {"name": f"Línea de envasado {number}", "partner_id": partner.id, "amount": 1000.0 * number}
    )
    opportunity.message_post(body="Llamar el lunes")
    opportunity.message_subscribe(follower.ids)
    action = opportunity.activity_schedule(
        "mail.mail_activity_data_todo", summary="Preparar la oferta"
    )
    if number == 1:
        opportunity.activity_schedule("mail.mail_activity_data_todo", summary="Enviar muestras")
        action.action_feedback(feedback="Hecho")
    env["ir.attachment"].create(
        {
            "name": "plano.txt",
            "raw": b"plano",
            "res_model": opportunity._name,
            "res_id": opportunity.id,
        }
    )
env["ir.filters"].create(
    {"name": "Grandes", "model_id": opportunity._name, "domain": "[('amount', '>', 2000)]"}
)
env["sale.order"].create({"partner_id": partner.id, "crmsol_opportunity_id": opportunity.id})
env.cr.commit()
