# shellcheck shell=bash
# The demo database: the packages that this machine knows.

# With apt's lists that is the whole distribution, else what is installed.
load_demo() {
  local list lists=(/var/lib/dpkg/status)
  if [ -x /usr/lib/apt/apt-helper ]; then
    for list in /var/lib/apt/lists/*_Packages /var/lib/apt/lists/*_Packages.*; do
      [ ! -r "$list" ] || lists+=("$list")
    done
  fi
  fill_database demo "${lists[@]}"
}

# Says itself when a step fails: its callers may be in an || list.
fill_database() {
  local database=$1 dir=$work/$1
  shift
  [ -r "$1" ] || die "the demo shows Debian's package database, and there is no $1 here"
  mkdir -p "$dir"
  say "Reading $# package list(s)"
  "$top/test/demo/packages-to-tsv" "$dir" "$@" || return
  say "Loading $(wc -l <"$dir/packages.tsv") packages with $(wc -l <"$dir/dependencies.tsv") dependencies"
  "$bindir/createdb" -T template0 "$database" || return
  demo_psql "$database" -f "$top/test/demo/schema.sql" >/dev/null || return
  (cd "$dir" && demo_psql "$database" -f "$top/test/demo/load.sql" >/dev/null) || return
  rm -r "$dir"
}

demo_psql() {
  local database=$1
  shift
  "$bindir/psql" -X -q -v ON_ERROR_STOP=1 -d "$database" "$@"
}

# Titles, statements and results are one stream.
show_tour() { demo_psql "${1:-demo}" -f "$top/test/demo/tour.sql" 2>&1; }

# As tests: on the status file alone, which every machine has, every statement
# of the tour must work and show something.
demo_steps() {
  local output=$build/log/tour
  fill_database small /var/lib/dpkg/status || { echo "not ok - the status file alone loads"; return 1; }
  echo "ok - the status file alone loads"
  if ! show_tour small >"$output"; then
    echo "not ok - the tour"
    tail -n 20 "$output" | sed 's/^/#   /'
    return 1
  fi
  awk '/^== / { if (title != "") print verdict " - " title; title = substr($0, 4); verdict = "ok" }
       /^(\[\]|\(0 rows\))$/ { verdict = "not ok" }
       END { print verdict " - " title }' "$output"
}
