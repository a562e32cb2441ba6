# shellcheck shell=bash
# A throw-away server with corm installed.
#
# The server runs from a private copy of its program files: PostgreSQL finds
# its libraries and extensions relative to its own binary, so `make install
# DESTDIR=` on top of the copy installs the extension for this server alone.
# That works alike for every version and packager, for initdb and pg_upgrade
# too, where extension_destdir (a Debian patch, up to version 17) and
# extension_control_path (from 18 on) each cover only some.

bindir=      # of the private copy
server_user= # empty: the caller
pg_major=
more_settings= # a function that prints settings beside the usual ones

# Two runs may share the build directory, one after the other.
build_extension() {
  local dir=$build/pg$pg_major id
  mkdir -p "$dir"
  exec 9>"$dir/lock"
  flock 9
  say "Building for PostgreSQL $pg_major in build/pg$pg_major"
  id=$("$PG_CONFIG" --version --bindir --cflags)
  if [ "$id" != "$(cat "$dir/server" 2>/dev/null)" ]; then
    make_in "$dir" clean >/dev/null
    echo "$id" >"$dir/server"
  fi
  make_in "$dir" -j"$(nproc)" all
  make_in "$dir" install DESTDIR="$work/root" >/dev/null
  exec 9>&-
}

# Bitcode is for the JIT compiler, which this server does without.
make_in() {
  local dir=$1
  shift
  make -s -C "$dir" -f "$top/Makefile" PG_CONFIG="$PG_CONFIG" with_llvm=no "$@"
}

copy_server() {
  local from program
  from=$("$PG_CONFIG" --bindir)
  bindir=$work/root$from
  mkdir -p "$bindir"
  # A directory of programs may hold more than the server's.
  for program in postgres initdb psql createdb dropdb createuser dropuser vacuumdb reindexdb clusterdb pgbench; do
    [ ! -x "$from/$program" ] || cp -L "$from/$program" "$bindir/"
  done
  cp -L "$from"/pg_* "$bindir/"
  add_to_copy "$("$PG_CONFIG" --pkglibdir)"
  add_to_copy "$("$PG_CONFIG" --sharedir)"
  chmod -R a+rX "$work/root"
}

add_to_copy() {
  mkdir -p "$work/root$1"
  cp -R "$1/." "$work/root$1/"
}

# PostgreSQL refuses to run as root.
as_server() {
  (
    cd "$work" || exit
    if [ -n "$server_user" ]; then
      runuser -u "$server_user" -- env HOME="$work" "$@"
    else
      "$@"
    fi
  )
}

start_server() {
  if [ "$(id -u)" = 0 ]; then
    server_user=nobody
    ! id postgres >/dev/null 2>&1 || server_user=postgres
  fi
  # Nobody else on the machine may reach the socket: everyone who does is superuser.
  mkdir -m 700 "$work/data" "$work/socket" "$work/home"
  [ -z "$server_user" ] || chown "$server_user" "$work/data" "$work/socket" "$work/home"
  as_server "$bindir/initdb" -D "$work/data" -U postgres -A trust -E UTF8 --locale=C.UTF-8 --no-sync >"$work/initdb.log" 2>&1 ||
    { cat "$work/initdb.log" >&2; die "initdb failed"; }
  server_settings >"$work/postgresql.conf"
  [ -z "$more_settings" ] || "$more_settings" >>"$work/postgresql.conf"
  cat "$work/postgresql.conf" >>"$work/data/postgresql.conf"
  as_server "$bindir/pg_ctl" -D "$work/data" -w -s -l "$work/data/log" start || {
    cat "$work/data/log" >&2
    die "the server did not start"
  }
  export PGHOST=$work/socket PGUSER=postgres PGDATABASE=postgres
}

server_settings() {
  cat <<CONF
listen_addresses = ''
unix_socket_directories = '$work/socket'
unix_socket_permissions = 0700
fsync = off
synchronous_commit = off
full_page_writes = off
jit = off
max_prepared_transactions = 10
maintenance_work_mem = 128MB
max_wal_size = 4GB
timezone = 'UTC'
CONF
}

restart_server() {
  as_server "$bindir/pg_ctl" -D "$work/data" -m fast -w -s -l "$work/data/log" restart || {
    cat "$work/data/log" >&2
    die "the server did not start again"
  }
}

# Nothing of it is kept, so there is nothing to flush.
stop_server() {
  [ -f "$work/data/postmaster.pid" ] || return 0
  as_server "$bindir/pg_ctl" -D "$work/data" -m immediate -s -w stop || true
}
