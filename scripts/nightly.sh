#!/usr/bin/env bash
# Whole clusters in virtual time for a minute each, with faults and deaths at any moment and every
# book compared after every event, and a long walk of packing: nightly.sh [SEEDS=10000] [FIRST_SEED=0]
# A failure names its seed; KUNSERVE_SIMULATION_SEEDS='SEED..<SEED+1' swift test --filter SwarmTests
# runs that one again.
set -euo pipefail
cd "$(dirname "$0")/.."
seeds=${1:-10000}
first=${2:-0}
log=$(mktemp)
trap 'rm -f "$log"' EXIT

test=(swift test -c release -Xswiftc -enable-testing --scratch-path .build/nightly)
export CORE_ONLY=1
"${test[@]}" --filter NothingButABuild >"$log" 2>&1 || { tail -n 20 "$log"; exit 1; }

# No instance holds more than it has, a million steps long.
KUNSERVE_PACKING_STEPS=1000000 "${test[@]}" --skip-build \
    --filter noGroupHoldsMoreThanItHas >"$log" 2>&1 || { tail -n 20 "$log"; exit 1; }
echo "packing: a million steps"

end=$((first + seeds))
for ((next = first; next < end; next += 500)); do
    last=$((next + 500 < end ? next + 500 : end))
    if ! KUNSERVE_SIMULATION_SEEDS="$next..<$last" \
        "${test[@]}" --skip-build --filter SwarmTests >"$log" 2>&1; then
        grep -E "recorded an issue|Fatal|fatal|does not come" "$log" | head -n 5 || true
        # A trap names no seed, but the runs that were under way are the last that were named.
        grep -E "^seed [0-9]+" "$log" | tail -n 3
        exit 1
    fi
    echo "seeds $next to $((last - 1)): nothing lost, with and without deaths"
done
