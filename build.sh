#!/usr/bin/env bash
# Builds, tests and runs FastIngest. What each option does stands in usage(), just below.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
root=$PWD

usage() {
    cat <<'TEXT'
Usage: ./build.sh [OPTION...]

Without an option: builds everything (Release).

  --aot       publishes the trimmed native binaries to dist/health_ingestion and dist/health_ingestion_server, and a man page
  --test      installs what is missing (with apt, when root), publishes the native binary, runs all tests
  --run       loads the bundled sample data into dist/sample/health.db, shows what came out, and makes a page of it
  --bench     runs bench/benchmark.sh, or the BenchmarkDotNet benchmarks where there is no such script
  --restore   only restores packages; with --aot before it, those of the native build
  --lock      writes all lock files anew, after a package was added or a version changed
  --help      this text

Options are done in the order given, as in ./build.sh --aot --run.

Environment:
  CI=true           packages are restored in locked mode, and nothing lingers in the background
  AOT_ISA           what the native binary asks of the CPU, instead of x86-64-v3; "native" for local benchmarks only
  SOURCE_REVISION   the commit that --version shows, where the sources are not in a git clone
  TEST_ARGS         passed to every test program, such as "-class FastIngest.Tests.ArchitectureTests"
TEXT
}

say() { printf '%s\n' "build.sh: $*" >&2; }
fail() { say "$*"; exit 1; }

export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1
locked=false
if [[ ${CI:-} == true ]]; then
    locked=true
    export MSBUILDDISABLENODEREUSE=1
fi

app=src/HealthIngestion/HealthIngestion.csproj
server=src/HealthIngestion.Server/HealthIngestion.Server.csproj
binary=$root/dist/health_ingestion

# ---- what the machine needs -----------------------------------------------------------------------------------------

# need FILE-OR-COMMAND PACKAGE...: notes the packages when the file or command is not there.
missing=()
need() {
    local what=$1
    shift
    case $what in
        /*) [[ -e $what ]] && return ;;
        lib*.a) [[ $(gcc -print-file-name="$what" 2>/dev/null || echo "$what") == /* || -e /usr/lib/$what || -e /usr/lib64/$what ]] && return ;;
        *) command -v "$what" >/dev/null && return ;;
    esac
    missing+=("$@")
}

install_missing() {
    ((${#missing[@]})) || return 0
    if [[ $(id -u) != 0 ]] || ! command -v apt-get >/dev/null; then
        say "missing: ${missing[*]} (names of Debian packages; install them, or run this as root)"
        missing=()
        return 0
    fi
    say "installing ${missing[*]}"
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}"; } </dev/null >/dev/null ||
        fail "could not install ${missing[*]}"
    missing=()
}

# The server that tests start for themselves. Debian's package would start one of its own, which nobody asked for.
need_postgresql() {
    compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null && return
    if [[ $(id -u) == 0 && ! -e /etc/postgresql-common/createcluster.conf ]]; then
        mkdir -p /etc/postgresql-common
        echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.conf
    fi
    missing+=(postgresql)
}

need_dotnet() {
    command -v dotnet >/dev/null && return
    if [[ $(id -u) == 0 ]] && command -v apt-get >/dev/null; then
        apt-get update -qq </dev/null >/dev/null || true
        if apt-cache show dotnet-sdk-10.0 >/dev/null 2>&1; then
            missing+=(dotnet-sdk-10.0)
            install_missing
            return
        fi
    fi
    fail "the .NET 10 SDK was not found: install it from https://dot.net/download and put dotnet on the PATH"
}

needs_of_native_build() {
    command -v clang >/dev/null || need gcc gcc libc6-dev
    need objcopy binutils
    need libsqlite3.a libsqlite3-dev
    install_missing
}

# ---- steps ----------------------------------------------------------------------------------------------------------

build() {
    need_dotnet
    dotnet build FastIngest.sln -c Release -p:RestoreLockedMode=$locked "$@"
}

aot() {
    need_dotnet
    needs_of_native_build
    local isa=()
    [[ -n ${AOT_ISA:-} ]] && isa=("-p:IlcInstructionSet=$AOT_ISA")
    if [[ ${1:-} == restore ]]; then
        dotnet restore $app -p:NativeAot=true -p:RestoreLockedMode=$locked
        dotnet restore $server -p:NativeAot=true -p:RestoreLockedMode=$locked
        return
    fi
    mkdir -p dist
    local project name
    for project in $app $server; do
        dotnet publish "$project" -c Release -p:NativeAot=true -p:RestoreLockedMode=$locked ${isa[@]+"${isa[@]}"} || return # a caller that tests the outcome switches "set -e" off in here
        name=health_ingestion
        [[ $project == "$server" ]] && name=health_ingestion_server
        # A rename, so that a running or mapped binary is never written over.
        cp "artifacts/aot/publish/$(basename "$project" .csproj)/release_linux-x64/$name" "dist/.$name.new" || return
        mv "dist/.$name.new" "dist/$name" || return
        say "dist/$name: $(stat -c %s "dist/$name") bytes"
    done
    # From the same specifications as the help. A binary for another CPU does not run here, and has no page.
    if "$binary" man >dist/.health_ingestion.1.new; then
        mv dist/.health_ingestion.1.new "$binary.1" || return
    else
        rm -f dist/.health_ingestion.1.new "$binary.1"
        say "the binary does not run on this machine: no man page"
    fi
}

aot_if_stale() {
    local newer=
    [[ -x $binary ]] && newer=$(find src Directory.* global.json \( -name bin -o -name obj \) -prune -o -newer "$binary" -print -quit)
    if [[ ! -x $binary || -n $newer ]]; then
        aot
    fi
}

# Runs every test program; its last line is "N passed, N failed, N skipped" over all of them. A program that cannot be
# built or ends without its summary counts as one failed test.
run_tests() {
    need sqlite3 sqlite3
    need /usr/share/zoneinfo tzdata
    need zsh zsh
    need fish fish
    need wrk wrk
    need groff groff
    need man man-db
    need /usr/sbin/pgbouncer pgbouncer
    need chromium chromium
    need npm nodejs npm
    need /usr/lib/python3/dist-packages/pandas python3-pandas
    need /usr/sbin/munged munge
    need /usr/sbin/slurmctld slurmctld
    need /usr/sbin/slurmd slurmd
    need sbatch slurm-client
    need prometheus prometheus
    need prometheus-node-exporter prometheus-node-exporter
    need_postgresql
    install_missing
    # A server of S3, and PostgreSQL with pgvector. Not "npm ci": the lock file has no addresses of a registry.
    if command -v npm >/dev/null && [[ ! -d tests/tools/node_modules/s3rver || ! -d tests/tools/node_modules/@electric-sql/pglite-pgvector ]]; then
        (cd tests/tools && npm install --no-save --ignore-scripts --no-audit --no-fund --silent) || say "npm could not install the tools of the tests"
    fi
    local passed=0 failed=0 skipped=0 project name log total bad skip status=0
    log=$(mktemp)
    # Without the binary its tests fail, and the others still tell what they know; an old one would tell lies.
    aot || { say "the native binary could not be published"; rm -f "$binary"; status=1; }
    export HEALTH_INGESTION=$binary
    build || { say "the build failed"; status=2; }
    for project in tests/*/*.csproj; do
        name=$(basename "$project" .csproj)
        if ((status == 2)); then
            failed=$((failed + 1))
            continue
        fi
        timeout 1200 dotnet "tests/$name/bin/Release/net10.0/$name.dll" -noColor ${TEST_ARGS:-} </dev/null 2>&1 | tee "$log" || true
        # "   FastIngest.Tests  Total: 12, Errors: 0, Failed: 0, Skipped: 1, Not Run: 0, Time: 0.245s"
        read -r total bad skip < <(sed -nE 's/.*Total: ([0-9]+), Errors: ([0-9]+), Failed: ([0-9]+), Skipped: ([0-9]+), Not Run: ([0-9]+),.*/\1 \2 \3 \4 \5/p' "$log" |
            tail -n 1 | awk '{ print $1 - $5, $2 + $3, $4 }') || { total=1 bad=1 skip=0; say "$name ended without a summary"; }
        passed=$((passed + (total > bad + skip ? total - bad - skip : 0)))
        failed=$((failed + bad))
        skipped=$((skipped + skip))
    done
    rm -f "$log"
    echo "$passed passed, $failed failed, $skipped skipped"
    ((failed == 0 && status == 0))
}

run_sample() {
    aot_if_stale
    need sqlite3 sqlite3
    install_missing
    rm -rf dist/sample
    mkdir -p dist/sample
    local command=(dist/health_ingestion tests/data/health/default --to sqlite:dist/sample/health.db --rejects dist/sample/rejects.ndjson)
    echo "+ ${command[*]}"
    # Whatever the environment says, sample data goes nowhere else.
    env -u DATABASE_URL -u API_URL -u WEAVIATE_URL "${command[@]}"
    [[ -s dist/sample/health.db ]] || fail "the run ended well but left no dist/sample/health.db"
    echo
    if ! command -v sqlite3 >/dev/null; then
        echo "dist/sample/health.db is ready; install sqlite3 to look inside."
        return
    fi
    # The table is found by its columns: the sink owns its name.
    local db="file:dist/sample/health.db?mode=ro" table
    table=$(sqlite3 "$db" "select name from sqlite_master where type = 'table' and sql like '%activity_count%' and sql like '%hr_mean%' limit 1")
    [[ -n $table ]] || fail "dist/sample/health.db has no table of daily summaries"
    echo "dist/sample/health.db, table $table: $(sqlite3 "$db" "select count(*) || ' days of ' || count(distinct user_id) || ' people' from $table")"
    echo
    sqlite3 -box "$db" "select user_id, date, activity_steps steps, meal_kcal, sleep_hours, hr_min, round(hr_mean, 1) hr_mean, hr_max from $table order by user_id, date limit 5"
    echo
    sqlite3 "$db" "select summary from $table order by user_id, date limit 1"
    echo
    echo "Look further: sqlite3 dist/sample/health.db"
    local rejects=()
    [[ -s dist/sample/rejects.ndjson ]] && rejects=(--rejects dist/sample/rejects.ndjson)
    env -u DATABASE_URL dist/health_ingestion report --from sqlite:dist/sample/health.db --out dist/sample/report.html ${rejects[@]+"${rejects[@]}"} --quiet
    echo "With charts: open dist/sample/report.html in a browser, such as xdg-open dist/sample/report.html"
}

bench() {
    if [[ -f bench/benchmark.sh ]]; then
        aot_if_stale
        HEALTH_INGESTION=$binary bash bench/benchmark.sh
    else
        need_dotnet
        dotnet run -c Release --project bench/FastIngest.Benchmarks -- --filter '*'
    fi
}

lock() {
    need_dotnet
    dotnet restore FastIngest.sln --force-evaluate
    dotnet restore $app --force-evaluate -p:NativeAot=true
    dotnet restore $server --force-evaluate -p:NativeAot=true
}

# ---- options --------------------------------------------------------------------------------------------------------

for option; do
    case $option in
        --aot | --test | --run | --bench | --restore | --lock) ;;
        --help | -h)
            usage
            exit 0
            ;;
        *)
            say "unknown option: $option"
            usage >&2
            exit 2
            ;;
    esac
done

if (($# == 0)); then
    build
fi
while (($#)); do
    case $1 in
        --aot)
            if [[ ${2:-} == --restore ]]; then
                aot restore
                shift
            else
                aot
            fi
            ;;
        --test) run_tests ;;
        --run) run_sample ;;
        --bench) bench ;;
        --restore)
            need_dotnet
            dotnet restore FastIngest.sln -p:RestoreLockedMode=$locked
            ;;
        --lock) lock ;;
    esac
    shift
done
