#!/usr/bin/env bash
# Everything that must hold: format, a release build of the product, a smoke test of the running
# server, and the tests. Needs a Swift 6.3 toolchain with git, and python3.
set -euo pipefail
cd "$(dirname "$0")/.."

command -v python3 >/dev/null || { apt-get update -qq && apt-get install -y -qq python3; }

echo "== format"
swift format lint --strict --parallel --recursive Sources Tests Benchmarks Package.swift

echo "== release build of the product"
swift build -c release --product kunserve --explicit-target-dependency-import-check error

echo "== allocations of the core while it decodes"
swift build -c release --product CoreAllocations
"$(swift build -c release --show-bin-path)/CoreAllocations"

echo "== smoke test of the running server"
python3 scripts/smoke.py "$(swift build -c release --show-bin-path)/kunserve"

echo "== the page in a browser, during an overload"
python3 scripts/dashboard_test.py "$(swift build -c release --show-bin-path)/kunserve"

echo "== scenarios in virtual time"
python3 scripts/simulate_test.py "$(swift build -c release --show-bin-path)/kunserve"

echo "== the cores decide the same without random hash seeds"
swift build --build-tests
SWIFT_DETERMINISTIC_HASHING=1 swift test --skip-build --filter 'SchedulingTests|ClusterTests|SimulationTests'

echo "== tests"
swift test
