#!/usr/bin/env bash
# How time and memory grow with the bytes, the users, the order of the records and the workers. Run with --help.
# shellcheck source=tools/runs.sh
set -euo pipefail

usage() {
    cat <<'TEXT'
Usage: bench/scale.sh [OPTION...]

Dry runs of FastIngest over growing data: whole cold processes, once each for the large sizes, and the kernel's side of them. Data that is larger than
the memory comes from the disk; the table says so. The generated data is deleted afterwards.

  --size SIZES      sizes separated by commas (default 1GB,10GB,30GB)
  --runs N          runs of each row up to 2 GB (default 3); larger ones run once
  --build           builds the native binary first
  --help            this text

Results: artifacts/bench, and bench/results/DATE-scale.md. Needs strace for the system calls, and free disk for the largest size.
TEXT
}

size=1GB,10GB,30GB
# shellcheck disable=SC2034 # tools/runs.sh uses them
peer_packages=(strace) peer_modules=() known_options='size runs build'
. "$(dirname "${BASH_SOURCE[0]}")/tools/runs.sh"
parse_options "$@"
runs_of_small=$runs
[[ " $* " == *" --runs "* ]] || runs_of_small=3
build_all
compile reshape tools/reshape.cpp

results=$here/results/$(date -u +%F)-scale.md
table=$work/scale.tsv
: >"$table"

# measured NAME ORDER WORKERS PATH...: a row of the table, the median of its runs.
measured() {
    local name=$1 order=$2 workers=$3 bytes times rounds round wall user system peak code faults switches calls memory
    shift 3
    bytes=$(find "$@" -type f -name '*.json' -print0 | xargs -0 stat -c %s | awk '{ s += $1 } END { printf "%.0f", s }')
    rounds=$((bytes > 2000000000 ? 1 : runs_of_small))
    memory=$(awk '/MemTotal/ { printf "%.0f", $2 * 1024 }' /proc/meminfo)
    times=$work/scale.times
    : >"$times"
    for ((round = 0; round < rounds; round++)); do
        ((bytes > memory / 2)) || find "$@" -type f -name '*.json' -print0 | xargs -0 cat >/dev/null
        "$work/measure" "$out/figures" "$native" "$@" --dry-run --workers "$workers" --rejects "$out/rejects" </dev/null >/dev/null 2>"$out/stderr" ||
            fail "$name: $(head -n 1 "$out/stderr")"
        cat "$out/figures" >>"$times"
    done
    read -r wall user system peak _ faults switches < <(sort -n "$times" | sed -n "$(((rounds + 1) / 2))p")
    calls=-
    if ((bytes < 2000000000)) && command -v strace >/dev/null; then
        strace -f -c -o "$out/calls" "$native" "$@" --dry-run --workers "$workers" --rejects "$out/rejects" </dev/null >/dev/null 2>&1 || true
        calls=$(awk '$NF == "total" { print $4 }' "$out/calls")
    fi
    printf '%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n' "$name" "$bytes" "$order" "$workers" "$wall" \
        "$(awk -v b="$bytes" -v w="$wall" 'BEGIN { printf "%.2f", b / w / 1e9 }')" "$(awk -v u="$user" -v s="$system" 'BEGIN { printf "%.2f", u + s }')" \
        "$peak" "$faults" "$switches" "$calls" "$( ((bytes > memory / 2)) && echo disk || echo memory)" >>"$table"
    say "$name, $order, $workers workers: $wall s, $peak MiB"
}

whole=0
for wanted in ${size//,/ }; do
    say "generating $wanted"
    generate "scale-$wanted" --size "$wanted"
    whole=$((whole + $(bytes_of "$work/scale-$wanted"/*.json)))
    for workers in 1 2; do
        measured "$wanted" sorted $workers "$work/scale-$wanted"
    done
    if [[ $wanted == "${size%%,*}" && -x $work/reshape ]]; then
        mkdir -p "$work/scale-random"
        for file in "$work/scale-$wanted"/*.json; do
            "$work/reshape" shuffle 7 "$file" "$work/scale-random/$(basename "$file")"
        done
        for workers in 1 2; do
            measured "$wanted" random $workers "$work/scale-random"
        done
        rm -rf "$work/scale-random"
    fi
    rm -rf "$work/scale-$wanted" "$work/scale-$wanted.made"
done

for users in 1 1000 1000000; do
    say "generating data of $users users"
    generate scale-users --users $users --days $((users == 1 ? 1400 : users == 1000 ? 250 : 1))
    for workers in 1 2; do
        measured "$users users" sorted $workers "$work/scale-users"
    done
    rm -rf "$work/scale-users" "$work/scale-users.made"
done

machine_facts >"$work/facts.tsv"
{
    echo "# Growth, $(date -u +%F)"
    echo
    echo "\`$command_line\`: dry runs, all seven categories, whole processes. Up to 2 GB the median of $runs_of_small runs, above one run. \"From\" says whether the input lay in memory or came"
    echo 'from the disk because it is larger than half of the memory. System calls are counted by strace in a run of their own, where the input is small.'
    echo
    echo '| data | bytes | order | workers | s | GB/s | CPU s | peak MiB | page faults | switches | system calls | from |'
    echo '|---|--:|---|--:|--:|--:|--:|--:|--:|--:|--:|---|'
    awk -F'\t' '{ printf "|"; for (i = 1; i <= NF; i++) printf " %s |", $i; print "" }' "$table"
    echo
    echo '## Machine'
    echo
    awk -F'\t' '$2 != "" { print "- " $1 ": " $2 }' "$work/facts.tsv"
} >"$results"
cat "$results"
