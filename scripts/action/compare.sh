#!/usr/bin/env bash
# What the catalogue says differently than the one before, as Markdown.
set -euo pipefail

folder=$(mktemp -d "$RUNNER_TEMP/inkan-XXXXXXXX")
before=$COMPARE
if [ ! -f "$before" ]; then
  before=$folder/none.json
  echo '{"tools":[]}' >"$before"
fi

code=0
"$INKAN" diff --markdown "$before" "$CATALOGUE" >"$folder/changes.md" || code=$?
# 0: the same, 1: different. Anything else was not judged.
[ "$code" -le 1 ] || exit "$code"

{
  echo "## The server's tool catalogue"
  echo
  [ -f "$COMPARE" ] || printf 'There was no catalogue before.\n\n'
  cat "$folder/changes.md"
} >"$folder/diff.md"
cat "$folder/diff.md" >>"$GITHUB_STEP_SUMMARY"

{
  echo "diff=$folder/diff.md"
  if [ "$code" -eq 0 ]; then echo "changed=false"; else echo "changed=true"; fi
} >>"$GITHUB_OUTPUT"
