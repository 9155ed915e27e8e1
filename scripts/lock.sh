#!/usr/bin/env bash
# Resolve the ranges of pyproject.toml into exact versions with hashes, for every system and Python >= 3.11.
# Locked versions are kept; `scripts/lock.sh --upgrade` takes the newest ones.
# dev.lock has all packages, runtime.lock those of a server, bootstrap.lock the installer itself.
set -euo pipefail
cd "$(dirname "$0")/.."
export PATH="$PWD/.venv/bin:$PATH" UV_CUSTOM_COMPILE_COMMAND="make lock"

# A lock file names no package index: each user installs from an index they trust, and the hashes are valid for all.
compile() { uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header "$@"; }

compile pyproject.toml --extra service --group dev -o requirements/dev.lock "$@"
compile pyproject.toml --extra service -c requirements/dev.lock -o requirements/runtime.lock "$@"
echo uv | compile - -c requirements/dev.lock -o requirements/bootstrap.lock "$@"
