#!/usr/bin/env bash
# Install the named Debian or Ubuntu packages if this user may; otherwise print what to install and fail.
# It starts no service of the packages. The tests start their own servers on free ports, and stop them.
set -euo pipefail
packages=("$@")

# One at a time: the file below that forbids starts is removed by whoever wrote it.
exec 9<"$0"
flock 9

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
# If an administrator has installed such a file, it stays.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  printf '#!/bin/sh\nexit 101\n' | "${root[@]}" tee "$policy" >/dev/null
  "${root[@]}" chmod 755 "$policy"
  trap '"${root[@]}" rm -f "$policy"' EXIT
fi

apt=("${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -o Dpkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0)
# The list of packages may be old or missing. Fetch it only if the first try fails.
"${apt[@]}" install -y --no-install-recommends "${packages[@]}" </dev/null && exit 0
"${apt[@]}" update </dev/null
"${apt[@]}" install -y --no-install-recommends "${packages[@]}" </dev/null || give_up
