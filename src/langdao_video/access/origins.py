"""Compares origins as browsers do: by scheme, host and effective port (RFC 6454 §4), never as text. Pure.

Law: all code that compares two origins, or a Host with an origin, uses this module.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from typing import Final

import idna

_ORIGIN: Final = re.compile(
    r"(https?)://(\[[0-9a-f:.]+\]|[^\s/?#@:\\\[\]]+)(?::(\d{1,5}|\*))?/?", re.IGNORECASE
)
_NAME: Final = re.compile(r"(?=.{1,253}$)[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*\.?")
_DEFAULT_PORTS: Final = {"http": 80, "https": 443}
_PORT_MAX: Final = 65_535


@dataclass(frozen=True, slots=True)
class Origin:
    """An origin. *host* is in lower case and in IDNA's ASCII form. *port* is the effective port; None means any."""

    scheme: str
    host: str
    port: int | None

    def __str__(self) -> str:
        """Write the origin as a browser does: without the scheme's default port."""
        if self.port == _DEFAULT_PORTS[self.scheme]:
            return f"{self.scheme}://{self.host}"
        return f"{self.scheme}://{self.authority}"

    @property
    def authority(self) -> str:
        """Host and port as in a URL, without the scheme's default port."""
        if self.port == _DEFAULT_PORTS[self.scheme]:
            return self.host
        return f"{self.host}:{'*' if self.port is None else self.port}"

    def is_within(self, allowed: Origin) -> bool:
        """Tell whether *allowed* is this origin, or this origin with any port."""
        same_host = (self.scheme, self.host) == (allowed.scheme, allowed.host)
        return same_host and (allowed.port is None or allowed.port == self.port)


def receive_origin(text: str) -> Origin | None:
    """Read an origin such as `https://platform.example` or `http://localhost:*`; return None for other text.

    A slash at the end is accepted. A text with a path, a user name or another scheme is no origin.
    """
    found = _ORIGIN.fullmatch(text)
    if found is None:
        return None
    scheme, host, port = found[1].lower(), _receive_host(found[2]), found[3]
    if host is None or (port not in (None, "*") and int(port) > _PORT_MAX):
        return None
    if port is None:
        return Origin(scheme, host, _DEFAULT_PORTS[scheme])
    return Origin(scheme, host, None if port == "*" else int(port))


def may_open_socket(
    origin: str | None, host: str, base_origin: Origin, parent_origins: tuple[str, ...]
) -> bool:
    """Tell whether a page of *origin* may open our socket: an origin of ours, or one that may embed us.

    Our origins are that of the links (*base_origin*) and that of the request's *host*, which a proxy may have changed.
    A caller without an Origin is no browser (RFC 6455 §10.2). It may connect, and still needs a valid link.
    """
    if origin is None:
        return True
    given = receive_origin(origin)
    if given is None or given.port is None:
        return False
    # A proxy may have ended HTTPS, so we do not know the scheme of our own page.
    own = (receive_origin(f"{scheme}://{host}") for scheme in _DEFAULT_PORTS)
    parents = (receive_origin(parent) for parent in parent_origins)
    return any(rule is not None and given.is_within(rule) for rule in (base_origin, *own, *parents))


def is_this_machine(host: str) -> bool:
    """Tell whether a Host header names this machine: localhost, a name below it, or a loopback address."""
    origin = receive_origin(f"http://{host}")
    if origin is None:
        return False
    name = origin.host.removesuffix(".")
    return name == "localhost" or name.endswith(".localhost") or is_loopback_ip(name.strip("[]"))


def is_loopback_ip(text: str) -> bool:
    """Tell whether *text* is an IP address of the loopback interface."""
    address = _receive_ip(text)
    return address is not None and address.is_loopback


def is_other_address(text: str) -> bool:
    """Tell whether *text* is an IP address other than loopback, which other machines may reach."""
    address = _receive_ip(text)
    return address is not None and not address.is_loopback


def _receive_ip(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


def _receive_host(text: str) -> str | None:
    if text.startswith("["):
        try:
            return f"[{ipaddress.IPv6Address(text[1:-1]).compressed}]"
        except ValueError:
            return None
    try:
        name = text.lower() if text.isascii() else idna.encode(text, uts46=True).decode("ascii")
    except idna.IDNAError:
        return None
    return name if _NAME.fullmatch(name) else None
