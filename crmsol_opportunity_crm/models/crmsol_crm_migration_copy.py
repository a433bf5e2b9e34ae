from odoo import models
from odoo.addons.crmsol_opportunity.const import OPPORTUNITY_MODEL
from odoo.tools import SQL

#: our subtypes of messages for those of Odoo's CRM
_SUBTYPES = {
    "crm.mt_lead_stage": "crmsol_opportunity.mt_opportunity_phase",
    "crm.mt_lead_won": "crmsol_opportunity.mt_opportunity_won",
    "crm.mt_lead_lost": "crmsol_opportunity.mt_opportunity_lost",
}
#: our fields for the tracked ones of Odoo's CRM: the thread goes on to tell of them when that is
#: removed
_TRACKED = {
    "stage_id": "phase_id",
    "won_status": "outcome",
    "expected_revenue": "amount",
    "user_id": "user_id",
    "team_id": "team_id",
    "partner_id": "partner_id",
    "lost_reason_id": "loss_reason_id",
}
#: the mark of the e-mail identifiers of copies: until it is confirmed, customers' answers go on to
#: reach the original
UNCONFIRMED = "#crmsol"


class CrmsolCrmMigration(models.Model):
    """Copies threads: messages with their tracked values, files and followers.

    Row by row in SQL: so they keep their dates and authors, and nobody is notified of them again.
    """

    _inherit = "crmsol.crm.migration"  # pylint: disable=consider-merging-classes-inherited

    # === BUSINESS METHODS === #

    def _copy_threads(self, plans):
        self.env.flush_all()
        copies = {plan.lead.id: plan.opportunity.id for plan in plans}
        messages = self._new_ids(
            "mail_message",
            SQL(
                "model = 'crm.lead' AND res_id = ANY(%s) AND message_type <> 'user_notification'",
                list(copies),
            ),
        )
        files = self._copy_files(plans, copies, messages)
        self._copy_messages(copies, messages)
        self._copy_tracked_values(messages)
        self._copy_pairs("message_attachment_rel", "message_id", messages, attachment_id=files)
        self._copy_pairs("mail_message_res_partner_rel", "mail_message_id", messages)
        self._copy_pairs("mail_message_res_partner_starred_rel", "mail_message_id", messages)
        self._copy_rows(
            "mail_message_reaction",
            self._new_ids("mail_message_reaction", SQL("message_id = ANY(%s)", list(messages))),
            message_id=self._mapped("t.message_id", messages),
        )
        self._copy_rows(
            "mail_notification",
            # those that failed or wait would be told of, or sent, once more
            self._new_ids(
                "mail_notification",
                SQL("mail_message_id = ANY(%s) AND notification_status = 'sent'", list(messages)),
            ),
            mail_message_id=self._mapped("t.mail_message_id", messages),
            mail_mail_id=SQL("NULL"),
            is_read=SQL("TRUE"),
        )
        self._copy_followers(copies)
        for model in ("mail.message", "mail.followers", "ir.attachment", "mail.notification"):
            self.env[model].invalidate_model()
        self.env["crmsol.opportunity"].invalidate_model()

    def _copy_messages(self, copies, messages):
        subtypes = self._get_subtypes()
        self._copy_rows(
            "mail_message",
            messages,
            model=SQL("%s", OPPORTUNITY_MODEL),
            res_id=self._mapped("t.res_id", copies),
            parent_id=self._mapped("t.parent_id", messages),
            subtype_id=self._mapped("t.subtype_id", subtypes, SQL("t.subtype_id")),
            message_id=SQL("t.message_id || %s", UNCONFIRMED),
        )

    def _get_subtypes(self):
        """Return {id of a subtype of Odoo's CRM: id of ours}; a note where there is none."""
        note = self.env.ref("mail.mt_note")
        # sudo: subtypes are no secret
        Subtype = self.env["mail.message.subtype"].sudo()
        subtypes = dict.fromkeys(Subtype.search([("res_model", "=", "crm.lead")]).ids, note.id)
        for theirs, ours in _SUBTYPES.items():
            subtype = self.env.ref(theirs, raise_if_not_found=False)
            if subtype:
                subtypes[subtype.id] = self.env.ref(ours).id
        return subtypes

    def _copy_tracked_values(self, messages):
        """Copy what the messages say has changed, in our fields where we have them."""
        get = self.env["ir.model.fields"]._get
        field_ids = {
            get("crm.lead", theirs).id: get(OPPORTUNITY_MODEL, ours).id
            for theirs, ours in _TRACKED.items()
        }
        closing = self._get_closing_phase()
        phases = {
            line.stage_id.id: closing.id if line.is_won else line.phase_id.id
            for line in self.stage_line_ids
        }
        reasons = {
            line.lost_reason_id.id: line.loss_reason_id.id
            for line in self.reason_line_ids
            if line.lost_reason_id and line.loss_reason_id
        }
        mapped = {
            get("crm.lead", "stage_id").id: phases,
            get("crm.lead", "lost_reason_id").id: reasons,
        }

        def integer(column):
            whens = [
                SQL(
                    "WHEN t.field_id = %s THEN COALESCE(%s, 0)",
                    field_id,
                    self._mapped(f"t.{column}", values),
                )
                for field_id, values in mapped.items()
            ]
            return SQL("CASE %s ELSE %s END", SQL(" ").join(whens), SQL.identifier("t", column))

        self._copy_rows(
            "mail_tracking_value",
            self._new_ids("mail_tracking_value", SQL("mail_message_id = ANY(%s)", list(messages))),
            mail_message_id=self._mapped("t.mail_message_id", messages),
            field_id=self._mapped("t.field_id", field_ids, SQL("t.field_id")),
            old_value_integer=integer("old_value_integer"),
            new_value_integer=integer("new_value_integer"),
        )

    def _copy_files(self, plans, copies, messages):
        """Copy the entries of the files; their contents are stored once.

        Also those that belong to a message only: it takes them along when it is deleted.

        :return: {id of a file: id of its copy}
        """
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT ON (a.id) a.id, file.lead_id, a.type = 'binary' AND a.url IS NULL
                       AND COALESCE(a.file_size, 0) = 0, a.name
                  FROM (SELECT id, res_id AS lead_id FROM ir_attachment
                         WHERE res_model = 'crm.lead' AND res_id = ANY(%(leads)s)
                           AND res_field IS NULL
                        UNION ALL
                        SELECT r.attachment_id, m.res_id
                          FROM message_attachment_rel r JOIN mail_message m ON m.id = r.message_id
                         WHERE r.message_id = ANY(%(messages)s)
                        UNION ALL
                        SELECT r.attachment_id, a.res_id
                          FROM activity_attachment_rel r
                          JOIN mail_activity a ON a.id = r.activity_id
                         WHERE a.res_model = 'crm.lead' AND a.res_id = ANY(%(leads)s)) file
                  JOIN ir_attachment a ON a.id = file.id
              ORDER BY a.id, file.lead_id
                """,
                leads=list(copies),
                messages=list(messages),
            )
        )
        of_lead = {plan.lead.id: plan for plan in plans}
        owners = {}
        for id_, lead_id, is_empty, name in rows:
            if is_empty:
                of_lead[lead_id].notes.append(("empty_file", name))
            else:
                owners[id_] = copies[lead_id]
        files = self._new_ids("ir_attachment", SQL("id = ANY(%s)", list(owners)))
        self._copy_rows(
            "ir_attachment",
            files,
            res_model=SQL("%s", OPPORTUNITY_MODEL),
            res_id=self._mapped("t.id", owners),
            res_field=SQL("NULL"),
        )
        for plan in plans:
            plan.files = files
        return files

    def _copy_followers(self, copies):
        followers = self._new_ids(
            "mail_followers", SQL("res_model = 'crm.lead' AND res_id = ANY(%s)", list(copies))
        )
        self._copy_rows(
            "mail_followers",
            followers,
            res_model=SQL("%s", OPPORTUNITY_MODEL),
            res_id=self._mapped("t.res_id", copies),
        )
        if not followers:
            return
        # what they follow of Odoo's CRM, they follow of ours
        note = self.env.ref("mail.mt_note").id
        subtypes = {k: v for k, v in self._get_subtypes().items() if v != note}
        self.env.execute_query(
            SQL(
                """
                INSERT INTO mail_followers_mail_message_subtype_rel
                            (mail_followers_id, mail_message_subtype_id)
                SELECT DISTINCT %(new)s, %(subtype)s
                  FROM mail_followers_mail_message_subtype_rel t
                  JOIN mail_message_subtype s ON s.id = t.mail_message_subtype_id
                 WHERE t.mail_followers_id = ANY(%(old)s)
                   AND (s.res_model IS NULL OR s.id = ANY(%(known)s))
                RETURNING 1
                """,
                new=self._mapped("t.mail_followers_id", followers),
                subtype=self._mapped(
                    "t.mail_message_subtype_id", subtypes, SQL("t.mail_message_subtype_id")
                ),
                old=list(followers),
                known=list(subtypes),
            )
        )

    # === ROWS === #

    def _new_ids(self, table, condition):
        """Return {id of a row: id reserved for its copy} of the rows of the condition, in order."""
        return dict(
            self.env.execute_query(
                SQL(
                    "SELECT id, nextval(pg_get_serial_sequence(%s, 'id'))"
                    " FROM (SELECT t.id FROM %s t WHERE %s ORDER BY t.id) t",
                    table,
                    SQL.identifier(table),
                    condition,
                )
            )
        )

    def _mapped(self, column, ids, default=None):
        """Return the SQL of what a column's value becomes.

        :param dict ids: {old value: new value}
        :param SQL default: what others become; NULL without it
        """
        column = SQL.identifier(*column.split("."))
        new = SQL(
            "(SELECT pair.new FROM unnest(%s::int[], %s::int[]) AS pair(old, new)"
            " WHERE pair.old = %s)",
            list(ids),
            list(ids.values()),
            column,
        )
        return SQL("COALESCE(%s, %s)", new, default) if default else new

    def _copy_rows(self, table, ids, **changes):
        """Copy rows of a table with all their columns, but for those that are changed.

        :param dict ids: {id of a row: id of its copy}
        :param changes: column=SQL of its value, in terms of the row ``t``
        """
        if not ids:
            return
        columns = [
            name
            for (name,) in self.env.execute_query(
                SQL(
                    "SELECT column_name FROM information_schema.columns"
                    " WHERE table_schema = current_schema AND table_name = %s"
                    "   AND column_name <> 'id' AND is_generated = 'NEVER'"
                    " ORDER BY ordinal_position",
                    table,
                )
            )
        ]
        values = [changes.get(name, SQL.identifier("t", name)) for name in columns]
        self.env.execute_query(
            SQL(
                "INSERT INTO %s (id, %s) SELECT copy.new, %s FROM %s t"
                " JOIN unnest(%s::int[], %s::int[]) AS copy(old, new) ON copy.old = t.id"
                " ORDER BY copy.new RETURNING id",
                SQL.identifier(table),
                SQL(", ").join(map(SQL.identifier, columns)),
                SQL(", ").join(values),
                SQL.identifier(table),
                list(ids),
                list(ids.values()),
            )
        )

    def _copy_pairs(self, table, column, ids, **others):
        """Copy the pairs of a relation table for the copies of one side.

        :param dict ids: {id: id of its copy} of the side in ``column``
        :param others: column={id: id of its copy}: only pairs with a copy there too
        """
        (other,) = others or [
            name
            for (name,) in self.env.execute_query(
                SQL(
                    "SELECT column_name FROM information_schema.columns"
                    " WHERE table_schema = current_schema AND table_name = %s"
                    "   AND column_name <> %s",
                    table,
                    column,
                )
            )
        ]
        copied = others.get(other)
        self.env.execute_query(
            SQL(
                "INSERT INTO %s (%s, %s) SELECT %s, %s FROM %s t WHERE t.%s = ANY(%s) AND %s"
                " RETURNING 1",
                SQL.identifier(table),
                SQL.identifier(column),
                SQL.identifier(other),
                self._mapped(f"t.{column}", ids),
                SQL.identifier("t", other)
                if copied is None
                else self._mapped(f"t.{other}", copied),
                SQL.identifier(table),
                SQL.identifier(column),
                list(ids),
                SQL("TRUE")
                if copied is None
                else SQL("%s = ANY(%s)", SQL.identifier("t", other), list(copied)),
            )
        )
