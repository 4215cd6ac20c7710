#!/usr/bin/env bash
# Compares whole cold processes on the exports of phones, watches and clinics. What is compared, and what is not, stands in bench/README.md.
set -euo pipefail
size=300MB
peer_packages=(libsimdjson-dev libexpat1-dev libxml2-dev unzip)
peer_modules=(@duckdb/node-api)

usage() {
    cat <<'TEXT'
Usage: bench/dialects.sh [OPTION...]

  --size SIZE       size of the export of Apple Health (default 300MB); the JSON exports have a third of it
  --runs N          measured runs of each row (default 5); the median counts
  --only PATTERN    only rows whose "job contender" matches this extended regular expression
  --build           builds the native binary first
  --install-peers   installs the peers first: DuckDB with npm into bench/peers/node_modules; as root also simdjson,
                    expat, libxml2 and unzip with apt
  --list            only shows the rows
  --help            this text

Work files go to artifacts/bench/, results to bench/results/ as Markdown and JSON. Peers that are not installed are
named in the table as "not installed". Do not run anything else meanwhile. Python 3 is needed; HEALTH_INGESTION names
another native binary. The exit code is 1 if answers differ.
TEXT
}

# shellcheck source=bench/tools/runs.sh
. "$(dirname "${BASH_SOURCE[0]}")/tools/runs.sh"
parse_options "$@"
[[ -z $data ]] || fail "--data is not for this script"
build_all
exports=$peers/exports
compile apple_expat peers/exports/apple_expat.cpp -std=c++17 -lexpat
compile apple_libxml2 peers/exports/apple_libxml2.cpp -std=c++17 -I/usr/include/libxml2 -lxml2
compile exports_simdjson peers/exports/exports_simdjson.cpp -std=c++17 -lsimdjson
# The interpreter itself: a wrapper such as that of pyenv takes longer to start.
python=$(python3 -c 'import sys; print(sys.executable)') || fail "python3 is missing"
export TZ=Europe/Berlin
# It syncs more than 10,000 times.
once='python-sqlite-commits'

# ---- data ------------------------------------------------------------------------------------------------------------

json_kinds=(fhir open-mhealth health-auto-export google-fit fitbit)
# Where each export lies, and in a zip archive.
export_of() { echo "$work/export-$1"; }
zip_of() { echo "$work/export-$1.zip"; }

# Expat, libxml2 and Python reject what Apple writes: a damaged document type, and U+000B in texts. So all read the same copy without both.
repair_apple() {
    local from
    from=$(export_of apple-as-written)
    mkdir -p "$(export_of apple)"
    LC_ALL=C sed -e '/^<!DOCTYPE/,/^]>/d' -e 's/\x0b/ /g' "$from/apple_health_export/export.xml" >"$(export_of apple)/export.xml"
}

prepare_data() {
    local kind bytes dir newest
    bytes=$(number_of_bytes "$size")
    whole=0
    for kind in apple "${json_kinds[@]}"; do
        is_wanted "$kind" || continue
        dir=$(export_of "$kind")
        say "generating $kind"
        if [[ $kind == apple ]]; then
            generate export-apple-as-written --kind apple --users 1 --size "$bytes"
            [[ $dir/export.xml -nt $dir-as-written.made ]] || repair_apple
        else
            generate "export-$kind" --kind "$kind" --users 1 --size $((bytes / 3))
            # The days that a reader must find are no part of the export.
            rm -f "$dir/expected-days.ndjson"
        fi
        newest=$dir.made
        [[ $kind != apple ]] || newest=$dir/export.xml
        if is_wanted "$kind-zip" && [[ ! $dir.zip -nt $newest ]]; then
            rm -f "$dir.zip"
            (cd "$dir" && "$python" -m zipfile -c "$dir.zip" ./*)
        fi
        whole=$((whole + $(input_size "$dir")))
    done
}

input_files() {
    if [[ -d $1 ]]; then
        find "$1" -type f \( -name '*.xml' -o -name '*.json' -o -name '*.ndjson' \)
    else
        printf '%s\n' "$1"
    fi
}

# The speed of a zip archive is that of the bytes in it.
input_size() { input_files "${1%.zip}" | tr '\n' '\0' | xargs -0 stat -c %s | awk '{ s += $1 } END { printf "%d", s }'; }

# ---- rows ------------------------------------------------------------------------------------------------------------

first_core=$(taskset -cp $$ | sed -E 's/.*: ([0-9]+).*/\1/')

# Ours: all threads on one core, one worker, two workers; each without output and into SQLite.
rows_of_ours() {
    local job=$1 input=$2
    local always=(--quiet --no-api --time-zone "$TZ" --rejects "$out/rejects.ndjson")
    row "$job" fastingest-1-core "$input" taskset -c "$first_core" "$native" "$input" --dry-run --workers 1 "${always[@]}"
    row "$job" fastingest-1-worker "$input" "$native" "$input" --dry-run --workers 1 "${always[@]}"
    row "$job" fastingest "$input" "$native" "$input" --dry-run --workers 2 "${always[@]}"
    row "$job" sqlite-1-worker "$input" "$native" "$input" --to "sqlite:@out.db" --workers 1 "${always[@]}"
    row "$job" sqlite "$input" "$native" "$input" --to "sqlite:@out.db" --workers 2 "${always[@]}"
}

define_rows() {
    local kind dir zip xml
    dir=$(export_of apple)
    zip=$(zip_of apple)
    xml=$dir/export.xml
    rows_of_ours apple "$dir"
    row apple expat "$dir" "$work/apple_expat" "$xml" @out.csv
    row apple libxml2 "$dir" "$work/apple_libxml2" "$xml" @out.csv
    row apple python-sqlite "$dir" "$python" "$exports/apple_sqlite.py" "$xml" @out.db
    row apple "$once" "$dir" "$python" "$exports/apple_sqlite.py" --commit "$xml" @out.db
    rows_of_ours apple-zip "$zip"
    # shellcheck disable=SC2016
    for kind in expat libxml2; do
        row apple-zip "unzip-$kind" "$zip" bash -c 'set -o pipefail; unzip -p "$1" | "$2" - "$3"' - "$zip" "$work/apple_$kind" @out.csv
    done
    for kind in "${json_kinds[@]}"; do
        dir=$(export_of "$kind")
        rows_of_ours "$kind" "$dir"
        row "$kind" simdjson "$dir" "$work/exports_simdjson" "$kind" "$dir" @out.csv
        case $kind in fhir | open-mhealth)
            row "$kind" simdjson-ids "$dir" "$work/exports_simdjson" "$kind" --ids "$dir" @out.csv ;;
        esac
        row "$kind" duckdb "$dir" node "$exports/exports_duckdb.mjs" "$kind" "$dir" @out.csv
        zip=$(zip_of "$kind")
        row "$kind-zip" sqlite "$zip" "$native" "$zip" --to "sqlite:@out.db" --workers 2 --quiet --no-api --time-zone "$TZ" --rejects "$out/rejects.ndjson"
    done
}

is_wanted() { printf '%s\n' "${rows[@]}" | grep -qE "^$1(-zip)?"$'\t'; }

base_of() { printf '%s\tfastingest' "${1%-zip}"; }

# Says why a row can not run here; nothing if it can.
missing_for() {
    case $2 in
        expat | libxml2) [[ -x $work/apple_$2 ]] || echo "not installed (--install-peers)" ;;
        unzip-*) [[ -x $work/apple_${2#unzip-} ]] && command -v unzip >/dev/null || echo "not installed (--install-peers)" ;;
        simdjson | simdjson-ids) [[ -x $work/exports_simdjson ]] || echo "not installed (--install-peers)" ;;
        duckdb) [[ -d $peers/node_modules/@duckdb/node-api ]] && command -v node >/dev/null || echo "not installed (--install-peers)" ;;
    esac
}

# ---- do the answers agree? -------------------------------------------------------------------------------------------

check_days() {
    local kind file name line without
    for kind in apple "${json_kinds[@]}"; do
        is_wanted "$kind" || continue
        "$native" "$(export_of "$kind")" --to "ndjson:$out/expected.ndjson" --quiet --no-api --time-zone "$TZ" --rejects "$out/rejects.ndjson"
        for file in "$out/$kind"-*.csv "$out/$kind"-*.db; do
            [[ -f $file ]] || continue
            name=$(basename "${file%.*}")
            # It has the records of correlations twice, as healthkit-to-sqlite has.
            without=
            [[ $name != *python-sqlite* ]] || without=systolic_blood_pressure,diastolic_blood_pressure
            line=$("$python" "$here/tools/compare_days.py" "$out/expected.ndjson" "$file" $without 2>&1) || failed_checks=1
            check "$kind: ${name#"$kind"-} $(tail -n 1 <<<"$line")"
        done
        rm -f "$out/expected.ndjson"
    done
}

# ---- report ----------------------------------------------------------------------------------------------------------

# How many times as long each peer takes as FastIngest on one core, with two workers, and with two workers into SQLite.
write_ratios() {
    echo '| export | FastIngest, GB/s: one core | two workers | into SQLite | peer | takes, times FastIngest: on one core | with two workers | into SQLite | CPU seconds, times those on one core |'
    echo '|---|--:|--:|--:|---|--:|--:|--:|--:|'
    awk -F'\t' '
        $11 == "-" { key = $1 "\t" $2; time[key] = $4; cpu[key] = $9; speed[key] = $6 }
        { order[++count] = $1 "\t" $2 }
        function ratio(values, peer, ours) { return (peer in values) && values[ours] > 0 ? sprintf("%.2f", values[peer] / values[ours]) : "" }
        END {
            for (i = 1; i <= count; i++) {
                split(order[i], part, "\t")
                job = part[1]
                if (part[2] ~ /^(fastingest|sqlite)/) continue
                one = job "\tfastingest-1-core"
                printf "| %s | %s | %s | %s | %s | %s | %s | %s | %s |\n", job, speed[one], speed[job "\tfastingest"], speed[job "\tsqlite"],
                    part[2], ratio(time, order[i], one), ratio(time, order[i], job "\tfastingest"), ratio(time, order[i], job "\tsqlite"), ratio(cpu, order[i], one)
            }
        }' "$work/table.tsv"
}

# "met" or "missed" for each goal whose rows were measured.
write_goals() {
    awk -F'\t' '
        $11 == "-" { key = $1 " " $2; time[key] = $4; speed[key] = $6
            if ($2 ~ /^(fastingest|sqlite)/) { ours++; if ($8 > peak) { peak = $8; largest = key } } }
        function goal(text, value, least) { printf "- %s: %.2f, %s\n", text, value, (value >= least ? "met" : "**missed**") }
        function ratio(text, job, peer, contender, least) {
            if (((job " " peer) in time) && ((job " " contender) in time)) goal(text, time[job " " peer] / time[job " " contender], least)
        }
        END {
            if ("apple fastingest" in speed) goal("Apple Health on two cores, at least 1 GB/s", speed["apple fastingest"], 1)
            ratio("Apple Health into SQLite on two cores, at least 100 times the Python loader that commits as healthkit-to-sqlite does", "apple", "python-sqlite-commits", "sqlite", 100)
            ratio("the same against the Python loader with one transaction", "apple", "python-sqlite", "sqlite", 100)
            ratio("Apple Health on two cores, at least 5 times expat", "apple", "expat", "fastingest", 5)
            count = split("fhir open-mhealth health-auto-export google-fit fitbit", kinds, " ")
            for (i = 1; i <= count; i++) ratio(kinds[i] " on one core, at least 2 times simdjson", kinds[i], "simdjson", "fastingest-1-core", 2)
            if (ours) printf "- peak memory of FastIngest at most 256 MiB everywhere: %d MiB (%s), %s\n", peak, largest, (peak <= 256 ? "met" : "**missed**")
        }' "$work/table.tsv"
}

write_markdown() {
    echo "# Exports of phones, watches and clinics, $(date -u +%F)"
    echo
    write_ratios
    echo
    # shellcheck disable=SC2016
    echo 'A ratio above 1 means that FastIngest is faster. The CPU seconds say more where other programs share the machine. `bench/README.md` says what each program does and what favours whom.'
    echo
    echo '## Goals'
    echo
    write_goals
    echo
    echo '## Machine'
    echo
    awk -F'\t' '{ printf "- %s: %s\n", $1, $2 }' "$work/facts.tsv"
    echo "- load_after: $(cut -d ' ' -f 1-3 /proc/loadavg)"
    echo
    echo '## All rows'
    echo
    # shellcheck disable=SC2016
    echo 'Whole cold processes. "x" is the time for the same bytes as a multiple of `fastingest` of the same export, which is a dry run with two workers.'
    echo 'Peak is the largest of all runs, CPU the median. In a pipe, peak is that of its largest process.'
    echo
    write_rows
    write_checks
}

# ---- all of it -------------------------------------------------------------------------------------------------------

define_rows
if $list; then
    list_rows
    exit 0
fi
((${#rows[@]})) || fail "no row matches --only '$only'; see --list"
empty_out
prepare_data
machine_facts >"$work/facts.tsv"
printf 'python\t%s\n' "$("$python" --version)" >>"$work/facts.tsv"
run_rows
check_days
summarise >"$work/table.tsv"
mkdir -p "$here/results"
result=$here/results/$(date -u +%F)-dialects
write_markdown >"$result.md"
write_json >"$result.json"
show_rows
write_goals
say "written: ${result#"$root"/}.md and .json"
exit "$failed_checks"
