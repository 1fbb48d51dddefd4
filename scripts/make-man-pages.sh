#!/usr/bin/env bash
# Writes Documentation/man/*.1 from the command's own help: scripts/make-man-pages.sh [BINARY]
set -euo pipefail
cd "$(dirname "$0")/.."
binary=${1:-.build/release/vizcnn}
version=$("$binary" --version | head -n 1)

page() { # name, words that ask for help
  local name=$1
  shift
  COLUMNS=72 "$binary" "$@" --help | awk -v name="$name" -v version="$version" '
    # A dash may break lines, a backslash starts a request, a dot in column one is one.
    function safe(line) {
      gsub(/\\/, "\\\\e", line)
      gsub(/-/, "\\-", line)
      if (line ~ /^[.\x27]/) line = "\\&" line
      return line
    }
    function section(title) { print filled ? ".fi" : ""; print ".SH " title; print ".nf"; filled = 1 }
    NR == 1 {
      sub(/^OVERVIEW: /, "")
      sub(/\.$/, "")
      print ".\\\" Made by scripts/make-man-pages.sh."
      print ".TH " toupper(name) " 1 \"\" \"" version "\""
      print ".SH NAME"
      print name " \\- " safe($0)
      inOverview = 1
      next
    }
    /^USAGE: / { sub(/^USAGE: /, ""); section("SYNOPSIS"); print safe($0); inOverview = 0; next }
    inOverview && /^Examples:/ { section("EXAMPLES"); next }
    inOverview && /^[A-Z]/ && !described && seenExample { section("DESCRIPTION"); described = 1 }
    /^[A-Z][A-Z ]*:$/ { sub(/:$/, ""); section($0); next }
    { if (inOverview && /^  /) seenExample = 1; print safe($0) }
    END { print ".fi" }
  ' | sed '/^$/N;/^\n$/D' > "Documentation/man/$name.1"
}

mkdir -p Documentation/man
page vizcnn
for verb in filter verify trace presets spectrum; do page "vizcnn-$verb" "$verb"; done
ls Documentation/man/*.1
