"""What writes: tracked values, messages to followers and the history included."""

from datetime import date

from ..client import MODEL, REQUESTS
from . import scenario

MANY = 200


def _phases(client):
    return client.env["crmsol.phase"].search([("is_closing", "=", False)]).ids


def _in_first_phases(client, limit):
    """Return ids of open opportunities that have a phase to go to, scattered over the years."""
    domain = [("phase_id", "in", _phases(client)[:2])]
    count = client.env[MODEL].search_count(domain)
    return client.find(domain, limit=limit, order="amount, id", offset=max(count // 2 - limit, 0))


@scenario("A new opportunity")
def create_one(client):
    customer = client.env[MODEL].browse(client.find([])).partner_id
    vals = {"name": "Bench", "partner_id": customer.id, "amount": 1000}
    specification = REQUESTS["form"]["kwargs"]["specification"]
    return lambda: client.call(MODEL, "web_save", [], vals, specification=specification)


@scenario("A card is moved to another column of the board")
def move_one(client):
    ids = _in_first_phases(client, 1)
    vals = {"phase_id": _phases(client)[2]}
    specification = REQUESTS["board"]["kwargs"]["unfold_read_specification"]
    return lambda: client.call(MODEL, "web_save", ids, vals, specification=specification)


@scenario(f"{MANY} opportunities are moved to another phase at once")
def move_many(client):
    ids, vals = _in_first_phases(client, MANY), {"phase_id": _phases(client)[2]}
    return lambda: client.call(MODEL, "write", ids, vals)


@scenario(f"{MANY} opportunities are closed as lost at once, by the dialog")
def close_many(client):
    ids = _in_first_phases(client, MANY)
    reason = client.env["crmsol.loss.reason"].search([], limit=1)
    vals = {
        "opportunity_ids": [(6, 0, ids)],
        "outcome": "lost",
        "loss_reason_id": reason.id,
        "date_closed": date.today().isoformat(),
    }

    def run():
        wizard = client.call("crmsol.opportunity.close", "create", vals)
        return client.call("crmsol.opportunity.close", "action_close", [wizard])

    return run
