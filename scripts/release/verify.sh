#!/usr/bin/env bash
# Says whether what the registry hands out is what was packed, and whether inkan accepts its provenance: a SLSA attestation
# by the workflow and the tag that this runs in. The inkan that judges is the one that was packed.
#
#   scripts/release/verify.sh PACKED.tgz
set -euo pipefail

packed=$(realpath "$1")
folder=$(mktemp -d "${RUNNER_TEMP:-/tmp}/inkan-XXXXXXXX")
cd "$folder"

npm install --prefix judge --ignore-scripts --no-audit --no-fund --loglevel=error -- "$packed"
version=$(node -p 'require("./judge/node_modules/inkan/package.json").version')

# A registry shows a new version only after some time.
tries=30
until npm pack "inkan@$version" --ignore-scripts --silent --prefer-online; do
  tries=$((tries - 1))
  [ "$tries" -gt 0 ] || exit 1
  sleep "${WAIT_SECONDS:-10}"
done
cmp "$packed" "inkan-$version.tgz"

registry=$(npm config get registry)
curl --fail --silent --show-error --max-time 60 --max-filesize 16777216 --retry 5 --retry-all-errors \
  --output attestations.json "${registry%/}/-/npm/v1/attestations/inkan@$version"
node - <<'JS'
const { readFileSync, writeFileSync } = require("node:fs");
const { attestations } = JSON.parse(readFileSync("attestations.json", "utf8"));
const found = attestations.filter(({ predicateType }) => predicateType === "https://slsa.dev/provenance/v1");
if (found.length !== 1) throw new Error(`one provenance is expected, and ${found.length} are there`);
writeFileSync("provenance.sigstore.json", JSON.stringify(found[0].bundle));
JS

judge/node_modules/.bin/inkan verify "inkan-$version.tgz" --attestation --bundle provenance.sigstore.json \
  --trusted-root "${TRUSTED_ROOT:-public-good}" \
  --certificate-identity "$GITHUB_SERVER_URL/$GITHUB_REPOSITORY/.github/workflows/release.yml@$GITHUB_REF" \
  --certificate-oidc-issuer "${OIDC_ISSUER:-https://token.actions.githubusercontent.com}"
