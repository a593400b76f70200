#!/usr/bin/env bash
# Installs what the tests need, builds, and runs every test: the ctest suite, the folders without Qt under the sanitizers,
# and each fuzz target for a short while. The last line counts them all: "N passed, M failed".
# Safe to run again; what has not changed is neither installed nor compiled a second time.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1

usage() {
    cat <<'TEXT'
usage: installer/test.sh [--quick]
  --quick   only the ctest suite: no sanitizers, no fuzzing

Environment:
  BELVEDERE_JOBS           compile and test jobs at once (default: one a core)
  BELVEDERE_FUZZ_SECONDS   seconds for each fuzz target (default: 30, less when all together would pass 8 minutes)
  BELVEDERE_FUZZ_RUNS      inputs for each fuzz target, whichever ends first (default: 100000; -1: as many as the time allows)
  BELVEDERE_FUZZ_SEED      the same seed tries the same inputs (default: fixed, so that a run can be repeated; 0: a new one each time)
TEXT
}

quick=no
for argument in "$@"; do
    case $argument in
    --quick) quick=yes ;;
    -h | --help) usage; exit 0 ;;
    *) echo "test: unknown option '$argument'" >&2; usage >&2; exit 2 ;;
    esac
done

jobs=${BELVEDERE_JOBS:-$(nproc)}
passed=0
failed=0
problems=()

say() { printf '\ntest: %s\n' "$*"; }

finish() {
    [ ${#problems[@]} -eq 0 ] || printf 'test: FAILED: %s\n' "${problems[@]}"
    say "$SECONDS s in all"
    echo "$passed passed, $failed failed"
    [ "$failed" -eq 0 ] || exit 1
    exit 0
}

# build PRESET: configures and builds it; a failure counts as one failed test, since nothing of it can run.
build() {
    local preset=$1 log="build/$1.log"
    mkdir -p build
    say "building preset $preset"
    if ! { cmake --preset "$preset" && cmake --build --preset "$preset" -j "$jobs"; } >"$log" 2>&1; then
        grep -E 'error|warning|FAILED|CMake Error' -A 4 "$log" | head -n 80
        echo "test: preset $preset does not build; the whole output is in $log"
        problems+=("preset $preset does not build")
        failed=$((failed + 1))
        return 1
    fi
}

# run_ctest PRESET: runs its tests and adds to the totals. Skipped tests count as neither.
run_ctest() {
    local preset=$1 results="build/$1-results.xml" before=$SECONDS bad total skipped
    say "running the tests of preset $preset"
    ctest --preset "$preset" -j "$jobs" --output-junit "$PWD/$results" --test-output-size-passed 4096 2>&1 | grep -vE '^ *[0-9]+/[0-9]+ Test .* Passed|^ +Start '
    total=$(sed -n 's/^.*\btests="\([0-9]*\)".*$/\1/p' "$results" | head -n 1)
    bad=$(sed -n 's/^.*\bfailures="\([0-9]*\)".*$/\1/p' "$results" | head -n 1)
    skipped=$(sed -n 's/^.*\bskipped="\([0-9]*\)".*$/\1/p' "$results" | head -n 1)
    if [ -z "$total" ] || [ "$total" -eq 0 ]; then
        problems+=("preset $preset ran no tests")
        failed=$((failed + 1))
        return
    fi
    passed=$((passed + total - bad - skipped))
    failed=$((failed + bad))
    [ "$bad" -eq 0 ] || problems+=("$bad tests of preset $preset")
    echo "test: $preset: $((total - bad - skipped)) passed, $bad failed, $skipped skipped in $((SECONDS - before)) s"
}

# Runs each fuzz target from its seeds in tests/fuzz/seeds/NAME; what breaks one stays in build/fuzz/findings.
run_fuzz() {
    local targets=() target name seconds running=0
    for target in build/fuzz/fuzz/fuzz_*; do
        [ -x "$target" ] && targets+=("$target")
    done
    [ ${#targets[@]} -gt 0 ] || return 0
    seconds=$((480 * jobs / ${#targets[@]}))
    [ "$seconds" -lt 30 ] || seconds=30
    seconds=${BELVEDERE_FUZZ_SECONDS:-$seconds}
    say "fuzzing ${#targets[@]} decoders, $seconds s each"
    mkdir -p build/fuzz/findings build/fuzz/logs
    for target in "${targets[@]}"; do
        name=$(basename "$target")
        mkdir -p "build/fuzz/corpus/$name"
        local folders=("build/fuzz/corpus/$name")
        [ ! -d "tests/fuzz/seeds/$name" ] || folders+=("tests/fuzz/seeds/$name")
        rm -f "build/fuzz/logs/$name.status"
        (
            "$target" -seed="${BELVEDERE_FUZZ_SEED:-20251121}" -runs="${BELVEDERE_FUZZ_RUNS:-100000}" -max_total_time="$seconds" -timeout=20 -rss_limit_mb=2048 -max_len=65536 -verbosity=0 \
                -artifact_prefix="build/fuzz/findings/$name-" "${folders[@]}" >"build/fuzz/logs/$name.log" 2>&1
            echo $? >"build/fuzz/logs/$name.status"
        ) &
        running=$((running + 1))
        if [ "$running" -ge "$jobs" ]; then
            wait -n
            running=$((running - 1))
        fi
    done
    wait
    for target in "${targets[@]}"; do
        name=$(basename "$target")
        if [ "$(cat "build/fuzz/logs/$name.status" 2>/dev/null)" = 0 ]; then
            passed=$((passed + 1))
        else
            failed=$((failed + 1))
            problems+=("$name (input in build/fuzz/findings)")
            tail -n 30 "build/fuzz/logs/$name.log"
        fi
    done
}

installer/setup.sh --tests || { echo "test: set-up failed" >&2; exit 1; }

build ci && run_ctest ci
[ "$quick" = no ] || finish
build asan && run_ctest asan
build tsan && run_ctest tsan
build fuzz && run_fuzz
finish
