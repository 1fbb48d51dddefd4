#!/usr/bin/env bash
# Uses the library as its users do: a package of its own that depends on a tagged version, resolved,
# built and run. Only what is committed is checked.
set -euo pipefail
cd "$(dirname "$0")/.."

version=9999.0.0
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

git clone --quiet --no-local "$PWD" "$scratch/vizcnn"
git -C "$scratch/vizcnn" tag "$version"
cp -R Tests/Consumer "$scratch/consumer"

cd "$scratch/consumer"
export VIZCNN_URL="file://$scratch/vizcnn" VIZCNN_VERSION="$version"
swift build
found=$("$(swift build --show-bin-path)/consumer")
expected="plane[1, 1] = 5.0"
if [ "$found" != "$expected" ]; then
  printf 'error: the consumer package printed: %s\nexpected: %s\n' "$found" "$expected" >&2
  exit 1
fi
echo "consumer package: resolved $version, built and ran: $found"
