"""Who counts as one caller: an IPv4 address, or the /64 of an IPv6 address (RFC 6177: a customer has at least that)."""

from __future__ import annotations

import ipaddress
from typing import Final

ADMITTED: Final = "langdao.admitted"
"""The ASGI extension with which our own server hears that a socket has shown a valid link."""
UNKNOWN: Final = "unknown"


def network_of(host: str | None) -> str:
    """Return the network that *host* is counted with; what is no IP address counts as it is."""
    if not host:
        return UNKNOWN
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return host[:64]
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return str(ipaddress.IPv6Network((address, 64), strict=False))
    return str(address)
