"""What both write: tracked values, messages and followers included."""

from datetime import date

from odoo import Command

from ..client import MODEL
from . import MANY, pair
from .screens import LEAD
from .views import specification

BULK = 0.3  # of the host's time, at the most


def _customers(client, number):
    opportunities = client.env[MODEL].browse(client.find([], limit=number))
    return [opportunity.partner_id.id for opportunity in opportunities]


def _create(client, model, amount, number):
    vals = [
        {"name": f"Bench {i}", "partner_id": partner, amount: 1000 + i}
        for i, partner in enumerate(_customers(client, number))
    ]
    return lambda: client.call(model, "create", vals)


@pair("Create 1", lambda client: _create(client, LEAD, "expected_revenue", 1))
def create_one(client):
    return _create(client, MODEL, "amount", 1)


@pair(f"Create {MANY}", lambda client: _create(client, LEAD, "expected_revenue", MANY), goal=BULK)
def create_many(client):
    return _create(client, MODEL, "amount", MANY)


def _first_phases(client, number):
    """Return ids, the same of both models, of open ones that have a phase to go to."""
    phases = client.env["crmsol.phase"].search([("is_closing", "=", False)]).ids
    domain = [("phase_id", "in", phases[:2])]
    count = client.env[MODEL].search_count(domain)
    return client.find(domain, limit=number, order="amount, id", offset=max(count // 2, 0))


def _move(client, model, fname, phases, number):
    ids, vals = _first_phases(client, number), {fname: phases[2]}
    return lambda: client.call(model, "write", ids, vals)


def _their_move(client, number):
    stages = client.env["crm.stage"].search([("is_won", "=", False)]).ids
    return _move(client, LEAD, "stage_id", stages, number)


def _our_move(client, number):
    phases = client.env["crmsol.phase"].search([("is_closing", "=", False)]).ids
    return _move(client, MODEL, "phase_id", phases, number)


@pair("Move 1 to another phase", lambda client: _their_move(client, 1))
def move_one(client):
    return _our_move(client, 1)


@pair(f"Move {MANY} to another phase", lambda client: _their_move(client, MANY), goal=BULK)
def move_many(client):
    return _our_move(client, MANY)


def _their_win(client, number):
    ids = _first_phases(client, number)
    return lambda: client.call(LEAD, "action_set_won", ids)


def _without_actions(client):
    """Return the id of one that has no planned action: there is nothing to ask at the closing."""
    phase = client.env["crmsol.phase"].search([("is_closing", "=", False)], limit=1)
    return client.find([("phase_id", "=", phase.id), ("activity_ids", "=", False)])


def _their_win_button(client):
    ids = _without_actions(client)
    return lambda: client.call(LEAD, "action_set_won_rainbowman", ids)


def _close(client, outcome, number, **values):
    """By the dialog, which the buttons open where there is something to ask."""
    vals = {
        "opportunity_ids": [Command.set(_first_phases(client, number))],
        "outcome": outcome,
        "date_closed": date.today().isoformat(),
        **values,
    }

    def run():
        wizard = client.call("crmsol.opportunity.close", "create", vals)
        return client.call("crmsol.opportunity.close", "action_close", [wizard])

    return run


@pair("Win 1, by the button", lambda client: _their_win_button(client))
def win_one(client):
    ids = _without_actions(client)
    return lambda: client.call(MODEL, "action_win", ids)


@pair(f"Win {MANY}", lambda client: _their_win(client, MANY), goal=BULK)
def win_many(client):
    return _close(client, "won", MANY)


def _their_loss(client, number):
    reason = client.env["crm.lost.reason"].search([], limit=1)
    vals = {
        "lead_ids": [Command.set(_first_phases(client, number))],
        "lost_reason_id": reason.id,
    }

    def run():
        wizard = client.call("crm.lead.lost", "create", vals)
        return client.call("crm.lead.lost", "action_lost_reason_apply", [wizard])

    return run


def _our_loss(client, number):
    reason = client.env["crmsol.loss.reason"].search([], limit=1)
    return _close(client, "lost", number, loss_reason_id=reason.id)


@pair("Lose 1", lambda client: _their_loss(client, 1))
def lose_one(client):
    return _our_loss(client, 1)


@pair(f"Lose {MANY}", lambda client: _their_loss(client, MANY), goal=BULK)
def lose_many(client):
    return _our_loss(client, MANY)


def _post(client, model):
    ids = _first_phases(client, 1)
    return lambda: client.call(
        model,
        "message_post",
        ids,
        body="Hemos hablado con el cliente.",
        message_type="comment",
        subtype_xmlid="mail.mt_comment",
    )


@pair("Post a message", lambda client: _post(client, LEAD))
def post_message(client):
    return _post(client, MODEL)


def _plan(client, model, **values):
    [id_] = _first_phases(client, 1)
    vals = {
        "res_model_id": client.env["ir.model"]._get_id(model),
        "res_id": id_,
        "activity_type_id": client.env.ref("mail.mail_activity_data_call").id,
        "summary": "Llamar",
        "date_deadline": "2030-01-01",
        "user_id": client.env.uid,
        **values,
    }
    return lambda: client.call("mail.activity", "create", vals)


@pair("Plan an action", lambda client: _plan(client, LEAD))
def plan_action(client):
    opportunity = client.env[MODEL].browse(_first_phases(client, 1))
    return _plan(client, MODEL, crmsol_contact_id=opportunity.partner_id.id)


LINES = 20


def _quote(client, context):
    """Write a quotation of the number of lines, as its form does."""
    opportunity = client.env[MODEL].browse(_first_phases(client, 1))
    products = client.env["product.product"].sudo()
    products = products.create([{"name": f"P{i}", "list_price": 10 + i} for i in range(LINES)])
    vals = {
        "partner_id": opportunity.partner_id.id,
        "order_line": [
            Command.create({"product_id": product.id, "product_uom_qty": 2}) for product in products
        ],
    }
    fields = specification(client, "sale.order", "form", "sale.view_order_form")
    return lambda: client.call(
        "sale.order", "web_save", [], vals, specification=fields, context=context(opportunity)
    )


def _their_quotation(client):
    return _quote(
        client, lambda o: client.env[LEAD].browse(o.id)._prepare_opportunity_quotation_context()
    )


@pair(f"A quotation with {LINES} lines", _their_quotation)
def quotation(client):
    return _quote(client, lambda opportunity: {"crmsol_quotation_of": opportunity.id})
