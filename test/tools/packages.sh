# shellcheck shell=bash
# Finds a PostgreSQL server to work with, and installs what is missing.

oldest_version=15
no_cluster_file=/etc/postgresql-common/createcluster.d/corm-no-cluster.conf
no_cluster_written=

# require_packages build [test | diagram]: afterwards PG_CONFIG names a complete server.
require_packages() {
  local missing
  have_apt || [ -n "${PG_CONFIG:-}" ] || PG_CONFIG=$(command -v pg_config || true)
  [ -n "${PG_CONFIG:-}" ] || PG_CONFIG=$(newest_server)
  missing=$(missing_packages "$@")
  if [ -n "$missing" ]; then
    have_apt || explain_missing "$missing"
    # shellcheck disable=SC2086
    apt_install $missing
    [ -n "${PG_CONFIG:-}" ] || PG_CONFIG=$(newest_server)
  fi
  [ -n "$PG_CONFIG" ] || die "no server from version $oldest_version on was found"
  check_server
  export PG_CONFIG
}

have_apt() { command -v apt-get >/dev/null && command -v dpkg-query >/dev/null; }

# The newest version of which both server and development package are there.
newest_server() {
  local dir
  for dir in $(printf '%s\n' /usr/lib/postgresql/*/bin | sort -rV); do
    if is_complete "$dir" && [ "$(major "$dir/pg_config")" -ge $oldest_version ]; then
      echo "$dir/pg_config"
      return
    fi
  done
}

is_complete() {
  [ -x "$1/postgres" ] && [ -x "$1/pg_config" ] && [ -f "$("$1/pg_config" --pgxs)" ]
}

# "PostgreSQL 15.4 (Debian ...)", "PostgreSQL 19rc1" -> 15, 19
major() { "$1" --version | sed 's/^[^0-9]*\([0-9]*\).*/\1/'; }

check_server() {
  local dir
  dir=$("$PG_CONFIG" --bindir) || die "$PG_CONFIG does not run"
  is_complete "$dir" || die "$PG_CONFIG: no server in $dir, or no $("$PG_CONFIG" --pgxs)"
  [ "$(major "$PG_CONFIG")" -ge $oldest_version ] ||
    die "corm needs PostgreSQL $oldest_version or newer, $PG_CONFIG is of $("$PG_CONFIG" --version)"
}

# Without apt only what is needed to build and run is looked for; a suite that
# lacks its tool says so itself.
missing_packages() {
  if have_apt; then
    missing_debian "$@"
  else
    missing_elsewhere "$@"
  fi
}

missing_debian() {
  local version package need
  need="make gcc libc6-dev"
  version=$(wanted_version)
  case ${PG_CONFIG:-/usr/lib/postgresql/} in
    /usr/lib/postgresql/*) need+=" postgresql-$version postgresql-server-dev-$version" ;;
    *) version= ;;
  esac
  if [ "${2:-}" = test ]; then
    need+=" libtap-parser-sourcehandler-pgtap-perl libipc-run-perl ${version:+postgresql-$version-pgtap}"
  fi
  # The fonts have the widths of those that the picture asks for.
  [ "${2:-}" != diagram ] || need+=" graphviz fonts-liberation"
  for package in $need; do
    is_installed "$package" || echo "$package"
  done
}

is_installed() {
  [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

# The version of the server that is there or can be completed, else the newest
# that the distribution has.
wanted_version() {
  local version
  if [ -n "${PG_CONFIG:-}" ]; then
    major "$PG_CONFIG"
    return
  fi
  for version in $(compgen -G '/usr/lib/postgresql/*/bin/postgres' | tr -cd '0-9\n' | sort -rn); do
    if [ "$version" -ge $oldest_version ]; then
      echo "$version"
      return
    fi
  done
  offered_version || { apt_update && offered_version; } ||
    die "apt offers no postgresql-server-dev from version $oldest_version on here: add a source that has one"
}

offered_version() {
  apt-cache search --names-only '^postgresql-server-dev-[0-9]+$' |
    sed 's/^postgresql-server-dev-\([0-9]*\) .*/\1/' | sort -rn |
    awk -v oldest=$oldest_version '$1 >= oldest { print $1; found = 1; exit } END { exit !found }'
}

missing_elsewhere() {
  command -v make >/dev/null || echo make
  command -v cc >/dev/null || command -v gcc >/dev/null || echo "a-C-compiler"
  [ "${2:-}" != diagram ] || command -v dot >/dev/null || echo graphviz
  [ -n "${PG_CONFIG:-}" ] || echo "PostgreSQL-$oldest_version-or-newer-with-server-headers-and-pg_config"
}

explain_missing() {
  say "This machine has no apt. Please install, then run this again:"
  # shellcheck disable=SC2086
  printf '  - %s\n' $1 >&2
  say "The test suites also use: pgTAP with pg_prove, perl with IPC::Run."
  exit 1
}

as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    die "root is needed for: $*"
  fi
}

apt_install() {
  say "Installing (log in build/apt.log): $*"
  if [ "$(id -u)" != 0 ] && ! command -v sudo >/dev/null; then
    die "as root, please run: apt-get install $*"
  fi
  all_offered "$@" || apt_update
  forbid_clusters
  # A package list that is too old names files that are gone: fetch it again.
  apt_get install -y --no-install-recommends "$@" ||
    { apt_update && apt_get install -y --no-install-recommends "$@"; } ||
    { tail -n 30 "$build/apt.log" >&2; die "apt-get could not install: $*"; }
  forbid_clusters_end
}

apt_update() { apt_get update; }

# No questions, no restart of the machine's services.
apt_get() {
  mkdir -p "$build"
  as_root env DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1 apt-get -q -o Dpkg::Use-Pty=0 "$@" >>"$build/apt.log" 2>&1
}

all_offered() {
  local package
  for package; do
    [ -n "$(apt-cache show --no-all-versions "$package" 2>/dev/null)" ] || return 1
  done
}

# A fresh server package would create and start a cluster "main".  This run
# needs none and the machine did not ask for one.
forbid_clusters() {
  local dir=${no_cluster_file%/*}
  no_cluster_written=yes
  as_root mkdir -p "$dir"
  echo 'create_main_cluster = false' | as_root tee "$no_cluster_file" >/dev/null
}

forbid_clusters_end() {
  [ -n "$no_cluster_written" ] || return 0
  as_root rm -f "$no_cluster_file"
  as_root rmdir --ignore-fail-on-non-empty "${no_cluster_file%/*}"
  no_cluster_written=
}
