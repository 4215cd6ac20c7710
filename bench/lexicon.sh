#!/usr/bin/env bash
# Dictionaries, side by side in one run: a load into an empty PostgreSQL by health_ingestion, and the server alone with the
# same rows from ready-made files; then reprocess when nothing changed, right after the load (no statistics, nothing
# vacuumed) and later, both in a SQLite file, and cleaning alone. The server is a throwaway one.
#
# usage: bench/lexicon.sh [ENTRIES] [RUNS]     default: 200000 entries, 3 runs; prints a table, and every time of every run
set -euo pipefail

entries=${1:-200000}
runs=${2:-3}
root=$(cd "$(dirname "$0")/.." && pwd)
binary=${HEALTH_INGESTION:-$root/dist/health_ingestion}
tools=$(dirname "$(find /usr/lib/postgresql -name initdb | sort -V | tail -n 1)")
work=$(mktemp -d)
port=$((20000 + RANDOM % 20000))
url="postgres://bench@127.0.0.1:$port/postgres"

as_owner() {
    if [ "$(id -u)" = 0 ]; then setpriv --reuid postgres --regid postgres --clear-groups "$@"; else "$@"; fi
}

sql() { psql -qXAt -v ON_ERROR_STOP=1 -h 127.0.0.1 -p "$port" -U bench postgres "$@"; }

finish() {
    as_owner "$tools/pg_ctl" -D "$work/server/data" -m immediate stop > "$work/log" 2>&1 || true
    rm -rf "$work"
}

# Seconds that a command takes.
seconds() {
    local start end
    start=$(date +%s%N)
    "$@" > "$work/log" 2>&1 || { cat "$work/log" >&2; exit 1; }
    end=$(date +%s%N)
    awk -v ns=$((end - start)) 'BEGIN { printf "%.3f\n", ns / 1e9 }'
}

# CPU seconds, user and system, that a command takes.
cpu_seconds() {
    local TIMEFORMAT='%U %S'
    { time "$@" > "$work/log" 2>&1; } 2>&1 | awk '{ printf "%.3f\n", $1 + $2 }'
}

median() { sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }

ingest() { "$binary" ingest --source bench --file "$work/words/entries.jsonl" --rejects "$work/rejects.ndjson" --quiet "$@"; }

load() { ingest --to "$url"; }

load_sqlite() { ingest --to "sqlite:$work/words.db"; }

reprocess() { "$binary" reprocess --to "$1" --quiet; }

dry_run() { ingest --dry-run --workers 1; }

dry_run_on_one_core() { (taskset -pc 0 "$BASHPID" > "$work/pinned" && dry_run); }

server_alone() {
    sql << SQL
begin;
set local jit = off;
select set_config(name, 'lz4', true) from pg_settings where name = 'default_toast_compression' and 'lz4' = any (enumvals);
create temporary table staged_raw (like fastingest.raw_entries including defaults) on commit drop;
create temporary table staged_entries (like fastingest.entries including defaults) on commit drop;
\\copy staged_raw ($raw_columns) from '$work/raw.bin' (format binary)
\\copy staged_entries ($entry_columns) from '$work/entries.bin' (format binary)
insert into fastingest.raw_entries ($raw_columns) select $raw_columns from staged_raw order by id on conflict (source_id, checksum) do nothing;
insert into fastingest.entries ($entry_columns) select $entry_columns from staged_entries s
where raw_id in (select min(raw_id) from staged_entries group by duplicate_key) order by raw_id on conflict do nothing;
commit;
SQL
}

empty() { sql -c 'truncate fastingest.raw_entries, fastingest.entries' -c checkpoint; }

raw_columns="id, source_id, checksum, file_path, line_number, raw_data"
entry_columns="id, source_id, raw_id, headword, headword_key, language, pos, ipa, definition, etymology, quality, errors, duplicate_key, pipeline_version"

trap finish EXIT
chmod 755 "$work"
mkdir "$work/server"
if [ "$(id -u)" = 0 ]; then chown postgres "$work/server"; fi
as_owner "$tools/initdb" -D "$work/server/data" -U bench -A trust -E UTF8 --locale=C > "$work/log"
as_owner "$tools/pg_ctl" -D "$work/server/data" -w -l "$work/server/log" start \
    -o "-p $port -k $work/server -c listen_addresses=127.0.0.1 -c shared_buffers=256MB -c max_wal_size=4GB" > "$work/log"
"$binary" generate "$work/words" --kind lexicon --entries "$entries" --quiet
bytes=$(stat -c %s "$work/words/entries.jsonl")

load
sql -c "\\copy (select $raw_columns from fastingest.raw_entries order by id) to '$work/raw.bin' (format binary)" \
    -c "\\copy (select $entry_columns from fastingest.entries order by raw_id) to '$work/entries.bin' (format binary)"
for ((run = 1; run <= runs; run++)); do
    sql -c 'drop schema fastingest cascade' -c checkpoint
    seconds load | tee -a "$work/load"
    seconds reprocess "$url" | tee -a "$work/reprocess_at_once"
    empty
    seconds server_alone | tee -a "$work/alone"
    sql -c 'vacuum analyze fastingest.raw_entries, fastingest.entries'
    seconds reprocess "$url" | tee -a "$work/reprocess"
    rm -f "$work/words.db"
    seconds load_sqlite | tee -a "$work/sqlite"
    seconds reprocess "sqlite:$work/words.db" | tee -a "$work/reprocess_sqlite"
    seconds dry_run | tee -a "$work/dry"
    cpu_seconds dry_run | tee -a "$work/dry_cpu"
    seconds dry_run_on_one_core | tee -a "$work/dry_core"
done

awk -v n="$entries" -v b="$bytes" -v load="$(median < "$work/load")" -v alone="$(median < "$work/alone")" \
    -v at_once="$(median < "$work/reprocess_at_once")" -v again="$(median < "$work/reprocess")" \
    -v sqlite="$(median < "$work/sqlite")" -v again_sqlite="$(median < "$work/reprocess_sqlite")" \
    -v dry="$(median < "$work/dry")" -v dry_cpu="$(median < "$work/dry_cpu")" -v dry_core="$(median < "$work/dry_core")" 'BEGIN {
    printf "\n%d entries, %.0f MB; medians\n\n", n, b / 1e6
    printf "| what | seconds | entries/s | MB/s |\n|---|---|---|---|\n"
    printf "| load into an empty PostgreSQL | %.2f | %.0f | %.0f |\n", load, n / load, b / load / 1e6
    printf "| the server alone, the same rows | %.2f | %.0f | %.0f |\n", alone, n / alone, b / alone / 1e6
    printf "| reprocess right after that load, nothing changed | %.2f | %.0f | |\n", at_once, n / at_once
    printf "| reprocess of vacuumed and analyzed tables, nothing changed | %.2f | %.0f | |\n", again, n / again
    printf "| load into a new SQLite file | %.2f | %.0f | %.0f |\n", sqlite, n / sqlite, b / sqlite / 1e6
    printf "| reprocess of that file, nothing changed | %.2f | %.0f | |\n", again_sqlite, n / again_sqlite
    printf "| read, clean, validate, one cleaner (--dry-run --workers 1) | %.2f | %.0f | %.0f |\n", dry, n / dry, b / dry / 1e6
    printf "| the same, CPU seconds of all its threads | %.2f | %.0f | %.0f |\n", dry_cpu, n / dry_cpu, b / dry_cpu / 1e6
    printf "| the same on one core (taskset -c 0) | %.2f | %.0f | %.0f |\n", dry_core, n / dry_core, b / dry_core / 1e6
    printf "\nload / server alone: %.2f\n", load / alone
}'
