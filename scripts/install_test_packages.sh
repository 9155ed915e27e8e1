#!/usr/bin/env bash
# See that what the tests need from the system is there: browsers, databases, network tools, fonts.
# Installs only what is missing. Ask with --list what that would be.
set -euo pipefail
cd "$(dirname "$0")/.."
export PATH="$PATH:/usr/sbin:/sbin"

missing=()
# need PACKAGE TEST...: PACKAGE is missing unless the command TEST succeeds.
need() {
  local package="$1"
  shift
  "$@" >/dev/null 2>&1 || missing+=("$package")
}
command_exists() { command -v "$1"; }
postgres_exists() { ls /usr/lib/postgresql/*/bin/initdb; }
installed() { [ "$(dpkg-query -W -f='${db:Status-Status}' "$1")" = installed ]; }
# Without the package list (another kind of system), the fonts are taken to be there.
font_exists() { ! command -v dpkg-query || installed "$1"; }

need chromium command_exists "${CHROMIUM:-chromium}"
need firefox-esr command_exists "${FIREFOX:-firefox-esr}"
need postgresql postgres_exists
need redis-server command_exists redis-server
need nginx-light command_exists nginx
need coturn command_exists turnserver
need iproute2 command_exists ip
need nftables command_exists nft
need fonts-noto-core font_exists fonts-noto-core
need fonts-droid-fallback font_exists fonts-droid-fallback # Chinese, Japanese, Korean in 5 MB (Noto CJK: 60)

if [ "${1:-}" = --list ]; then
  [ ${#missing[@]} = 0 ] || printf '%s\n' "${missing[@]}"
elif [ ${#missing[@]} -gt 0 ]; then
  echo "Missing for the tests: ${missing[*]}"
  if ! scripts/apt_install.sh "${missing[@]}"; then
    # Ubuntu's own browsers are snaps, which see no profile outside the home folder.
    echo "Where the system has no such browser package, install one as you like and name it:" >&2
    echo "    CHROMIUM=/path/to/chromium FIREFOX=/path/to/firefox make test" >&2
    exit 1
  fi
fi
