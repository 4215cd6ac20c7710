#!/usr/bin/env bash
# Loads PostgreSQL side by side with psql's \copy of the same rows. What is compared stands in bench/README.md.
set -euo pipefail

usage() {
    cat <<'TEXT'
Usage: bench/postgres.sh [OPTION...]

  --size SIZE    size of the generated data set, all files together (default 1GB)
  --runs N       measured runs of each row (default 5); the median counts
  --cpus LIST    cores for the server and its clients together, such as 0,1 (default all)
  --build        builds the native binary first
  --help         this text

Starts a PostgreSQL server of its own in a temporary folder, on a socket there and on no port; as root it runs as the
user postgres. Results go to bench/results/. Do not run anything else meanwhile. HEALTH_INGESTION names another binary.
TEXT
}

# shellcheck disable=SC2034 # tools/runs.sh uses them
size=1GB peer_packages=() peer_modules=() known_options='size runs cpus build'
# shellcheck source=bench/tools/runs.sh
. "$(dirname "${BASH_SOURCE[0]}")/tools/runs.sh"
parse_options "$@"

# The server and all clients are children of this script.
[[ -z $cpus ]] || taskset -pc "$cpus" $$ >/dev/null || { say "--cpus must be a list of cores"; exit 2; }
unset PGHOST PGPORT PGDATABASE PGUSER PGOPTIONS PGSERVICE
build_all
binaries=$(find /usr/lib/postgresql -name initdb -path '*/bin/*' 2>/dev/null | sort -V | tail -n 1 | xargs -r dirname)
[[ -n $binaries ]] || fail "needs a PostgreSQL server (Debian: postgresql)"
command -v psql >/dev/null || fail "needs psql (Debian: postgresql-client)"

# ---- server ----------------------------------------------------------------------------------------------------------

# Not in artifacts/bench: the user postgres may not be able to reach it.
work=$(mktemp -d "${TMPDIR:-/tmp}/fastingest-bench-pg.XXXXXX")
chmod 755 "$work"
owner=()
if [[ $(id -u) == 0 ]]; then
    owner=(setpriv --reuid postgres --regid postgres --clear-groups)
    install -d -o postgres -g postgres "$work/server"
else
    mkdir "$work/server"
fi
postmaster=
stop() {
    if [[ -n $postmaster ]]; then
        kill -INT "$postmaster" 2>/dev/null || true
        wait "$postmaster" 2>/dev/null || true
    fi
    rm -rf "$work"
}
trap stop EXIT
trap 'exit 130' INT TERM

# What is not said here is the default; durability is on. The log tells when each statement ended and how long it took.
settings=(shared_buffers=512MB max_wal_size=8GB autovacuum=off)
(cd / && "${owner[@]}" "$binaries/initdb" -D "$work/server/data" -U bench -A trust -E UTF8 --locale=C -N >/dev/null)
(cd / && exec "${owner[@]}" "$binaries/postgres" -D "$work/server/data" -k "$work/server" -c listen_addresses= -c unix_socket_permissions=0777 \
    "${settings[@]/#/--}" --log_min_duration_statement=0 --log_line_prefix='%n %p ' --log_destination=stderr) >"$work/log" 2>&1 &
postmaster=$!
sql() { psql -h "$work/server" -U bench -d postgres -qXAt -v ON_ERROR_STOP=1 "$@"; }
for ((i = 0; ; i++)); do
    sql -c 'SELECT 1' >/dev/null 2>&1 && break
    kill -0 "$postmaster" 2>/dev/null && ((i < 600)) || fail "the server does not start: $(tail -n 1 "$work/log")"
    sleep 0.1
done
postmaster_id=$(head -n 1 "$work/server/data/postmaster.pid")
url="postgres://bench@/postgres?host=$work/server"

# ---- data ------------------------------------------------------------------------------------------------------------

say "generating $size"
"$native" generate "$work/data" --size "$size" --quiet
rates=$work/data/heart_rate.json

load_before=$(cut -d ' ' -f 1-3 /proc/loadavg)

# ---- measuring -------------------------------------------------------------------------------------------------------

ticks=$(getconf CLK_TCK)
# CPU seconds of the server: of sessions that ended, and of the processes it has now.
server_cpu() {
    local stat id sum=0 fields
    for id in "$postmaster_id" $(ps -o pid= --ppid "$postmaster_id"); do
        stat=$(cat "/proc/$id/stat" 2>/dev/null) || continue
        read -ra fields <<<"${stat##*) }"
        ((sum += fields[11] + fields[12])) || true
        [[ $id != "$postmaster_id" ]] || ((sum += fields[13] + fields[14])) || true
    done
    awk -v s=$sum -v t="$ticks" 'BEGIN { print s / t }'
}

# From the beginning of the first statement of the log since line $1 that matches $2 to the end of the last one that
# matches $3, and the commit.
phase() {
    tail -n +"$1" "$work/log" | awk -v first="$2" -v last="$3" '
        match($0, /duration: [0-9.]+ ms/) {
            end = $1; ms = substr($0, RSTART + 10, RLENGTH - 13)
            if (!start && $0 ~ first) start = end - ms / 1000
            if ($0 ~ last) stop = end
            else if ($0 ~ /: COMMIT$/) stop += ms / 1000
        }
        END { printf "%.4f", stop - start }'
}

# run JOB CONTENDER ROUND FIRST LAST COMMAND...: a line of raw.tsv: job, contender, round, wall, user + system, server, phase
run() {
    local job=$1 contender=$2 round=$3 first=$4 last=$5 line before wall user system
    shift 5
    sync
    sql -c CHECKPOINT
    sleep 0.2
    line=$(($(wc -l <"$work/log") + 1))
    before=$(server_cpu)
    local TIMEFORMAT='%R %U %S'
    { time "$@" >"$work/stdout" 2>"$work/stderr" || fail "$contender failed: $(head -n 1 "$work/stderr")"; } 2>"$work/time"
    read -r wall user system <"$work/time"
    sleep 0.2
    printf '%s\t%s\t%s\t%s\t%s\t%s\t%s\n' "$job" "$contender" "$round" "$wall" \
        "$(awk -v u="$user" -v s="$system" 'BEGIN { print u + s }')" \
        "$(awk -v a="$(server_cpu)" -v b="$before" 'BEGIN { print a - b }')" "$(phase $line "$first" "$last")" >>"$work/raw.tsv"
}

schema() {
    sql -c "SET client_min_messages = warning" -c "DROP SCHEMA IF EXISTS $1 CASCADE"
    "$native" schema --schema "$1" | sql -f - >/dev/null 2>&1
}

# months TO FROM: the partitions of another schema
months() {
    sql -c "SELECT format('CREATE TABLE $1.%I PARTITION OF $1.heart_rate %s;', c.relname, pg_get_expr(c.relpartbound, c.oid))
        FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = '$2.heart_rate'::regclass AND c.relname ~ '[0-9]'" | sql -f -
}

load() { "$native" "$@" --quiet --to "$url" --rejects "$work/rejects.ndjson"; }

# The rows, ready-made, in the order of the input; as the server itself would take them in again.
say "making the rows"
schema source
load "$work/data" --schema source --records
sql -c "\\copy (SELECT * FROM source.daily_summaries ORDER BY user_id, date) TO '$work/summaries.bin' (FORMAT BINARY)"
sql -c "\\copy (SELECT * FROM source.heart_rate ORDER BY user_id, ts) TO '$work/rates.bin' (FORMAT BINARY)"
rows_summaries=$(sql -c 'SELECT count(*) FROM source.daily_summaries')
rows_rates=$(sql -c 'SELECT count(*) FROM source.heart_rate')
cat "$work"/data/*.json "$work"/*.bin >/dev/null

: >"$work/raw.tsv"
one_round() {
    schema ours
    run summaries fastingest "$1" 'COPY pg_temp|COPY "ours"' ': COMMIT$' load "$work/data" --schema ours
    schema theirs
    run summaries psql-copy "$1" 'COPY *theirs' 'COPY *theirs' sql -c "\\copy theirs.daily_summaries FROM '$work/summaries.bin' (FORMAT BINARY)"
    schema ours
    run heart_rate fastingest "$1" 'COPY "ours"."heart_rate' 'COPY "ours"."heart_rate' load "$rates" --schema ours --records
    schema theirs
    months theirs source
    run heart_rate psql-copy "$1" 'COPY *theirs' 'COPY *theirs' sql -c "\\copy theirs.heart_rate FROM '$work/rates.bin' (FORMAT BINARY)"
    schema theirs
    sql -c 'DROP TABLE theirs.heart_rate' -c 'CREATE TABLE theirs.heart_rate (user_id text COLLATE "C" NOT NULL, ts timestamp NOT NULL, value double precision NOT NULL)'
    run heart_rate psql-copy-plain "$1" 'COPY *theirs' 'COPY *theirs' sql -c "\\copy theirs.heart_rate FROM '$work/rates.bin' (FORMAT BINARY)"
}

for ((round = 0; round <= runs; round++)); do
    say "round $round of $runs$( ((round)) || echo ", not measured")"
    one_round $round
done

# The tables must hold the same, or the comparison means nothing.
schema ours
load "$work/data" --schema ours --records
checks=$(for table in daily_summaries heart_rate; do
    sql -c "SELECT '$table: ' || count(*) || ' rows, ' || CASE WHEN EXISTS ((TABLE ours.$table EXCEPT ALL TABLE source.$table) UNION ALL (TABLE source.$table EXCEPT ALL TABLE ours.$table)) THEN 'DIFFER' ELSE 'agree' END FROM ours.$table"
done)

# ---- report ----------------------------------------------------------------------------------------------------------

# job, contender, rows, median whole, median phase, client CPU, server CPU, rows/s in the phase, and both as a share of psql's speed
awk -F'\t' -v OFS='\t' -v summaries="$rows_summaries" -v rates="$rows_rates" '
    $3 == 0 { next }
    { key = $1 "\t" $2; if (!(key in n)) order[++count] = key; k = ++n[key]; wall[key, k] = $4; cpu[key, k] = $5; server[key, k] = $6; phase[key, k] = $7 }
    function median(values, key, n,   i, j, t, sorted) {
        for (i = 1; i <= n; i++) sorted[i] = values[key, i] + 0
        for (i = 2; i <= n; i++) for (j = i; j > 1 && sorted[j - 1] > sorted[j]; j--) { t = sorted[j]; sorted[j] = sorted[j - 1]; sorted[j - 1] = t }
        return n % 2 ? sorted[(n + 1) / 2] : (sorted[n / 2] + sorted[n / 2 + 1]) / 2
    }
    END {
        for (i = 1; i <= count; i++) {
            key = order[i]; split(key, part, "\t"); base = part[1] "\tpsql-copy"
            w = median(wall, key, n[key]); p = median(phase, key, n[key])
            rows = part[1] == "summaries" ? summaries : rates
            print part[1], part[2], rows, sprintf("%.3f", w), sprintf("%.3f", p), sprintf("%.3f", median(cpu, key, n[key])), sprintf("%.3f", median(server, key, n[key])), \
                sprintf("%.0f", rows / p), sprintf("%.2f", median(wall, base, n[base]) / w), sprintf("%.2f", median(phase, base, n[base]) / p)
        }
    }' "$work/raw.tsv" >"$work/table.tsv"

commit=$(git -C "$root" rev-parse --short HEAD 2>/dev/null || echo unknown)
[[ -z $(git -C "$root" status --porcelain --untracked-files=no 2>/dev/null) ]] || commit+=' (changed)'
mkdir -p "$here/results"
result=$here/results/$(date -u +%F)-postgres-$size${cpus:+-cpus-$cpus}
{
    echo "# PostgreSQL of $(date -u +%F), $size"
    echo
    echo "- command: $command_line"
    echo "- commit: $commit"
    echo "- binary: $("$native" --version | tr '\n' ' ' | sed 's/ *$//')"
    echo "- server: $("$binaries/postgres" --version), ${settings[*]}, the rest as it comes; a Unix socket"
    echo "- cpu: $(sed -nE 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1), $(nproc) cores${cpus:+ of it, $cpus}"
    echo "- kernel: $(uname -sr)"
    echo "- load before: $load_before"
    echo "- data: $(cat "$work"/data/*.json | wc -c) bytes, heart_rate $(stat -c %s "$rates")"
    echo
    echo "Medians of $runs. Whole: the process, for FastIngest with reading $size (heart_rate: its file) and, in heart_rate, the summaries too."
    echo "Phase: on the server, from the first byte of COPY to the commit (heart_rate: to the end of the last COPY into it, and the commit)."
    echo '"x" is the speed as a share of psql-copy'"'"'s.'
    echo
    echo '| job | contender | rows | whole s | phase s | client CPU s | server CPU s | rows/s in the phase | x whole | x phase |'
    echo '|---|---|--:|--:|--:|--:|--:|--:|--:|--:|'
    awk -F'\t' '{ printf "|"; for (i = 1; i <= NF; i++) printf " %s |", $i; print "" }' "$work/table.tsv"
    echo
    echo '## Do the tables agree?'
    echo
    sed 's/^/- /' <<<"$checks"
} >"$result.md"
awk -F'\t' 'BEGIN { print "[" }
    { printf "%s  {\"job\": \"%s\", \"contender\": \"%s\", \"rows\": %s, \"whole_s\": %s, \"phase_s\": %s, \"client_cpu_s\": %s, \"server_cpu_s\": %s, \"rows_per_s\": %s, \"x_whole\": %s, \"x_phase\": %s}", \
        (NR > 1 ? ",\n" : ""), $1, $2, $3, $4, $5, $6, $7, $8, $9, $10 }
    END { print "\n]" }' "$work/table.tsv" >"$result.json"
sed -n '/^| job/,$p' "$result.md"
say "written: ${result#"$root"/}.md and .json"
! grep -q DIFFER <<<"$checks"
