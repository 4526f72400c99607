#!/bin/sh
# Write the client of the API from docs/api/openapi.json.
#
# Usage: tools/client/write.sh ENVIRONMENT FOLDER
# ENVIRONMENT has the packages of locks/client.txt. The folder is replaced.
set -eu
cd "$(dirname "$0")/../.."
bin=$1/bin
folder=$2

rm -rf "$folder"
"$bin/openapi-python-client" generate --path docs/api/openapi.json --meta none --output-path "$folder" \
    --config tools/client/config.yaml --custom-template-path tools/client/templates --fail-on-warning >&2
# Its own settings, so that those of the product do not change what is written.
"$bin/ruff" check --quiet --no-cache --isolated --fix --select F401,I "$folder"
"$bin/ruff" format --quiet --no-cache --isolated --line-length 110 "$folder"
