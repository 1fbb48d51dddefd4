#!/usr/bin/env bash
# Feeds parsers and filters with bytes that libFuzzer makes, under the address sanitizer.
#
#   scripts/fuzz.sh [TARGET…]       all of them by default
#
# RUNS executions of each (10000 by default). The corpus grows in .build/fuzz/corpus, from the project's
# own samples and fixtures on; an input that fails is kept in .build/fuzz/findings, and
#
#   VIZCNN_FUZZ_TARGET=TARGET .build/fuzz/release/VizFuzz FILE
#
# shows again what is wrong with it.
set -euo pipefail
cd "$(dirname "$0")/.."

known=(kernel png jpeg filter picture npy checkpoint onnx net tar idx cifar csv augment)
scratch=.build/fuzz
fixtures=Tests/VizImageTests/Fixtures
checkpoints=Tests/VizCheckpointTests/Fixtures

fail() {
  printf 'error: %s\nhint: %s\n' "$1" "$2" >&2
  exit 1
}

targets=("$@")
[ $# -gt 0 ] || targets=("${known[@]}")
for target in "${targets[@]}"; do
  [[ " ${known[*]} " == *" $target "* ]] ||
    fail "'$target' is no fuzz target" "one of ${known[*]}"
done

# What libFuzzer is linked from.
resources=$(swift -print-target-info | sed -n 's/.*"runtimeResourcePath": "\(.*\)".*/\1/p')
compgen -G "$resources/clang/lib/linux/libclang_rt.fuzzer*" > /dev/null ||
  fail "this Swift toolchain has no libFuzzer in $resources/clang/lib/linux" \
    "the toolchains for Linux from https://swift.org/install have it"

export VIZCNN_FUZZ=1
options=(-c release --scratch-path "$scratch" --product VizFuzz --sanitize=fuzzer --sanitize=address)
# Of two such flags, which SwiftPM makes of these, the compiler heeds the last alone.
options+=(-Xswiftc -sanitize=address,fuzzer)
swift build "${options[@]}"
binary=$(swift build "${options[@]}" --show-bin-path)/VizFuzz

seeds() { # TARGET: files that its corpus begins with
  ls "$fixtures/Fuzz/$1"/* 2> /dev/null || true
  case "$1" in
    png) ls "$fixtures"/*/*.png ;;
    jpeg) ls "$fixtures"/*/*.jpg ;;
    picture) ls "$fixtures"/Codecs/*.{pbm,pgm,ppm,pam,bmp,hdr,ras,tif} ;;
    checkpoint) ls "$checkpoints"/*.{pt,ckpt,safetensors} ;;
    onnx) ls "$checkpoints"/*.onnx ;;
    net) ls samples/*.net ;;
  esac
}

limits() { # TARGET: how long its inputs may be
  case "$1" in
    # All bytes of a few dozen are choices, of sizes too: short inputs are no easier ones, and how often
    # a loop has run is of no interest.
    filter) echo -max_len=48 -len_control=0 -use_counters=0 ;;
    checkpoint) echo -max_len=8192 ;;
    *) echo -max_len=4096 ;;
  esac
}

mkdir -p "$scratch/findings"
for target in "${targets[@]}"; do
  echo "== $target"
  corpus=$scratch/corpus/$target
  mkdir -p "$corpus"
  seeds "$target" | while IFS= read -r file; do
    cp -n "$file" "$corpus/$(sha1sum < "$file" | cut -c1-16)"
  done
  # Leaks are of no interest in libraries that keep what they load until the process ends; who took a
  # piece of memory is told when an input is run again; and Swift's own report of a crash would keep
  # libFuzzer from saving the input.
  read -ra limits <<< "$(limits "$target")"
  VIZCNN_FUZZ_TARGET=$target ASAN_OPTIONS=detect_leaks=0:malloc_context_size=0 \
    SWIFT_BACKTRACE=enable=no nice "$binary" "$corpus" -runs="${RUNS:-10000}" "${limits[@]}" \
    -timeout=20 -rss_limit_mb=2048 -detect_leaks=0 -print_final_stats=1 \
    -artifact_prefix="$scratch/findings/$target-"
done
