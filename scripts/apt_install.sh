#!/usr/bin/env bash
# Install the Debian or Ubuntu packages named, if this user may; else say exactly what to install and fail.
# No service of theirs is started: what needs a server starts its own, on a free port, and stops it.
set -euo pipefail
packages=("$@")

give_up() {
  echo "Please install these packages, then run the same command again:" >&2
  echo "    sudo apt-get install --no-install-recommends ${packages[*]}" >&2
  exit 1
}

command -v apt-get >/dev/null || give_up
if [ "$(id -u)" = 0 ]; then
  root=()
elif sudo -n true 2>/dev/null; then
  root=(sudo -n)
else
  give_up
fi

# invoke-rc.d asks this file before it starts a service (Debian policy §9.3.3): 101 means no.
# An administrator's own answer is left alone.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  printf '#!/bin/sh\nexit 101\n' | "${root[@]}" tee "$policy" >/dev/null
  "${root[@]}" chmod 755 "$policy"
  trap '"${root[@]}" rm -f "$policy"' EXIT
fi

apt=("${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -o Dpkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0)
# The list of packages may be old or missing: fetch it once, only when the first try fails.
"${apt[@]}" install -y --no-install-recommends "${packages[@]}" </dev/null && exit 0
"${apt[@]}" update </dev/null
"${apt[@]}" install -y --no-install-recommends "${packages[@]}" </dev/null || give_up
