#!/usr/bin/env bash
# How fast summaries are posted, against wrk with the same bodies and connections on the same server: see bench/README.md.
set -euo pipefail

usage() {
    cat <<'TEXT'
Usage: bench/http.sh [OPTION...]

  --size SIZE       size of the generated data set (default 400MB: some 100,000 summaries)
  --connections N   connections of wrk, and --concurrency of push (default 16)
  --threads N       threads of wrk (default 2)
  --rounds N        measured rounds, all in turn (default 5); medians are printed
  --cpus LIST       CPUs that everyone shares, as taskset takes them (default: all)
  --help            this text

Needs dist/health_ingestion (./build.sh --aot), the .NET SDK, and wrk (as root installed with apt). Do not run anything
else meanwhile.
TEXT
}

# shellcheck disable=SC2034 # tools/runs.sh uses them
size=400MB connections=16 threads=2 rounds=5 peer_packages=() peer_modules=() known_options='size connections threads rounds cpus'
# shellcheck source=bench/tools/runs.sh
. "$(dirname "${BASH_SOURCE[0]}")/tools/runs.sh"
parse_options "$@"

[[ -z $cpus ]] || taskset -cp "$cpus" $$ >/dev/null
unset API_TOKEN
if ! command -v wrk >/dev/null; then
    [[ $(id -u) == 0 ]] && { apt-get update -qq && apt-get install -y -qq --no-install-recommends wrk; } </dev/null >/dev/null || true
    command -v wrk >/dev/null || fail "wrk is missing"
fi
dotnet build "$here/ApiStandIn" -c Release -v q --nologo >&2

work=$(mktemp -d)
export PORT=$((20000 + RANDOM % 10000))
dotnet "$here/ApiStandIn/bin/Release/net10.0/ApiStandIn.dll" &
server=$!
trap 'kill $server; wait $server 2>/dev/null || true; rm -rf "$work"' EXIT
url=http://127.0.0.1:$PORT/ingest

"$native" generate "$work/data" --size "$size" --quiet
"$native" "$work/data" --to "sqlite:$work/stored.db" --to "ndjson:$work/rows.ndjson" --quiet --rejects "$work/rejects"
rm -r "$work/data"
posts=$(wc -l <"$work/rows.ndjson")

# The bodies that push sends, made of the rows; each request is formatted beforehand.
cat >"$work/post.lua" <<'LUA'
local requests = {}
function init(args)
    for line in io.lines(os.getenv("ROWS")) do
        local user, date = line:match('^{"user_id": ("[^"]*"), "date": "([^"]*)"')
        local text = line:match('"summary": (".*")}$')
        local body = '{"text": ' .. text .. ', "meta": {"user_id": ' .. user .. ', "date": "' .. date .. '", "type": "daily_summary"}}'
        requests[#requests + 1] = wrk.format("POST", nil, {["Content-Type"] = "application/json", ["Idempotency-Key"] = "f9e1af41-8b87-5d5c-8fdc-3f2d0c1d5f0e"}, body)
    end
end
local next = 0
function request()
    next = next % #requests + 1
    return requests[next]
end
function done(summary, latency)
    io.write(string.format("RESULT %d %d %d\n", summary.requests, summary.duration, summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout))
end
LUA

# Processor time of a process so far, in clock ticks of 10 ms.
ticks() { awk '{ print $14 + $15 }' "/proc/$1/stat"; }
run_wrk() {
    local before line
    before=$(ticks $server)
    line=$( { TIMEFORMAT='CPU %U %S'; time ROWS=$work/rows.ndjson wrk -t "$threads" -c "$connections" -d "${1}s" -s "$work/post.lua" "$url"; } 2>&1 )
    read -r _ requests duration errors < <(grep ^RESULT <<<"$line")
    [[ $errors == 0 ]] || fail "wrk had $errors errors"
    # Its processor time includes the making of the bodies.
    awk -v r="$requests" -v d="$duration" -v s=$(($(ticks $server) - before)) -v u="$(awk '/^CPU/ { print $2 + $3 }' <<<"$line")" \
        'BEGIN { printf "%.0f %.1f %.1f\n", r / d * 1e6, u / r * 1e6, s / r * 1e4 }'
}

run_push() {
    local before
    cp "$work/stored.db" "$work/push.db"
    before=$(ticks $server)
    "$native" push --from "sqlite:$work/push.db" --to "$url" --concurrency "$connections" --quiet --stats-json "$work/stats.json"
    awk -F '[:, ]+' -v s=$(($(ticks $server) - before)) '
        /"delivered"/ { n = $3 } /"left"/ { l = $3 } /"delivered_per_second"/ { r = $3 } /"cpu_seconds"/ { c = $3 }
        END { if (l != 0 || n == 0) exit 1; printf "%.0f %.1f %.1f\n", r, c / n * 1e6, s / n * 1e4 }' "$work/stats.json"
}

# .NET's client alone, with the settings that push gives its sockets.
run_bare() {
    local before line
    before=$(ticks $server)
    line=$(DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS=1 DOTNET_SYSTEM_NET_SOCKETS_THREAD_COUNT=$(($(nproc) > 3 ? $(nproc) / 2 : 1)) DOTNET_gcConcurrent=0 \
        dotnet "$here/ApiStandIn/bin/Release/net10.0/ApiStandIn.dll" --post "$url" "$work/rows.ndjson" "$connections")
    # Two rounds were posted, one was measured.
    echo "$line $(awk -v n="$posts" -v s=$(($(ticks $server) - before)) 'BEGIN { printf "%.1f", s / n / 2 * 1e4 }')"
}

# Until the server has compiled itself.
run_wrk 5 >/dev/null
run_push >/dev/null
for ((i = 0; i < rounds; i++)); do
    run_wrk 5 >>"$work/wrk"
    run_push >>"$work/push"
    run_bare >>"$work/bare"
done

echo "| $posts bodies, $connections connections, medians of $rounds | posts/s | client CPU, µs a post | server CPU, µs a post |"
echo "|---|---|---|---|"
for who in wrk push bare; do
    echo "| $who | $(cut -d' ' -f1 "$work/$who" | median) | $(cut -d' ' -f2 "$work/$who" | median) | $(cut -d' ' -f3 "$work/$who" | median) |"
done
rate() { cut -d' ' -f1 "$work/$1" | median; }
awk -v push="$(rate push)" -v bare="$(rate bare)" -v wrk="$(rate wrk)" 'BEGIN { printf "\npush reaches %.2f of wrk, bare %.2f\n", push / wrk, bare / wrk }'
