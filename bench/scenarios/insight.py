"""What the addon tells by itself: facts, coverage, days, and how closed deals ended."""

from odoo import Command

from ..client import MODEL
from . import scenario

SELLER = "bench_seller_0"
CARDS, REFERENCES = 80, 20
RIVALS = 30  # each third deal has one of them


@scenario(f"Facts on {CARDS} cards of the board", needs=f"{MODEL}:_compute_progress_facts")
def card_facts(client):
    ids = client.find([("outcome", "=", "open")], limit=CARDS)
    return lambda: client.call(MODEL, "web_read", ids, specification={"progress_facts": {}})


@scenario(
    f"Map of the contacts of one with {REFERENCES} references",
    needs=f"{MODEL}:_compute_coverage",
)
def coverage(client):
    env = client.env
    ids = client.find([("outcome", "=", "open"), ("message_ids", "!=", False)])
    people = env["res.partner"].sudo().search([("is_company", "=", False)], limit=REFERENCES)
    env[MODEL].browse(ids).reference_ids = [
        Command.create({"partner_id": person.id}) for person in people
    ]
    return lambda: client.call(MODEL, "web_read", ids, specification={"coverage": {}})


@scenario("My Day of a salesperson", user=SELLER, needs="crmsol.my.day")
def my_day(client):
    return lambda: client.call("crmsol.my.day", "get_my_day")


@scenario("My Day of a manager: the teams", needs="crmsol.my.day")
def my_day_of_manager(client):
    return lambda: [
        client.call("crmsol.my.day", "get_my_day"),
        client.call("crmsol.my.day", "get_team_day"),
    ]


def _add_relations(client, table, **values):
    """Give each third deal one of few companies, in the table; they are rolled back with the run.

    :param values: of further columns
    """
    columns = ", ".join(["", *values])
    client.env.cr.execute(
        f"""
        INSERT INTO {table} (opportunity_id, company_id, partner_id{columns})
             SELECT o.id, o.company_id, p.ids[1 + o.id / 3 %% {RIVALS}]{", %s" * len(values)}
               FROM crmsol_opportunity o,
                    (SELECT ARRAY_AGG(id) AS ids
                       FROM (SELECT id FROM res_partner WHERE is_company ORDER BY id DESC
                              LIMIT {RIVALS}) of_few) p
              WHERE o.id %% 3 = 0
        """,  # pylint: disable=sql-injection  # all of it is written above
        list(values.values()),
    )
    client.env.cr.execute(f"ANALYZE {table}")


def _add_competitors(client):
    _add_relations(client, "crmsol_opportunity_competitor", threat="medium", result="unknown")


@scenario("How deals ended against each competitor", needs="crmsol.competitor.report")
def competitors(client):
    _add_competitors(client)
    return lambda: client.call("crmsol.competitor.report", "get_matrix")


@scenario(
    "How deals ended against each competitor, by product and phase",
    needs="crmsol.competitor.report",
)
def competitors_by_product(client):
    _add_competitors(client)
    return lambda: client.call("crmsol.competitor.report", "get_matrix", detail="product_phase")


@scenario("How deals ended with and without each partner", needs="crmsol.partner.report")
def partners(client):
    _add_relations(client, "crmsol_opportunity_partner")
    return lambda: client.call("crmsol.partner.report", "get_contribution")
