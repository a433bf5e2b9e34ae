"""Fills a throw-away database with opportunities and their history, by SQL.

Every figure is a hash of the seed and of the opportunity's number, so that the same seed, size and
day give the same data. What is written is what the ORM would have written: of every table one
record is created through the ORM, and the others are its copies but for the columns named here.
"""

import logging
from datetime import datetime

from odoo.tools import SQL, split_every

from .generator.check import problems, state_fields
from .generator.master_data import SELLERS, MasterData
from .generator.words import THINGS
from .generator.writer import draw, pick

_logger = logging.getLogger(__name__)

DAYS = 3 * 365  # of which the oldest opportunity is
LIFE = 340  # mean life in days; with lives of which some outlast the present, 30 % are open
MESSAGES_EACH = 10  # one opportunity in so many has messages: the table would outgrow all others
MODEL = "crmsol.opportunity"


class Generator(MasterData):
    """Fills the database of ``env`` with ``size`` opportunities.

    :param datetime.date today: the day on which the data end
    :param bool bulk: drop the indexes meanwhile and do not check foreign keys: for an own database
    """

    def __init__(self, env, size, seed=1, today=None, bulk=True):
        super().__init__(env, seed, bulk)
        self.size = size
        self.today = today or datetime.now().date()
        self.customers = max(size // 20, 10)
        self.first_id = None  # of the opportunities

    def run(self):
        """Write everything and check it.

        :raise ValueError: if the data are not what they should be
        """
        with self._unhindered("crmsol_opportunity", "crmsol_opportunity_history"):
            for part in (
                self._define_functions,
                self._create_sellers,
                self._list_phases,
                self._list_lives,
                self._insert_customers,
                self._draw,
                self._insert_opportunities,
                self._insert_history,
                self._insert_tags,
                self._insert_actions,
                self._insert_messages,
            ):
                _logger.info("%s opportunities: %s", self.size, part.__name__.strip("_"))
                part()
        self._reckon_facts()
        found = problems(self.env.cr, self.first_id)
        if any(found.values()):
            raise ValueError(f"the generated data are wrong: {found}")
        return found

    def _reckon_facts(self):
        """Have the addon find what follows from history, actions and messages."""
        self.env.invalidate_all()
        for ids in split_every(10_000, range(self.first_id, self.first_id + self.size)):
            opportunities = self.env["crmsol.opportunity"].browse(ids)
            opportunities._renew_slips()
            opportunities._renew_last_contact()
            self.env.flush_all()
            self.env.invalidate_all()
        self.env["crmsol.opportunity"]._renew_next_actions()
        self.env["crmsol.opportunity.total"]._rebuild()

    # === OPPORTUNITIES === #

    def _draw(self):
        """Draw what belongs to a whole opportunity, into the table bench_o."""
        self.first_id = self._reserve("crmsol_opportunity", self.size)
        n = SQL("n")
        self.execute(
            """
            CREATE TEMP TABLE bench_o ON COMMIT DROP AS
            SELECT r.*, l.life, %(first_id)s + r.n AS id,
                   %(today)s::timestamp - make_interval(secs => trunc(r.age * 86400)) AS begun,
                   86400 * CASE WHEN r.is_closed THEN r.lasts ELSE r.age * 0.97 END AS seconds,
                   CASE WHEN l.can_lack_deadline AND r.deadline < 0.2 THEN NULL
                        WHEN r.is_closed THEN %(today)s::date
                             + round(r.lasts - r.age - 15 + 35 * r.deadline)::int
                        ELSE %(today)s::date + round(-45 + 200 * r.deadline)::int
                   END AS date_deadline
              FROM (SELECT q.*, q.lasts < q.age AS is_closed
                      FROM (SELECT n,
                                   1 + %(days)s * %(age)s AS age,
                                   greatest(1, -%(life)s * ln(1 - %(lasts)s)) AS lasts,
                                   %(which)s AS which,
                                   %(deadline)s AS deadline,
                                   100 + round(exp(8.3 + 1.2 * sqrt(-2 * ln(1 - %(amount)s))
                                         * cos(2 * pi() * %(amount_2)s))::numeric, 2) AS amount,
                                   (0.05 + 0.2 * %(revise)s)
                                         * sign(%(sign)s - 0.4) AS revise,
                                   15 + floor(30 * %(slip)s)::int AS slip,
                                   floor(%(sellers)s * power(%(seller)s, 1.6))::int AS seller,
                                   floor(%(customers)s * power(%(customer)s, 2))::int AS customer,
                                   %(thing)s AS thing
                              FROM generate_series(0, %(size)s - 1) n) q) r
              JOIN bench_life l
                ON l.is_closed = r.is_closed AND r.which >= l.from AND r.which < l.to
            """,
            first_id=self.first_id,
            today=self.today,
            days=DAYS - 1,
            life=LIFE,
            sellers=SELLERS,
            customers=self.customers,
            size=self.size,
            thing=pick(THINGS, n, "thing"),
            **{
                name: draw(n, name)
                for name in (
                    *("age", "lasts", "which", "deadline", "amount", "amount_2", "revise"),
                    *("sign", "slip", "seller", "customer"),
                )
            },
        )
        # as in life, a later opportunity has a higher id
        self.execute(
            """
            UPDATE bench_o o SET id = s.id
              FROM (SELECT n, %s + row_number() OVER (ORDER BY begun, n) - 1 AS id FROM bench_o) s
             WHERE s.n = o.n
            """,
            self.first_id,
        )
        self.execute("ANALYZE bench_o")

    def _state(self):
        """Return the SQL of the state of opportunity ``o`` in step ``s``."""
        closed = SQL("s.outcome <> 'open'")
        return {
            "phase_id": SQL("CASE WHEN %s THEN %s ELSE p.id END", closed, self.closing_phase.id),
            "outcome": SQL("s.outcome"),
            "active": SQL("s.active"),
            "amount_company": SQL("round((o.amount * (1 - s.revisions * o.revise))::numeric, 2)"),
            "probability": SQL(
                "CASE s.outcome WHEN 'won' THEN 100 WHEN 'lost' THEN 0 ELSE p.probability END"
            ),
            "date_deadline": SQL("o.date_deadline - s.slips * o.slip"),
            "user_id": SQL("u.user_id"),
            "team_id": SQL("u.team_id"),
            "company_id": SQL("%s", self.env.company.id),
        }

    #: opportunities ``o`` with their steps ``s``, the open phase ``p`` and the seller ``u``
    _STEPS = SQL(
        """
        bench_o o JOIN bench_step s ON s.life = o.life
                  JOIN bench_phase p ON p.number = s.phase
                  JOIN bench_seller u ON u.number = (o.seller + 7 * s.handovers) %% %s
        """,
        SELLERS,
    )

    @staticmethod
    def _moment(step):
        return SQL("pg_temp.moment(o.begun, o.seconds, o.n, %s, s.last, o.is_closed)", step)

    def _insert_opportunities(self):
        template = self.env[MODEL].create(
            {"name": "Bench", "partner_id": self.first_customer, "amount": 1}
        )
        state = self._state()
        began = self._moment(SQL("s.number"))
        closed = SQL("s.outcome <> 'open'")
        reasons = self.env["crmsol.loss.reason"].search([]).ids
        sources = self.env["utm.source"].search([], limit=5).ids
        date_closed = SQL("CASE WHEN %s THEN (%s)::date END", closed, began)
        weighted = SQL(
            "round((%s * (%s) / 100)::numeric, 2)", state["amount_company"], state["probability"]
        )
        customer = SQL("%s + o.customer", self.first_customer)
        priority = draw(SQL("o.n"), "priority")
        self._insert_like(
            template,
            self._STEPS,
            SQL("WHERE s.number = s.last ORDER BY o.id"),
            **state,
            id=SQL("o.id"),
            name=SQL("o.thing || ' ' || (o.n + 1)"),
            partner_id=customer,
            contact_id=SQL(
                "CASE WHEN %s < 0.7 THEN %s + %s END",
                draw(SQL("o.n"), "contact"),
                customer,
                self.customers,
            ),
            amount=state["amount_company"],
            weighted_amount=weighted,
            # certain once it is closed: 100 % or nothing
            forecast_amount=weighted,
            date_forecast=SQL("COALESCE(%s, %s)", date_closed, state["date_deadline"]),
            phase_is_closing=closed,
            phase_before_close_id=SQL("CASE WHEN %s OR o.life LIKE '%%R%%' THEN p.id END", closed),
            date_closed=date_closed,
            date_last_stage_update=self._moment(SQL("s.phase_since")),
            currency_rate_date=SQL("(%s)::date", began),
            loss_reason_id=SQL(
                "CASE WHEN s.outcome = 'lost' THEN (%s::int[])[1 + floor(%s * %s)::int] END",
                reasons,
                draw(SQL("o.n"), "reason"),
                len(reasons),
            ),
            source_id=SQL(
                "(%s::int[])[1 + floor(%s * 2 * %s)::int]",
                sources,
                draw(SQL("o.n"), "source"),
                len(sources),
            ),
            priority=SQL(
                "CASE WHEN %(x)s < 0.7 THEN '0' WHEN %(x)s < 0.9 THEN '1'"
                " WHEN %(x)s < 0.98 THEN '2' ELSE '3' END",
                x=priority,
            ),
            create_uid=SQL("u.user_id"),
            write_uid=SQL("u.user_id"),
            create_date=SQL("o.begun"),
            write_date=began,
        )
        self.execute(  # the foreign key does not: triggers are off
            "DELETE FROM crmsol_opportunity_history WHERE opportunity_id = %s", template.id
        )
        template.unlink()

    def _insert_history(self):
        state = self._state()
        if unknown := set(state_fields()) - state.keys():
            raise ValueError(f"the history keeps what is not generated here: {unknown}")
        columns = ["opportunity_id", "date_from", "date_to", "phase_date_from", "currency_id"]
        self.execute(
            """
            INSERT INTO crmsol_opportunity_history (%s)
            SELECT o.id, %s, CASE WHEN s.number < s.last THEN %s END, %s, %s, %s
              FROM %s
             ORDER BY 2, 1
            """,
            SQL(", ").join(map(SQL.identifier, [*columns, *state])),
            self._moment(SQL("s.number")),
            self._moment(SQL("s.number + 1")),
            self._moment(SQL("s.phase_since")),
            self.env.company.currency_id.id,
            SQL(", ").join(state.values()),
            self._STEPS,
        )

    # === WHAT BELONGS TO THEM === #

    def _insert_tags(self):
        """One tag for 30 % of them, two for 10 %."""
        for name, share in (("first", 0.4), ("second", 0.1)):
            self.execute(
                """
                INSERT INTO crm_tag_crmsol_opportunity_rel (crmsol_opportunity_id, crm_tag_id)
                SELECT o.id, (%s::int[])[1 + floor(%s * %s)::int] FROM bench_o o WHERE %s < %s
                ON CONFLICT DO NOTHING
                """,
                self.tags.ids,
                draw(SQL("o.n"), f"{name} tag"),
                len(self.tags),
                draw(SQL("o.n"), "tags"),
                share,
            )

    def _insert_actions(self):
        """Planned actions for 60 % of the open ones, for some two; a done one for half of all."""
        opportunity = self.env[MODEL].browse(self.first_id)
        values = {
            "res_model_id": self.env["ir.model"]._get_id(MODEL),
            "res_id": opportunity.id,
            "activity_type_id": self.env.ref("mail.mail_activity_data_call").id,
            "summary": "Llamar al cliente",
            "crmsol_contact_id": self.first_customer,
            "user_id": self.manager.id,
            "date_deadline": self.today,
        }
        planned = self.env["mail.activity"].create(values)
        done = planned.create(values)
        done.with_context(mail_notify_force_send=False)._action_done(feedback="Hecho")
        rows = self._STEPS
        common = {
            "res_id": SQL("o.id"),
            "res_name": SQL("o.thing || ' ' || (o.n + 1)"),
            "user_id": SQL("u.user_id"),
            "create_uid": SQL("u.user_id"),
            "write_uid": SQL("u.user_id"),
            "crmsol_contact_id": SQL("%s + o.customer", self.first_customer + self.customers),
            "crmsol_phase_id": SQL("p.id"),
        }
        since = self._moment(SQL("s.number"))
        for name, share in (("first", 0.6), ("second", 0.1)):
            self._insert_like(
                planned,
                rows,
                SQL(
                    "WHERE s.number = s.last AND NOT o.is_closed AND s.active AND %s < %s",
                    draw(SQL("o.n"), "actions"),
                    share,
                ),
                **common,
                date_deadline=SQL(
                    "%s::date + floor(-8 + 30 * %s)::int",
                    self.today,
                    draw(SQL("o.n"), f"{name} action"),
                ),
                create_date=since,
                write_date=since,
            )
        self._insert_like(
            done,
            rows,
            SQL("WHERE s.number = 2 AND %s < 0.5", draw(SQL("o.n"), "done action")),
            **common,
            date_deadline=SQL("(%s)::date", since),
            date_done=SQL("(%s)::date", since),
            create_date=since,
            write_date=since,
        )
        (planned + done).unlink()

    def _insert_messages(self):
        """A follower each, and for one in ten the messages that the ORM writes of every phase."""
        template = self.env[MODEL].browse(self.first_id)
        self.execute(
            """
            INSERT INTO mail_followers (res_model, res_id, partner_id)
            SELECT %s, o.id, u.partner_id FROM %s WHERE s.number = s.last
            """,
            MODEL,
            self._STEPS,
        )
        message = template.with_context(tracking_disable=False).message_post(
            subtype_xmlid="crmsol_opportunity.mt_opportunity_phase"
        )
        since = self._moment(SQL("s.number"))
        self.execute(
            """
            CREATE TEMP TABLE bench_message ON COMMIT DROP AS
            SELECT o.id AS res_id, u.user_id, u.partner_id, %s AS date, p.id AS phase_id,
                   p.name AS phase, lag(p.id) OVER life AS old_id, lag(p.name) OVER life AS old,
                   row_number() OVER (ORDER BY %s, o.id) AS n
              FROM %s
             WHERE o.n %% %s = 0 AND s.number = s.phase_since AND s.outcome = 'open'
            WINDOW life AS (PARTITION BY o.id ORDER BY s.number)
            """,
            since,
            since,
            self._STEPS,
            MESSAGES_EACH,
        )
        self.execute("SELECT count(*) FROM bench_message")
        base = self._reserve("mail_message", self.env.cr.fetchone()[0])
        self._insert_like(
            message,
            SQL("bench_message m"),
            id=SQL("%s + m.n - 1", base),
            res_id=SQL("m.res_id"),
            author_id=SQL("m.partner_id"),
            create_uid=SQL("m.user_id"),
            write_uid=SQL("m.user_id"),
            message_id=SQL("'<bench-' || m.n || '@example.com>'"),
            date=SQL("m.date"),
            create_date=SQL("m.date"),
            write_date=SQL("m.date"),
            parent_id=SQL("NULL"),
        )
        self.execute(
            """
            INSERT INTO mail_tracking_value (
                field_id, mail_message_id, old_value_integer, old_value_char,
                new_value_integer, new_value_char, create_uid, write_uid, create_date, write_date)
            SELECT %s, %s + m.n - 1, m.old_id, m.old, m.phase_id, m.phase, m.user_id, m.user_id,
                   m.date, m.date
              FROM bench_message m WHERE m.old_id IS NOT NULL
            """,
            self.env["ir.model.fields"]._get(MODEL, "phase_id").id,
            base,
        )
        message.unlink()
