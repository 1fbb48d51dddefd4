#!/usr/bin/env bash
# Checks that no function compiled for AVX2 or AVX-512 can be picked for the rest of the program.
#
# A generic of the standard library that is instantiated in a kernel becomes a weak symbol, and so does
# what the compiler adds for a type (copying it, for example). The linker keeps one of several weak
# definitions for the whole program, and where it keeps one with AVX instructions, older processors
# stop with an illegal instruction. So: a weak function of a kernel object that another target or the
# static standard library defines too must consist of instructions that every processor has.
#
# Release is what counts. Debug objects carry descriptions of types that release drops, and copying a
# 64-byte vector through one of these is AVX code under a name that all targets share.
#
# usage: check-weak-symbols.sh [debug|release]
set -euo pipefail
cd "$(dirname "$0")/.."

configuration=${1:-release}
if [ "$(uname -m)" != x86_64 ]; then
  echo "weak symbols: nothing to check on $(uname -m)"
  exit 0
fi

toolchain=$(dirname "$(readlink -f "$(command -v swift)")")
nm=$(command -v "$toolchain/llvm-nm" || command -v llvm-nm || command -v nm) || {
  echo "error: no llvm-nm in $toolchain and no nm" >&2
  exit 1
}
objdump=$(command -v "$toolchain/llvm-objdump" || command -v llvm-objdump || command -v objdump) || {
  echo "error: no objdump; it comes with binutils, which Swift needs too" >&2
  exit 1
}
objects=$(readlink -f ".build/$configuration")
for module in VizKernelsAVX2 VizKernelsAVX512; do
  [ -d "$objects/$module.build" ] || {
    echo "error: $objects/$module.build is missing; build first (swift build -c $configuration)" >&2
    exit 1
  }
done

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# Lines "NAME TYPE" of what a set of objects defines.
definitions() { xargs -0 "$nm" --defined-only --format=posix 2> /dev/null | awk 'NF >= 3 { print $1, $2 }'; }

# The names of functions on standard input (a disassembly) with an instruction beyond the baseline:
# VEX and EVEX code, mask registers, BMI.
extended() {
  awk '
    /^[0-9a-f]+ <.*>:$/ { name = substr($2, 2, length($2) - 3); next }
    /^ *[0-9a-f]+:/ && $2 ~ /^(v[a-z0-9]+|k(mov|and|or|xor|not|test|shift|unpck|add)[a-z]*|andn|bextr|bls[a-z]+|bzhi|mulx|pdep|pext|rorx|sarx|shlx|shrx|[lt]zcnt|movbe)[lqw]?$/ { print name }
  ' | LC_ALL=C sort -u
}

failures=0
for module in VizKernelsAVX2 VizKernelsAVX512; do
  find "$objects/$module.build" -name '*.o' -print0 | definitions |
    awk '$2 == "W" { print $1 }' | LC_ALL=C sort -u > "$scratch/weak"
  {
    find "$objects" -name '*.o' -not -path "$objects/$module.build/*" -print0 | definitions
    find "$toolchain/../lib/swift_static/linux" -maxdepth 1 -name 'libswift*.a' -print0 |
      definitions
  } | awk '$2 ~ /[TWVBDRtS]/ && $2 != "t" { print $1 }' | LC_ALL=C sort -u > "$scratch/others"
  LC_ALL=C comm -12 "$scratch/weak" "$scratch/others" > "$scratch/shared"
  find "$objects/$module.build" -name '*.o' -print0 |
    xargs -0 "$objdump" -d --no-show-raw-insn | extended > "$scratch/extended"
  LC_ALL=C comm -12 "$scratch/shared" "$scratch/extended" > "$scratch/wrong"
  echo "weak symbols: $module ($configuration) has $(wc -l < "$scratch/weak") weak functions;" \
    "$(wc -l < "$scratch/shared") are defined elsewhere too," \
    "$(wc -l < "$scratch/wrong") of these with AVX or BMI code"
  if [ -s "$scratch/wrong" ]; then
    failures=1
    swift demangle < "$scratch/wrong" | sed "s/^/error: $module: /" >&2
  fi
done
exit "$failures"
