#!/usr/bin/env bash
# Writes Documentation/man/*.1 from the command's own help: scripts/make-man-pages.sh [BINARY]
set -euo pipefail
cd "$(dirname "$0")/.."
binary=${1:-.build/release/vizcnn}
version=$("$binary" --version | head -n 1)

page() { # name, words that ask for help
  local name=$1
  shift
  COLUMNS=73 "$binary" "$@" --help | awk -v name="$name" -v version="$version" '
    # A dash may break lines, a backslash starts a request, a dot in column one is one.
    function safe(line) {
      gsub(/\\/, "\\\\e", line)
      gsub(/-/, "\\-", line)
      if (line ~ /^[.\x27]/) line = "\\&" line
      return line
    }
    function add(line) { text[title] = text[title] safe(line) "\n" }
    function begin(new) { title = new; if (!(title in text)) titles[++count] = title }
    function print_section(title) {
      sub(/^\n+/, "", text[title])
      sub(/\n+$/, "\n", text[title])
      if (text[title] == "") return
      printf ".SH %s\n.nf\n%s.fi\n", title, text[title]
      text[title] = ""
    }
    # The overview may take several lines.
    NR == 1 { sub(/^OVERVIEW: /, ""); overview = $0; next }
    overview != "" && $0 != "" { overview = overview " " $0; next }
    overview != "" {
      sub(/\.$/, "", overview)
      printf ".\\\" Made by scripts/make-man-pages.sh.\n.TH %s 1 \"\" \"%s\"\n", toupper(name), version
      printf ".SH NAME\n%s \\- %s\n", name, safe(overview)
      overview = ""
      next
    }
    /^USAGE: / { sub(/^USAGE: /, ""); begin("SYNOPSIS"); add($0); next }
    /^Examples:/ { begin("EXAMPLES"); next }
    /^Exit status: / { begin("EXIT STATUS"); sub(/^Exit status: /, "") }
    # What follows the blank line tells more; a long example may be broken before it.
    title == "EXAMPLES" && /^$/ { begin("DESCRIPTION"); next }
    /^[A-Z][A-Z ]*:$/ { sub(/:$/, ""); begin($0); next }
    { add($0) }
    END {
      print_section("SYNOPSIS")
      print_section("DESCRIPTION")
      for (i = 1; i <= count; i++) if (titles[i] !~ /^EX/) print_section(titles[i])
      print_section("EXIT STATUS")
      print_section("EXAMPLES")
    }
  ' > "Documentation/man/$name.1"
}

mkdir -p Documentation/man
page vizcnn
parts() { awk '/^SUBCOMMANDS:/ { inside = 1 } inside && /^  [a-z]/ { print $1 }'; }
verbs=$("$binary" --help | parts)
for verb in $verbs; do
  page "vizcnn-$verb" "$verb"
  # Verbs of a verb have options of their own.
  for part in $("$binary" "$verb" --help | parts); do page "vizcnn-$verb-$part" "$verb" "$part"; done
done
ls Documentation/man/*.1
