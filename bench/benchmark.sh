#!/usr/bin/env bash
# Compares whole cold processes on the same generated data. What is compared, and what is not, stands in bench/README.md.
set -euo pipefail
size=1GB
peer_packages=(libsqlite3-dev libsimdjson-dev nlohmann-json3-dev)
peer_modules=(@duckdb/node-api chdb @chdb/lib-linux-x64-gnu)

usage() {
    cat <<'TEXT'
Usage: bench/benchmark.sh [OPTION...]

  --size SIZE       size of the generated data set, all files together (default 1GB)
  --data DIR        uses the seven files in DIR instead of generating any
  --runs N          measured runs of each row (default 5); the median counts
  --only PATTERN    only rows whose "job contender" matches this extended regular expression
  --build           builds the native and the managed binary first
  --install-peers   installs the peers first: DuckDB and ClickHouse with npm into bench/peers/node_modules;
                    as root also simdjson and nlohmann/json with apt
  --list            only shows the rows
  --help            this text

Work files go to artifacts/bench/, results to bench/results/ as Markdown and JSON. Peers that are not installed are
named in the table as "not installed". Do not run anything else meanwhile. HEALTH_INGESTION names another native binary.
TEXT
}

# shellcheck source=bench/tools/runs.sh
. "$(dirname "${BASH_SOURCE[0]}")/tools/runs.sh"
parse_options "$@"
build_all
compile reshape tools/reshape.cpp -std=c++17
compile sqlite_insert sqlite_insert.c -lsqlite3
compile samples_simdjson peers/samples_simdjson.cpp -std=c++17 -lsimdjson
compile samples_nlohmann peers/samples_nlohmann.cpp -std=c++17
compile categories_simdjson peers/categories_simdjson.cpp -std=c++17 -lsimdjson
categories=(activities workouts nutrition sleep)

shapes=(pretty spaced compact ndjson accented shuffled)
prepare_data() {
    if [[ -z $data ]]; then
        data=$work/data
        say "generating $size"
        generate data --size "$size"
    fi
    [[ -f $data/heart_rate.json ]] || fail "$data holds no heart_rate.json"
    # Those that hold everything in memory get what fits: the tree of nlohmann/json takes up to 7 times the file.
    whole=$(bytes_of "$data"/*.json)
    local fits
    fits=$(($(awk '/MemAvailable/ { print $2 }' /proc/meminfo) * 1024 / 16))
    part=$data
    if ((whole > fits)); then
        part=$work/part
        generate part --size "$fits"
    fi

    # The same records in each shape: a quarter of the size, in whole users (about 1.43 MB each, pretty).
    local users style file
    users=$(($(number_of_bytes "$size") / 4 / 1430000))
    ((users >= 8)) || users=8
    for style in pretty spaced compact ndjson; do
        if selected "shape $style" || selected 'shape accented' || selected 'shape shuffled'; then
            generate "shape-$style" --users $users --days 365 --style $style
        fi
    done
    for style in accented shuffled; do
        selected "shape $style" && [[ -x $work/reshape ]] || continue
        mkdir -p "$work/shape-$style"
        for file in "$work"/shape-pretty/*.json; do
            local to=$work/shape-$style/${file##*/}
            [[ $to -nt $file ]] && continue
            if [[ $style == accented ]]; then
                "$work/reshape" accent "$file" "$to"
            else
                "$work/reshape" shuffle 42 "$file" "$to"
            fi
        done
    done
}

# ---- rows ------------------------------------------------------------------------------------------------------------

quiet=(--quiet --no-api --rejects "$out/rejects.ndjson")
define_rows() {
    local hr=heart_rate.json style category
    row samples fastingest "$data/$hr" "$native" "$data/$hr" --to "ndjson:@out.ndjson" "${quiet[@]}"
    row samples fastingest-1-worker "$data/$hr" "$native" "$data/$hr" --to "ndjson:@out.ndjson" --workers 1 "${quiet[@]}"
    row samples managed "$data/$hr" dotnet "$managed" "$data/$hr" --to "ndjson:@out.ndjson" "${quiet[@]}"
    row samples original "$part/$hr" "$native" "$part/$hr" --mode original --to "ndjson:@out.ndjson" "${quiet[@]}"
    row samples simdjson "$data/$hr" "$work/samples_simdjson" "$data/$hr" @out.csv
    row samples nlohmann "$part/$hr" "$work/samples_nlohmann" "$part/$hr" @out.csv
    row samples duckdb "$data/$hr" node "$peers/samples_duckdb.mjs" "$data/$hr" @out.csv
    row samples clickhouse "$data/$hr" node "$peers/samples_clickhouse.mjs" "$data/$hr" @out.csv

    row summaries fastingest "$data" "$native" "$data" --to "sqlite:@out.db" "${quiet[@]}"
    row summaries fastingest-1-worker "$data" "$native" "$data" --to "sqlite:@out.db" --workers 1 "${quiet[@]}"
    row summaries managed "$data" dotnet "$managed" "$data" --to "sqlite:@out.db" "${quiet[@]}"
    row summaries original "$part" "$native" "$part" --mode original --to "sqlite:@out.db" "${quiet[@]}"
    row summaries duckdb "$data" node "$peers/summaries_duckdb.mjs" "$data" @out.duckdb

    for category in "${categories[@]}"; do
        row "$category" fastingest-1-worker "$data/$category.json" "$native" "$data/$category.json" --to "ndjson:@out.ndjson" --workers 1 "${quiet[@]}"
        row "$category" no-text-1-worker "$data/$category.json" "$native" "$data/$category.json" --to "ndjson:@out.ndjson" --workers 1 --no-text "${quiet[@]}"
        row "$category" simdjson "$data/$category.json" "$work/categories_simdjson" "$category" "$data/$category.json" @out.csv
    done

    row dry-run fastingest "$data" "$native" "$data" --dry-run "${quiet[@]}"
    row dry-run fastingest-1-worker "$data" "$native" "$data" --dry-run --workers 1 "${quiet[@]}"
    row dry-run managed "$data" dotnet "$managed" "$data" --dry-run "${quiet[@]}"

    for style in "${shapes[@]}"; do
        row shape "$style" "$work/shape-$style" "$native" "$work/shape-$style" --dry-run "${quiet[@]}"
    done

    row start fastingest - "$native" --version
    row start managed - dotnet "$managed" --version

    # The rows that FastIngest wrote just before, loaded into memory, inserted by C alone.
    row sqlite-inserts c-insert - "$work/sqlite_insert" "$out/inserts-source.db" @out.db
}

# The same records in "shape", and in "sqlite-inserts" the same rows.
base_of() {
    case $1 in
        shape) printf 'shape\tpretty\ttime' ;;
        sqlite-inserts) printf 'summaries\tfastingest' ;;
        activities | workouts | nutrition | sleep) printf '%s\tfastingest-1-worker' "$1" ;;
        *) printf '%s\tfastingest' "$1" ;;
    esac
}

# Says why a row can not run here; nothing if it can.
missing_for() {
    case $2 in
        simdjson | nlohmann) [[ -x $work/samples_$2 && ($2 == nlohmann || -x $work/categories_simdjson) ]] || echo "not installed (--install-peers)" ;;
        duckdb) [[ -d $peers/node_modules/@duckdb/node-api ]] && command -v node >/dev/null || echo "not installed (--install-peers)" ;;
        clickhouse) [[ -d $peers/node_modules/chdb ]] && command -v node >/dev/null || echo "not installed (--install-peers)" ;;
        managed) [[ -f $managed ]] && command -v dotnet >/dev/null || echo "not built (--build)" ;;
        c-insert) [[ -x $work/sqlite_insert ]] || echo "not compiled (gcc, libsqlite3-dev)" ;;
        accented | shuffled) [[ -x $work/reshape ]] || echo "not compiled (g++)" ;;
    esac
}

input_files() {
    if [[ -d $1 ]]; then
        find "$1" -maxdepth 1 -type f \( -name '*.json' -o -name '*.ndjson' -o -name '*.jsonl' \)
    else
        printf '%s\n' "$1"
    fi
}

# Loading the rows is not the job of the C program: it takes its own time.
own_time() {
    [[ $1 != c-insert ]] || sed -nE 's/^([0-9.]+) s for .* ([0-9.]+) s CPU.*/\1 \2 0/p' "$2"
}

# ---- do the answers agree? -------------------------------------------------------------------------------------------

# "user,day,count,sum,min,max" a line, sorted, numbers in one form.
csv_of_peer() {
    tr -d '"' <"$1" | awk -F, '{ printf "%s,%s,%d,%.6f,%.6f,%.6f\n", $1, $2, $3, $4, $5, $6 }' | LC_ALL=C sort
}

csv_of_ndjson() {
    sed -nE 's/^\{"user_id": "([^"]*)", "date": "([^"]*)".*"hr_count": ([0-9]+), "hr_min": ([^,]*), "hr_max": ([^,]*), "hr_mean": ([^,]*),.*/\1,\2,\3,\6,\4,\5/p' "$1" |
        awk -F, '{ printf "%s,%s,%d,%.6f,%.6f,%.6f\n", $1, $2, $3, $4 * $3, $5, $6 }' | LC_ALL=C sort
}

totals_of() { awk -F, '{ n += $3; s += $4 } END { printf "%d keys, %d samples, sum %.3f", NR, n, s }' "$1"; }

# A managed build of other sources would tell lies.
check_versions() {
    [[ -f $managed ]] && command -v dotnet >/dev/null || return 0
    if [[ $(dotnet "$managed" --version | head -n 1) != "$("$native" --version | head -n 1)" ]]; then
        check "versions: the managed build is of another commit than the native binary; add --build"
    fi
}

check_samples() {
    local contender file theirs input
    local -A expected=()
    for input in "$data" "$part"; do
        [[ -z ${expected[$input]:-} ]] || continue
        "$native" "$input/heart_rate.json" --to "ndjson:$out/expected.ndjson" "${quiet[@]}"
        expected[$input]=$out/expected-$([[ $input == "$data" ]] && echo data || echo part).csv
        csv_of_ndjson "$out/expected.ndjson" >"${expected[$input]}"
        check "samples: $(totals_of "${expected[$input]}") by fastingest in ${input##*/}"
        rm -f "$out/expected.ndjson"
    done
    theirs=$out/theirs.csv
    for contender in fastingest fastingest-1-worker managed original simdjson nlohmann duckdb clickhouse; do
        file=$out/samples-$contender
        if [[ -f $file.csv ]]; then
            csv_of_peer "$file.csv" >"$theirs"
        elif [[ -f $file.ndjson ]]; then
            csv_of_ndjson "$file.ndjson" >"$theirs"
        else
            continue
        fi
        input=$data
        [[ $contender == nlohmann || $contender == original ]] && input=$part
        if cmp -s "$theirs" "${expected[$input]}"; then
            check "samples: $contender agrees in every key"
        else
            check "samples: $contender DIFFERS in $({ comm -13 "${expected[$input]}" "$theirs" || true; } | wc -l) keys: $(totals_of "$theirs")"
            failed_checks=1
        fi
    done
}

check_summaries() {
    local db sum first='' rest
    if command -v sqlite3 >/dev/null; then
        for db in "$out"/summaries-{fastingest,fastingest-1-worker,managed}.db "$out"/sqlite-inserts-c-insert.db; do
            [[ -f $db ]] || continue
            read -r sum rest < <(sqlite3 "file:$db?mode=ro" 'SELECT * FROM daily_summaries ORDER BY user_id, date' | md5sum)
            first=${first:-$sum}
            rest=agrees
            [[ $sum == "$first" ]] || { rest=DIFFERS failed_checks=1; }
            check "summaries: rows of $(basename "$db" .db): $(sqlite3 "file:$db?mode=ro" 'SELECT count(*) FROM daily_summaries'), $rest"
        done
    fi
    if [[ -f $out/summaries-duckdb.duckdb ]]; then
        "$native" "$data" --to "ndjson:$out/expected.ndjson" "${quiet[@]}"
        sum=$(node "$peers/compare_summaries.mjs" "$out/expected.ndjson" "$out/summaries-duckdb.duckdb" 2>"$out/stderr") || failed_checks=1
        check "summaries: duckdb against fastingest: ${sum:-$(head -n 1 "$out/stderr")}"
        rm -f "$out/expected.ndjson"
    fi
}

# The same sums by user and day.
check_categories() {
    local category line
    command -v python3 >/dev/null || { check "categories: not compared, python3 is missing"; return 0; }
    for category in "${categories[@]}"; do
        [[ -f $out/$category-simdjson.csv ]] || continue
        "$native" "$data/$category.json" --to "ndjson:$out/expected.ndjson" "${quiet[@]}"
        line=$(python3 "$here/tools/compare_categories.py" "$category" "$out/expected.ndjson" "$out/$category-simdjson.csv" 2>&1) || failed_checks=1
        check "$category: simdjson $line"
        rm -f "$out/expected.ndjson"
    done
}

# ---- report ----------------------------------------------------------------------------------------------------------

write_markdown() {
    echo "# Benchmark of $(date -u +%F), $size"
    echo
    awk -F'\t' '{ printf "- %s: %s\n", $1, $2 }' "$work/facts.tsv"
    echo
    echo 'Whole cold processes. "x" is the time for the same bytes as a multiple of FastIngest'"'"'s (of the pretty shape'"'"'s time in "shape"; of the'
    echo 'whole FastIngest run in "sqlite-inserts"). Peak is the largest of all runs, CPU the median.'
    echo
    write_rows
    write_checks
}

# ---- all of it -------------------------------------------------------------------------------------------------------

if $list; then
    data=${data:-DATA} part=DATA
    define_rows
    list_rows
    exit 0
fi

empty_out
prepare_data
define_rows
((${#rows[@]})) || fail "no row matches --only '$only'; see --list"
machine_facts >"$work/facts.tsv"
for row in "${rows[@]}"; do
    if [[ $row == sqlite-inserts* && -x $work/sqlite_insert ]]; then
        rm -f "$out"/inserts-source.db*
        "$native" "$data" --to "sqlite:$out/inserts-source.db" "${quiet[@]}"
    fi
done

run_rows
for ((round = runs + 1; round <= 20; round++)); do
    for row in "${rows[@]}"; do
        [[ $row != start* ]] || run_row $round "$row"
    done
done

check_versions
printf '%s\n' "${rows[@]}" | grep -q '^samples' && check_samples
check_categories
printf '%s\n' "${rows[@]}" | grep -qE '^(summaries|sqlite-inserts)' && check_summaries
summarise >"$work/table.tsv"
mkdir -p "$here/results"
result=$here/results/$(date -u +%F)-$size
write_markdown >"$result.md"
write_json >"$result.json"
show_rows
say "written: ${result#"$root"/}.md and .json"
exit "$failed_checks"
