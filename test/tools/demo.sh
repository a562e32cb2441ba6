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

# The picture of the demo's models that the README shows.
draw_diagram() {
  dot_of_models >"$work/diagram.dot" || return
  dot -Tsvg -o "$top/test/demo/diagram.svg" "$work/diagram.dot" || return
  say "Drawn: test/demo/diagram.svg"
}

# Models need no rows to be drawn.  As in the tour, one schema is adopted.
dot_of_models() {
  "$bindir/createdb" -T template0 diagram || return
  demo_psql diagram -f "$top/test/demo/schema.sql" >/dev/null || return
  demo_psql diagram -c "SELECT corm.adopt('accounts')" >/dev/null || return
  demo_psql diagram -At -c "SELECT corm.diagram('dot')"
}

# What can be read in the picture, and what stands in the text it is drawn from:
# names of nodes and edges, labels, columns and types, one a line.
words_of_svg() {
  sed -n 's/.*<title>\(.*\)<\/title>.*/title \1/p
    s/.*<text[^>]*>\(.*\)<\/text>.*/\1/p' "$1" |
    sed 's/&#45;/-/g; s/:[ew]//g' | trim_words
}

words_of_dot() {
  sed 's/^\(\t*"[^"]*"\):[a-z0-9]*:[ew] -> \("[^"]*"\):[a-z0-9]*:[ew]/\1 -> \2/' "$1" |
    sed -n 's/^digraph \(.*\) {$/title \1/p
      s/^\t*"\(.*\)" \[label=<<.*/title \1/p
      s/^\t*subgraph "\(.*\)" {$/title \1/p
      /" -> "/ { s/^\t*"\(.*\)" -> "\(.*\)" \[.*label="\(.*\)"\];$/title \1-\&gt;\2\n\3/; s/\\n/\n/g; p }
      s/^\t*color=.*; label="\(.*\)";$/\1/p
      /^\t*<TR>/ { s/<[^>]*>/\n/g; p }' | trim_words
}

trim_words() { sed 's/^[[:blank:]]*//; s/[[:blank:]]*$//' | grep . | LC_ALL=C sort; }

# As tests: on the status file alone, which every machine has, every statement
# of the tour must work and show something.
demo_steps() {
  local output=$build/log/tour status=0
  picture_is_current || status=1
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
  return $status
}

# The drawing program is not needed for it.
picture_is_current() {
  local dot=$work/diagram.dot
  if dot_of_models >"$dot" &&
    diff <(words_of_dot "$dot") <(words_of_svg "$top/test/demo/diagram.svg") >"$work/diagram.diff"; then
    echo "ok - the picture shows the models of today"
  else
    echo "not ok - the picture shows the models of today"
    echo "#   ./run diagram draws it anew"
    head -n 20 "$work/diagram.diff" | sed 's/^/#   /'
    return 1
  fi
}
