#!/bin/sh
# Write the locks in locks/ anew from pyproject.toml; versions already locked stay unless --upgrade is given.
#
# Usage: tools/lock.sh [--upgrade] [--upgrade-package NAME]
# Needs uv (set UV to its path when it is not on PATH). The locks name hashes, never a registry's host, so
# that they install from any mirror: --no-emit-index-url and the `# via` comments are all they say.
set -eu
cd "$(dirname "$0")/.."
uv=${UV:-uv}

compile() {
    output=$1
    shift
    "$uv" pip compile --quiet --universal --python-version 3.11 --generate-hashes \
        --no-emit-index-url --no-emit-find-links --no-header --output-file "$output" "$@"
}

compile locks/run.txt pyproject.toml "$@"
compile locks/dev.txt pyproject.toml --extra dev --constraint locks/run.txt "$@"
# What is measured beside the product, for `./run bench switches` alone.
compile locks/bench.txt pyproject.toml --extra bench --constraint locks/dev.txt "$@"
# The vendor's own client, for `./run test vendor` alone, with what runs its tests.
compile locks/vendor.txt pyproject.toml --extra dev --extra vendor --constraint locks/dev.txt "$@"
# What installs this project itself (see [build-system]); it lives beside the tools, so their versions agree.
compile locks/build.txt locks/build.in --constraint locks/dev.txt "$@"
# What writes the client of the API; it needs an older typer than the product.
compile locks/client.txt locks/client.in "$@"
# What looks for known vulnerabilities; it is installed for that alone.
compile locks/audit.txt locks/audit.in "$@"
