"""Figures over all opportunities, and over their history."""

from datetime import date, timedelta

from ..client import MODEL
from . import scenario

YEAR = 365


def _days_ago(days):
    return (date.today() - timedelta(days=days)).isoformat()


@scenario("Forecast: open ones by month of their expected close")
def forecast_month(client):
    return lambda: client.call(
        MODEL,
        "formatted_read_group",
        domain=[("outcome", "=", "open")],
        groupby=["date_deadline:month"],
        aggregates=["weighted_amount:sum", "amount_company:sum", "__count"],
    )


@scenario("Board of the forecast, first load", needs=f"{MODEL}:_get_forecast_month")
def forecast_board(client):
    return lambda: [client.ask("forecast_progress"), client.ask("forecast")]


@scenario("Chances to win are learnt anew", needs="crmsol.win.table:action_refresh")
def win_learn(client):
    return lambda: client.call("crmsol.win.table", "action_refresh")


@scenario("Forecast by seller and month beside the targets", needs="crmsol.forecast.report")
def forecast_pivot(client):
    months, sellers = "date_forecast:month", "user_id"
    return lambda: client.call(
        "crmsol.forecast.report",
        "formatted_read_grouping_sets",
        domain=[
            ("outcome", "!=", "lost"),
            ("date_forecast", ">=", f"{date.today():%Y-%m}-01"),
        ],
        grouping_sets=[[], [months], [sellers], [sellers, months]],
        aggregates=["forecast_amount:sum", "target_amount:sum", "__count"],
    )


@scenario("Distribution of what is won this month", needs=f"{MODEL}:get_month_distribution")
def distribution(client):
    return lambda: client.call(MODEL, "get_month_distribution")


@scenario("How good past forecasts were", needs=f"{MODEL}:get_forecast_backtest")
def backtest(client):
    return lambda: client.call(MODEL, "get_forecast_backtest")


@scenario("Pivot: phases by month of the expected close")
def pivot(client):
    return lambda: client.ask("pivot")


def _pipeline_on(client, days):
    domain = [("date", "=", _days_ago(days)), ("outcome", "=", "open")]
    return lambda: client.call(
        "crmsol.pipeline.asof",
        "formatted_read_group",
        domain=domain,
        groupby=["phase_id"],
        aggregates=["amount_company:sum", "weighted_amount:sum", "__count"],
    )


@scenario("Pipeline by phase as of a year ago", needs="crmsol.pipeline.asof")
def asof_year(client):
    return _pipeline_on(client, YEAR)


@scenario("Pipeline by phase as of a week ago", needs="crmsol.pipeline.asof")
def asof_week(client):
    return _pipeline_on(client, 7)


@scenario("List of the pipeline as of a year ago, first page", needs="crmsol.pipeline.asof")
def asof_list(client):
    domain = [("date", "=", _days_ago(YEAR)), ("outcome", "=", "open")]
    specification = {
        "name": {},
        "partner_id": {"fields": {"display_name": {}}},
        "phase_id": {"fields": {"display_name": {}}},
        "amount_company": {},
        "currency_id": {"fields": {}},
        "probability": {},
        "date_deadline": {},
        "user_id": {"fields": {"display_name": {}}},
    }
    return lambda: client.call(
        "crmsol.pipeline.asof",
        "web_search_read",
        domain,
        specification,
        limit=80,
        count_limit=10001,
    )


def _waterfall(client, days, **values):
    return lambda: client.call(
        "crmsol.pipeline.movement", "get_waterfall", _days_ago(days), _days_ago(1), **values
    )


@scenario("Waterfall of the last month", needs="crmsol.pipeline.movement:get_waterfall")
def waterfall_month(client):
    return _waterfall(client, 30)


@scenario("Waterfall of the last year", needs="crmsol.pipeline.movement:get_waterfall")
def waterfall_year(client):
    return _waterfall(client, YEAR)


@scenario("Waterfall of a seller's last year", needs="crmsol.pipeline.movement:get_waterfall")
def waterfall_of_seller(client):
    seller = client.env["res.users"].search([("login", "=", "bench_seller_0")])
    return _waterfall(client, YEAR, user_id=seller.id)


@scenario("Time in each phase: medians and quartiles", needs="crmsol.phase.stay")
def phase_stay(client):
    return lambda: client.call(
        "crmsol.phase.stay",
        "formatted_read_group",
        domain=[],
        groupby=["phase_id"],
        aggregates=["days_median:median", "days_quartile_3:quartile_3", "__count"],
    )


@scenario(
    "Conversion from phase to phase over the last year",
    needs="crmsol.phase.stay:get_phase_report",
)
def phase_conversion(client):
    return lambda: client.call(
        "crmsol.phase.stay", "get_phase_report", _days_ago(YEAR), _days_ago(1)
    )
