#!/usr/bin/env bash
# Random drops, restores, faults, cancellations and hang-ups on real engines, with every token
# compared to a quiet run, for a number of minutes: soak.sh [MINUTES=30] [FIRST_SEED=1000]
set -euo pipefail
cd "$(dirname "$0")/.."
minutes=${1:-30}
seed=${2:-1000}
swift build --build-tests
end=$((SECONDS + 60 * minutes))
while [ "$SECONDS" -lt "$end" ]; do
    next=$((seed + 200))
    KUNSERVE_CHAOS_SEEDS="$seed..<$next" swift test --skip-build --filter ChaosTests 2>&1 | tail -n 1
    seed=$next
done
echo "no difference up to seed $seed"
