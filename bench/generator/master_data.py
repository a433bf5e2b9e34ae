from odoo import Command
from odoo.tools import SQL

from .lives import CLOSED_LIVES, OPEN_LIVES, Step, shares, steps
from .words import CITIES, CUSTOMERS, NAMES, SURNAMES, TAGS
from .writer import Writer, pick

SELLERS, TEAMS = 40, 6


class MasterData(Writer):
    """What opportunities refer to: people, phases, lives and customers, which get numbers."""

    def _create_sellers(self):
        """Create salespeople, teams, tags and the manager who measures, through the ORM."""

        def vals(login, name, group):
            return {
                "name": name,
                "login": f"bench_{login}",
                "lang": "es_ES",
                "tz": "Europe/Madrid",
                "group_ids": [Command.link(self.env.ref(f"sales_team.{group}").id)],
            }

        Users = self.env["res.users"]
        self.manager = Users.create(vals("manager", "Bench Manager", "group_sale_manager"))
        sellers = Users.create(
            [
                vals(f"seller_{i}", f"{NAMES[i % len(NAMES)]} Bench {i}", "group_sale_salesman")
                for i in range(SELLERS)
            ]
        )
        teams = self.env["crm.team"].create(
            [
                {
                    "name": f"Bench {CITIES[i]}",
                    "company_id": self.env.company.id,
                    "member_ids": [Command.set(sellers[i::TEAMS].ids)],
                }
                for i in range(TEAMS)
            ]
        )
        self.tags = self.env["crm.tag"].create([{"name": name} for name in TAGS])
        self.env.flush_all()
        self._create_table(
            "bench_seller",
            "number int, user_id int, partner_id int, team_id int",
            [
                (i, seller.id, seller.partner_id.id, teams[i % TEAMS].id)
                for i, seller in enumerate(sellers)
            ],
        )

    def _list_phases(self):
        phases = self.env["crmsol.phase"].search([("is_closing", "=", False)])
        needed = max(step.phase for life in [*OPEN_LIVES, *CLOSED_LIVES] for step in steps(life))
        if len(phases) < needed:
            raise ValueError(f"{needed} open phases are needed")
        self._create_table(
            "bench_phase",
            "number int, id int, probability double precision, name text",
            [(i, phase.id, phase.probability, phase.name) for i, phase in enumerate(phases, 1)],
        )
        self.closing_phase = self.env["crmsol.phase"]._get_closing_phase()

    def _list_lives(self):
        self._create_table(
            "bench_life",
            'life text, "from" double precision, "to" double precision, is_closed boolean,'
            " can_lack_deadline boolean",
            [
                (*share, lives is CLOSED_LIVES, "S" not in share[0])
                for lives in (OPEN_LIVES, CLOSED_LIVES)
                for share in shares(lives)
            ],
        )
        types = {int: "int", str: "text", bool: "boolean"}
        self._create_table(
            "bench_step",
            ", ".join(f"{name} {types[type_]}" for name, type_ in Step.__annotations__.items()),
            [step for life in [*OPEN_LIVES, *CLOSED_LIVES] for step in steps(life)],
        )

    def _insert_customers(self):
        """Companies, numbered from 0 on, and one person each."""
        Partner = self.env["res.partner"]
        company = Partner.create({"name": "Bench", "is_company": True})
        person = Partner.create({"name": "Bench", "parent_id": company.id})
        base = self._reserve("res_partner", 2 * self.customers)
        number = SQL("(n.n)::bigint")
        name = SQL(
            "concat_ws(' ', %s, %s, n.n)",
            pick(CUSTOMERS, number, "customer"),
            pick(SURNAMES, number, "surname"),
        )
        rows = SQL(
            "(SELECT n, %s AS id, %s AS name, concat_ws(' ', %s, %s) AS person"
            " FROM generate_series(0, %s) n) n",
            SQL("%s + n", base),
            name,
            pick(NAMES, number, "person"),
            pick(SURNAMES, number, "person's surname"),
            self.customers - 1,
        )
        self._insert_like(
            company,
            rows,
            id=SQL("n.id"),
            name=SQL("n.name"),
            complete_name=SQL("n.name"),
            commercial_partner_id=SQL("n.id"),
            commercial_company_name=SQL("n.name"),
            city=pick(CITIES, number, "city"),
            phone=SQL("'+34 9' || lpad(n.n::text, 8, '0')"),
        )
        self._insert_like(
            person,
            rows,
            id=SQL("n.id + %s", self.customers),
            name=SQL("n.person"),
            complete_name=SQL("n.name || ', ' || n.person"),
            parent_id=SQL("n.id"),
            commercial_partner_id=SQL("n.id"),
            commercial_company_name=SQL("n.name"),
            email=SQL("'persona' || n.n || '@bench.example.com'"),
        )
        self.first_customer = base
        (person + company).unlink()
