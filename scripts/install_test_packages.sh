#!/usr/bin/env bash
# Install the system packages that the tests need and that are missing: browsers, databases, network tools, fonts.
# With --list, print them instead.
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
faketime_exists() { ls /usr/lib/*/faketime/libfaketime.so.1; }
postgres_exists() { ls /usr/lib/postgresql/*/bin/initdb; }
installed() { [ "$(dpkg-query -W -f='${db:Status-Status}' "$1")" = installed ]; }
# Without a package list (on another kind of system) we assume that the fonts are installed.
font_exists() { ! command -v dpkg-query || installed "$1"; }

need chromium command_exists "${CHROMIUM:-chromium}"
need chromium-headless-shell command_exists "${CHROMIUM:-chromium-headless-shell}"
need firefox-esr command_exists "${FIREFOX:-firefox-esr}"
need pulseaudio command_exists pulseaudio # Firefox makes no sound without a sound card
need postgresql postgres_exists
need redis-server command_exists redis-server
need nginx-light command_exists nginx
need haproxy command_exists haproxy
need caddy command_exists caddy
need libfaketime faketime_exists
need coturn command_exists turnserver
need iproute2 command_exists ip
need nftables command_exists nft
need openssl command_exists openssl
need fonts-noto-core font_exists fonts-noto-core
need fonts-droid-fallback font_exists fonts-droid-fallback # Chinese, Japanese, Korean in 5 MB (Noto CJK: 60)

if [ "${1:-}" = --list ]; then
  [ ${#missing[@]} = 0 ] || printf '%s\n' "${missing[@]}"
elif [ ${#missing[@]} -gt 0 ]; then
  echo "Missing for the tests: ${missing[*]}"
  if ! scripts/apt_install.sh "${missing[@]}"; then
    # Ubuntu's own browsers are snaps, which cannot use a profile outside the home folder.
    echo "If your system has no such browser package, install a browser in another way and name it:" >&2
    echo "    CHROMIUM=/path/to/chromium FIREFOX=/path/to/firefox make test" >&2
    exit 1
  fi
fi
