#!/usr/bin/env bash
# Runs the whole test suite; arguments go to `swift test`. The last lines say how many tests that
# need real data ran (VIZCNN_DATA names its folder) and how many were skipped.
set -uo pipefail
cd "$(dirname "$0")/.."

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
export VIZCNN_DATA_LOG="$scratch/data-tests"
touch "$VIZCNN_DATA_LOG"

if [ -n "${VIZCNN_DATA:-}" ] && [ ! -d "$VIZCNN_DATA" ]; then
  echo "error: VIZCNN_DATA is set to $VIZCNN_DATA, which is no folder" >&2
  exit 1
fi

swift test "$@" 2>&1 | tee "$scratch/log"
status=${PIPESTATUS[0]}

# A test with arguments is prepared once; a retried one twice: names are counted, not lines.
count() { sort -u "$VIZCNN_DATA_LOG" | grep -c "^$1 "; }

echo
grep -a 'Test run with' "$scratch/log" | tail -n 1
if [ -n "${VIZCNN_DATA:-}" ]; then
  where="VIZCNN_DATA=$VIZCNN_DATA"
else
  where="VIZCNN_DATA is not set"
fi
echo "data tests: $(count ran) ran, $(count skipped) skipped ($where)"
exit "$status"
