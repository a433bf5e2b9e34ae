from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

#: Whose pipeline a movement is told for.
COMPANY = "company"
TEAM = "team"
USER = "user"
TEAM_USER = "team_user"
SCOPES = (COMPANY, TEAM, USER, TEAM_USER)

#: What one step does at the most, in this order.
CHANGED, MOVED_OUT, MOVED_IN, ENTERED_OR_LEFT = SLOTS = range(4)

#: A row's id holds the step (the history's row that begins with it), the scope and the slot.
IDS_OF_STEP = len(SCOPES) * len(SLOTS)


class CrmsolPipelineMovement(models.Model):
    """What changed the pipeline: every step in the life of an opportunity, as movements.

    Whether a deal that a colleague takes over has moved depends on whose pipeline one looks at:
    not the company's, but both salespeople's. So the movements of each scope are rows of their own,
    and a search finds those of one scope: the company's, unless it asks for another one.

    ``engine/waterfall.py`` tells the same in plain Python, and the tests hold them together.
    """

    _name = "crmsol.pipeline.movement"
    _description = "Pipeline Movement"
    _auto = False
    _rec_name = "opportunity_id"
    _order = "date desc, id desc"
    _depends = {
        "crmsol.opportunity": ["name", "partner_id"],
        "crmsol.opportunity.history": [
            "opportunity_id",
            "date_from",
            "date_to",
            "phase_id",
            "outcome",
            "active",
            "currency_id",
            "amount_company",
            "user_id",
            "team_id",
            "company_id",
        ],
    }

    opportunity_id = fields.Many2one("crmsol.opportunity", readonly=True)
    partner_id = fields.Many2one(
        "res.partner", string="Customer", readonly=True, help="As it is today."
    )
    history_id = fields.Many2one(
        "crmsol.opportunity.history", readonly=True, exportable=False, string="State After It"
    )
    date = fields.Datetime(readonly=True)
    scope = fields.Selection(
        [
            (COMPANY, "Company"),
            (TEAM, "Sales team"),
            (USER, "Salesperson"),
            (TEAM_USER, "Sales team and salesperson"),
        ],
        readonly=True,
        help="Whose pipeline it is. An opportunity that changes hands moves between the pipelines "
        "of the salespeople, while it stays in that of the company.",
    )
    kind = fields.Selection(
        [
            ("new", "New"),
            ("reopened", "Reopened"),
            ("restored", "Restored from the archive"),
            ("moved_in", "Moved in"),
            ("raised", "Raised"),
            ("lowered", "Lowered"),
            ("moved_out", "Moved out"),
            ("won", "Won"),
            ("lost", "Lost"),
            ("archived", "Archived"),
        ],
        readonly=True,
        string="Movement",
    )
    amount = fields.Monetary(
        readonly=True, help="What it adds to the pipeline, in the company's currency."
    )
    deal_count = fields.Integer(
        "Opportunities", readonly=True, help="What it adds to the number of open opportunities."
    )
    currency_id = fields.Many2one("res.currency", readonly=True)
    phase_id = fields.Many2one("crmsol.phase", readonly=True, help="After the movement.")
    user_id = fields.Many2one("res.users", string="Salesperson", readonly=True)
    team_id = fields.Many2one("crm.team", string="Sales Team", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)

    @property
    def _table_query(self):
        """Every scope is a query of its own: those not asked for fall away when it is planned."""
        return SQL(" UNION ALL ").join(self._get_movements_of(scope) for scope in SCOPES)

    @api.model
    def _get_movements_of(self, scope):
        """Return the movements of a scope.

        A step is between two rows of the history, ``p`` and ``n``. The first one has no ``p``.
        Amounts are compared within one company and currency. Most steps move nothing, so that this
        is asked before they are looked at slot by slot.
        """
        other_team, other_user = (
            SQL("p.%s IS DISTINCT FROM n.%s", SQL.identifier(fname), SQL.identifier(fname))
            for fname in ("team_id", "user_id")
        )
        changes_hands = {
            COMPANY: SQL("FALSE"),
            TEAM: other_team,
            USER: other_user,
            TEAM_USER: SQL("%s OR %s", other_team, other_user),
        }[scope]
        changed = SQL("c.was_open AND c.comparable AND n.amount_company <> p.amount_company")
        moved = SQL("c.was_open AND (NOT c.comparable OR %s)", changes_hands)
        entered_or_left = SQL("c.was_open <> c.is_open")
        return SQL(
            """
            SELECT n.id::bigint * %(ids_of_step)s + %(first)s + m.slot AS id, n.id AS history_id,
                   n.opportunity_id, o.partner_id, n.date_from AS date, %(scope)s AS scope,
                   n.phase_id,
                   CASE WHEN m.slot = %(moved_out)s THEN 'moved_out'
                        WHEN m.slot = %(moved_in)s THEN 'moved_in'
                        WHEN m.slot = %(changed)s
                        THEN CASE WHEN n.amount_company > p.amount_company
                                  THEN 'raised' ELSE 'lowered' END
                        WHEN p.id IS NULL THEN 'new'
                        WHEN c.is_open
                        THEN CASE WHEN p.outcome = 'open' THEN 'restored' ELSE 'reopened' END
                        WHEN n.outcome = 'open' THEN 'archived'
                        ELSE n.outcome END AS kind,
                   CASE WHEN m.slot = %(changed)s THEN n.amount_company - p.amount_company
                        WHEN m.slot = %(moved_out)s AND NOT c.comparable THEN -p.amount_company
                        WHEN m.slot = %(moved_out)s THEN -n.amount_company
                        WHEN m.slot = %(moved_in)s OR c.is_open THEN n.amount_company
                        ELSE -n.amount_company END AS amount,
                   CASE WHEN m.slot = %(changed)s THEN 0
                        WHEN m.slot = %(moved_out)s THEN -1
                        WHEN m.slot = %(moved_in)s OR c.is_open THEN 1
                        ELSE -1 END AS deal_count,
                   CASE WHEN m.is_before THEN p.currency_id ELSE n.currency_id END AS currency_id,
                   CASE WHEN m.is_before THEN p.user_id ELSE n.user_id END AS user_id,
                   CASE WHEN m.is_before THEN p.team_id ELSE n.team_id END AS team_id,
                   CASE WHEN m.is_before THEN p.company_id ELSE n.company_id END AS company_id
              FROM crmsol_opportunity_history n
         LEFT JOIN crmsol_opportunity o ON o.id = n.opportunity_id
         LEFT JOIN crmsol_opportunity_history p
                ON p.opportunity_id = n.opportunity_id AND p.date_to = n.date_from
        CROSS JOIN LATERAL (
                   SELECT COALESCE(p.active AND p.outcome = 'open', FALSE) AS was_open,
                          n.active AND n.outcome = 'open' AS is_open,
                          p.company_id = n.company_id AND p.currency_id = n.currency_id
                              AS comparable
                   ) c
        CROSS JOIN LATERAL (
                   SELECT %(changed)s AS slot, TRUE AS is_before WHERE %(is_changed)s
                    UNION ALL SELECT %(moved_out)s, TRUE WHERE %(is_moved)s
                    UNION ALL SELECT %(moved_in)s, FALSE WHERE %(is_moved)s
                    UNION ALL SELECT %(entered_or_left)s, FALSE WHERE %(is_entered_or_left)s
                   ) m
             WHERE %(is_changed)s OR %(is_moved)s OR %(is_entered_or_left)s
            """,
            ids_of_step=IDS_OF_STEP,
            first=SCOPES.index(scope) * len(SLOTS),
            scope=SQL("%s::varchar", scope),
            changed=CHANGED,
            moved_out=MOVED_OUT,
            moved_in=MOVED_IN,
            entered_or_left=ENTERED_OR_LEFT,
            is_changed=changed,
            is_moved=moved,
            is_entered_or_left=entered_or_left,
        )

    # === SEARCH METHODS === #

    @api.model
    def _search(self, domain, *args, **kwargs):
        """Find the company's movements unless the scope, or certain rows, are asked for."""
        domain = Domain(domain)
        if getattr(domain, "field_expr", None) == "id" and domain.operator == "in":  # rows are read
            # by the step too: PostgreSQL cannot know of which one the reckoned id is
            steps = {id_ // IDS_OF_STEP for id_ in domain.value if isinstance(id_, int)}
            domain &= Domain("history_id", "in", steps)
        elif not any(leaf.field_expr == "scope" for leaf in domain.iter_conditions()):
            domain &= Domain("scope", "=", COMPANY)
        # history follows its opportunities with every flush
        self.env["crmsol.opportunity"].flush_model()
        return super()._search(domain, *args, **kwargs)

    # === ACTION METHODS === #

    def action_open_opportunity(self):
        """Open the opportunity as it is now."""
        self.ensure_one()
        return self.opportunity_id.get_formview_action()
