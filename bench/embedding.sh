#!/usr/bin/env bash
# How many sentences a second the embedding server of deploy/embedding-server turns into vectors, by batch size, on the CPU and,
# where there is one, on a GPU. It ends by itself within eight minutes: see bench/README.md.
set -euo pipefail

usage() {
    cat <<'TEXT'
Usage: bench/embedding.sh [OPTION...]

  --seconds N      how long each batch size is measured (default 20)
  --batches LIST   batch sizes (default 1,8,32,128)
  --device LIST    cpu, cuda or both (default cpu, and cuda if nvidia-smi finds a GPU)
  --help           this text

Needs the .NET SDK and curl. For cuda it builds the server with -p:Cuda=true into a folder of its own, which downloads some
hundred megabytes of libraries, and needs CUDA and cuDNN. Do not run anything else meanwhile.
TEXT
}

# shellcheck disable=SC2034 # tools/runs.sh uses them
seconds=20 batches=1,8,32,128 device= peer_packages=() peer_modules=() known_options='seconds batches device'
# shellcheck source=bench/tools/runs.sh
. "$(dirname "${BASH_SOURCE[0]}")/tools/runs.sh"
parse_options "$@"
if [[ -z $device ]]; then
    device=cpu
    nvidia-smi -L >/dev/null 2>&1 && device=cpu,cuda
fi

# Whatever hangs, this script and its server end.
deadline=$((SECONDS + 470))
work=$(mktemp -d)
server=
trap '[[ -z $server ]] || kill "$server" 2>/dev/null; rm -rf "$work"' EXIT
port=$((20000 + RANDOM % 20000))

# A body with N sentences as the summaries of days have them.
body() {
    awk -v n="$1" 'BEGIN {
        srand(n); printf "{\"encoding_format\": \"base64\", \"input\": ["
        for (i = 0; i < n; i++) printf "%s\"Ada on 2023-01-%02d. Activities: %d min of running, %d steps. Sleep: %.1f hours, quality good. Heart rate: %d to %d bpm, mean %.1f over %d readings.\"",
            i ? ", " : "", 1 + i % 28, rand() * 90, rand() * 15000, 5 + rand() * 4, 50 + rand() * 10, 110 + rand() * 40, 70 + rand() * 20, rand() * 900
        print "]}"
    }'
}

echo "$(nproc) cores, $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1), load $(cut -d ' ' -f 1 /proc/loadavg)"
echo '| device | batch | sentences/s |'
echo '|---|---|---|'
for name in ${device//,/ }; do
    cuda=false
    [[ $name == cuda ]] && cuda=true
    timeout 240 dotnet publish "$root/deploy/embedding-server" -c Release -v q -p:Cuda=$cuda -o "$work/$name" >"$work/build.log" 2>&1 ||
        { tail -n 5 "$work/build.log" >&2; fail "the server for $name was not built"; }
    dotnet "$work/$name/embedding-server.dll" --listen "127.0.0.1:$port" --device "$name" --batch 128 2>"$work/server.log" &
    server=$!
    until curl -sf "http://127.0.0.1:$port/health" >/dev/null; do
        kill -0 "$server" 2>/dev/null && ((SECONDS < deadline)) || fail "the server for $name did not start: $(cat "$work/server.log")"
        sleep 0.2
    done
    for batch in ${batches//,/ }; do
        body "$batch" >"$work/body.json"
        ask() { curl -sf -o /dev/null --max-time 60 -H 'Content-Type: application/json' --data-binary @"$work/body.json" "http://127.0.0.1:$port/v1/embeddings"; }
        ask
        began=$(date +%s%N) requests=0
        while (($(date +%s%N) - began < seconds * 1000000000 && SECONDS < deadline)); do
            ask
            requests=$((requests + 1))
        done
        awk -v d="$name" -v b="$batch" -v r="$requests" -v ns=$(($(date +%s%N) - began)) 'BEGIN { printf "| %s | %d | %.0f |\n", d, b, r * b / ns * 1e9 }'
    done
    kill "$server" 2>/dev/null && wait "$server" 2>/dev/null || true
    server=
done
