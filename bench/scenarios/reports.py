"""Figures over all opportunities."""

from . import scenario


@scenario("Forecast: open ones by month of their expected close")
def forecast_month(client):
    return lambda: client.call(
        "crmsol.opportunity",
        "formatted_read_group",
        domain=[("outcome", "=", "open")],
        groupby=["date_deadline:month"],
        aggregates=["weighted_amount:sum", "amount_company:sum", "__count"],
    )


@scenario("Pivot: phases by month of the expected close")
def pivot(client):
    return lambda: client.ask("pivot")
