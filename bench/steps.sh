#!/usr/bin/env bash
# What a run costs that is divided into steps, compared with one process. Run with --help.
# shellcheck source=tools/runs.sh
set -euo pipefail

usage() {
    cat <<'TEXT'
Usage: bench/steps.sh [OPTION...]

The same input in one process, and in the steps of a planned run on the same machine: plan, map, check, reduce, finish, one after another.
"x" of the rows "steps" is their time divided by that of one process. The rows "map" have two map tasks with one worker each: "in-turn" one
after the other, "at-once" side by side, without the plan; "x" is the time of both side by side, divided by that in turn (0.5 at best on two
cores).

  --size SIZE       of the generated data (default 1GB)
  --data DIR        other data instead
  --runs N          measured rounds (default 5)
  --only REGEX      only some rows, "JOB CONTENDER"
  --build           builds the native binary first
  --list            lists the rows
  --help            this text

Results: artifacts/bench, and bench/results/DATE-steps.md. Every row starts with an empty work folder on the same disk. The last column of the table,
CPU s, holds on a busy machine, too.
TEXT
}

size=1GB
# shellcheck disable=SC2034 # tools/runs.sh uses them
peer_packages=() peer_modules=()
. "$(dirname "${BASH_SOURCE[0]}")/tools/runs.sh"
parse_options "$@"

steps=$work/steps.sh
cat >"$steps" <<'STEPS'
# steps.sh BINARY INPUT WORK TARGET MAP_TASKS REDUCE_TASKS HOW: the whole run, or its map alone.
set -euo pipefail
binary=$1 input=$2 work=$3 target=$4 maps=$5 reduces=$6 how=$7
rm -rf "$work"
"$binary" plan "$input" --work "$work" --tasks "$maps" --partitions "$reduces" --to "$target" --rejects "$work.rejects" --quiet
map() { "$binary" map --work "$work" --quiet --task "$@"; }
in_turn() { for ((i = 0; i < maps; i++)); do map $i --workers 1; done; }
at_once() {
    local tasks=()
    for ((i = 0; i < maps; i++)); do
        map $i --workers 1 &
        tasks+=($!)
    done
    for i in "${tasks[@]}"; do wait "$i"; done
}

# Of the last two, the tasks alone are timed, without the plan.
TIMEFORMAT='tasks %R %U %S'
case $how in
    run)
        for ((i = 0; i < maps; i++)); do map $i; done
        "$binary" check --work "$work" --quiet
        for ((i = 0; i < reduces; i++)); do "$binary" reduce --work "$work" --task $i --quiet; done
        "$binary" finish --work "$work" --quiet
        ;;
    in-turn) { time in_turn 2>&3; } 3>&2 2>&1 ;;
    at-once) { time at_once 2>&3; } 3>&2 2>&1 ;;
esac
rm -rf "$work"
STEPS

missing_for() { :; }
own_time() { sed -nE 's/^tasks //p' "$2"; }
input_files() { find "$1" -type f; }
base_of() {
    case $1 in
        map) printf 'map\tin-turn\ttime' ;;
        *) printf '%s\tone-process\ttime' "$1" ;;
    esac
}

build_all
if [[ -n $data ]]; then
    input=$data
elif $list; then
    input=DATA
else
    say "generating $size"
    generate "steps-$size" --size "$size"
    input=$work/steps-$size
fi
for target in ndjson sqlite; do
    file=$([[ $target == sqlite ]] && echo db || echo ndjson)
    row $target one-process "$input" "$native" "$input" --to "$target:@out.$file" --rejects @out.rejects --quiet
    row $target steps-1-1 "$input" bash "$steps" "$native" "$input" @out.work "$target:@out.$file" 1 1 run
    row $target steps-4-4 "$input" bash "$steps" "$native" "$input" @out.work "$target:@out.$file" 4 4 run
done
row map in-turn "$input" bash "$steps" "$native" "$input" @out.work "ndjson:@out.ndjson" 2 1 in-turn
row map at-once "$input" bash "$steps" "$native" "$input" @out.work "ndjson:@out.ndjson" 2 1 at-once
if $list; then
    list_rows
    exit
fi

empty_out
whole=$(input_size "$input")
machine_facts >"$work/facts.tsv"
run_rows
for contender in steps-1-1 steps-4-4; do
    [[ -f $out/ndjson-one-process.ndjson && -f $out/ndjson-$contender.ndjson ]] || continue
    if cmp -s "$out/ndjson-one-process.ndjson" "$out/ndjson-$contender.ndjson"; then
        check "$contender: the bytes of one process"
    else
        check "$contender: OTHER BYTES than one process"
        failed_checks=1
    fi
done
summarise >"$work/table.tsv"
write_json >"$work/steps.json"
results=$here/results/$(date -u +%F)-steps.md
{
    echo "# Steps, $(date -u +%F)"
    echo
    echo "\`$command_line\`: medians of $runs whole runs, warm page cache."
    echo
    write_rows
    write_checks
    echo
    echo '## Machine'
    echo
    awk -F'\t' '$2 != "" { print "- " $1 ": " $2 }' "$work/facts.tsv"
} >"$results"
show_rows
say "see ${results#"$root"/}"
((failed_checks == 0))
