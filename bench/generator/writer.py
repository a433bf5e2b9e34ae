"""What the parts of the generator share: figures drawn from a seed, and rows written by SQL."""

import contextlib
import zlib

from odoo.tools import SQL

CONTEXT = {
    "tracking_disable": True,
    "mail_create_nolog": True,
    "mail_create_nosubscribe": True,
    "no_reset_password": True,
    "lang": "es_ES",
}


def draw(number, name):
    """Return the SQL of a figure from 0 to 1, without 1, that belongs to a number and a name."""
    return SQL("pg_temp.draw((%s)::bigint, %s)", number, zlib.crc32(name.encode()))


def pick(words, number, name):
    """Return the SQL of one of some words."""
    return SQL("(%s::text[])[1 + floor(%s * %s)::int]", words, draw(number, name), len(words))


class Writer:
    """Writes many rows into the database of ``env``.

    :param bool bulk: drop the indexes meanwhile and do not check foreign keys: for an own database
    """

    def __init__(self, env, seed, bulk):
        self.env = env(context={**env.context, **CONTEXT})
        self.seed, self.bulk = seed, bulk

    def execute(self, query, *args, **kwargs):
        self.env.cr.execute(SQL(query, *args, **kwargs))

    @contextlib.contextmanager
    def _unhindered(self, *tables):
        """Without the indexes and triggers of the tables that get millions of rows."""
        if not self.bulk:
            yield
            return
        self.execute(
            """
            SELECT i.indexname, i.indexdef FROM pg_indexes i
             WHERE i.tablename = ANY(%s)
               AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conname = i.indexname)
            """,
            list(tables),
        )
        indexes = self.env.cr.fetchall()
        self.execute("SET LOCAL session_replication_role = replica")
        self.execute("SET LOCAL maintenance_work_mem = '512MB'")
        self.execute("SET LOCAL work_mem = '128MB'")
        for name, _definition in indexes:
            self.execute("DROP INDEX %s", SQL.identifier(name))
        yield
        for _name, definition in indexes:
            self.env.cr.execute(definition)
        self.execute("SET LOCAL session_replication_role = origin")

    def _define_functions(self):
        # md5 would be the same on any PostgreSQL, but takes ten times as long
        self.execute(
            """
            CREATE OR REPLACE FUNCTION pg_temp.draw(number bigint, salt bigint)
            RETURNS double precision LANGUAGE sql IMMUTABLE AS $$
                SELECT (hashint8extended(number, salt + (%s::bigint << 32)) & 9007199254740991)
                       / 9007199254740992::double precision
            $$
            """,
            self.seed,
        )
        # when a step of a life begins: the first with the opportunity, the last of a closed one at
        # the end, the others about evenly in between
        self.execute(
            """
            CREATE OR REPLACE FUNCTION pg_temp.moment(
                begun timestamp, seconds double precision, number bigint, step int, last int,
                is_closed boolean
            ) RETURNS timestamp LANGUAGE sql IMMUTABLE AS $$
                SELECT begun + make_interval(secs => trunc(seconds * CASE
                    WHEN step = 1 THEN 0
                    WHEN is_closed AND step = last THEN 1
                    ELSE (step - 1 - 0.8 * %s) / (last - 1) END))
            $$
            """,
            draw(SQL("number * 10 + step"), "moment"),
        )

    def _create_table(self, name, columns, rows):
        table = SQL.identifier(name)
        self.env.cr.execute(f"CREATE TEMP TABLE {name} ({columns}) ON COMMIT DROP")
        self.execute("INSERT INTO %s VALUES %s", table, SQL(", ").join(map(tuple, rows)))
        self.execute("ANALYZE %s", table)

    def _reserve(self, table, count):
        """Return the first of ``count`` ids that the table will not give to others."""
        self.execute(
            "SELECT setval(s, nextval(s) + %s) - %s FROM pg_get_serial_sequence(%s, 'id') s",
            count,
            count,
            table,
        )
        return self.env.cr.fetchone()[0]

    def _insert_like(self, template, rows, where=None, **columns):
        """Insert copies of a record, one for each row.

        :param rows: SQL of the table or the join
        :param columns: SQL of the columns that differ from the record's
        """
        self.env.flush_all()
        table = SQL.identifier(template._table)
        self.execute(
            "SELECT attname FROM pg_attribute"
            " WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum",
            template._table,
        )
        names = [name for (name,) in self.env.cr.fetchall() if name != "id" or "id" in columns]
        if unknown := columns.keys() - set(names):
            raise ValueError(f"{template._table} has no {unknown}")
        self.execute(
            "INSERT INTO %s (%s) SELECT %s FROM %s CROSS JOIN %s copied %s",
            table,
            SQL(", ").join(map(SQL.identifier, names)),
            SQL(", ").join(columns.get(n) or SQL.identifier("copied", n) for n in names),
            rows,
            SQL("(SELECT * FROM %s WHERE id = %s)", table, template.id),
            where or SQL(),
        )
