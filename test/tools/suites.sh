# shellcheck shell=bash
# The test suites.  Each prints what failed and adds what it counted to
# $work/counts; one that cannot run says why, and counts as a failure unless
# there is nothing for it to do.

all_suites=(check build regress untriggered isolation pgtap tap readme demo bench)
suites=()

choose_suites() {
  local name
  for name; do
    [[ " ${all_suites[*]} " == *" $name "* ]] || die "no suite is called $name: ${all_suites[*]}"
  done
  suites=("$@")
  [ $# -gt 0 ] || suites=("${all_suites[@]}")
}

# The last line of the output is the sum, and nothing else.
run_suites() {
  local name status passed failed
  : >"$work/counts"
  mkdir -p "$build/log"
  for name in "${suites[@]}"; do
    echo "== $name"
    status=0
    run_job "suite_$name" || status=$?
    [ $status = 0 ] || { echo "suite $name ended with status $status"; count 0 1; }
  done
  passed=$(awk '{ n += $1 } END { print n + 0 }' "$work/counts")
  failed=$(awk '{ n += $2 } END { print n + 0 }' "$work/counts")
  echo
  echo "$passed passed, $failed failed"
  [ "$passed" -gt 0 ] && [ "$failed" = 0 ]
}

count() { echo "$1 $2" >>"$work/counts"; }

skip() { echo "skipped: $*"; }

# run_tap LOG COMMAND...: counts top-level "ok" and "not ok" lines and shows
# failures with their diagnostics.
run_tap() {
  local log=$build/log/$1 status=0
  shift
  "$@" 2>&1 | tee "$log" | show_tap || status=$?
  count_lines "$log" '^ok [0-9-]' '^not ok [0-9-]' "$status"
}

show_tap() {
  awk '/^not ok/ && !/# TO[D]O/ { print; next }
       /^#  / || /^# Looks like/ || /# SKIP/ || /\.\. skipped/ { print; next }
       /(\.pl|\.sql) \.\.+ *$/ { print }
       { fflush() }'
}

# count_lines LOG PASSED FAILED STATUS: a command that fails without a failed
# test, or passes without any test, is one failure more.
count_lines() {
  local log=$1 passed failed
  passed=$(grep -E "$2" "$log" | grep -vc '# SKIP' || true)
  failed=$(grep -E "$3" "$log" | grep -vc '# TO[D]O' || true)
  if { [ "$4" != 0 ] && [ "$failed" = 0 ]; } || [ "$((passed + failed))" = 0 ]; then
    tail -n 40 "$log"
    failed=$((failed + 1))
  fi
  echo "$passed passed, $failed failed; log: build/log/${log##*/}"
  count "$passed" "$failed"
}

installcheck() {
  local dir=$1
  shift
  make -s -C "$dir" -f "$top/Makefile" PG_CONFIG="$bindir/pg_config" with_llvm=no installcheck "$@"
}

listed() { make -s -C "$work" -f "$top/Makefile" PG_CONFIG="$PG_CONFIG" "print-$1" | grep . || true; }

# What the tests printed stays in build/, to be looked at or taken as expected.
keep_results() {
  local name=$1 dir
  for dir in "$work/$name/results" "$work/$name/output_iso/results"; do
    [ ! -d "$dir" ] || { rm -rf "$build/log/$name.results" && cp -R "$dir" "$build/log/$name.results"; }
  done
}

# Until version 15 "test name ... ok", then "ok 1 - name".
regress_line='^(test|    ) .* \.\.\. |^(not )?ok [0-9]'

run_regress() {
  local name=$1 diffs=$2 log=$build/log/$1 status=0
  shift 2
  mkdir -p "$work/$name"
  installcheck "$work/$name" "$@" 2>&1 | tee "$log" | grep -E --line-buffered "$regress_line" || status=${PIPESTATUS[0]}
  keep_results "$name"
  if [ -s "$work/$name/$diffs" ]; then
    cat "$work/$name/$diffs"
    cp "$work/$name/$diffs" "$build/log/$name.diffs"
  fi
  count_lines "$log" '^(test|    ) .* \.\.\. ok\>|^ok [0-9]' '^(test|    ) .* \.\.\. (FAILED|failed)|^not ok [0-9]' "$status"
}

suite_check() { run_tap check "$top/test/tools/check"; }

# Warnings are errors here, with every compiler that is there.
suite_build() { run_tap build compile_strictly; }

compile_strictly() {
  local compiler dir header status=0
  for compiler in gcc "$(newest_clang)"; do
    [ -n "$compiler" ] || { echo "ok - clang # SKIP no clang on this machine"; continue; }
    dir=$build/strict-$pg_major-${compiler##*/}
    mkdir -p "$dir"
    if flock "$dir" make -s -C "$dir" -f "$top/Makefile" PG_CONFIG="$PG_CONFIG" with_llvm=no \
      CC="$compiler" WERROR=1 -j"$(nproc)" all 2>&1 | sed 's/^/#   /'; then
      echo "ok - builds without warnings: $compiler"
    else
      echo "not ok - builds without warnings: $compiler"
      status=1
    fi
  done
  for header in "$top"/src/*.h; do
    if printf '#include "postgres.h"\n#include "%s"\n' "$header" |
      gcc -fsyntax-only -Wall -Werror -I"$("$PG_CONFIG" --includedir-server)" -I"$top/src" -xc - 2>&1 | sed 's/^/#   /'; then
      echo "ok - compiles alone: ${header##*/}"
    else
      echo "not ok - compiles alone: ${header##*/}"
      status=1
    fi
  done
  return $status
}

newest_clang() {
  command -v clang || printf '%s\n' /usr/bin/clang-[0-9]* | grep -E 'clang-[0-9]+$' | sort -rV | head -n 1
}

suite_regress() { run_regress regress regression.diffs ISOLATION= TAP_TESTS=; }

# Nothing may depend on the event triggers: the same tests and output without.
suite_untriggered() {
  "$bindir/createdb" -T template0 untriggered
  "$bindir/psql" -X -q -v ON_ERROR_STOP=1 -d untriggered -c 'CREATE EXTENSION corm' \
    -c 'ALTER EVENT TRIGGER corm_sql_drop DISABLE' -c 'ALTER EVENT TRIGGER corm_ddl_command_end DISABLE'
  run_regress untriggered regression.diffs ISOLATION= TAP_TESTS= \
    REGRESS_OPTS='--use-existing --load-extension=corm --dbname=untriggered'
}

suite_isolation() {
  [ -n "$(listed isolation)" ] || { skip "no isolation specs"; return; }
  run_regress isolation output_iso/regression.diffs REGRESS= TAP_TESTS=
}

suite_pgtap() {
  compgen -G "$top/test/pgtap/*.sql" >/dev/null || { skip "no pgTAP files"; return; }
  if ! command -v pg_prove >/dev/null || [ ! -f "$("$bindir/pg_config" --sharedir)/extension/pgtap.control" ]; then
    echo "pgTAP for PostgreSQL $pg_major, or pg_prove, is not installed"
    return 1
  fi
  run_tap pgtap make -s -C "$work" -f "$top/Makefile" PG_CONFIG="$bindir/pg_config" PG_PROVE_OPTS='--verbose --merge' pgtap
}

# The TAP tests start servers, so they run as the server's user, who may not
# be able to read the checkout, nor the real schemas that some read: CORM_DATA
# says where those are.
suite_tap() {
  compgen -G "$top/test/tap/*.pl" >/dev/null || { skip "no TAP tests"; return; }
  perl -MIPC::Run -e 1 2>/dev/null || { echo "perl module IPC::Run is not installed"; return 1; }
  mkdir -p "$work/tap"
  cp -R "$top/Makefile" "$top/corm.control" "$top/src" "$top/sql" "$top/test" "$work/tap/"
  [ ! -d "${CORM_DATA:=$top/../shared/data}" ] || cp -R "$CORM_DATA" "$work/tap/data"
  [ -z "$server_user" ] || chown -R "$server_user" "$work/tap"
  run_tap tap as_server env -u PGHOST -u PGUSER -u PGDATABASE CORM_DATA="$work/tap/data" \
    make -s -C "$work/tap" PG_CONFIG="$bindir/pg_config" with_llvm=no \
    PROVE_FLAGS='--verbose --merge' installcheck REGRESS= ISOLATION=
}

suite_readme() {
  [ -f "$top/README.md" ] || { skip "no README.md"; return; }
  "$bindir/createdb" -T template0 readme
  PGDATABASE=readme run_tap readme "$top/test/tools/readme-examples" "$bindir/psql" "$top/README.md"
}

# With the packages of this machine alone, which every machine has.
suite_demo() { run_tap demo demo_steps; }

# At a size where nothing takes time: every script runs and answers alike.
suite_bench() { run_tap bench bench_steps; }
