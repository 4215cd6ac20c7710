# shellcheck shell=bash
# What the scripts that compare whole cold processes share: options, building, generating, measuring, and the results.
# A script sources this file after it has set `size`, `peer_packages` and `peer_modules` and defined `usage`; if it has other options than those below,
# also `known_options`. It then defines:
#   missing_for JOB CONTENDER   says why a row can not run here; prints nothing if it can
#   input_files INPUT           the files that a run reads, one a line
#   once                        optional: a contender that is so slow that it runs in the first measured round alone
#   base_of JOB                 "JOB<tab>CONTENDER" of the row to which "x" refers; with "<tab>time" x compares times, otherwise speeds
# and calls parse_options, build_all, generate, row, run_rows, summarise, machine_facts and write_json.

script=$(basename "$0")
here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
root=$(dirname "$here")
peers=$here/peers
work=$root/artifacts/bench
out=$work/out
native=${HEALTH_INGESTION:-$root/dist/health_ingestion}
managed=$root/src/HealthIngestion/bin/Release/net10.0/health_ingestion.dll
raw=$work/raw.tsv

say() { printf '%s\n' "$script: $*" >&2; }
fail() { say "$*"; exit 1; }

# The median of the numbers on standard input.
median() { sort -n | awk '{ v[NR] = $1 } END { print (NR % 2) ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'; }

known_options=${known_options:-size data runs only build install-peers list}

# Sets size, runs, only, data, cpus, build, install and list from the command line.
parse_options() {
    command_line="bench/$script $*"
    runs=5 only='' data='' cpus='' build=false install=false list=false
    while (($#)); do
        if [[ $1 == --help || $1 == -h ]]; then
            usage
            exit 0
        fi
        if [[ $1 != --* || " $known_options " != *" ${1#--} "* ]]; then
            say "unknown option: $1"
            usage >&2
            exit 2
        fi
        case $1 in
            --build) build=true ;;
            --install-peers) install=true ;;
            --list) list=true ;;
            *)
                [[ $# -ge 2 ]] || { say "$1 needs a value"; exit 2; }
                declare -g "${1#--}=$2"
                shift
                ;;
        esac
        shift
    done
    [[ $runs =~ ^[1-9][0-9]*$ ]] || { say "--runs must be a number from 1 on"; exit 2; }
    [[ -z $data ]] || data=$(cd "$data" && pwd) || fail "--data: there is no such directory"
    # What the environment names must not become a sink or an input.
    unset DATABASE_URL API_URL WEAVIATE_URL DATA_DIR
    mkdir -p "$work" "$out"
}

# ---- building --------------------------------------------------------------------------------------------------------

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

# Installs the peers and builds the binaries as the options say, and compiles what measures.
build_all() {
    if $install; then
        if [[ $(id -u) == 0 ]] && command -v apt-get >/dev/null; then
            { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
                gcc g++ "${peer_packages[@]}"; } </dev/null >/dev/null || say "apt could not install the C++ peers"
        else
            say "not root: install g++ ${peer_packages[*]} yourself"
        fi
        if command -v npm >/dev/null; then
            # Not "npm ci": it refuses a lock file that leaves out the packages of other platforms.
            (cd "$peers" && npm install --no-save --ignore-scripts --no-audit --no-fund --silent) || say "npm could not install ${peer_modules[*]}"
        else
            say "node 20 or newer with npm is needed for ${peer_modules[*]}"
        fi
    fi

    if $build; then
        "$root/build.sh" --aot >&2
        dotnet build "$root/src/HealthIngestion" -c Release -f net10.0 -v quiet --nologo >&2
    fi
    [[ -x $native ]] || fail "there is no ${native#"$root"/}; add --build"
    compile measure tools/measure.c
    [[ -x $work/measure ]] || fail "a C compiler is needed to measure"
}

# ---- data ------------------------------------------------------------------------------------------------------------

bytes_of() { stat -c %s "$@" 2>/dev/null | awk '{ sum += $1 } END { printf "%.0f", sum }'; }

# generate NAME OPTIONS...: a data set in artifacts/bench/NAME, made anew when the options or the binary changed.
generate() {
    local dir=$work/$1 mark
    shift
    mark="$* $("$native" --version | head -n 1)"
    if [[ ! -d $dir || ! -f $dir.made || $(<"$dir.made") != "$mark" ]]; then
        rm -rf "$dir"
        "$native" generate "$dir" --quiet "$@"
        printf '%s' "$mark" >"$dir.made"
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
    awk -v n="$n" -v unit="$unit" 'BEGIN { printf "%.0f", n * unit }'
}

selected() { [[ -z $only ]] || grep -qE -- "$only" <<<"$1"; }

# ---- rows ------------------------------------------------------------------------------------------------------------

# row JOB CONTENDER INPUT COMMAND...: INPUT is what the run reads, "-" for nothing. @out is where its output goes.
rows=()
row() {
    local job=$1 contender=$2 input=$3
    shift 3
    selected "$job $contender" || return 0
    rows+=("$job"$'\t'"$contender"$'\t'"$input"$'\t'"$(printf '%q ' "$@")")
}

declare -A input_bytes=() gone=()

# The bytes by which the speed of a run is counted.
input_size() { input_files "$1" | tr '\n' '\0' | xargs -0 stat -c %s | awk '{ s += $1 } END { printf "%.0f", s }'; }

# own_time CONTENDER STDOUT: "wall user system" of a program that takes its own time; otherwise nothing.
own_time() { :; }

# run_row ROUND ROW: one cold process; its figures go to raw.tsv.
run_row() {
    local job contender input text cmd name error
    IFS=$'\t' read -r job contender input text <<<"$2"
    name=$job-$contender
    [[ -z ${gone[$name]:-} ]] || return 0
    [[ $contender != "${once:-}" || $1 == 1 ]] || return 0
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
        [[ -n ${input_bytes[$input]:-} ]] || input_bytes[$input]=$(input_size "$input")
    fi
    local wall user system peak code faults switches own
    "$work/measure" "$out/figures" "${cmd[@]}" </dev/null >"$out/stdout" 2>"$out/stderr" || true
    read -r wall user system peak code faults switches <"$out/figures"
    error=-
    if [[ $code != 0 ]]; then
        error="exit $code: $(grep -v '^ *at ' "$out/stderr" | grep -m 1 . | tr '\t' ' ' | sed "s|$root/||g" | cut -c 1-160)"
        gone[$name]=1
    else
        own=$(own_time "$contender" "$out/stdout")
        [[ -z $own ]] || read -r wall user system <<<"$own"
    fi
    # Round 0 brings programs and libraries into the page cache; only a failure in it counts.
    [[ $1 != 0 || $code != 0 ]] || return 0
    printf '%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n' "$1" "$job" "$contender" "${input_bytes[$input]:-0}" "$wall" "$user" "$system" "$peak" "$code" "$error" \
        "$faults" "$switches" >>"$raw"
    [[ $job == start ]] || printf '  %-40s %9.3f s\n' "$job $contender" "$wall" >&2
}

# Every row once without measuring, then $runs times.
run_rows() {
    local round i
    for i in "${rows[@]}"; do
        printf 'row\t%s\t%s\n' "$(cut -f 1,2 <<<"$i")" "$(base_of "${i%%$'\t'*}")"
    done >"$raw"
    for ((round = 0; round <= runs; round++)); do
        say "round $round of $runs$( ((round)) || echo ", not measured")"
        # Forwards, then backwards: a machine that warms up or slows down hits all alike.
        for ((i = 0; i < ${#rows[@]}; i++)); do
            run_row $round "${rows[round % 2 ? i : ${#rows[@]} - 1 - i]}"
        done
    done
}

list_rows() { ((${#rows[@]} == 0)) || printf '%s\n' "${rows[@]}" | cut -f 1,2 | tr '\t' ' '; }

# Old answers must not be taken for new ones.
empty_out() {
    rm -rf "${out:?}"
    mkdir -p "$out"
    : >"$work/checks.txt"
    failed_checks=0
}

# ---- results ---------------------------------------------------------------------------------------------------------

check() { printf '%s\n' "$*" | tee -a "$work/checks.txt" >&2; }

# The machine, the versions and the size of the data, as "name<tab>value". `whole` is the number of bytes.
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
        ((${#peer_packages[@]})) && command -v dpkg-query >/dev/null && dpkg-query -W -f '${Package} ${Version}\n' "${peer_packages[@]}" 2>/dev/null
        command -v node >/dev/null && echo "node $(node --version)"
        for peer in "${peer_modules[@]}"; do
            [[ ! -f $peers/node_modules/$peer/package.json ]] || echo "$peer $(sed -nE 's/^  "version": "(.*)",?/\1/p' "$peers/node_modules/$peer/package.json")"
        done; } | paste -sd ';' | sed 's/;/; /g')"
}

# raw.tsv to "job contender bytes median min gbs ratio peak cpu runs error faults switches", in the order in which the rows were defined.
summarise() {
    awk -F'\t' -v OFS='\t' '
        { key = $2 "\t" $3 }
        $1 == "row" { order[++count] = key; base_of[key] = $4 "\t" $5; by_time[key] = $6 == "time"; next }
        { if ($9 != 0) { error[key] = $10; next }
          n = ++runs[key]; wall[key, n] = $5; bytes[key] = $4
          cpu[key, n] = $6 + $7; if ($8 > peak[key]) peak[key] = $8
          fault[key, n] = $11; change[key, n] = $12 }
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
                faults[key] = median(fault, key, runs[key])
                changes[key] = median(change, key, runs[key])
            }
            for (i = 1; i <= count; i++) {
                key = order[i]; split(key, part, "\t")
                if (key in error) { print part[1], part[2], "-", "-", "-", "-", "-", "-", "-", 0, error[key], "-", "-"; continue }
                base = base_of[key]
                gbs = bytes[key] ? sprintf("%.3f", bytes[key] / middle[key] / 1e9) : "-"
                ratio = "-"
                # By speed where both read data, as a part may have been read; by time where the records are the same.
                if (base in middle) ratio = sprintf("%.2f", !by_time[key] && bytes[key] && bytes[base] ? (middle[key] / bytes[key]) / (middle[base] / bytes[base]) : middle[key] / middle[base])
                print part[1], part[2], bytes[key], sprintf("%.4f", middle[key]), sprintf("%.4f", low[key]), gbs, ratio, sprintf("%.0f", peak[key]), sprintf("%.3f", used[key]), runs[key], "-", sprintf("%.0f", faults[key]), sprintf("%.0f", changes[key])
            }
        }' "$raw"
}

# The table as Markdown.
write_rows() {
    echo '| job | contender | median s | min s | GB/s | x | peak MiB | CPU s | page faults | switches | runs |'
    echo '|---|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|'
    awk -F'\t' '{ if ($11 != "-") printf "| %s | %s | failed: %s | | | | | | | | |\n", $1, $2, $11
                  else printf "| %s | %s | %s | %s | %s | %s | %s | %s | %s | %s | %s |\n", $1, $2, $4, $5, $6, $7, $8, $9, $12, $13, $10 }' "$work/table.tsv"
}

# Whether the answers agree, as Markdown.
write_checks() {
    echo
    echo '## Do the answers agree?'
    echo
    sed 's/^/- /' "$work/checks.txt"
}

# The table for a terminal, and the checks.
show_rows() {
    awk -F'\t' 'BEGIN { f = "%-19s %-20s %9s %9s %8s %8s %9s %8s\n"; printf f, "job", "contender", "median s", "min s", "GB/s", "x", "peak MiB", "CPU s" }
        { if ($11 != "-") printf "%-19s %-20s failed: %s\n", $1, $2, $11; else printf f, $1, $2, $4, $5, $6, $7, $8, $9 }' "$work/table.tsv"
    cat "$work/checks.txt"
}

write_json() {
    awk -F'\t' '
        function text(s) { gsub(/\\/, "\\\\", s); gsub(/"/, "\\\"", s); gsub(/[\001-\037]/, " ", s); return "\"" s "\"" }
        function number(s) { return s == "-" || s == "" ? "null" : s + 0 }
        FILENAME == ARGV[1] { facts = facts (facts ? ",\n" : "") "    " text($1) ": " text($2); next }
        FILENAME == ARGV[2] { table = table (table ? ",\n" : "") "    {\"job\": " text($1) ", \"contender\": " text($2) ", \"bytes\": " number($3) \
            ", \"median_s\": " number($4) ", \"min_s\": " number($5) ", \"gb_per_s\": " number($6) ", \"ratio\": " number($7) \
            ", \"page_faults\": " number($12) ", \"context_switches\": " number($13) ", \"peak_MiB\": " number($8) ", \"cpu_s\": " number($9) ", \"runs\": " number($10) ", \"error\": " ($11 == "-" ? "null" : text($11)) "}"; next }
        { checks = checks (checks ? ",\n" : "") "    " text($0) }
        END { printf "{\n  \"machine\": {\n%s\n  },\n  \"rows\": [\n%s\n  ],\n  \"checks\": [\n%s\n  ]\n}\n", facts, table, checks }' \
        "$work/facts.tsv" "$work/table.tsv" "$work/checks.txt"
}

