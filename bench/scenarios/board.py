"""The board of all opportunities, by phase."""

from . import scenario

SELLER = "bench_seller_0"  # the one with the most opportunities; sees own and unassigned ones only


def _load(client):
    return lambda: [client.ask("board_progress"), client.ask("board")]


@scenario("Board, first load: sums, counts, progress bars and 40 cards a column")
def board(client):
    return _load(client)


@scenario("Board, first load, by a salesperson with own opportunities only", user=SELLER)
def board_of_seller(client):
    return _load(client)


@scenario("Board, first load, own opportunities that are open")
def board_mine(client):
    seller = client.env["res.users"].search([("login", "=", SELLER)])
    domain = [("user_id", "=", seller.id), ("outcome", "=", "open")]
    return lambda: [
        client.ask("board_progress", domain=domain),
        client.ask("board", domain=domain),
    ]


@scenario("Board, the next 40 cards of a column")
def board_column(client):
    phase = client.env["crmsol.phase"].search([("is_closing", "=", False)], limit=1)
    return lambda: client.ask("list", domain=[("phase_id", "=", phase.id)], offset=80)
