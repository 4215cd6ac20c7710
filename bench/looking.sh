#!/usr/bin/env bash
# How long it takes to look at a large database: report, show, export, serve and embed. Run with --help.
# shellcheck source=tools/runs.sh
set -euo pipefail

usage() {
    cat <<'TEXT'
Usage: bench/looking.sh [OPTION...]

Fills a new SQLite database with generated days and prints a table: time and peak memory of whole processes that read all of it, the time of
requests to the server and its memory, and how fast embed stores vectors of a server that answers at once (bench/ApiStandIn), so that the time is
that of embed, the database and HTTP.

  --users N      users (default 5000)
  --days N       days of each user (default 365)
  --runs N       measured runs, of which the median counts (default 3)
  --help         this text

Needs dist/health_ingestion and its server (./build.sh --aot), the .NET SDK and curl, and 10 GB of disk. Do not run anything else meanwhile.
TEXT
}

# shellcheck disable=SC2034 # tools/runs.sh uses them
users=5000 days=365 runs=3 peer_packages=() peer_modules=() known_options='users days runs'
. "$(dirname "${BASH_SOURCE[0]}")/tools/runs.sh"
parse_options "$@"
compile measure tools/measure.c
dotnet build "$here/ApiStandIn" -c Release -v q --nologo >&2

place=$work/looking
rm -rf "$place"
mkdir -p "$place"
trap 'kill ${server:-} ${api:-} 2>/dev/null || true; rm -rf "$place"' EXIT
cd "$place"
say "generating $users users, $days days each"
"$native" generate data --users "$users" --days "$days" --style compact --quiet
"$native" data --to sqlite:big.db --quiet --rejects rejects.ndjson
from=(--from sqlite:big.db)

# Peak memory of a running process in MiB.
peak_of() { awk '/VmHWM/ { printf "%d", $2 / 1024 }' "/proc/$1/status"; }

# line NAME COMMAND...: median time and largest peak of whole processes.
line() {
    local name=$1 i
    shift
    : >times
    for ((i = 0; i < runs; i++)); do
        rm -rf out
        "$work/measure" figures "$@" >/dev/null
        cut -d ' ' -f 1,4 figures >>times
    done
    printf '| %s | %s s | %s MiB |\n' "$name" "$(cut -d ' ' -f 1 times | median)" "$(cut -d ' ' -f 2 times | sort -n | tail -n 1)"
}

echo "$((users * days)) days, $(awk -v b="$(stat -c %s big.db)" 'BEGIN { printf "%.2f", b / 1e9 }') GB, $(nproc) cores, load $(cut -d ' ' -f 1 /proc/loadavg)"
echo '| what | time | peak memory |'
echo '|---|---|---|'
line report "$native" report "${from[@]}" --out out --quiet
line 'report of one user' "$native" report "${from[@]}" --user user_000100 --out out --quiet
line show "$native" show "${from[@]}"
for format in arrow csv parquet; do
    line "export --format $format" "$native" export "${from[@]}" --format $format --out out --quiet
done

port=$((20000 + RANDOM % 10000))
"$native" serve "${from[@]}" --listen "127.0.0.1:$port" 2>serve.log &
server=$!
until curl -sf "http://127.0.0.1:$port/" >/dev/null; do
    kill -0 $server 2>/dev/null || fail "serve did not start: $(cat serve.log)"
    sleep 0.1
done
for path in /api/v1/users '/api/v1/users/user_000100/days' '/api/v1/search?q=running'; do
    for ((i = 0; i < 10; i++)); do
        curl -sf -o /dev/null -w '%{time_total}\n' "http://127.0.0.1:$port$path" || fail "serve did not answer $path"
    done >times
    printf '| serve: %s, one request | %s s | %s MiB |\n' "$path" "$(median <times)" "$(peak_of $server)"
done
kill $server
server=

PORT=$port dotnet "$here/ApiStandIn/bin/Release/net10.0/ApiStandIn.dll" >/dev/null 2>&1 &
api=$!
until curl -sf "http://127.0.0.1:$port/" >/dev/null; do sleep 0.1; done
runs=1
line 'embed, 384 numbers a day' "$native" embed "${from[@]}" --api "http://127.0.0.1:$port" --model sine --quiet
