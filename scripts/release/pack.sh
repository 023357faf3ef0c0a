#!/usr/bin/env bash
# Packs the package of the tag GITHUB_REF_NAME. npm accepts provenance only for a package that names the repository that
# the workflow runs in, so the name is written into what is packed.
set -euo pipefail

version=$(node -p 'require("./package.json").version')
if [ "$GITHUB_REF_NAME" != "v$version" ]; then
  echo "::error::the tag is $GITHUB_REF_NAME, and package.json has the version $version"
  exit 1
fi
npm pkg set "repository.type=git" "repository.url=git+$GITHUB_SERVER_URL/$GITHUB_REPOSITORY.git"
npm pack
