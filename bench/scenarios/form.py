"""One opportunity and its pages."""

from odoo import Command

from . import scenario

LINES, ACTIONS, MESSAGES = 30, 20, 60


def _create_rich(client):
    """Return the id of an opportunity with much in it; it is rolled back with the run."""
    env = client.env
    opportunity = env["crmsol.opportunity"].browse(client.find([("outcome", "=", "open")]))
    product = env["product.product"].sudo().create({"name": "Bench", "list_price": 10})
    opportunity.line_ids = [Command.create({"product_id": product.id})] * LINES
    env["mail.activity"].create(
        [
            {
                "res_model_id": env["ir.model"]._get_id(opportunity._name),
                "res_id": opportunity.id,
                "activity_type_id": env.ref("mail.mail_activity_data_call").id,
                "summary": "Llamar",
                "crmsol_contact_id": opportunity.partner_id.id,
                "date_deadline": "2030-01-01",
            }
        ]
        * ACTIONS
    )
    for _i in range(MESSAGES):
        opportunity._message_log(body="Nota")
    return opportunity.id


@scenario("Form of an opportunity")
def form(client):
    ids = client.find([("outcome", "=", "open"), ("message_ids", "!=", False)])
    return lambda: [client.ask("form", ids), client.ask("form_phases")]


@scenario(f"Form of one with {LINES} products, {ACTIONS} actions and {MESSAGES} messages")
def form_rich(client):
    ids = [_create_rich(client)]
    return lambda: [client.ask("form", ids), client.ask("form_phases")]


@scenario("Timeline of an opportunity, first page")
def timeline(client):
    ids = client.find([("outcome", "=", "open"), ("message_ids", "!=", False)])
    return lambda: client.ask("timeline", ids)


@scenario(f"Timeline of one with {ACTIONS} actions and {MESSAGES} messages, two pages")
def timeline_rich(client):
    ids = [_create_rich(client)]

    def run():
        page = client.ask("timeline", ids)
        return [page, client.ask("timeline", ids, cursor=page["cursor"])]

    return run
