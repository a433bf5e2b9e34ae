"""The list of opportunities."""

from . import scenario


def _search(client, words):
    """As the search box does it: in the name of the opportunity and in that of the customer."""
    return lambda: client.ask("list", domain=[("display_name", "ilike", words)])


@scenario("List, first page with its count")
def list_page(client):
    return lambda: client.ask("list")


@scenario("List of the open ones, first page with its count")
def list_open(client):
    return lambda: client.ask("list", domain=[("outcome", "=", "open")])


@scenario("List, first page by amount")
def list_by_amount(client):
    return lambda: client.ask("list", order="amount_company desc")


@scenario("List, first page by customer")
def list_by_customer(client):
    return lambda: client.ask("list", order="partner_id")


@scenario("Open ones without a next action")
def list_without_action(client):
    planned = [("active", "=", True)]
    domain = [("outcome", "=", "open"), ("activity_ids", "not any", planned)]
    return lambda: client.ask("list", domain=domain)


@scenario("Search box: a word of many opportunities")
def search_common(client):
    return _search(client, "robot")


@scenario("Search box: a customer, written without the accents")
def search_customer(client):
    customer = client.env["crmsol.opportunity"].browse(client.find([])).partner_id.name
    plain = customer.translate(str.maketrans("áéíóúñÁÉÍÓÚü", "aeiounAEIOUu"))
    return _search(client, plain)


@scenario("Search box: a word that nothing has")
def search_nothing(client):
    return _search(client, "xilófono")


@scenario("Completion of a name in a field that refers to an opportunity")
def name_search(client):
    return lambda: client.call("crmsol.opportunity", "name_search", "robot", limit=8)
