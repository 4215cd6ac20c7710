#!/usr/bin/env bash
# Counts instructions per record of the native binary with valgrind: the same on a busy machine as on a quiet one.
# Each file is read alone in two sizes; the difference, divided by the records, leaves the start of the program out.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(dirname "$here")

if [[ ${1:-} == --help || ${1:-} == -h ]]; then
    echo 'Usage: bench/instructions.sh    counts, and writes bench/results/instructions.md (five minutes)'
    echo 'Needs valgrind. HEALTH_INGESTION names another native binary.'
    exit 0
fi
[[ $# == 0 ]] || { echo "instructions.sh: unknown option: $1" >&2; exit 2; }
native=${HEALTH_INGESTION:-$root/dist/health_ingestion}
[[ -x $native ]] || { echo "instructions.sh: there is no $native; run ./build.sh --aot" >&2; exit 1; }
command -v valgrind >/dev/null || { echo 'instructions.sh: valgrind is missing' >&2; exit 1; }
unset DATABASE_URL API_URL WEAVIATE_URL DATA_DIR

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
result=$here/results/instructions.md
mkdir -p "$here/results"

# valgrind knows no AVX-512 and no reservation of 256 GiB for the collector's heap (the value is hexadecimal, 4 GiB).
export FASTINGEST_ISA=avx2 DOTNET_GCRegionRange=100000000

# count PATH COUNTED OPTIONS...: sets instructions, and units: the records or rows that the run reports. Of three runs the smallest count
# is taken: waits of one thread for another add a few percent to some.
count() {
    local path=$1 counted=$2 run found
    shift 2
    instructions=
    for run in 1 2 3; do
        rm -f "$work"/out.*
        valgrind --tool=callgrind --callgrind-out-file=/dev/null --log-file="$work/log" \
            "$native" "$path" --workers 1 --chunk-size 1MiB --quiet --no-api --rejects "$work/rejects" --stats-json "$work/stats" "$@" || {
            tail -n 3 "$work/log" >&2
            exit 1
        }
        found=$(sed -nE 's/.*Collected *: *([0-9]+).*/\1/p' "$work/log")
        ((${instructions:-found} < found)) || instructions=$found
    done
    units=$(tr -d ' \n' <"$work/stats" | sed -E "s/.*\"$counted\":\{?(\"records\":)?([0-9]+).*/\2/")
}

line() { printf '| %s | %s | %s |\n' "$@" | tee -a "$result" >&2; }

# per_unit NAME FILE BYTES? COUNTED SMALL LARGE OPTIONS...: a line of the table.
per_unit() {
    local name=$1 file=$2 counted=$3 small=$4 large=$5 first firstUnits bytes
    shift 5
    count "$work/$small/$file" "$counted" "$@"
    first=$instructions firstUnits=$units
    count "$work/$large/$file" "$counted" "$@"
    bytes=$(($(du -bc "$work/$large/$file" | tail -n 1 | cut -f 1) - $(du -bc "$work/$small/$file" | tail -n 1 | cut -f 1)))
    line "$name" "$(awk -v i=$((instructions - first)) -v u=$((units - firstUnits)) 'BEGIN { printf "%.1f", i / u }')" \
        "$(awk -v i=$((instructions - first)) -v b=$bytes 'BEGIN { printf "%.3f", i / b }')"
}

for style in pretty spaced compact; do
    "$native" generate "$work/small-$style" --users 2 --days 180 --style $style --quiet
    "$native" generate "$work/large-$style" --users 8 --days 180 --style $style --quiet
done
# One day of many users, as users and measurements are few otherwise.
"$native" generate "$work/few" --users 500 --days 1 --quiet
"$native" generate "$work/many" --users 2500 --days 1 --quiet

cat >"$result" <<TEXT
# Instructions per record

By \`bench/instructions.sh\` (valgrind --tool=callgrind), one worker, AVX2, $("$native" --version | sed -n 's/^runtime *//p'), commit $(git -C "$root" rev-parse --short HEAD 2>/dev/null || echo unknown).
Each line is a whole run (read, aggregate, reduce, render; \`--dry-run\`) in two sizes; the difference is divided by the records, or rows, between them.
The count depends on the code and the data alone, nearly: allow half a percent.

| run | instructions per record | per input byte |
|---|--:|--:|
TEXT
for category in heart_rate nutrition workouts activities sleep; do
    per_unit "$category, pretty" $category.json balance small-pretty large-pretty --dry-run
done
for category in users measurements; do
    per_unit "$category, pretty" $category.json balance few many --dry-run
done
for style in spaced compact; do
    for category in heart_rate nutrition; do
        per_unit "$category, $style" $category.json balance small-$style large-$style --dry-run
    done
done
per_unit 'all files, dry run, per row' . rows small-pretty large-pretty --dry-run
per_unit 'all files, ndjson, per row' . rows small-pretty large-pretty --to "ndjson:$work/out.ndjson"
per_unit 'all files, SQLite, per row' . rows small-pretty large-pretty --to "sqlite:$work/out.db"
echo "instructions.sh: written: ${result#"$root"/}" >&2
