# shellcheck shell=bash
# The benchmark: corm against every good hand-written form of each workload.
#
# A workload is a directory of pgbench scripts, one per way to do it: those
# called corm* are corm's, the others are the hand-written ones.  All of them
# run interleaved in one pgbench run, so that what else the machine does hits
# all alike; only ratios within a run are compared.  Before anything is
# measured, every script must give the same answer for the same keys.

bench_workloads=(w1 w2 w3 w3_array w4 w5 w6 w7 w8 w9 w10 w11 w12)
bench_settings=(prepared literal one_processor literal_one_processor two_clients literal_two_clients first_call first_call_preloaded churned)
bench_settings_known=("${bench_settings[@]}")
bench_dir=$top/test/bench
bench_authors=20000
bench_rounds=3
bench_seconds=4
bench_growth=3  # sizes: 1, 10, 100 times
bench_checks=12 # keys for which answers are compared
bench_out=$build/bench
bench_keep=
bench_pin=() # what pgbench is started by

bench_usage() {
  cat >&2 <<'HELP'
usage: ./run bench [OPTION...]        corm against hand-written SQL, about 45 minutes
       ./run bench peers [OPTION...]  corm against other libraries, installed into build/

  --quick          about 2 minutes: one round, fewer settings
  --authors N      size of the data: N authors, 20 N posts, 60 N links (20000)
  --rounds N       medians of so many runs (3)
  --seconds N      for one workload in one round; slow workloads take 2 or 3 times that (4)
  --only NAME,...  workloads: w1 w2 w3 w3_array w4 w5 w6 w7 w8 w9 w10 w11 w12
  --settings S,..  prepared literal one_processor literal_one_processor two_clients
                   literal_two_clients first_call first_call_preloaded churned
  --keep           copy the reports to test/bench/results/, too
Results: build/bench/.
HELP
}

# Sets the variables above.
bench_options() {
  while [ $# -gt 0 ]; do
    case $1 in
      --quick)
        bench_rounds=1 bench_seconds=1 bench_growth=2
        bench_settings=(prepared literal)
        ;;
      --keep) bench_keep=yes ;;
      --authors | --rounds | --seconds | --only | --settings)
        [ $# -ge 2 ] || die "$1 wants a value"
        bench_option "$1" "$2"
        shift
        ;;
      help | -h | --help) bench_usage; exit 0 ;;
      *) bench_usage; exit 2 ;;
    esac
    shift
  done
}

bench_option() {
  local name
  case $1 in
    --only)
      IFS=, read -ra bench_workloads <<<"$2"
      for name in "${bench_workloads[@]}"; do
        [ -d "$bench_dir/workloads/$name" ] || die "no workload is called $name"
      done
      ;;
    --settings)
      IFS=, read -ra bench_settings <<<"$2"
      for name in "${bench_settings[@]}"; do
        [[ " ${bench_settings_known[*]} " == *" $name "* ]] || die "no setting is called $name"
      done
      ;;
    *)
      [[ $2 =~ ^[1-9][0-9]*$ ]] || die "$1 wants a number"
      printf -v "bench_${1#--}" %s "$2"
      ;;
  esac
  [ "$bench_authors" -ge 200 ] || die "--authors is at least 200"
}

# Everything fits into shared_buffers, and nothing runs in the background.
bench_server_settings() {
  cat <<'CONF'
shared_buffers = 1GB
autovacuum = off
max_parallel_workers_per_gather = 0
checkpoint_timeout = 1h
CONF
}

bench_psql() { "$bindir/psql" -X -q -A -t -v ON_ERROR_STOP=1 -d bench "$@"; }

# A statement that takes this long is a failure, not a measurement.
bench_pgbench() { PGOPTIONS='-c statement_timeout=2min' "${bench_pin[@]}" "$bindir/pgbench" -n "$@"; }

bench_load() {
  say "Loading $bench_authors authors, $((bench_authors * 20)) posts, $((bench_authors * 60)) links"
  "$bindir/createdb" -T template0 bench || return
  bench_psql -v authors="$bench_authors" -f "$bench_dir/data.sql" >/dev/null || return
  bench_psql -c "CREATE EXTENSION pg_prewarm" && bench_warm
}

bench_warm() {
  bench_psql -c "SELECT count(pg_prewarm(oid)) FROM pg_class WHERE relkind IN ('r', 'i') AND relnamespace = 'public'::regnamespace" >/dev/null
}

# bench_processors LIST: where the server and all its processes run.
bench_processors() {
  taskset -acp "$1" "$(head -n 1 "$work/data/postmaster.pid")" >/dev/null
}

# The processors that this process may run on: "0-3", or the first of them.
bench_own_processors() { sed -n 's/^Cpus_allowed_list:\s*//p' /proc/self/status; }
bench_one_processor() { bench_own_processors | grep -o '^[0-9]*'; }

# bench_restart CHANGE: the server again, by ALTER SYSTEM CHANGE.
bench_restart() { bench_psql -c "ALTER SYSTEM $1" && restart_server && bench_warm; }

# bench_stage DIR MANY: the scripts with the sizes filled in, for a client that
# prepares its statements, and in literal/ for one that writes the values in.
bench_stage() {
  local dir=$1 many=$2 categories=$((bench_authors / 10)) workload file
  [ $categories -ge 20 ] || categories=20
  for workload in "${bench_workloads[@]}"; do
    mkdir -p "$dir/prepared/$workload" "$dir/literal/$workload"
    for file in "$bench_dir/workloads/$workload"/*; do
      sed -E "s/:authors\>/$bench_authors/g; s/:categories\>/$categories/g; s/:many\>/$many/g" \
        "$file" >"$dir/prepared/$workload/${file##*/}"
      sed -E "s/' \|\| (:[a-z]+) \|\| '/\1/g; s/\('cat-' \|\| :k\)/'cat-:k'/
        s/\(('[^']*')\)::jsonb/\1/; s/replace\('/'/; s/\[\?\]/[:c, :d, :e]/; s/\]\}',$/]}'/; s/^\t'\?', .*\)(::jsonb\);)$/\t\1/" \
        "$dir/prepared/$workload/${file##*/}" >"$dir/literal/$workload/${file##*/}"
    done
  done
}

bench_many() { echo $((bench_authors / 10)); }

# Equal answers, or nothing is measured.
bench_check() {
  local workload mode file form first answers status=0
  for workload in "${bench_workloads[@]}"; do
    first=
    for mode in prepared literal; do
      for file in "$bench_dir/workloads/$workload"/*.sql; do
        form="$(basename "$file" .sql), $mode,"
        answers=$work/bench/answers
        bench_answers "$workload" "$work/bench/stage/$mode/$workload/${file##*/}" "$mode" >"$answers" ||
          { echo "not ok - $workload $form runs"; status=1; continue; }
        if ! grep -q . "$answers" || grep -qx 'none' "$answers"; then
          echo "not ok - $workload $form has an answer for every key"
          status=1
        elif [ -z "$first" ]; then
          first=$form
          mv "$answers" "$answers.first"
          echo "ok - $workload $form has an answer for every key"
        elif cmp -s "$answers.first" "$answers"; then
          echo "ok - $workload $form answers as $first does"
        else
          echo "not ok - $workload $form answers as $first does"
          diff "$answers.first" "$answers" | sed 's/^/#   /' | head -n 6
          status=1
        fi
      done
    done
  done
  return $status
}

# bench_answers WORKLOAD SCRIPT MODE: a line for each sampled key, a hash of the
# answer as jsonb.  Of a workload that writes: of the state that it leaves, in a
# transaction that is undone.
bench_answers() {
  local state=$work/bench/stage/prepared/$1/state script=$work/bench/answered.sql key keys
  keys=$bench_checks
  case $1 in w3* | w9) keys=2 ;; esac
  for ((key = 1; key <= keys; key++)); do
    bench_with_keys "$2" "$3" $key >"$script"
    grep '^\\' "$script"
    if [ ! -f "$state" ]; then
      printf 'SELECT CASE WHEN r IN (%s) THEN %s ELSE md5(r::text) END FROM (SELECT %s AS r FROM (\n' \
        "'[]', '[[]]'" "'none'" "coalesce($(bench_collect "$1"), '[]')"
      grep -v '^\\' "$script" | sed 's/;$//'
      printf ') AS x%s) AS y;\n' "$([ "$1" = w4 ] || echo '(o)')"
    else
      echo 'BEGIN;'
      bench_with_state "$1" "$script" "$state"
      echo 'ROLLBACK;'
    fi
  done | bench_psql -f -
}

# Rows of documents are a list, typed rows a set.
bench_collect() {
  if [ "$1" = w4 ]; then echo 'jsonb_agg(to_jsonb(x) ORDER BY x.id)'; else echo 'jsonb_agg(to_jsonb(o))'; fi
}

# bench_with_keys SCRIPT MODE KEY: the script with a value for each variable that it
# sets, of a random one: spread over its range.  Where values are written in, they are
# where pgbench would write them, in strings too.
bench_with_keys() {
  local name expression known
  local -A value=()
  while read -r _ name expression; do
    expression=$(sed -E "s/random\(([^,]*), ([^)]*)\)/((\1) + ((\2) - (\1)) * ($3 - 1) \/ $bench_checks)/" <<<"$expression")
    for known in "${!value[@]}"; do
      expression=${expression//:$known/${value[$known]}}
    done
    value[$name]=$((expression))
    [ "$2" = literal ] || echo "\\set $name ${value[$name]}"
  done < <(grep '^\\set ' "$1")
  if [ "$2" = literal ]; then
    grep -v '^\\' "$1" | sed -E "$(for name in "${!value[@]}"; do echo "s/(^|[^:]):$name\>/\1${value[$name]}/g;"; done)"
  else
    grep -v '^\\' "$1"
  fi
}

# The state after each statement must be equal, but where one statement stands
# against several: then what they leave.  A transaction of the script's own is
# part of the one that is undone.
bench_with_state() {
  local state
  state=$(cat "$3")
  sed -E '/^\\set/d; /^(BEGIN|COMMIT);$/d; s/;$/\\g \/dev\/null/' "$2" | awk -v state="$state" -v each="$([ "$1" != w7 ] || echo yes)" '
    { print }
    each && /\/dev\/null$/ { print state }
    END { if (!each) print state }'
}

# bench_measure SETTING ROUND: one pgbench run for each workload, in a server that is
# as the setting wants it.
bench_measure() {
  case $1 in
    *one_processor)
      bench_pin=(taskset -c "$(bench_one_processor)")
      bench_processors "$(bench_one_processor)" && bench_pgbench_runs "$@" && bench_processors "$(bench_own_processors)" || return
      bench_pin=()
      ;;
    *preloaded)
      bench_restart "SET shared_preload_libraries = corm" && bench_pgbench_runs "$@" &&
        bench_restart "RESET shared_preload_libraries"
      ;;
    *) bench_pgbench_runs "$@" ;;
  esac
}

# With a new connection for each call, connecting is not part of its time.
bench_pgbench_runs() {
  local setting=$1 round=$2 workload mode=prepared clients=1 seconds connect=()
  case $setting in
    literal*) mode=simple ;;
    first_call*) mode=simple connect=(-C) ;;
  esac
  case $setting in *two_clients) clients=2 ;; esac
  for workload in "${bench_workloads[@]}"; do
    case $workload in
      w3* | w9) seconds=$((bench_seconds * 3)) ;;
      w2 | w5) seconds=$((bench_seconds * 2)) ;;
      *) seconds=$bench_seconds ;;
    esac
    bench_run "$setting" "$round" "$workload" "$mode" "${connect[@]}" -c "$clients" -j "$clients" -T "$seconds" || return
    case $workload in w7 | w8 | w9) bench_clean "$setting" || return ;; esac
  done
}

# bench_run SETTING ROUND WORKLOAD MODE PGBENCH-ARGUMENT...: adds a line per
# script to times.tsv: setting, workload, variant, round, calls, median.
bench_run() {
  local setting=$1 round=$2 workload=$3 mode=$4 dir=$work/bench/stage/prepared file names=() scripts=()
  shift 4
  [ "$mode" != simple ] || dir=$work/bench/stage/literal
  for file in "$dir/$workload"/*.sql; do
    scripts+=(-f "$file")
    names+=("$(basename "$file" .sql)")
  done
  rm -f "$work"/bench/log.*
  bench_pgbench -M "$mode" --random-seed="$round" -l --log-prefix="$work/bench/log" "$@" \
    "${scripts[@]}" bench >"$work/bench/pgbench.out" 2>&1 ||
    { cat "$work/bench/pgbench.out" >&2; return 1; }
  bench_medians "${names[@]}" | sed "s/^/$setting\t$workload\t/; s/@/$round/" >>"$bench_out/times.tsv"
}

# Log lines are: client, transaction, microseconds, script, time.
bench_medians() {
  cat "$work"/bench/log.* | sort -k4,4n -k3,3n | awk -v names="$*" '
    function out() { if (n) print name[script + 1] "\t@\t" n "\t" t[int((n + 1) / 2)] }
    BEGIN { split(names, name, " ") }
    $4 != script { out(); n = 0; script = $4 }
    { t[++n] = $3 }
    END { out() }'
}

# What a workload has written goes, so that the next run finds the same tables.
# The churned ones stay unvacuumed.
bench_clean() {
  bench_psql -c "DELETE FROM post WHERE id > $bench_authors * 20" \
    -c "DELETE FROM author WHERE id > $bench_authors" \
    -c "DELETE FROM post_category WHERE category_id > greatest($bench_authors / 10, 20)" \
    -c "TRUNCATE note" >/dev/null || return
  [ "$1" = churned ] || bench_psql -c "VACUUM author, post, post_category"
}

# Time and memory while the number of rows grows: streamed and as one array.
bench_grow() {
  local size many pass workload file name form
  for ((size = 0; size < bench_growth; size++)); do
    many=$((bench_authors / 100 * 10 ** size))
    for workload in w3 w3_array; do
      for name in corm array; do
        mkdir -p "$work/bench/grow"
        file=$work/bench/grow/$workload.$name.sql
        sed "s/:authors\>/$bench_authors/; s/:many\>/$many/g" "$bench_dir/workloads/$workload/$name.sql" >"$file"
      done
    done
    rm -f "$work"/bench/log.*
    for pass in 1 2 3; do
      for form in w3.corm w3.array w3_array.corm w3_array.array; do
        bench_pgbench -M prepared --random-seed="$pass" -t 2 -l --log-prefix="$work/bench/log.$form" \
          -f "$work/bench/grow/$form.sql" bench >"$work/bench/pgbench.out" 2>&1 || { cat "$work/bench/pgbench.out" >&2; return 1; }
      done
    done
    for form in w3.corm w3.array w3_array.corm w3_array.array; do
      printf '%s\t%s\t%s\t%s\n' "$((many * 20))" "${form/./$'\t'}" \
        "$(sort -k3,3n "$work/bench/log.$form".* | awk '{ t[++n] = $3 } END { print t[int((n + 1) / 2)] }')" \
        "$(bench_peak "$work/bench/grow/$form.sql")" >>"$bench_out/growth.tsv"
    done
  done
}

# The most private memory that the backend had, in kB: its peak, reset after a
# first run, less what is shared and mapped by then.
bench_peak() {
  {
    echo 'SELECT pg_backend_pid() AS pid \gset'
    echo '\setenv BACKEND :pid'
    printf '\\set k 0\n\\o /dev/null\n'
    grep -v '^\\' "$1"
    echo '\! echo 5 >/proc/$BACKEND/clear_refs'
    grep -v '^\\' "$1"
    echo '\! cat /proc/$BACKEND/status'
  } | bench_psql -f - | awk '
    /^VmHWM:/ { peak = $2 } /^Rss(File|Shmem):/ { mapped += $2 }
    END { print (peak ? peak - mapped : "") }'
}

bench_machine() {
  printf 'date\t%s\n' "$(date -u +%Y-%m-%d)"
  printf 'machine\t%s, %s cores, %s GiB\n' \
    "$(sed -n 's/^model name[^:]*: *//p' /proc/cpuinfo 2>/dev/null | head -n 1)" "$(nproc)" \
    "$(awk '/^MemTotal/ { print int($2 / 1048576 + 0.5) }' /proc/meminfo 2>/dev/null)"
  printf 'server\t%s\n' "$("$bindir/postgres" --version | sed 's/.*) //')"
  printf 'corm\t%s\n' "$(bench_psql -c 'SELECT corm.version()')"
  printf 'data\t%s authors, %s posts, %s links\n' "$bench_authors" "$((bench_authors * 20))" "$((bench_authors * 60))"
  printf 'rounds\t%s of %s s and more\n' "$bench_rounds" "$bench_seconds"
  printf 'load\t%s\n' "$(cut -d' ' -f1-3 /proc/loadavg 2>/dev/null)"
}

bench_start() {
  [ -x "$bindir/pgbench" ] || die "pgbench is not among the server's programs"
  mkdir -p "$work/bench" "$bench_out"
  rm -f "$bench_out"/*.tsv
  bench_load || return
  bench_stage "$work/bench/stage" "$(bench_many)"
}

# In a job of its own, so that an interrupt ends it.
bench_all() {
  local setting round
  bench_start || return
  bench_checked || return
  bench_machine >"$bench_out/machine.tsv"
  if [ "$bench_growth" -gt 0 ]; then
    say "Growing"
    bench_grow || return
  fi
  for setting in "${bench_settings[@]}"; do
    if [ "$setting" = churned ]; then
      say "Churning"
      bench_psql -f "$bench_dir/churn.sql" && bench_checked || return
    fi
    for ((round = 1; round <= bench_rounds; round++)); do
      say "Measuring: $setting, round $round of $bench_rounds"
      bench_measure "$setting" "$round" || return
    done
  done
  printf 'load after\t%s\n' "$(cut -d' ' -f1-3 /proc/loadavg 2>/dev/null)" >>"$bench_out/machine.tsv"
  "$bench_dir/report" "$bench_out" || return
  bench_kept report.md chart.svg
}

# What the README shows.
bench_kept() {
  local name
  [ -n "$bench_keep" ] || return 0
  mkdir -p "$bench_dir/results"
  for name; do
    cp "$bench_out/$name" "$bench_dir/results/"
  done
}

bench_checked() {
  say "Comparing answers"
  bench_check >"$bench_out/checks" ||
    { grep -v '^ok' "$bench_out/checks" >&2; say "Answers differ: nothing is measured"; return 1; }
}

# As tests: everything runs, answers are equal, before and after the churn.
bench_steps() {
  bench_authors=200 bench_rounds=1 bench_growth=1 bench_checks=3
  bench_out=$work/bench/out
  bench_start || { echo "not ok - the data loads"; return 1; }
  echo "ok - the data loads"
  bench_check || return 1
  bench_machine >"$bench_out/machine.tsv"
  bench_tiny prepared prepared && bench_tiny literal simple || return 1
  bench_psql -f "$bench_dir/churn.sql" || { echo "not ok - churning"; return 1; }
  bench_check || return 1
  bench_tiny churned prepared || return 1
  if bench_grow && "$bench_dir/report" "$bench_out" >/dev/null; then
    echo "ok - growth and report"
  else
    echo "not ok - growth and report"
    return 1
  fi
}

# No time is looked at: some calls, of every script.
bench_tiny() {
  local workload
  for workload in "${bench_workloads[@]}"; do
    if bench_run "$1" 1 "$workload" "$2" -t 40; then
      echo "ok - $workload runs, $1"
    else
      echo "not ok - $workload runs, $1"
      return 1
    fi
  done
  bench_clean "$1"
}
