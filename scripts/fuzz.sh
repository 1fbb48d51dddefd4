#!/usr/bin/env bash
# Feeds the parsers and the filters with bytes that libFuzzer makes, under the address sanitizer.
#
#   scripts/fuzz.sh [TARGET…]       kernel, png, jpeg, filter; all by default
#
# RUNS executions of each (10000 by default). The corpus grows in .build/fuzz/corpus, from the project's
# own samples and fixtures on; an input that fails is kept in .build/fuzz/findings.
set -euo pipefail
cd "$(dirname "$0")/.."

export VIZCNN_FUZZ=1
scratch=.build/fuzz
options=(-c release --scratch-path "$scratch" --product VizFuzz --sanitize=fuzzer --sanitize=address)
# Of two such flags, which SwiftPM makes of these, the compiler heeds the last alone.
options+=(-Xswiftc -sanitize=address,fuzzer)
swift build "${options[@]}"
binary=$(swift build "${options[@]}" --show-bin-path)/VizFuzz

seed() { # TARGET FILE…: files that the corpus begins with
  local target=$1 file
  shift
  mkdir -p "$scratch/corpus/$target" "$scratch/findings"
  for file in "$@"; do
    [ ! -f "$file" ] || cp -n "$file" "$scratch/corpus/$target/$(sha1sum < "$file" | cut -c1-16)"
  done
}

fixtures=Tests/VizImageTests/Fixtures
seed kernel "$fixtures"/Fuzz/kernel/*
seed png "$fixtures"/Fuzz/png/* "$fixtures"/*.png "$fixtures"/*/*.png
seed jpeg "$fixtures"/Fuzz/jpeg/* "$fixtures"/*.jpg "$fixtures"/*/*.jpg
seed filter "$fixtures"/Fuzz/filter/*

for target in "${@:-kernel png jpeg filter}"; do
  for name in $target; do
    echo "== $name"
    # Leaks are of no interest in libraries that keep what they load until the process ends.
    VIZCNN_FUZZ_TARGET=$name ASAN_OPTIONS=detect_leaks=0 nice "$binary" "$scratch/corpus/$name" \
      -runs="${RUNS:-10000}" -max_len=4096 -timeout=20 -rss_limit_mb=2048 -print_final_stats=1 \
      -artifact_prefix="$scratch/findings/$name-"
  done
done
