#!/usr/bin/env bash
# Compares whole cold processes on the same generated data. What is compared, and what is not, stands in bench/README.md.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(dirname "$here")
command_line="bench/benchmark.sh $*"

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

say() { printf '%s\n' "benchmark.sh: $*" >&2; }
fail() { say "$*"; exit 1; }

size=1GB runs=5 only='' data='' build=false install=false list=false
while (($#)); do
    case $1 in
        --size | --data | --runs | --only)
            [[ $# -ge 2 ]] || { say "$1 needs a value"; exit 2; }
            declare "${1#--}=$2"
            shift
            ;;
        --build) build=true ;;
        --install-peers) install=true ;;
        --list) list=true ;;
        --help | -h)
            usage
            exit 0
            ;;
        *)
            say "unknown option: $1"
            usage >&2
            exit 2
            ;;
    esac
    shift
done
[[ $runs =~ ^[1-9][0-9]*$ ]] || { say "--runs must be a number from 1 on"; exit 2; }
[[ -z $data ]] || data=$(cd "$data" && pwd) || fail "--data: there is no such directory"

# What the environment names must not become a sink or an input.
unset DATABASE_URL API_URL WEAVIATE_URL DATA_DIR

peers=$here/peers
work=$root/artifacts/bench
out=$work/out
native=${HEALTH_INGESTION:-$root/dist/health_ingestion}
managed=$root/src/HealthIngestion/bin/Release/net10.0/health_ingestion.dll
mkdir -p "$work" "$out"

# ---- building --------------------------------------------------------------------------------------------------------

if $install; then
    if [[ $(id -u) == 0 ]] && command -v apt-get >/dev/null; then
        { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
            gcc g++ libsqlite3-dev libsimdjson-dev nlohmann-json3-dev; } </dev/null >/dev/null || say "apt could not install the C++ peers"
    else
        say "not root: install g++, libsqlite3-dev, libsimdjson-dev and nlohmann-json3-dev yourself"
    fi
    if command -v npm >/dev/null; then
        # Not "npm ci": it refuses a lock file that leaves out the packages of other platforms.
        (cd "$peers" && npm install --no-save --ignore-scripts --no-audit --no-fund --silent) || say "npm could not install DuckDB and ClickHouse"
    else
        say "node 20 or newer with npm is needed for DuckDB and ClickHouse"
    fi
fi

if $build; then
    "$root/build.sh" --aot >&2
    dotnet build "$root/src/HealthIngestion" -c Release -f net10.0 -v quiet --nologo >&2
fi
[[ -x $native ]] || fail "there is no ${native#"$root"/}; add --build"

# compile NAME SOURCE FLAGS...: into artifacts/bench, if it is older than its source. Without the library it stays away.
compile() {
    local name=$1 source=$2 compiler=gcc log=$work/$1.log
    shift 2
    [[ $source == *.cpp ]] && compiler=g++
    [[ $work/$name -nt $here/$source ]] && return 0
    command -v $compiler >/dev/null && $compiler -O3 -march=native -o "$work/$name" "$here/$source" "$@" 2>"$log" && return 0
    rm -f "$work/$name"
    say "${source} does not compile: $(grep -m 1 -E 'error|cannot find' "$log" || echo "$compiler is missing")"
}
compile measure tools/measure.c
[[ -x $work/measure ]] || fail "a C compiler is needed to measure"
compile reshape tools/reshape.cpp -std=c++17
compile sqlite_insert sqlite_insert.c -lsqlite3
compile samples_simdjson peers/samples_simdjson.cpp -std=c++17 -lsimdjson
compile samples_nlohmann peers/samples_nlohmann.cpp -std=c++17

# ---- data ------------------------------------------------------------------------------------------------------------

bytes_of() { stat -c %s "$@" 2>/dev/null | awk '{ sum += $1 } END { printf "%d", sum }'; }

# generate NAME OPTIONS...: a data set in artifacts/bench/NAME, made anew when the options or the binary changed.
generate() {
    local dir=$work/$1 mark
    shift
    mark="$* $("$native" --version | head -n 1)"
    if [[ ! -f $dir/made || $(<"$dir/made") != "$mark" ]]; then
        rm -rf "$dir"
        "$native" generate "$dir" --quiet "$@"
        printf '%s' "$mark" >"$dir/made"
    fi
}

number_of_bytes() {
    local n unit
    n=$(sed -E 's/[^0-9.]*$//' <<<"$1")
    unit=${1#"$n"}
    case ${unit,,} in
        '' | b) unit=1 ;; kb) unit=1e3 ;; mb) unit=1e6 ;; gb) unit=1e9 ;; tb) unit=1e12 ;;
        k | kib) unit=1024 ;; m | mib) unit=1048576 ;; g | gib) unit=1073741824 ;; t | tib) unit=1099511627776 ;;
        *) fail "--size $1 is no size" ;;
    esac
    awk -v n="$n" -v unit="$unit" 'BEGIN { printf "%d", n * unit }'
}

selected() { [[ -z $only ]] || grep -qE -- "$only" <<<"$1"; }

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

# row JOB CONTENDER INPUT COMMAND...: INPUT is what the run reads, "-" for nothing. @out is where its output goes.
rows=()
row() {
    local job=$1 contender=$2 input=$3
    shift 3
    selected "$job $contender" || return 0
    rows+=("$job"$'\t'"$contender"$'\t'"$input"$'\t'"$(printf '%q ' "$@")")
}

quiet=(--quiet --no-api --rejects "$out/rejects.ndjson")
define_rows() {
    local hr=heart_rate.json style
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

    row dry-run fastingest "$data" "$native" "$data" --dry-run "${quiet[@]}"
    row dry-run fastingest-1-worker "$data" "$native" "$data" --dry-run --workers 1 "${quiet[@]}"
    row dry-run managed "$data" dotnet "$managed" "$data" --dry-run "${quiet[@]}"

    for style in "${shapes[@]}"; do
        row shape $style "$work/shape-$style" "$native" "$work/shape-$style" --dry-run "${quiet[@]}"
    done

    row start fastingest - "$native" --version
    row start managed - dotnet "$managed" --version

    # The rows that FastIngest wrote just before, loaded into memory, inserted by C alone.
    row sqlite-floor c-insert - "$work/sqlite_insert" "$out/floor-source.db" @out.db
}

# Says why a row can not run here; nothing if it can.
missing_for() {
    case $2 in
        simdjson | nlohmann) [[ -x $work/samples_$2 ]] || echo "not installed (--install-peers)" ;;
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

raw=$work/raw.tsv
declare -A input_bytes=() gone=()

# run_row ROUND ROW: one cold process; its figures go to raw.tsv.
run_row() {
    local job contender input text cmd name error
    IFS=$'\t' read -r job contender input text <<<"$2"
    name=$job-$contender
    [[ -z ${gone[$name]:-} ]] || return 0
    error=$(missing_for "$job" "$contender")
    if [[ -n $error ]]; then
        gone[$name]=1
        printf '%s\t%s\t%s\t0\t-\t-\t-\t-\t127\t%s\n' "$1" "$job" "$contender" "$error" >>"$raw"
        return 0
    fi
    eval "cmd=(${text//@out/$(printf %q "$out/$name")})"
    # An old result must not be merged into or left standing.
    rm -f "$out/$name".*
    if [[ $input != - ]]; then
        # Warm page cache: every input byte is read once just before.
        input_files "$input" | tr '\n' '\0' | xargs -0 cat >/dev/null
        [[ -n ${input_bytes[$input]:-} ]] || input_bytes[$input]=$(input_files "$input" | tr '\n' '\0' | xargs -0 stat -c %s | awk '{ s += $1 } END { printf "%d", s }')
    fi
    local wall user system peak code
    "$work/measure" "$out/figures" "${cmd[@]}" </dev/null >"$out/stdout" 2>"$out/stderr" || true
    read -r wall user system peak code <"$out/figures"
    error=-
    if [[ $code != 0 ]]; then
        error="exit $code: $(grep -v '^ *at ' "$out/stderr" | grep -m 1 . | tr '\t' ' ' | sed "s|$root/||g" | cut -c 1-160)"
        gone[$name]=1
    elif [[ $contender == c-insert ]]; then
        # Loading the rows is not its job: it takes its own time.
        read -r wall user < <(sed -nE 's/^([0-9.]+) s for .* ([0-9.]+) s CPU.*/\1 \2/p' "$out/stdout")
        system=0
    fi
    # Round 0 brings programs and libraries into the page cache; only a failure in it counts.
    [[ $1 != 0 || $code != 0 ]] || return 0
    printf '%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n' "$1" "$job" "$contender" "${input_bytes[$input]:-0}" "$wall" "$user" "$system" "$peak" "$code" "$error" >>"$raw"
    [[ $job == start ]] || printf '  %-32s %9.3f s\n' "$job $contender" "$wall" >&2
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

check() { printf '%s\n' "$*" | tee -a "$work/checks.txt" >&2; }

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
        for db in "$out"/summaries-{fastingest,fastingest-1-worker,managed}.db "$out"/sqlite-floor-c-insert.db; do
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

# ---- report ----------------------------------------------------------------------------------------------------------

machine_facts() {
    local commit peer
    commit=$(git -C "$root" rev-parse --short HEAD 2>/dev/null || echo unknown)
    [[ -z $(git -C "$root" status --porcelain --untracked-files=no 2>/dev/null) ]] || commit+=' (changed)'
    printf 'date\t%s\n' "$(date -u '+%Y-%m-%d %H:%M UTC')"
    printf 'command\t%s\n' "$command_line"
    printf 'commit\t%s\n' "$commit"
    printf 'binary\t%s\n' "$("$native" --version | tr '\n' ' ' | sed 's/ *$//')"
    printf 'cpu\t%s\n' "$(sed -nE 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)"
    printf 'cores\t%s\n' "$(nproc)"
    printf 'memory_MiB\t%s\n' "$(awk '/MemTotal/ { printf "%d", $2 / 1024 }' /proc/meminfo)"
    printf 'kernel\t%s\n' "$(uname -sr)"
    printf 'load_before\t%s\n' "$(cut -d ' ' -f 1-3 /proc/loadavg)"
    printf 'page_cache\twarm: input is read once before every run, and every program has run once\n'
    printf 'data_bytes\t%s\n' "$whole"
    printf 'peers\t%s\n' "$({ command -v g++ >/dev/null && g++ --version | head -n 1
        command -v dpkg-query >/dev/null && dpkg-query -W -f '${Package} ${Version}\n' libsimdjson-dev nlohmann-json3-dev 2>/dev/null
        command -v node >/dev/null && echo "node $(node --version)"
        for peer in @duckdb/node-api chdb @chdb/lib-linux-x64-gnu; do
            [[ ! -f $peers/node_modules/$peer/package.json ]] || echo "$peer $(sed -nE 's/^  "version": "(.*)",?/\1/p' "$peers/node_modules/$peer/package.json")"
        done; } | paste -sd ';' | sed 's/;/; /g')"
}

# raw.tsv to "job contender bytes median min gbs ratio peak cpu runs error", in the order in which the rows were defined.
summarise() {
    awk -F'\t' -v OFS='\t' '
        { key = $2 "\t" $3 }
        $1 == "row" { order[++count] = key; next }
        { if ($9 != 0) { error[key] = $10; next }
          n = ++runs[key]; wall[key, n] = $5; bytes[key] = $4
          cpu[key, n] = $6 + $7; if ($8 > peak[key]) peak[key] = $8 }
        function median(values, key, n,   i, j, t, sorted) {
            for (i = 1; i <= n; i++) sorted[i] = values[key, i] + 0
            for (i = 2; i <= n; i++) for (j = i; j > 1 && sorted[j - 1] > sorted[j]; j--) { t = sorted[j]; sorted[j] = sorted[j - 1]; sorted[j - 1] = t }
            least = sorted[1]
            return n % 2 ? sorted[(n + 1) / 2] : (sorted[n / 2] + sorted[n / 2 + 1]) / 2
        }
        END {
            for (i = 1; i <= count; i++) {
                key = order[i]
                if (key in error) continue
                middle[key] = median(wall, key, runs[key]); low[key] = least
                used[key] = median(cpu, key, runs[key])
            }
            for (i = 1; i <= count; i++) {
                key = order[i]; split(key, part, "\t")
                if (key in error) { print part[1], part[2], "-", "-", "-", "-", "-", "-", "-", 0, error[key]; continue }
                base = part[1] "\tfastingest"
                if (part[1] == "shape") base = "shape\tpretty"
                if (part[1] == "sqlite-floor") base = "summaries\tfastingest"
                gbs = bytes[key] ? sprintf("%.3f", bytes[key] / middle[key] / 1e9) : "-"
                ratio = "-"
                # By speed where both read data, as a part may have been read; by time where the records are the same.
                if (base in middle) ratio = sprintf("%.2f", part[1] != "shape" && bytes[key] && bytes[base] ? (middle[key] / bytes[key]) / (middle[base] / bytes[base]) : middle[key] / middle[base])
                print part[1], part[2], bytes[key], sprintf("%.4f", middle[key]), sprintf("%.4f", low[key]), gbs, ratio, sprintf("%.0f", peak[key]), sprintf("%.3f", used[key]), runs[key], "-"
            }
        }' "$raw"
}

write_markdown() {
    echo "# Benchmark of $(date -u +%F), $size"
    echo
    awk -F'\t' '{ printf "- %s: %s\n", $1, $2 }' "$work/facts.tsv"
    echo
    echo 'Whole cold processes. "x" is the time for the same bytes as a multiple of FastIngest'"'"'s (of the pretty shape'"'"'s time in "shape"; of the'
    echo 'whole FastIngest run in "sqlite-floor"). Peak is the largest of all runs, CPU the median.'
    echo
    echo '| job | contender | median s | min s | GB/s | x | peak MiB | CPU s | runs |'
    echo '|---|---|--:|--:|--:|--:|--:|--:|--:|'
    awk -F'\t' '{ if ($11 != "-") printf "| %s | %s | failed: %s | | | | | | |\n", $1, $2, $11
                  else printf "| %s | %s | %s | %s | %s | %s | %s | %s | %s |\n", $1, $2, $4, $5, $6, $7, $8, $9, $10 }' "$work/table.tsv"
    echo
    echo '## Do the answers agree?'
    echo
    sed 's/^/- /' "$work/checks.txt"
}

write_json() {
    awk -F'\t' '
        function text(s) { gsub(/\\/, "\\\\", s); gsub(/"/, "\\\"", s); gsub(/[\001-\037]/, " ", s); return "\"" s "\"" }
        function number(s) { return s == "-" || s == "" ? "null" : s + 0 }
        FILENAME == ARGV[1] { facts = facts (facts ? ",\n" : "") "    " text($1) ": " text($2); next }
        FILENAME == ARGV[2] { table = table (table ? ",\n" : "") "    {\"job\": " text($1) ", \"contender\": " text($2) ", \"bytes\": " number($3) \
            ", \"median_s\": " number($4) ", \"min_s\": " number($5) ", \"gb_per_s\": " number($6) ", \"ratio\": " number($7) \
            ", \"peak_MiB\": " number($8) ", \"cpu_s\": " number($9) ", \"runs\": " number($10) ", \"error\": " ($11 == "-" ? "null" : text($11)) "}"; next }
        { checks = checks (checks ? ",\n" : "") "    " text($0) }
        END { printf "{\n  \"machine\": {\n%s\n  },\n  \"rows\": [\n%s\n  ],\n  \"checks\": [\n%s\n  ]\n}\n", facts, table, checks }' \
        "$work/facts.tsv" "$work/table.tsv" "$work/checks.txt"
}

# ---- all of it -------------------------------------------------------------------------------------------------------

if $list; then
    data=${data:-DATA} part=DATA
    define_rows
    ((${#rows[@]} == 0)) || printf '%s\n' "${rows[@]}" | cut -f 1,2 | tr '\t' ' '
    exit 0
fi

# Old answers must not be taken for new ones.
rm -rf "${out:?}"
mkdir -p "$out"
prepare_data
define_rows
((${#rows[@]})) || fail "no row matches --only '$only'; see --list"
machine_facts >"$work/facts.tsv"
printf 'row\t%s\n' "${rows[@]}" | cut -f 1-3 >"$raw"
: >"$work/checks.txt"
failed_checks=0
for row in "${rows[@]}"; do
    if [[ $row == sqlite-floor* && -x $work/sqlite_insert ]]; then
        rm -f "$out"/floor-source.db*
        "$native" "$data" --to "sqlite:$out/floor-source.db" "${quiet[@]}"
    fi
done

for ((round = 0; round <= runs; round++)); do
    say "round $round of $runs$( ((round)) || echo ", not measured")"
    # Forwards, then backwards: a machine that warms up or slows down hits all alike.
    for ((i = 0; i < ${#rows[@]}; i++)); do
        run_row $round "${rows[round % 2 ? i : ${#rows[@]} - 1 - i]}"
    done
done
for ((round = runs + 1; round <= 20; round++)); do
    for row in "${rows[@]}"; do
        [[ $row != start* ]] || run_row $round "$row"
    done
done

check_versions
printf '%s\n' "${rows[@]}" | grep -q '^samples' && check_samples
printf '%s\n' "${rows[@]}" | grep -qE '^(summaries|sqlite-floor)' && check_summaries
summarise >"$work/table.tsv"
mkdir -p "$here/results"
result=$here/results/$(date -u +%F)-$size
write_markdown >"$result.md"
write_json >"$result.json"
awk -F'\t' 'BEGIN { f = "%-13s %-20s %9s %9s %8s %8s %9s %8s\n"; printf f, "job", "contender", "median s", "min s", "GB/s", "x", "peak MiB", "CPU s" }
    { if ($11 != "-") printf "%-13s %-20s failed: %s\n", $1, $2, $11; else printf f, $1, $2, $4, $5, $6, $7, $8, $9 }' "$work/table.tsv"
cat "$work/checks.txt"
say "written: ${result#"$root"/}.md and .json"
exit $failed_checks
