"""What the screens of both read."""

from datetime import date

from odoo.tools import SQL

from ..client import MODEL
from . import pair
from .views import card_limit, specification

LEAD = "crm.lead"
TYPE = [("type", "=", "opportunity")]  # the domain of crm's own action
STATES = {
    "field": "activity_state",
    "colors": {"planned": "success", "today": "warning", "overdue": "danger"},
}
NOTHING = ("id", "<", 0)
ALL = SQL("TRUE")
PAGE, COUNT = 80, 10001  # of a list: the rows of a page, and up to where they are counted


def _board(client, model, group, amount, currency, view, domain):
    cards = specification(client, model, "kanban", view)
    limit = card_limit(client, model, view)

    def run():
        progress = client.call(
            model, "read_progress_bar", domain=domain, group_by=group, progress_bar=STATES
        )
        board = client.call(
            model,
            "web_read_group",
            domain=domain,
            groupby=[group],
            aggregates=[
                f"{amount}:sum",
                f"{currency}:array_agg_distinct",
                f"{amount}:sum_currency",
            ],
            auto_unfold=True,
            unfold_read_default_limit=limit,
            unfold_read_specification=cards,
            context={"read_group_expand": True},
        )
        return [progress, board]

    return run


def _their_board(client, domain=()):
    return _board(
        client,
        LEAD,
        "stage_id",
        "expected_revenue",
        "company_currency",
        "crm.crm_case_kanban_view_leads",
        [*TYPE, *domain],
    )


def _our_board(client, domain=()):
    return _board(
        client,
        MODEL,
        "phase_id",
        "amount_company",
        "company_currency_id",
        "crmsol_opportunity.crmsol_opportunity_view_kanban",
        list(domain),
    )


def _board_floor(client, condition=ALL):
    condition = SQL("o.active AND %s", condition)
    phases = client.env["crmsol.phase"].search([]).ids
    return [
        SQL(
            "SELECT o.phase_id, count(*), sum(o.amount_company) FROM crmsol_opportunity o"
            " WHERE %s GROUP BY o.phase_id",
            condition,
        ),
        *(
            SQL(
                "SELECT * FROM crmsol_opportunity o WHERE o.phase_id = %s AND %s"
                " ORDER BY o.priority DESC, o.id DESC LIMIT 40",
                phase,
                condition,
            )
            for phase in phases
        ),
        SQL(
            "SELECT o.phase_id, a.state, count(*) FROM crmsol_opportunity o JOIN ("
            " SELECT res_id, sign(min(date_deadline) - current_date) AS state FROM mail_activity"
            " WHERE res_model = %s AND active GROUP BY res_id) a ON a.res_id = o.id"
            " WHERE %s GROUP BY 1, 2",
            MODEL,
            condition,
        ),
    ]


def _their_empty_board(client):
    return _their_board(client, [NOTHING])


@pair(
    "Board, first load; ours with the lost ones",
    _their_board,
    floor=_board_floor,
    nothing=_their_empty_board,
)
def board(client):
    return _our_board(client)


def _their_open_board(client):
    return _their_board(client, [("won_status", "=", "pending")])


@pair(
    "Board of the open ones, first load",
    _their_open_board,
    floor=lambda client: _board_floor(client, SQL("o.outcome = 'open'")),
    nothing=_their_empty_board,
)
def board_open(client):
    return _our_board(client, [("outcome", "=", "open")])


@pair(
    "Board of all but the lost ones, first load",
    _their_board,
    floor=lambda client: _board_floor(client, SQL("o.outcome <> 'lost'")),
    nothing=_their_empty_board,
)
def board_not_lost(client):
    return _our_board(client, [("outcome", "!=", "lost")])


def _mine(client):
    return ("user_id", "=", client.env.uid)


@pair(
    "Board of a seller's own, first load (crm's default)",
    lambda client: _their_board(client, [_mine(client)]),
    floor=lambda client: _board_floor(client, SQL("o.user_id = %s", client.env.uid)),
    nothing=_their_empty_board,
    user="bench_seller_0",
)
def board_mine(client):
    return _our_board(client, [_mine(client)])


def _list(client, model, view, domain):
    columns = specification(client, model, "list", view)
    return lambda: client.call(
        model,
        "web_search_read",
        domain,
        columns,
        limit=PAGE,
        offset=0,
        order="",
        count_limit=COUNT,
        context={"bin_size": True},
    )


def _their_list(client, domain=()):
    return _list(client, LEAD, "crm.crm_case_tree_view_oppor", [*TYPE, *domain])


def _our_list(client, domain=()):
    view = "crmsol_opportunity.crmsol_opportunity_view_list"
    return _list(client, MODEL, view, list(domain))


def _list_floor(client, condition=ALL):
    return [
        SQL(
            "SELECT * FROM crmsol_opportunity o WHERE o.active AND %s"
            " ORDER BY o.priority DESC, o.id DESC LIMIT %s",
            condition,
            PAGE,
        ),
        SQL(
            "SELECT count(*) FROM (SELECT FROM crmsol_opportunity o WHERE o.active AND %s"
            " LIMIT %s) t",
            condition,
            COUNT,
        ),
    ]


def _their_empty_list(client):
    return _their_list(client, [NOTHING])


@pair(
    "List, first page with its count",
    _their_list,
    floor=_list_floor,
    nothing=_their_empty_list,
)
def list_page(client):
    return _our_list(client)


def _their_search(client, words):
    """What crm's search view does with what is typed into the box."""
    columns = ("partner_id", "partner_name", "email_from", "name", "contact_name")
    return _their_list(client, ["|"] * 4 + [(name, "ilike", words) for name in columns])


def _our_search(client, words):
    return _our_list(client, [("display_name", "ilike", words)])


def _search_floor(client, words):
    """Find the words where our search box looks for them, by the same indexes."""

    def is_like(column):
        unaccent = client.env.registry.unaccent
        return SQL("%s ILIKE %s", unaccent(SQL(column)), unaccent(SQL("%s", f"%{words}%")))

    return _list_floor(
        client,
        SQL(
            "(%s OR o.partner_id = ANY(ARRAY(SELECT id FROM res_partner p WHERE %s)))",
            is_like("o.name"),
            is_like("p.complete_name"),
        ),
    )


def _rare(client):
    """Return the name of one opportunity, which ends with its number."""
    return client.env[MODEL].browse(client.find([], offset=100)).name


@pair(
    "Search box: a rare word",
    lambda client: _their_search(client, _rare(client)),
    floor=lambda client: _search_floor(client, _rare(client)),
    nothing=_their_empty_list,
)
def search_rare(client):
    return _our_search(client, _rare(client))


@pair(
    "Search box: a common word",
    lambda client: _their_search(client, "robot"),
    floor=lambda client: _search_floor(client, "robot"),
    nothing=_their_empty_list,
)
def search_common(client):
    return _our_search(client, "robot")


@pair(
    "Search box: a word of nothing",
    lambda client: _their_search(client, "xilófono"),
    floor=lambda client: _search_floor(client, "xilófono"),
    nothing=_their_empty_list,
)
def search_nothing(client):
    return _our_search(client, "xilófono")


def _find_for_form(client):
    return client.find([("outcome", "=", "open"), ("message_ids", "!=", False)])


def _form(client, model, view, phases, phase_fields, ids=None):
    ids = _find_for_form(client) if ids is None else ids
    fields = specification(client, model, "form", view)

    def run():
        return [
            client.call(model, "web_read", ids, fields, context={"bin_size": True}),
            client.call(phases, "search_read", [], phase_fields),
        ]

    return run


def _their_form(client, ids=None):
    fields = ["display_name", "fold"]
    return _form(client, LEAD, "crm.crm_lead_view_form", "crm.stage", fields, ids)


def _form_floor(client):
    [id_] = _find_for_form(client)
    return [
        SQL("SELECT * FROM crmsol_opportunity WHERE id = %s", id_),
        SQL("SELECT * FROM crmsol_phase"),
        SQL("SELECT * FROM mail_activity WHERE res_model = %s AND res_id = %s", MODEL, id_),
        SQL("SELECT * FROM crmsol_opportunity_line WHERE opportunity_id = %s", id_),
        SQL("SELECT * FROM sale_order WHERE crmsol_opportunity_id = %s", id_),
    ]


@pair(
    "Form of an opportunity",
    _their_form,
    floor=_form_floor,
    nothing=lambda client: _their_form(client, []),
)
def form(client):
    view = "crmsol_opportunity.crmsol_opportunity_view_form"
    return _form(client, MODEL, view, "crmsol.phase", ["display_name", "fold"])


def _grouped(client, model, domain, sets, aggregates):
    return lambda: client.call(
        model,
        "formatted_read_grouping_sets",
        domain=domain,
        grouping_sets=sets,
        aggregates=aggregates,
    )


def _their_forecast(client, domain=()):
    domain = [*TYPE, ("won_status", "=", "pending"), *domain]
    aggregates = ["prorated_revenue:sum", "expected_revenue:sum", "__count"]
    return _grouped(client, LEAD, domain, [["date_deadline:month"]], aggregates)


def _forecast_floor(_client):
    return [
        SQL(
            "SELECT date_trunc('month', date_deadline), sum(weighted_amount), sum(amount_company),"
            " count(*) FROM crmsol_opportunity WHERE active AND outcome = 'open' GROUP BY 1"
        )
    ]


@pair(
    "Forecast: open ones by month of their expected close",
    _their_forecast,
    floor=_forecast_floor,
    nothing=lambda client: _their_forecast(client, [NOTHING]),
)
def forecast(client):
    domain, months = [("outcome", "=", "open")], [["date_deadline:month"]]
    aggregates = ["weighted_amount:sum", "amount_company:sum", "__count"]
    return _grouped(client, MODEL, domain, months, aggregates)


_SELLERS = [[], ["date_deadline:month"], ["user_id"], ["user_id", "date_deadline:month"]]


def _sellers_floor(_client):
    return [
        SQL(
            "SELECT user_id, date_trunc('month', date_deadline), sum(amount_company), count(*)"
            " FROM crmsol_opportunity WHERE active AND outcome <> 'lost'"
            " GROUP BY GROUPING SETS ((), (2), (1), (1, 2))"
        )
    ]


def _their_sellers(client, domain=()):
    aggregates = ["expected_revenue:sum", "__count"]
    return _grouped(client, LEAD, [*TYPE, *domain], _SELLERS, aggregates)


@pair(
    "Pivot: sellers by month, without lost ones",
    _their_sellers,
    floor=_sellers_floor,
    nothing=lambda client: _their_sellers(client, [NOTHING]),
)
def sellers_by_month(client):
    not_lost = [("outcome", "!=", "lost")]  # as archived ones are not in crm's
    return _grouped(client, MODEL, not_lost, _SELLERS, ["amount_company:sum", "__count"])


def _this_month():
    return date.today().replace(day=1).isoformat()


def _their_month(client):
    return _their_list(client, [*TYPE, ("date_deadline", ">=", _this_month())])


@pair(
    "List of what is expected from this month on, first page",
    _their_month,
    floor=lambda client: _list_floor(client, SQL("o.date_deadline >= %s", _this_month())),
    nothing=_their_empty_list,
)
def list_month(client):
    return _our_list(client, [("date_deadline", ">=", _this_month())])
