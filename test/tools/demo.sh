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

fill_database() {
  local database=$1 dir=$work/$1
  shift
  [ -r "$1" ] || die "the demo shows Debian's package database, and there is no $1 here"
  mkdir -p "$dir"
  say "Reading $# package list(s)"
  "$top/test/demo/packages-to-tsv" "$dir" "$@"
  say "Loading $(wc -l <"$dir/packages.tsv") packages with $(wc -l <"$dir/dependencies.tsv") dependencies"
  "$bindir/createdb" -T template0 "$database"
  demo_psql "$database" -f "$top/test/demo/schema.sql" >/dev/null
  (cd "$dir" && demo_psql "$database" -f "$top/test/demo/load.sql" >/dev/null)
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
  local output=$build/log/tour steps
  fill_database small /var/lib/dpkg/status && echo "ok - the status file alone loads" || return
  if ! show_tour small >"$output"; then
    echo "not ok - the tour"
    tail -n 20 "$output" | sed 's/^/#   /'
    return 1
  fi
  steps=$(grep -c '^== ' "$output")
  grep '^== ' "$output" | sed 's/^== /ok - /'
  if grep -qE '^(\(0 rows\)|\[\])$' "$output"; then
    echo "not ok - a step of the tour shows nothing"
    return 1
  fi
  [ "$steps" -gt 0 ]
}
