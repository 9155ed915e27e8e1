"""Decides which addresses count as one caller: an IPv4 address, or the /64 of an IPv6 address.

A customer has at least a /64 (RFC 6177).
"""

from __future__ import annotations

import ipaddress
from functools import lru_cache
from typing import Final

ADMITTED: Final = "langdao.admitted"
"""The ASGI extension that tells our own server that a socket has shown a valid link."""
ON_METRICS_PORT: Final = "langdao.on-metrics-port"
"""The ASGI extension that marks a request that came to METRICS_PORT."""
UNKNOWN: Final = "unknown"
_HOSTS_KEPT: Final = 4_096
"""A page asks for its network several times while it opens its socket."""


@lru_cache(_HOSTS_KEPT)
def network_of(host: str | None) -> str:
    """Return the network in which *host* is counted. A host that is no IP address is returned as it is, cut to 64."""
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
