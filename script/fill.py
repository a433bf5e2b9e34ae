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
        opportunity.activity_schedule("mail.mail_activity_data_call").action_cancel("Aplazado")
        env["calendar.event"].create(
            {
                "name": "Presentar la oferta",
                "res_model_id": env["ir.model"]._get_id(opportunity._name),
                "res_id": opportunity.id,
                "start": "2030-06-03 08:00:00",
                "stop": "2030-06-03 09:00:00",
            }
        )
    env["ir.attachment"].create(
        {
            "name": "plano.txt",
            "raw": b"plano",
            "res_model": opportunity._name,
            "res_id": opportunity.id,
        }
    )
fair = env["mail.activity.type"].create({"name": "Feria", "res_model": opportunity._name})
opportunity.activity_schedule(activity_type_id=fair.id)
env["mail.activity.plan"].create(
    {
        "name": "Tras la feria",
        "res_model": opportunity._name,
        "template_ids": [(0, 0, {"activity_type_id": fair.id})],
    }
)
env["ir.filters"].create(
    {"name": "Grandes", "model_id": opportunity._name, "domain": "[('amount', '>', 2000)]"}
)
team = env["crm.team"].create({"name": "Envasado"})
env["crmsol.team.address"].create({"team_id": team.id, "alias_name": "envasado"})
env["sale.order"].create({"partner_id": partner.id, "crmsol_opportunity_id": opportunity.id})
env.cr.commit()
