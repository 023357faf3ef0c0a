#!/usr/bin/env bash
# Installs inkan of one exact version, apart from the workspace, and runs no script of a package.
set -euo pipefail

fail() {
  echo "::error title=inkan::$1"
  exit 1
}

command -v npm >/dev/null || fail "Node.js with npm is needed: add a step with actions/setup-node"
# A range or a tag would be another program tomorrow. A file is for tests.
[[ "$PACKAGE" =~ ^inkan@[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.-]+)?$ || "$PACKAGE" == /*.tgz ]] ||
  fail "package must be inkan and one exact version, such as inkan@0.1.0"

folder=$(mktemp -d "$RUNNER_TEMP/inkan-XXXXXXXX")
install() {
  npm install --prefix "$folder" --ignore-scripts --no-audit --no-fund --loglevel=error -- "$@"
}
install "$PACKAGE"

if [ "$SIGN" = keyless ]; then
  # What the installed inkan asks for.
  read_peer='process.stdout.write(require(process.argv[1]).peerDependencies["@sigstore/sign"] ?? "")'
  peer=$(node -e "$read_peer" "$folder/node_modules/inkan/package.json")
  [ -n "$peer" ] || fail "this version of inkan does not sign without a key"
  install "@sigstore/sign@$peer"
fi

echo "inkan=$folder/node_modules/.bin/inkan" >>"$GITHUB_OUTPUT"
