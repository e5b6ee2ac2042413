#!/usr/bin/env bash
# Everything that must hold: format, a release build of the product, a smoke test of the running
# server, and the tests. Needs a Swift 6.3 toolchain, python3 and curl; installs nothing else.
set -euo pipefail
cd "$(dirname "$0")/.."

command -v curl >/dev/null || { apt-get update -qq && apt-get install -y -qq curl; }
command -v python3 >/dev/null || { apt-get update -qq && apt-get install -y -qq python3; }

echo "== format"
swift format lint --strict --parallel --recursive Sources Tests Package.swift

echo "== release build of the product"
swift build -c release --product kunserve --explicit-target-dependency-import-check error

echo "== smoke test of the running server"
python3 scripts/smoke.py "$(swift build -c release --show-bin-path)/kunserve"

echo "== tests, with and without random hash seeds"
CORE_ONLY=1 SWIFT_DETERMINISTIC_HASHING=1 swift test --scratch-path .build-core
swift test
