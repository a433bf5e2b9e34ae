"""Gives the host's own CRM the opportunities that ours has, so that both can be measured beside.

One lead for one opportunity: same name, amount, dates, seller and team, the contact and the
customer, tags, followers, actions, messages and tracked values. The differences are crm's own: lost
ones are archived, the stage of the won is a stage like the others, and the contact's data are
copied into the lead.
"""

from odoo.tools import SQL

from .writer import Writer

MODEL, LEAD = "crmsol.opportunity", "crm.lead"
_LOG = ("create_uid", "create_date", "write_uid", "write_date")


class LeadCopier(Writer):
    """Fills ``crm_lead`` and what belongs to it from the generated opportunities."""

    def __init__(self, env, bulk=True):
        super().__init__(env, 1, bulk)

    def run(self):
        """Copy everything; leads have the ids of the opportunities."""
        with self._unhindered("crm_lead"):
            self._map_stages()
            self._insert_leads()
            self._insert_tags()
            self._insert_followers()
            self._insert_actions()
            self._insert_messages()
        self.env.invalidate_all()

    def _map_stages(self):
        """Give crm as many stages as we have phases, the last one the won one's."""
        phases = self.env["crmsol.phase"].search([("is_closing", "=", False)])
        stages = self.env["crm.stage"].search([("is_won", "=", False)])
        missing = len(phases) - len(stages)
        stages |= stages.create([{"name": "Bench", "sequence": 10}] * max(missing, 0))
        for sequence, (phase, stage) in enumerate(zip(phases, stages, strict=False)):
            stage.write({"name": phase.name, "sequence": sequence, "rotting_threshold_days": 30})
        won = self.env["crm.stage"].search([("is_won", "=", True)], limit=1)
        closing = self.env["crmsol.phase"]._get_closing_phase()
        pairs = [*zip(phases.ids, stages.ids, strict=False), (closing.id, won.id)]
        self._create_table("bench_stage", "phase_id int, stage_id int", pairs)
        self.first_stage = stages[:1]
        reasons = self.env["crm.lost.reason"]
        ours = self.env["crmsol.loss.reason"].with_context(active_test=False).search([])
        made = reasons.create([{"name": reason.name} for reason in ours])
        pairs = [*zip(ours.ids, made.ids, strict=True), (0, 0)]
        self._create_table("bench_reason", "ours int, theirs int", pairs)

    def _insert_leads(self):
        self.execute("SELECT setval('crm_lead_id_seq', (SELECT max(id) FROM crmsol_opportunity))")
        Lead = self.env[LEAD]
        partner = self.env[MODEL].search([], limit=1).partner_id
        template = Lead.create({"name": "Bench", "partner_id": partner.id, "type": "opportunity"})
        rows = SQL(
            """
            crmsol_opportunity o
                JOIN bench_stage st ON st.phase_id = COALESCE(
                    CASE WHEN o.outcome = 'lost' THEN o.phase_before_close_id END, o.phase_id)
                JOIN res_partner customer ON customer.id = o.partner_id
                JOIN res_partner person ON person.id = COALESCE(o.contact_id, o.partner_id)
           LEFT JOIN bench_reason r ON r.ours = o.loss_reason_id
            """
        )
        probability = SQL(
            "CASE o.outcome WHEN 'won' THEN 100 WHEN 'lost' THEN 0 ELSE o.probability END"
        )
        self._insert_like(
            template,
            rows,
            SQL("ORDER BY o.id"),
            id=SQL("o.id"),
            name=SQL("o.name"),
            partner_id=SQL("person.id"),
            contact_name=SQL("CASE WHEN o.contact_id IS NOT NULL THEN person.name END"),
            partner_name=SQL("customer.name"),
            email_from=SQL("person.email"),
            email_normalized=SQL("person.email"),
            email_domain_criterion=SQL("NULL"),
            phone=SQL("customer.phone"),
            city=SQL("customer.city"),
            active=SQL("o.active AND o.outcome <> 'lost'"),
            stage_id=SQL("st.stage_id"),
            won_status=SQL("CASE o.outcome WHEN 'open' THEN 'pending' ELSE o.outcome END"),
            lost_reason_id=SQL("r.theirs"),
            probability=probability,
            automated_probability=probability,
            expected_revenue=SQL("o.amount_company"),
            prorated_revenue=SQL("o.weighted_amount"),
            user_id=SQL("o.user_id"),
            team_id=SQL("o.team_id"),
            company_id=SQL("o.company_id"),
            priority=SQL("o.priority"),
            source_id=SQL("o.source_id"),
            date_deadline=SQL("o.date_deadline"),
            date_closed=SQL("o.date_closed + time '12:00'"),
            date_open=SQL("o.create_date"),
            date_last_stage_update=SQL("o.date_last_stage_update"),
            **{name: SQL.identifier("o", name) for name in _LOG},
        )
        template.unlink()

    def _insert_tags(self):
        self.execute(
            "INSERT INTO crm_tag_rel (lead_id, tag_id)"
            " SELECT crmsol_opportunity_id, crm_tag_id FROM crm_tag_crmsol_opportunity_rel"
        )

    def _insert_followers(self):
        self._copy("mail_followers", "res_model", {"res_model": SQL("%s", LEAD)})

    def _insert_actions(self):
        ours = [
            name
            for name, field in self.env["mail.activity"]._fields.items()
            if name.startswith("crmsol_") and field.store and field.column_type
        ]
        self._copy(
            "mail_activity",
            "res_model",
            {
                "res_model": SQL("%s", LEAD),
                "res_model_id": SQL("%s", self.env["ir.model"]._get_id(LEAD)),
                **dict.fromkeys(ours, SQL("NULL")),
            },
        )

    def _insert_messages(self):
        """Copy messages with their tracked phases; the ids follow in the order of the originals."""
        self.execute("SELECT count(*) FROM mail_message WHERE model = %s", MODEL)
        base = self._reserve("mail_message", self.env.cr.fetchone()[0])
        self.execute(
            "CREATE TEMP TABLE bench_copy ON COMMIT DROP AS"
            " SELECT id AS old_id, %s + row_number() OVER (ORDER BY id) - 1 AS id"
            "   FROM mail_message WHERE model = %s",
            base,
            MODEL,
        )
        self.execute("CREATE INDEX ON bench_copy (old_id)")
        self.execute("ANALYZE bench_copy")
        subtype = self.env.ref("crm.mt_lead_stage").id
        self._copy(
            "mail_message",
            "model",
            {
                "id": SQL("(SELECT c.id FROM bench_copy c WHERE c.old_id = t.id)"),
                "model": SQL("%s", LEAD),
                "subtype_id": SQL(
                    "CASE WHEN t.subtype_id = %s THEN %s ELSE t.subtype_id END",
                    self.env.ref("crmsol_opportunity.mt_opportunity_phase").id,
                    subtype,
                ),
                "parent_id": SQL("NULL"),
                "message_id": SQL("'<lead-' || t.id || '@example.com>'"),
            },
        )
        stage = self.env["ir.model.fields"]._get(LEAD, "stage_id").id
        self.execute(
            """
            INSERT INTO mail_tracking_value (
                field_id, mail_message_id, old_value_integer, old_value_char,
                new_value_integer, new_value_char, create_uid, write_uid, create_date, write_date)
            SELECT %s, c.id, a.stage_id, v.old_value_char, b.stage_id, v.new_value_char,
                   v.create_uid, v.write_uid, v.create_date, v.write_date
              FROM mail_tracking_value v JOIN bench_copy c ON c.old_id = v.mail_message_id
         LEFT JOIN bench_stage a ON a.phase_id = v.old_value_integer
         LEFT JOIN bench_stage b ON b.phase_id = v.new_value_integer
            """,
            stage,
        )

    def _copy(self, table, column, values):
        """Insert copies of the rows of our model, but for some columns."""
        self.execute(
            "SELECT attname FROM pg_attribute"
            " WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum",
            table,
        )
        names = [name for (name,) in self.env.cr.fetchall() if name != "id" or "id" in values]
        self.execute(
            "INSERT INTO %s (%s) SELECT %s FROM %s t WHERE t.%s = %s",
            SQL.identifier(table),
            SQL(", ").join(map(SQL.identifier, names)),
            SQL(", ").join(values.get(name) or SQL.identifier("t", name) for name in names),
            SQL.identifier(table),
            SQL.identifier(column),
            MODEL,
        )
