#!/usr/bin/env bash
# Kills Odoo's workers in the middle of a bulk close, and PostgreSQL in the middle of an import, with kill -9; then looks
# whether what was acknowledged is there, and nothing is half done. Run by ./script/bench kill.
# Everything is made in a temporary folder: a durable PostgreSQL cluster, its database, Odoo's data.
. "$(dirname "$0")/../script/lib.sh"
. "$ROOT/script/pg.sh"
. "$ROOT/script/db.sh"

"$ROOT/script/setup"
work="$(mktemp -d /tmp/crmsol_kill.XXXXXX)"
trap 'rm -f "$CONF"; pg_stop_all; rm -rf "$work"' EXIT
pg_start pgtest
template plain
# as Odoo does for a new database; a dump does not keep the last of these
pgx pg_dump -Fc -Z0 -f "$work/dump" "$TEMPLATE"
filestore="$DATA/filestore/$TEMPLATE"
DATA="$work/data"
odoo_conf
mkdir -p "$DATA/filestore"
PG_BASE="$work"
pg_start pgkill
say "A database of its own, durable"
DB=crmsol_kill
pgx createdb "$DB"
sql "$DB" 'create extension pg_trgm; create extension unaccent; alter function unaccent(text) immutable'
pgx pg_restore -j2 --no-owner -d "$DB" "$work/dump"
[ ! -d "$filestore" ] || cp -a "$filestore" "$DATA/filestore/$DB"
odoo -d "$DB" -i "$ADDON" --no-http --stop-after-init --log-level=warn
start="$work/pg_start" # what starts the cluster again after its postmaster was killed
{
  declare -p PG_BASE PGSYS ODOO_HOME pg_mode
  declare -f pg_server pg_lib pg_bin pg_nobody
  echo "pg_server pg_ctl -D $(printf %q "$work/pgkill/data") -s -w -t 60 -l $(printf %q "$work/pgkill/data/server.log")" \
    "-o \"-c listen_addresses= -c unix_socket_directories='$PGHOST' -c jit=off\" start </dev/null"
} >"$start"
say "Killing"
"${odoo_env[@]}" PYTHONPATH="$SOURCE:$ROOT" PYTHONDONTWRITEBYTECODE=1 "$VENV/bin/python" -m bench.kill \
  --db "$DB" --pg-data "$work/pgkill/data" --pg-start "$start" --log "$work/odoo.log" "$@"
