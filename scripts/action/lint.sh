#!/usr/bin/env bash
# Findings for people in the log, and as SARIF for code scanning.
set -euo pipefail

case "$LINT" in
fail | warn) ;;
*)
  echo "::error title=inkan::lint must be fail, warn or off"
  exit 1
  ;;
esac

folder=$(mktemp -d "$RUNNER_TEMP/inkan-XXXXXXXX")
code=0
"$INKAN" lint "$CATALOGUE" || code=$?
# 0: no findings, 1: findings. Anything else was not judged.
[ "$code" -le 1 ] || exit "$code"
"$INKAN" lint "$CATALOGUE" --sarif >"$folder/lint.sarif" || [ $? -eq 1 ]
echo "sarif=$folder/lint.sarif" >>"$GITHUB_OUTPUT"

if [ "$code" -eq 1 ]; then
  [ "$LINT" = warn ] || {
    echo "::error title=inkan lint::The catalogue has findings; see the log"
    exit 1
  }
  echo "::warning title=inkan lint::The catalogue has findings; see the log"
fi
