#!/usr/bin/env bash
# Checks the imports of every target against the table of modules in Documentation/Architecture.md.
set -euo pipefail
cd "$(dirname "$0")/.."

# What each module may import beside the C library and the standard library.
allowed() {
  case "$1" in
    VizFiles) echo CLinux ;;
    VizKernelsBaseline | VizKernelsAVX2 | VizKernelsAVX512) echo CHints ;;
    VizKernels) echo CShims CHints VizKernelsBaseline VizKernelsAVX2 VizKernelsAVX512 ;;
    VizImage) echo CShims VizKernels VizFiles ;;
    VizNN) echo VizKernels ;;
    VizInput) echo VizImage VizNN ;;
    VizCheckpoint) echo CShims VizFiles VizImage VizNN VizInput SwiftProtobuf ;;
    VizTraining) echo CShims VizFiles VizKernels VizInput VizImage VizNN ;;
    VizMethods) echo VizInput VizImage VizNN ;;
    VizReference) echo CShims ;;
    VizRender) echo VizImage VizFiles ;;
    VizCNN) echo $umbrella ;;
    VizCLI) echo VizCNN $umbrella VizReference ArgumentParser ;;
    VizBench) echo VizCNN $umbrella VizKernels VizReference CShims ;;
    VizTestSupport) echo $any Testing ;;
    VizFuzz) echo VizTestSupport ;;
    VizCLITests) echo $any VizTestSupport VizCLI Testing ;;
    Viz*Tests) echo $any VizTestSupport Testing ;;
    *) return 1 ;;
  esac
}
umbrella="VizFiles VizImage VizNN VizInput VizCheckpoint VizTraining VizMethods VizRender"
any="$umbrella VizCNN VizKernels VizKernelsBaseline VizKernelsAVX2 VizKernelsAVX512 VizReference CShims"

# The parts of the system that a module may use. Foundation costs milliseconds of start-up; threads are
# started in VizKernels only.
system() {
  case "$1" in
    VizKernels) echo Glibc Musl Synchronization Dispatch ;;
    VizKernelsBaseline | VizKernelsAVX2 | VizKernelsAVX512) ;;
    VizCLI | VizBench | VizTestSupport | *Tests) echo Glibc Musl Synchronization Dispatch Foundation FoundationEssentials ;;
    *) echo Glibc Musl Synchronization FoundationEssentials ;;
  esac
}

failures=0
files=0
complain() {
  echo "error: $1" >&2
  failures=$((failures + 1))
}

for folder in Sources/* Tests/*; do
  module=$(basename "$folder")
  # Plain C headers and the package of its own hold no module of this table.
  if [ "$module" = CLinux ] || [ "$module" = CHints ] || [ "$folder" = Tests/Consumer ]; then continue; fi
  if ! row=$(allowed "$module"); then
    complain "$folder has no row in the table of scripts/check-layering.sh"
    continue
  fi
  row=" $row $(system "$module") "
  while IFS= read -r -d '' file; do
    files=$((files + 1))
    while IFS=: read -r line text; do
      name=$(sed -E 's/.*\bimport +((struct|class|enum|protocol|func|typealias|var|let) +)?([A-Za-z0-9_]+).*/\3/' <<< "$text")
      [[ $row == *" $name "* ]] || complain "$file:$line: $module must not import $name"
    done < <(grep -nE '^ *(@[A-Za-z_]+(\([a-z]+\))? +)*((public|package|internal|private|fileprivate) +)?import ' "$file" || true)
  done < <(find -L "$folder" -name '*.swift' -print0 | sort -z)
done

# One import for users of the library: the umbrella exports exactly its row.
for module in $umbrella; do
  grep -qE "^@_exported public import $module\$" Sources/VizCNN/*.swift ||
    complain "VizCNN does not export $module"
done

if [ "$failures" -gt 0 ]; then
  echo "layering: $failures wrong imports" >&2
  exit 1
fi
echo "layering: $files files, every import is in its module's row"
