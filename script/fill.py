"""Records for the checks of script/test on update and removal, which runs this in Odoo's shell.

Whatever hangs on an opportunity — messages, actions, followers, files, a quotation — has to go,
or to let go of it, when the addon is uninstalled. What a company has configured, an update keeps.
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

# The configuration that came with the addon, changed as a company does it
phases = env["crmsol.phase"].search([])
for number, phase in enumerate(phases):
    phase.write({"name": f"Etapa {number}", "sequence": 10 + 5 * number, "guidance": "Llamar"})
phases[1].write({"probability": 37, "is_product_required": True})
rules = env["crmsol.advice.rule"].search([])
rules[0].active = False
rules[1].sequence = 99
for model in ("crmsol.loss.reason", "crmsol.document.type", "crmsol.partner.kind"):
    first, second, *_others = env[model].search([])
    first.name = "Como lo decimos nosotros"
    second.active = False
env["crmsol.reference.role"].search([])[-1].unlink()
env.company.write(
    {
        "crmsol_silence_days": 21,
        "crmsol_far_action_days": 45,
        "crmsol_loss_reason_required": False,
        "crmsol_big_deal_amount": 90_000,
    }
)
env.ref("crmsol_opportunity.activity_type_visit").write(
    {"name": "Visita comercial", "delay_count": 14}
)
env.cr.commit()
