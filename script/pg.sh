# Sourced after lib.sh: private PostgreSQL clusters, reached through a unix socket only. There are two:
#   pg      script/serve's: durable, kept between runs
#   pgtest  templates and test databases: throw-away, so it trades durability for speed
# The programs are the machine's own (13 or newer), else Debian's, unpacked into $ODOO_HOME/pgsys by script/setup.

# PostgreSQL refuses to run as root. There, run it in a user namespace that maps root to another uid: its files stay
# owned by root, so it works below /root (0700) too. Where namespaces are forbidden (in many containers), run it as
# 'nobody'; then it and its files have to be where nobody may go, which the checkout may not be.
pg_mode=plain
PG_BASE="$ODOO_HOME" # the clusters' parent folder
PGSYS="$ODOO_HOME/pgsys"
pg_nobody() { (cd / && setpriv --reuid=nobody --regid=nogroup --clear-groups "$@"); }
if [ "$(id -u)" = 0 ]; then
  if unshare -U --map-user=1000 --map-group=1000 true 2>/dev/null; then
    pg_mode=userns
  else
    pg_mode=nobody
    pg_nobody test -x "$ODOO_HOME" || PG_BASE="/var/tmp/crmsol-$(printf %s "$ODOO_HOME" | cksum | cut -d' ' -f1)"
  fi
fi

# pg_bin: the folder of PostgreSQL's programs; of several the one that wrote the durable cluster, else the newest
pg_bin() {
  local dir version wanted="" best=""
  [ ! -f "$PG_BASE/pg/data/PG_VERSION" ] || wanted="$(<"$PG_BASE/pg/data/PG_VERSION")"
  for dir in $(ls -d /usr/lib/postgresql/*/bin "$PGSYS"/usr/lib/postgresql/*/bin 2>/dev/null | sort -V); do
    version="$(basename "$(dirname "$dir")")"
    [ -x "$dir/initdb" ] && [ -x "$dir/pg_dump" ] && [ "${version%%.*}" -ge 13 ] || continue
    [ "$version" != "$wanted" ] || { echo "$dir"; return 0; }
    best="$dir"
  done
  [ -z "$wanted" ] || die "$PG_BASE/pg was made by PostgreSQL $wanted, which is gone: install it again, or remove that folder (and its data)"
  [ -n "$best" ] && echo "$best"
}

# The libraries unpacked beside unpacked programs
pg_lib() {
  case "$1" in
    "$ODOO_HOME"/* | "$PG_BASE"/*) ls -d "$PGSYS"/usr/lib/*-linux-gnu "$PGSYS"/lib/*-linux-gnu 2>/dev/null | paste -sd: ;;
    *) echo "${LD_LIBRARY_PATH:-}" ;;
  esac
}

# pgx PROGRAM ARGS...: a client program
pgx() {
  local bin
  bin="$(pg_bin)"
  LD_LIBRARY_PATH="$(pg_lib "$bin")" "$bin/$1" "${@:2}"
}

# pg_server PROGRAM ARGS...: a program that must not be root
pg_server() {
  local bin command
  bin="$(pg_bin)"
  command=(env LD_LIBRARY_PATH="$(pg_lib "$bin")" "$bin/$1" "${@:2}")
  case $pg_mode in
    plain) "${command[@]}" ;;
    userns) unshare -U --map-user=1000 --map-group=1000 "${command[@]}" ;;
    nobody) pg_nobody "${command[@]}" ;;
  esac
}

# pg_socket CLUSTER: the socket's folder. A socket's path has 107 bytes at most: fall back on a short private folder.
pg_socket() {
  if [ "${#PG_BASE}" -lt 75 ]; then
    echo "$PG_BASE/$1/sock"
  else
    echo "/tmp/crmsol-$1-$(id -u)-$(printf %s "$PG_BASE" | cksum | cut -d' ' -f1)"
  fi
}

pg_ready() { pgx pg_isready -q -h "$(pg_socket "$1")"; }

pg_prepare() { # folders, with the right owner also when an earlier run had another pg_mode
  local dir="$PG_BASE/$1" socket owner=root
  socket="$(pg_socket "$1")"
  mkdir -p "$dir/data"
  mkdir -p -m 700 "$socket"
  if [ $pg_mode = nobody ]; then
    owner=nobody
    if [ "$PG_BASE" != "$ODOO_HOME" ] && [ -d "$ODOO_HOME/pgsys" ]; then
      PGSYS="$PG_BASE/pgsys"
      [ -d "$PGSYS" ] || { cp -r "$ODOO_HOME/pgsys" "$PGSYS.new" && mv "$PGSYS.new" "$PGSYS"; }
    fi
  fi
  [ $pg_mode = plain ] || [ "$(stat -c %U "$dir/data")" = $owner ] || chown -R $owner "$dir" "$socket"
  [ $pg_mode != plain ] || [ -O "$socket" ] || die "$socket belongs to somebody else"
  chmod 700 "$socket" "$dir/data"
}

declare -A PG_HELD=() # cluster -> descriptor of its lock
pg_boot() { # in a subshell, see pg_start
  local held
  # a server that inherits a lock of this script, on whichever cluster, holds it until it is stopped itself
  for held in "${PG_HELD[@]}"; do exec {held}>&-; done
  local dir="$PG_BASE/$1" options="-c listen_addresses= -c unix_socket_directories='$(pg_socket "$1")' -c jit=off"
  pg_prepare "$1"
  if [ "$1" = pgtest ]; then
    options+=" -c fsync=off -c full_page_writes=off -c synchronous_commit=off"
    # made by another PostgreSQL: nothing in it is worth keeping
    [ "$(cat "$dir/data/PG_VERSION" 2>/dev/null)" = "$(basename "$(dirname "$(pg_bin)")")" ] || pg_wipe "$1"
  fi
  if [ ! -f "$dir/data/PG_VERSION" ]; then
    say "PostgreSQL: new cluster $dir"
    pg_server initdb -D "$dir/data" -U odoo -A trust -E UTF8 --locale=C -N --no-instructions >"$ODOO_HOME/$1.initdb.log" 2>&1 \
      || { cat "$ODOO_HOME/$1.initdb.log" >&2; die "initdb failed"; }
  fi
  pg_server pg_ctl -D "$dir/data" -s -w -t 60 -l "$dir/data/server.log" -o "$options" start </dev/null
}

pg_wipe() { find "$PG_BASE/$1/data" -mindepth 1 -delete; }

# pg_start CLUSTER: starts it unless it runs already, and points PGHOST to it. Scripts that use a cluster hold a shared
# lock on it; the last one to leave stops it, whoever started it. A server that must not outlive its users may not
# inherit the locks, hence the subshells.
pg_start() {
  local gate user
  PGSYS="$ODOO_HOME/pgsys"
  pg_bin >/dev/null || die "no PostgreSQL programs: run script/setup"
  exec {gate}>"$ODOO_HOME/$1.gate.lock" {user}>"$ODOO_HOME/$1.user.lock"
  flock "$gate"
  [ $pg_mode != nobody ] || pg_prepare "$1"
  if ! pg_ready "$1"; then
    if ! (exec {gate}>&- {user}>&-; pg_boot "$1"); then
      [ "$1" = pgtest ] || die "PostgreSQL did not start, see $PG_BASE/$1/data/server.log"
      # fsync is off there: after a crash of the machine it may be beyond repair, and is made anew
      say "PostgreSQL: the test cluster does not start, making a new one"
      pg_wipe "$1"
      (exec {gate}>&- {user}>&-; pg_boot "$1") || die "PostgreSQL did not start"
    fi
  fi
  flock -s "$user"
  exec {gate}>&-
  PG_HELD[$1]=$user
  PGHOST="$(pg_socket "$1")"
  export PGHOST PGUSER=odoo PGPORT=5432
}

# For the EXIT trap: there, a bare 'return' would return the status from before the trap
pg_stop_all() {
  local cluster gate user
  for cluster in "${!PG_HELD[@]}"; do
    user=${PG_HELD[$cluster]}
    exec {gate}>"$ODOO_HOME/$cluster.gate.lock"
    flock "$gate"
    # neither another script nor somebody's psql uses it
    if flock -xn "$user" && [ "$(PGHOST="$(pg_socket "$cluster")" pgx psql -d postgres -Atc "select count(*) from pg_stat_activity
        where backend_type = 'client backend' and pid <> pg_backend_pid()" 2>/dev/null)" = 0 ]; then
      pg_server pg_ctl -D "$PG_BASE/$cluster/data" -s -m fast stop || true
    fi
    exec {gate}>&- {user}>&-
  done
  PG_HELD=()
  return 0
}
