#!/usr/bin/env bash
# A Sigstore bundle beside the catalogue: by a key, or by the workflow's own identity.
set -euo pipefail

fail() {
  echo "::error title=inkan::$1"
  exit 1
}

bundle=${CATALOGUE%.json}.sigstore.json
case "$SIGN" in
key)
  [ -n "$KEY" ] || fail "sign: key needs the input key"
  folder=$(mktemp -d "$RUNNER_TEMP/inkan-XXXXXXXX")
  trap 'rm -rf "$folder"' EXIT
  (umask 077 && printf '%s\n' "$KEY" >"$folder/key.pem")
  if [ -n "$PASSPHRASE" ]; then export INKAN_KEY_PASSPHRASE=$PASSPHRASE; fi
  unset KEY PASSPHRASE
  "$INKAN" sign "$CATALOGUE" "--key=$folder/key.pem" "--output=$bundle"
  ;;
keyless)
  [ -n "${ACTIONS_ID_TOKEN_REQUEST_URL:-}" ] || fail "sign: keyless needs the job's permission id-token: write"
  "$INKAN" sign "$CATALOGUE" "--trusted-root=$TRUSTED_ROOT" "--output=$bundle"
  ;;
*) fail "sign must be keyless or key" ;;
esac

echo "bundle=$bundle" >>"$GITHUB_OUTPUT"
