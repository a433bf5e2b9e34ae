from odoo import api, models
from odoo.tools import SQL, ormcache

from ..const import OPPORTUNITY_MODEL
from .res_company import FIELDS_OF_THREAD

#: What is read together of the user, their contact, the company that they work for at the moment
#: and its currency: (model, alias, names of the fields).
_SESSION = (
    ("res.users", "u", ("active", "partner_id", "share")),
    (
        "res.partner",
        "p",
        ("active", "email", "email_normalized", "lang", "name", "partner_share", "tz"),
    ),
    ("res.company", "c", FIELDS_OF_THREAD),
    ("res.currency", "y", ("active", "decimal_places", "name", "rounding")),
)


class ResUsers(models.Model):
    _inherit = "res.users"

    # === CRUD METHODS === #

    def unlink(self):
        """Find next actions anew: PostgreSQL deletes those of the users with them."""
        self.env["mail.activity"].flush_model(["active", "res_id", "res_model", "user_id"])
        rows = self.env.execute_query(
            SQL(
                "SELECT DISTINCT res_id FROM mail_activity"
                " WHERE res_model = %s AND active IS TRUE AND user_id = ANY(%s)",
                OPPORTUNITY_MODEL,
                self.ids,
            )
        )
        result = super().unlink()
        if rows:
            self.env[OPPORTUNITY_MODEL]._renew_next_actions(id_ for (id_,) in rows)
        return result

    # === BUSINESS METHODS === #

    @api.model
    def _crmsol_fetch_session(self):
        """Read by one statement what writing an opportunity asks of who writes it, and for whom.

        The ORM reads the user, their contact, the company and its currency one after the other, and
        of each whatever it has.
        """
        user, company = self.env.user, self.env.company
        if user.id in user._fields["partner_id"]._get_cache(self.env):
            return
        rows = self.env.execute_query(
            SQL(
                """
                SELECT %s
                  FROM res_users u
                  JOIN res_partner p ON p.id = u.partner_id
                  JOIN res_company c ON c.id = %s
                  JOIN res_currency y ON y.id = c.currency_id
                 WHERE u.id = %s
                """,
                self._crmsol_get_session_columns(),
                company.id,
                user.id,
            )
        )
        if not rows:
            return  # what misses is read, and refused, as ever
        names = ((alias, fname) for _model, alias, fnames in _SESSION for fname in fnames)
        found = dict(zip(names, rows[0], strict=True))
        ids = {
            "u": user.id,
            "p": found["u", "partner_id"],
            "c": company.id,
            "y": found["c", "currency_id"],
        }
        for model, alias, fnames in _SESSION:
            record = self.env[model].browse(ids[alias])
            for fname in fnames:
                record._fields[fname]._insert_cache(record, [found[alias, fname]])

    @api.model
    @ormcache()
    def _crmsol_get_session_columns(self):
        """Return the SQL of the columns of ``_SESSION``, none of which depends on who reads it."""
        return SQL(", ").join(
            # sudo: everybody may know who they are and for which company they work
            self.env[model].sudo()._field_to_sql(alias, fname)
            for model, alias, fnames in _SESSION
            for fname in fnames
        )
