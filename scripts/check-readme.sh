#!/usr/bin/env bash
# Runs the commands of the documentation and compares what they print: scripts/check-readme.sh [BINARY]
#
# A block that is marked ```console holds lines of "$ command", each followed by its output. All blocks of
# a page run in one shell, in a copy of samples/; versions of OpenCV are not compared,
# nor how many pixels lie next to a rounding tie; of long decimals, whose last digits follow the instruction
# set, five digits are.
set -euo pipefail
cd "$(dirname "$0")/.."
binary=$(realpath "${1:-.build/release/vizcnn}")
pages=(README.md Documentation/Tutorial.md)

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
mkdir "$scratch/bin"
ln -s "$binary" "$scratch/bin/vizcnn"

for page in "${pages[@]}"; do
  name=$(basename "$page" .md)
  cp -R samples "$scratch/$name"
  awk '/^```console$/ { inside = 1; next } /^```/ { inside = 0 } inside' "$page" \
    > "$scratch/$name.expected"
  # Every command prints itself first, so that the whole run is one text to compare.
  sed -n 's/^\$ //p' "$scratch/$name.expected" | while IFS= read -r line; do
    printf "printf '%%s\\\\n' %q\n%s\n" "\$ $line" "$line"
  done > "$scratch/$name.sh"
  (cd "$scratch/$name" && PATH="$scratch/bin:$PATH" bash "$scratch/$name.sh" < /dev/null) \
    > "$scratch/$name.found" 2>&1 || true
  count=$(grep -c '^\$ ' "$scratch/$name.expected")
  sed -i -E -e 's/OpenCV [0-9]+\.[0-9]+\.[0-9]+/OpenCV X/' -e 's/^  .* (ok, rounding|not exact)$/  near ties/' \
    -e 's/^  .* of a rounding tie.*$/  how near/' -e 's/may be off by [^ ]+/may be off/' \
    "$scratch/$name".{expected,found}
  perl -pi -e 's/\d+\.\d{6,}/sprintf "%.5g", $&/ge' "$scratch/$name".{expected,found}
  diff -u --label "$page" --label "what is printed" "$scratch/$name".{expected,found}
  echo "$page: $count commands print what it says"
done

# So is the page of transforms.
for transform in $("$binary" augment --list | awk '/^  [A-Za-z]/ { print $1 }'); do
  grep -q "^| \`$transform\`" Documentation/Augmentation.md || {
    echo "Documentation/Augmentation.md: no row for $transform" >&2
    exit 1
  }
done

# The table of presets is the registry's.
for preset in $("$binary" presets | awk '/^  [a-z]/ { print $1 }'); do
  grep -q "^| \`--$preset\`" README.md || { echo "README.md: no row for --$preset" >&2; exit 1; }
done
