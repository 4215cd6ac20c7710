#!/usr/bin/env bash
# How long a search over many stored vectors takes, against a C program that compares or only reads the same bytes: see bench/README.md.
set -euo pipefail

usage() {
    cat <<'TEXT'
Usage: bench/search.sh [OPTION...]

  --users N        users (default 500)
  --days N         days of each user (default 3600)
  --dimensions N   numbers of a vector (default 384)
  --rounds N       measured rounds, all in turn (default 5); medians are printed
  --help           this text

Fills a SQLite database in $TMPDIR with random vectors (5.6 GB of disk with the defaults, deleted after). Needs
dist/health_ingestion (./build.sh --aot), gcc, libsqlite3-dev and sqlite3. Do not run anything else meanwhile.
TEXT
}

# shellcheck disable=SC2034 # tools/runs.sh uses them
users=500 days=3600 dimensions=384 rounds=5 peer_packages=() peer_modules=() known_options='users days dimensions rounds'
# shellcheck source=bench/tools/runs.sh
. "$(dirname "${BASH_SOURCE[0]}")/tools/runs.sh"
parse_options "$@"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
gcc -O3 -march=native -ffast-math -o vectors "$here/vectors.c" -lsqlite3 -lpthread

"$native" schema --for sqlite | sqlite3 -cmd 'PRAGMA page_size = 32768' health.db
./vectors fill health.db "$users" "$days" "$dimensions" "$(printf 'Ada on that day.' | md5sum | cut -d ' ' -f 1)"
awk -v n="$dimensions" 'BEGIN { srand(1); printf "["; for (i = 0; i < n; i++) printf "%s%.6f", i ? ", " : "", rand() - 0.5; print "]" }' >query.json

seconds() {
    local began ended
    began=$(date +%s%N)
    "$@" >/dev/null
    ended=$(date +%s%N)
    awk -v ns=$((ended - began)) 'BEGIN { printf "%.3f\n", ns / 1e9 }'
}

first=$(seconds "$native" search --vector query.json)
copy=$(ls health.db.*.vectors)
bytes=$((users * days * dimensions * 4))
for ((i = 0; i < rounds; i++)); do
    seconds "$native" search --vector query.json >>search
    seconds "$native" search --vector query.json --user user_000001 >>one
    for how in mmap pread read; do
        ./vectors scan "$copy" "$dimensions" "$how" "$(nproc)" >>"$how"
    done
done
memory=$(/usr/bin/env bash -c '"$0" search --vector query.json >/dev/null & pid=$!; peak=0; while kill -0 $pid 2>/dev/null; do rss=$(awk "/VmHWM/ { print \$2 }" /proc/$pid/status 2>/dev/null); peak=${rss:-$peak}; sleep 0.005; done; echo "$peak"' "$native")

row() { awk -v name="$1" -v s="$2" -v b="$bytes" 'BEGIN { printf "| %s | %s s | %.1f GB/s |\n", name, s, b / s / 1e9 }'; }
echo "$((users * days)) vectors of $dimensions numbers, $(awk -v b=$bytes 'BEGIN { printf "%.2f", b / 1e9 }') GB, $(nproc) cores, load $(cut -d ' ' -f 1 /proc/loadavg)"
echo '| what | time | vectors |'
echo '|---|---|---|'
row 'first search, which writes the copy' "$first"
row 'search' "$(median <search)"
row 'search of one user' "$(median <one)"
row 'C, pread and compare' "$(median <pread)"
row 'C, mmap and compare' "$(median <mmap)"
row 'C, pread only' "$(median <read)"
echo "peak memory of a search: $((memory / 1024)) MiB"
