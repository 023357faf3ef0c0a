#!/usr/bin/env bash
# The catalogue: a snapshot of the server, or a file that is there.
set -euo pipefail

fail() {
  echo "::error title=inkan::$1"
  exit 1
}

# A path is one line, and no option.
case "$OUTPUT" in
'' | -* | *[$'\r\n']*) fail "output must be a path" ;;
esac

# Puts the lines that are not empty into the array `lines`.
split_lines() {
  lines=()
  local line
  while IFS= read -r line || [ -n "$line" ]; do
    line=${line%$'\r'}
    [ -z "$line" ] || lines+=("$line")
  done <<<"$1"
}

options=("--output=$OUTPUT")
[ -z "$SERVER" ] || options+=("--server=$SERVER")
[ -z "$VERSION" ] || options+=("--version=$VERSION")
[ -z "$EXPIRES" ] || options+=("--expires=$EXPIRES")

if [ -n "$COMMAND" ]; then
  [ -z "$URL" ] || fail "give a command or a url, not both"
  split_lines "$COMMAND"
  # One line is a command as people write it; quotes mean nothing in it.
  [ "${#lines[@]}" -ne 1 ] || read -r -a lines <<<"${lines[0]}"
  [ "${#lines[@]}" -gt 0 ] || fail "the command is empty"
  "$INKAN" snapshot "${options[@]}" -- "${lines[@]}"
elif [ -n "$URL" ]; then
  [[ "$URL" == http://* || "$URL" == https://* ]] || fail "url must begin with https://"
  split_lines "$HEADERS"
  for header in ${lines[@]+"${lines[@]}"}; do options+=("--header=$header"); done
  "$INKAN" snapshot "${options[@]}" "$URL"
elif [ ! -f "$OUTPUT" ]; then
  fail "there is neither a command nor a url, and no file $OUTPUT"
fi

echo "catalogue=$OUTPUT" >>"$GITHUB_OUTPUT"
